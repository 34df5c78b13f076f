// catch panic stops before unwinding, with the user's frame selected.
//@ compile-flags: -g
//@ edition: 2021

struct Guard;
impl Drop for Guard {
    fn drop(&mut self) {
        println!("dropped");
    }
}

fn divide(a: i32, b: i32) -> i32 {
    if b == 0 {
        panic!("division of {a} by zero");
    }
    a / b
}

fn main() {
    let guard = Guard;
    let caught = std::panic::catch_unwind(|| divide(7, 0));
    println!("{}", caught.is_err());
    let _g = guard;
    let v: Vec<i32> = Vec::new();
    println!("{}", v[1]);
}

// gdb-command: break rust_panic
// gdb-check: Breakpoint 1 at [...]
// gdb-command: run
// gdb-check: thread 'main' ([...]) panicked at [...]panic.rs:[...]:9:
// gdb-check: division of 7 by zero
// gdb-check: note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
// gdb-check: Breakpoint 1, [...]rust_panic[...]
// gdb-command: continue
// gdb-check: true
// gdb-check: thread 'main' ([...]) panicked at [...]panic.rs:[...]:21:
// gdb-check: index out of bounds: the len is 0 but the index is 1
// gdb-check: Breakpoint 1, [...]rust_panic[...]
// gdb-command: continue
// gdb-check: dropped
// gdb-check: [Inferior 1 (process [...]) exited with code 0145]
// gdb-command: print $_exitcode
// gdb-check: $1 = 101
