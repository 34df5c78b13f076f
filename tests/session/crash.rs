// What there is to see after a SIGSEGV: the signal, the frames, their variables.
//@ compile-flags: -g
//@ edition: 2021

struct Node {
    value: u32,
    next: *const Node,
}

fn sum(node: *const Node, depth: u32) -> u32 {
    let here = unsafe { (*node).value };
    let rest = unsafe { (*node).next };
    here + sum(rest, depth + 1)
}

fn main() {
    let last = Node { value: 2, next: 8 as *const Node };
    let first = Node { value: 1, next: &last };
    println!("{}", sum(&first, 0));
}

// gdb-command: run
// gdb-check: Program received signal SIGSEGV, Segmentation fault.
// gdb-check: [...] in crash::sum (node=0x8, depth=2) at [...]crash.rs:11
// gdb-check: 11	    let here = unsafe { (*node).value };
// gdb-command: print depth
// gdb-check: $1 = 2
// gdb-command: backtrace 4
// gdb-check: #0  [...] in crash::sum (node=0x8, depth=2) at [...]crash.rs:11
// gdb-check: #1  [...] in crash::sum (node=[...], depth=1) at [...]crash.rs:13
// gdb-check: #2  [...] in crash::sum (node=[...], depth=0) at [...]crash.rs:13
// gdb-check: #3  [...] in crash::main () at [...]crash.rs:19
// gdb-command: up
// gdb-check: #1  [...] in crash::sum (node=[...], depth=1) at [...]crash.rs:13
// gdb-check: 13	    here + sum(rest, depth + 1)
// gdb-command: info locals
// gdb-check: rest = 0x8
// gdb-check: here = 2
// gdb-command: info args
// gdb-check: node = [...]
// gdb-check: depth = 1
// gdb-command: print *node
// gdb-check: $2 = crash::Node {value: 2, next: 0x8}
// gdb-command: frame 3
// gdb-check: #3  [...] in crash::main () at [...]crash.rs:19
// gdb-check: 19	    println!("{}", sum(&first, 0));
// gdb-command: info locals
// gdb-check: first = crash::Node {value: 1, next: [...]}
// gdb-check: last = crash::Node {value: 2, next: 0x8}
// gdb-command: print first
// gdb-check: $3 = crash::Node {value: 1, next: [...]}
// gdb-command: frame function crash::sum
// gdb-check: #0  [...] in crash::sum (node=0x8, depth=2) at [...]crash.rs:11
// gdb-check: 11	    let here = unsafe { (*node).value };
// gdb-command: down
// gdb-check: [...]script:[...]: Error in sourced command file:
// gdb-check: Bottom (innermost) frame selected; you cannot go down.
// gdb-command: continue
// gdb-command: info program
