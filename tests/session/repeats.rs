//@ typed
// Enter runs the last command again, unless it is one of those that would be dangerous or of no use twice.
fn twice(x: i32) -> i32 {
    x * 2
}

fn main() {
    let a = 1; // #break
    let b = twice(a);
    let c = twice(b);
    println!("{a} {b} {c}"); // #print
}

// gdb-command: run
// gdb-command: print 5
// gdb-check: $1 = 5
// gdb-command:
// gdb-check: $2 = 5
// gdb-command:
// gdb-check: $3 = 5
// gdb-command: p/x 17
// gdb-check: $4 = 0x11
// gdb-command:
// gdb-check: $5 = 0x11
// gdb-command: whatis 5u8
// gdb-check: type = u8
// gdb-command:
// gdb-check: type = u8
// gdb-command: output 7
// gdb-command:
// gdb-command: echo word\n
// gdb-check: 7[...]7[...]word
// gdb-command:
// gdb-check: [...]word
// gdb-command: info frame
// gdb-check: [...]rip = [...] in repeats::main ([...]repeats.rs:8); saved rip = [...]
// gdb-command:
// gdb-check: [...]rip = [...] in repeats::main ([...]repeats.rs:8); saved rip = [...]
// gdb-command: tbreak %print%
// gdb-check: Temporary breakpoint [...], line 11.
// gdb-command:
// gdb-check: Note: breakpoint [...] also set at pc [...].
// gdb-check: Temporary breakpoint [...], line 11.
// gdb-command: nosuch
// gdb-check: Undefined command: "nosuch".  Try "help".
// gdb-command:
// gdb-check: Undefined command: "nosuch".  Try "help".
// gdb-command: next
// gdb-check: 9	    let b = twice(a);
// gdb-command:
// gdb-check: 10	    let c = twice(b);
// gdb-command: backtrace 1
// gdb-check: #0  repeats::main () at [...]repeats.rs:10
// gdb-command:
// gdb-check: #0  repeats::main () at [...]repeats.rs:10

// Once only:
// gdb-command: delete
// gdb-command: tbreak repeats::twice
// gdb-command: define last
// gdb-command: echo in last\n
// gdb-command: end
// gdb-command: last
// gdb-check: [...]in last
// gdb-command:
// gdb-check: [...]in last
// gdb-command: info line 11
// gdb-check: Line 11 of [...]
// gdb-command:
// gdb-command: display a
// gdb-check: 1: a = 1
// gdb-command:
// gdb-command: info display
// gdb-check: 1:   y  a
// gdb-absent: 2:   y  a
// gdb-command: show values 1
// gdb-check: $1 = 5
// gdb-command: undisplay 9
// gdb-check: [...]
// gdb-command:
// gdb-command: continue
// gdb-check: Temporary breakpoint [...] repeats::twice (x=2) at [...]repeats.rs:4
