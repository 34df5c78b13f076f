// What a bare name means depends on where it stands: the block, then those around it; a closure's number; a static called VAL.
//@ compile-flags: -g
//@ edition: 2021
#![allow(dead_code)]

use std::hint::black_box;

static VAL: i32 = 100;
static SAME: u32 = 3;
struct Thing {
    a: u8,
}
enum Kind {
    Low,
    High,
}

thread_local! {
    static DEPTH: std::cell::Cell<u32> = const { std::cell::Cell::new(7) };
}

fn look(x: i32) -> i32 {
    black_box(x) + VAL
}

mod alpha {
    use std::hint::black_box;
    pub static VAL: i32 = 200;
    pub static SAME: u8 = 1;
    pub struct Thing {
        pub b: u16,
        pub c: u16,
    }
    pub enum Kind {
        Five = 5,
        Six,
    }
    pub fn look(x: i32) -> i32 {
        black_box((&Thing { b: 1, c: 2 }, &Kind::Six));
        black_box(x) + VAL
    }
    pub mod zeta {
        use std::hint::black_box;
        pub static VAL: i32 = 300;
        pub static SAME: u16 = 2;
        pub struct Thing {
            pub d: u64,
        }
        pub fn look(x: i32) -> u16 {
            black_box((&Thing { d: 9 }, VAL));
            black_box(x) as u16 + SAME + super::SAME as u16
        }
    }
}

fn local(x: i32) -> i32 {
    static VAL: i32 = 500;
    fn look(y: i32) -> i32 {
        black_box(y) * 2
    }
    let first = |q: i32| black_box(q) + 1; // #first
    let second = |r: i32| {
        black_box(r) + 2 // #second
    };
    look(x) + VAL + second(first(1))
}

fn main() {
    black_box((&Thing { a: 1 }, &Kind::High, &Kind::Low, SAME)); // #break
    let sum = look(1) + alpha::look(2) + alpha::zeta::look(3) as i32 + local(5);
    DEPTH.with(|d| d.set(sum as u32));
}

// gdb-command: run
// gdb-command: whatis Thing
// gdb-check: type = scoped_names::Thing
// gdb-command: print sizeof(Thing)
// gdb-check: $1 = 1
// gdb-command: whatis Kind
// gdb-check: type = scoped_names::Kind
// gdb-command: print SAME
// gdb-check: $2 = 3
// gdb-command: print VAL
// gdb-check: $3 = 100
// gdb-command: print scoped_names::VAL
// gdb-check: $4 = 100
// oxdb-command: print DEPTH
// oxdb-check: $[...]value: 7[...]
// gdb-command: break scoped_names::alpha::zeta::look
// gdb-command: continue
// gdb-command: print SAME
// gdb-check: $[...] = 2
// gdb-command: print ::SAME
// gdb-check: $[...] = 3
// gdb-command: whatis Thing
// gdb-check: type = scoped_names::alpha::zeta::Thing
// gdb-command: whatis look
// gdb-check: type = fn (i32) -> u16
// gdb-command: info address look
// gdb-check: Symbol "scoped_names::alpha::zeta::look" is a function at address 0x[...].
// The numbers of closures are minded: neither both nor the first one.
// gdb-command: tbreak scoped_names::local::{closure#1}
// gdb-check: Temporary breakpoint [...] at 0x[...]: file [...]scoped-names.rs, line %second%.
// gdb-command: info scope scoped_names::local::{closure#1}
// gdb-check: Symbol r is [...]
// gdb-absent: Symbol q is [...]
// gdb-command: continue
// gdb-check: [...]{closure#1}[...]
// gdb-command: print r
// gdb-check: $[...] = 2
// gdb-command: up
// What is defined in the function itself is what Rust means; gdb 13 takes the crate's.
// oxdb-command: print look
// oxdb-check: $[...] = {fn (i32) -> i32} 0x[...] <scoped_names::local::look>
// oxdb-command: print VAL
// oxdb-check: $[...] = 500
