// display, undisplay, info display.
//@ compile-flags: -g
//@ edition: 2021

fn main() {
    let mut a = 1;
    let mut b = 2u8;
    a += 1; // #break
    for i in 0..3 {
        a += i;
        b += 1;
    }
    println!("{a} {b}");
}

// gdb-command: run
// gdb-check: Breakpoint 1, display::main () at [...]display.rs:8
// gdb-check: 8	    a += 1; // #break
// gdb-command: display a
// gdb-command: display/x b
// gdb-command: info display
// gdb-check: Auto-display expressions now in effect:
// gdb-check: Num Enb Expression
// gdb-check: 1:   y  a
// gdb-check: 2:   y  /x b
// gdb-command: next
// gdb-check: 9	    for i in 0..3 {
// gdb-check: 1: a = 2
// gdb-check: 2: /x b = 0x2
// gdb-command: next
// gdb-check: 10	        a += i;
// gdb-check: 1: a = 2
// gdb-check: 2: /x b = 0x2
// gdb-command: undisplay 2
// gdb-command: next
// gdb-check: 10	        a += i;
// gdb-check: 1: a = 2
// gdb-command: next
// gdb-check: 11	        b += 1;
// gdb-check: 1: a = 2
// gdb-command: display
// gdb-check: 1: a = 2
// gdb-command: disable display 1
// gdb-command: next
// gdb-check: 11	        b += 1;
// gdb-command: enable display 1
// gdb-command: next
// gdb-check: 9	    for i in 0..3 {
// gdb-check: 1: a = 2
// gdb-command: undisplay
// gdb-check: Delete all auto-display expressions? (y or n) [answered Y; input not from terminal]
// gdb-command: next
// gdb-check: 10	        a += i;
