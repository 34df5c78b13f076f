// Conditions, ignore counts, commands, enable and disable, delete, tbreak, breakpoints that move to the next line with code.
//@ compile-flags: -g
//@ edition: 2021

fn work(i: i32) -> i32 {
    // A comment.

    let square = i * i;
    square + 1
}

fn main() {
    let mut total = 0;
    for i in 0..20 {
        total += work(i);
    }
    println!("{total}");
    let end = total;
    println!("{end}");
}

// gdb-command: tbreak breakpoints::main
// gdb-check: Temporary breakpoint 1 at [...]: file [...]breakpoints.rs, line 13.
// gdb-command: run
// gdb-check: Temporary breakpoint 1, breakpoints::main () at [...]breakpoints.rs:13
// gdb-check: 13	    let mut total = 0;
// gdb-command: break breakpoints.rs:6 if i == 3
// gdb-check: Breakpoint 2 at [...]: file [...]breakpoints.rs, line 8.
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 2       breakpoint     keep y   [...] in breakpoints::work at [...]breakpoints.rs:8
// gdb-check: 	stop only if i == 3
// gdb-command: continue
// gdb-check: Breakpoint 2, breakpoints::work (i=3) at [...]breakpoints.rs:8
// gdb-check: 8	    let square = i * i;
// gdb-command: print i
// gdb-check: $1 = 3
// gdb-command: condition 2 i > 5 && i % 4 == 0
// gdb-command: continue
// gdb-check: Breakpoint 2, breakpoints::work (i=8) at [...]breakpoints.rs:8
// gdb-check: 8	    let square = i * i;
// gdb-command: print i
// gdb-check: $2 = 8
// gdb-command: condition 2
// gdb-command: ignore 2 3
// gdb-command: continue
// gdb-check: Breakpoint 2, breakpoints::work (i=12) at [...]breakpoints.rs:8
// gdb-check: 8	    let square = i * i;
// gdb-command: print i
// gdb-check: $3 = 12
// gdb-command: continue 2
// gdb-check: Breakpoint 2, breakpoints::work (i=14) at [...]breakpoints.rs:8
// gdb-check: 8	    let square = i * i;
// gdb-command: print i
// gdb-check: $4 = 14
// gdb-command: commands 2
// gdb-command: silent
// gdb-command: printf "square of %d\n", i
// gdb-command: if i < 17
// gdb-command: continue
// gdb-command: end
// gdb-command: end
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 2       breakpoint     keep y   [...] in breakpoints::work at [...]breakpoints.rs:8
// gdb-check: 	breakpoint already hit 8 times
// gdb-check:         silent
// gdb-check:         printf "square of %d\n", i
// gdb-check:         if i < 17
// gdb-check:           continue
// gdb-check:         end
// gdb-command: continue
// gdb-check: square of 15
// gdb-check: square of 16
// gdb-check: square of 17
// gdb-command: print i
// gdb-check: $5 = 17
// gdb-command: disable 2
// gdb-command: break breakpoints.rs:9
// gdb-check: Breakpoint 3 at [...]: file [...]breakpoints.rs, line 9.
// gdb-command: enable once 2
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 2       breakpoint     dis  y   [...] in breakpoints::work at [...]breakpoints.rs:8
// gdb-check: 	breakpoint already hit 11 times
// gdb-check:         silent
// gdb-check:         printf "square of %d\n", i
// gdb-check:         if i < 17
// gdb-check:           continue
// gdb-check:         end
// gdb-check: 3       breakpoint     keep y   [...] in breakpoints::work at [...]breakpoints.rs:9
// gdb-command: delete
// gdb-command: break 17
// gdb-check: Breakpoint 4 at [...]: file [...]breakpoints.rs, line 17.
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 4       breakpoint     keep y   [...] in breakpoints::main at [...]breakpoints.rs:17
// gdb-command: continue
// gdb-check: Breakpoint 4, breakpoints::main () at [...]breakpoints.rs:17
// gdb-check: 17	    println!("{total}");
// gdb-command: next
// gdb-check: 2490
// gdb-check: 18	    let end = total;
// gdb-command: next
// gdb-check: 19	    println!("{end}");
// gdb-command: continue
// gdb-check: 2490
// gdb-check: [Inferior 1 (process [...]) exited normally]
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 4       breakpoint     keep y   [...] in breakpoints::main at [...]breakpoints.rs:17
// gdb-check: 	breakpoint already hit 1 time
// gdb-command: disable 4.1
// gdb-command: info breakpoints
// gdb-check: 4       breakpoint     keep n   [...] in breakpoints::main at [...]breakpoints.rs:17
// gdb-command: enable 4.1
// gdb-command: info breakpoints
// gdb-check: 4       breakpoint     keep y   [...] in breakpoints::main at [...]breakpoints.rs:17
