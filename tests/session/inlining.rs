// Inlined functions are frames; a breakpoint on their name stops in every copy.
//@ compile-flags: -g
//@ edition: 2021
//@ revisions: debug opt
//@[opt] compile-flags: -O

#[inline(always)]
fn twice(a: i32) -> i32 {
    let b = std::hint::black_box(a * 2);
    b + 1
}

#[inline(always)]
fn four(a: i32) -> i32 {
    let once = twice(a);
    twice(once)
}

#[inline(never)]
fn outer(x: i32) -> i32 {
    let y = four(x);
    std::hint::black_box(y)
}

fn main() {
    let z = outer(3);
    println!("{z}");
}

// gdb-command: break inlining::outer
// [debug] gdb-check: Breakpoint 1 at [...]: file [...]inlining.rs, line 21.
// [opt] gdb-check: Breakpoint 1 at [...]: file [...]hint.rs, line [...].
// [opt] oxdb-check: Breakpoint 1 at [...]: file [...]inlining.rs, line 21.
// gdb-command: break inlining::twice
// gdb-check: Breakpoint 2 at [...]: inlining::twice. (2 locations)
// gdb-command: info breakpoints
// [debug] gdb-check: Num     Type           Disp Enb Address            What
// [debug] gdb-check: 1       breakpoint     keep y   [...] in inlining::outer at [...]inlining.rs:21
// [debug] gdb-check: 2       breakpoint     keep y   <MULTIPLE>
// [debug] gdb-check: 2.1                         y   [...] in inlining::twice at [...]inlining.rs:9
// [debug] gdb-check: 2.2                         y   [...] in inlining::twice at [...]inlining.rs:9
// [opt] gdb-check: Num     Type           Disp Enb Address            What
// [opt] gdb-check: 1       breakpoint     keep y   [...] in inlining::outer at [...]hint.rs:[...]
// [opt] gdb-check: 2       breakpoint     keep y   <MULTIPLE>
// [opt] gdb-check: 2.1                         y   [...] in inlining::twice at [...]hint.rs:[...]
// [opt] gdb-check: 2.2                         y   [...] in inlining::twice at [...]inlining.rs:9
// [opt] oxdb-check: Num     Type           Disp Enb Address            What
// [opt] oxdb-check: 1       breakpoint     keep y   [...] in inlining::outer at [...]inlining.rs:21
// [opt] oxdb-check: 2       breakpoint     keep y   <MULTIPLE>
// [opt] oxdb-check: 2.1                         y   [...] in inlining::twice at [...]inlining.rs:9
// [opt] oxdb-check: 2.2                         y   [...] in inlining::twice at [...]inlining.rs:9
// gdb-command: run
// gdb-check: Breakpoint 1, inlining::twice (a=3) at [...]inlining.rs:9
// gdb-check: 9	    let b = std::hint::black_box(a * 2);
// gdb-command: continue
// gdb-check: Breakpoint 2.2, inlining::twice (a=7) at [...]inlining.rs:9
// gdb-check: 9	    let b = std::hint::black_box(a * 2);
// gdb-command: backtrace 3
// gdb-check: #0  inlining::twice (a=7) at [...]inlining.rs:9
// gdb-check: #1  inlining::four (a=3) at [...]inlining.rs:16
// gdb-check: #2  inlining::outer (x=3) at [...]inlining.rs:21
// gdb-command: info frame
// gdb-check: Stack level 0, frame at [...]:
// gdb-check:  rip = [...] in inlining::twice ([...]inlining.rs:9); saved rip = [...]
// gdb-check:  inlined into frame 1
// gdb-check:  source language rust.
// gdb-check:  Arglist at unknown address.
// gdb-check:  Locals at unknown address, Previous frame's sp in rsp
// gdb-command: print a
// gdb-check: $1 = 7
// gdb-command: up
// gdb-check: #1  inlining::four (a=3) at [...]inlining.rs:16
// gdb-check: 16	    twice(once)
// gdb-command: up
// gdb-check: #2  inlining::outer (x=3) at [...]inlining.rs:21
// gdb-check: 21	    let y = four(x);
// gdb-command: down
// gdb-check: #1  inlining::four (a=3) at [...]inlining.rs:16
// gdb-check: 16	    twice(once)
// gdb-command: continue
// gdb-check: 15
// gdb-check: [Inferior 1 (process [...]) exited normally]
// gdb-command: backtrace 3
// gdb-check: [...]script:[...]: Error in sourced command file:
// gdb-check: No stack.
// gdb-command: info breakpoints
// gdb-command: finish
// gdb-command: continue
