// next and step by statements, with counts; finish with the value; until and advance.
//@ compile-flags: -g
//@ edition: 2021

fn add(a: i32, b: i32) -> i32 {
    let sum = a + b;
    sum
}

fn twice(x: i32) -> i32 {
    add(x, x)
}

fn count(limit: i32) -> i32 {
    let mut total = 0;
    let mut i = 0;
    while i < limit {
        total += i;
        i += 1;
    }
    total
}

fn main() {
    let a = 1; // #break
    let b = add(a, 2);
    let c = twice(b);
    let d = count(4);
    let e = add(
        add(c, d),
        twice(1),
    );
    std::process::exit(e);
}

// gdb-command: run
// gdb-check: Breakpoint 1, stepping::main () at [...]stepping.rs:25
// gdb-check: 25	    let a = 1; // #break
// gdb-command: next
// gdb-check: 26	    let b = add(a, 2);
// gdb-command: step
// gdb-check: stepping::add (a=1, b=2) at [...]stepping.rs:6
// gdb-check: 6	    let sum = a + b;
// gdb-command: info args
// gdb-check: a = 1
// gdb-check: b = 2
// gdb-command: next
// gdb-check: 8	}
// gdb-command: finish
// gdb-check: [...] in stepping::main () at [...]stepping.rs:26
// gdb-check: 26	    let b = add(a, 2);
// gdb-check: Value returned is $1 = 3
// gdb-command: next
// gdb-check: 27	    let c = twice(b);
// gdb-command: step
// gdb-check: stepping::twice (x=3) at [...]stepping.rs:11
// gdb-check: 11	    add(x, x)
// gdb-command: step
// gdb-check: stepping::add (a=3, b=3) at [...]stepping.rs:6
// gdb-check: 6	    let sum = a + b;
// gdb-command: backtrace 3
// gdb-check: #0  stepping::add (a=3, b=3) at [...]stepping.rs:6
// gdb-check: #1  [...] in stepping::twice (x=3) at [...]stepping.rs:11
// gdb-check: #2  [...] in stepping::main () at [...]stepping.rs:27
// gdb-command: up
// gdb-check: #1  [...] in stepping::twice (x=3) at [...]stepping.rs:11
// gdb-check: 11	    add(x, x)
// gdb-command: finish
// gdb-check: [...] in stepping::main () at [...]stepping.rs:27
// gdb-check: 27	    let c = twice(b);
// gdb-check: Value returned is $2 = 6
// gdb-command: next
// gdb-check: 28	    let d = count(4);
// gdb-command: step
// gdb-check: stepping::count (limit=4) at [...]stepping.rs:15
// gdb-check: 15	    let mut total = 0;
// gdb-command: next 3
// gdb-absent: 16	    let mut i = 0;
// gdb-check: 18	        total += i;
// gdb-command: print i
// gdb-check: $3 = 0
// gdb-command: next 2
// gdb-check: 19	        i += 1;
// gdb-command: next
// gdb-check: 17	    while i < limit {
// gdb-command: next
// gdb-check: 17	    while i < limit {
// gdb-command: until
// gdb-check: 18	        total += i;
// gdb-command: until 21
// gdb-check: stepping::count (limit=4) at [...]stepping.rs:21
// gdb-check: 21	    total
// gdb-command: print total
// gdb-check: $4 = 6
// gdb-command: finish
// gdb-check: [...] in stepping::main () at [...]stepping.rs:28
// gdb-check: 28	    let d = count(4);
// gdb-check: Value returned is $5 = 6
// gdb-command: advance 30
// gdb-check: stepping::main () at [...]stepping.rs:30
// gdb-check: 30	        add(c, d),
// gdb-command: step
// gdb-check: stepping::add (a=6, b=6) at [...]stepping.rs:6
// gdb-check: 6	    let sum = a + b;
// gdb-command: info frame
// gdb-check: Stack level 0, frame at [...]:
// gdb-check:  rip = [...] in stepping::add ([...]stepping.rs:6); saved rip = [...]
// gdb-check:  called by frame at [...]
// gdb-check:  source language rust.
// gdb-check:  Arglist at [...], args: a=6, b=6
// gdb-check:  Locals at [...], Previous frame's sp is [...]
// gdb-check:  Saved registers:
// gdb-check:   rip at [...]
// gdb-command: finish
// gdb-check: [...] in stepping::main () at [...]stepping.rs:30
// gdb-check: 30	        add(c, d),
// gdb-check: Value returned is $6 = 12
// gdb-command: next
// gdb-check: 31	        twice(1),
// gdb-command: next
// gdb-check: 29	    let e = add(
// gdb-command: next
// gdb-check: 33	    std::process::exit(e);
// gdb-command: print $_exitcode
// gdb-check: $7 = ()
