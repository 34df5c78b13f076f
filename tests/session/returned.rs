// return: of integers, floats and pairs in registers; a frame further out; not out of an inlined function.
//@ compile-flags: -g
//@ edition: 2021
//@ typed

#[derive(Clone, Copy)]
pub struct Pair {
    a: u64,
    b: f64,
}
static OTHER: Pair = Pair { a: 7, b: 1.5 };

#[inline(never)]
fn int(n: i32) -> i32 {
    n + 1
}

#[inline(never)]
fn float(n: f64) -> f64 {
    n + 1.0
}

#[inline(never)]
fn pair(n: u64) -> Pair {
    Pair { a: n, b: 2.0 }
}

#[inline(never)]
fn flag(n: i32) -> bool {
    n > 1
}

#[inline(never)]
fn nothing(n: &mut i32) {
    *n += 1;
}

#[inline(never)]
fn outer(n: i32) -> i32 {
    int(n) * 2
}

fn main() {
    println!("int {}", int(1));
    println!("float {}", float(1.0));
    let p = pair(OTHER.a - 6);
    println!("pair {} {}", p.a, p.b);
    println!("flag {}", flag(1));
    let mut x = 1;
    nothing(&mut x);
    println!("nothing {}", x);
    println!("outer {}", outer(1));
}

// gdb-command: break returned::int
// gdb-command: break returned::float
// gdb-command: break returned::pair
// gdb-command: break returned::flag
// gdb-command: break returned::nothing
// gdb-command: run
// gdb-check: Breakpoint 1, returned::int (n=1) at [...]returned.rs:15
// gdb-command: return 77
// gdb-check: #0  [...] in returned::main () at [...]returned.rs:44
// gdb-check: 44	    println!("int {}", int(1));
// gdb-command: continue
// gdb-check: int 77
// gdb-check: Breakpoint 2, returned::float (n=1) at [...]returned.rs:20
// gdb-command: return 3.5
// gdb-command: continue
// gdb-check: float 3.5
// gdb-check: Breakpoint 3, returned::pair (n=1) at [...]returned.rs:26
// gdb-command: return returned::OTHER
// gdb-command: continue
// gdb-check: pair 7 1.5
// gdb-check: Breakpoint 4, returned::flag (n=1) at [...]returned.rs:30
// gdb-command: return true
// gdb-command: continue
// gdb-check: flag true
// gdb-check: Breakpoint 5, returned::nothing (n=[...]) at [...]returned.rs:35
// gdb-command: return
// gdb-check: #0  returned::main () at [...]returned.rs:51
// gdb-command: continue
// gdb-check: nothing 1
// gdb-check: Breakpoint 1, returned::int (n=1) at [...]returned.rs:15
// gdb-command: up
// gdb-command: return 41
// gdb-check: #0  [...] in returned::main () at [...]returned.rs:52
// gdb-command: continue
// gdb-check: outer 41
// gdb-check: [Inferior 1 (process [...]) exited normally]
