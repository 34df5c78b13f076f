// The bodies of async functions and blocks have names of their own.
//@ compile-flags: -g
//@ edition: 2021
use std::future::Future;
use std::hint::black_box;

async fn inner(a: u32) -> u32 {
    black_box(a) // #inner
}

async fn outer(a: u32) -> u32 {
    let x = inner(a).await;
    async { black_box(x) }.await // #block
}

fn main() {
    let mut future = Box::pin(outer(3));
    let waker = std::task::Waker::noop();
    black_box(future.as_mut().poll(&mut std::task::Context::from_waker(waker)));
}

// gdb-command: break async_names::inner::{async_fn#0}
// gdb-check: Breakpoint 1 at [...]: file [...]async-names.rs, line [...].
// gdb-command: break async_names::outer::{async_fn#0}::{async_block#0}
// gdb-check: Breakpoint 2 at [...]: file [...]async-names.rs, line %block%.
// oxdb-command: info address outer::{async_fn#0}
// oxdb-check: Symbol "async_names::outer::{async_fn#0}" is a function at address [...]
// gdb-command: run
// gdb-check: Breakpoint 1, async_names::inner::{async_fn#0} () at [...]async-names.rs:[...]
// gdb-command: continue
// gdb-check: Breakpoint 2, async_names::outer::{async_fn#0}::{async_block#0} () at [...]async-names.rs:%block%
