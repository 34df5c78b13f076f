// backtrace in its forms, up and down with counts, frame by number, function and address; locals of blocks.
//@ compile-flags: -g
//@ edition: 2021

fn fact(n: u64) -> u64 {
    if n == 0 {
        return bottom();
    }
    n * fact(n - 1)
}

fn bottom() -> u64 {
    let unit = 1;
    {
        let unit = 2u8;
        {
            let inner = unit + 1;
            std::hint::black_box(inner); // #break
        }
    }
    unit
}

fn main() {
    let n = 5;
    println!("{}", fact(n));
}

// gdb-command: run
// gdb-check: Breakpoint 1, frames::bottom () at [...]frames.rs:18
// gdb-check: 18	            std::hint::black_box(inner); // #break
// gdb-command: info locals
// gdb-check: inner = 3
// gdb-check: unit = 2
// gdb-check: unit = 1
// gdb-command: backtrace 3
// gdb-check: #0  frames::bottom () at [...]frames.rs:18
// gdb-check: #1  [...] in frames::fact (n=0) at [...]frames.rs:7
// gdb-check: #2  [...] in frames::fact (n=1) at [...]frames.rs:9
// gdb-command: backtrace 1
// gdb-check: #0  frames::bottom () at [...]frames.rs:18
// gdb-command: up
// gdb-check: #1  [...] in frames::fact (n=0) at [...]frames.rs:7
// gdb-check: 7	        return bottom();
// gdb-command: up 2
// gdb-check: #3  [...] in frames::fact (n=2) at [...]frames.rs:9
// gdb-check: 9	    n * fact(n - 1)
// gdb-command: print n
// gdb-check: $1 = 2
// gdb-command: info frame
// gdb-check: Stack level 3, frame at [...]:
// gdb-check:  rip = [...] in frames::fact ([...]frames.rs:9); saved rip = [...]
// gdb-check:  called by frame at [...], caller of frame at [...]
// gdb-check:  source language rust.
// gdb-check:  Arglist at [...], args: n=2
// gdb-check:  Locals at [...], Previous frame's sp is [...]
// gdb-check:  Saved registers:
// gdb-check:   rip at [...]
// gdb-command: down
// gdb-check: #2  [...] in frames::fact (n=1) at [...]frames.rs:9
// gdb-check: 9	    n * fact(n - 1)
// gdb-command: frame 5
// gdb-check: #5  [...] in frames::fact (n=4) at [...]frames.rs:9
// gdb-check: 9	    n * fact(n - 1)
// gdb-command: frame
// gdb-check: #5  [...] in frames::fact (n=4) at [...]frames.rs:9
// gdb-check: 9	    n * fact(n - 1)
// gdb-command: frame level 2
// gdb-check: #2  [...] in frames::fact (n=1) at [...]frames.rs:9
// gdb-check: 9	    n * fact(n - 1)
// gdb-command: print n
// gdb-check: $2 = 1
// gdb-command: frame function frames::main
// gdb-check: #7  [...] in frames::main () at [...]frames.rs:26
// gdb-check: 26	    println!("{}", fact(n));
// gdb-command: info locals
// gdb-check: n = 5
// gdb-command: frame 0
// gdb-check: #0  frames::bottom () at [...]frames.rs:18
// gdb-check: 18	            std::hint::black_box(inner); // #break
// gdb-command: frame apply 2 -s print n
// gdb-check: #1  [...] in frames::fact (n=0) at [...]frames.rs:7
// gdb-check: $3 = 0
// gdb-command: frame 1
// gdb-check: #1  [...] in frames::fact (n=0) at [...]frames.rs:7
// gdb-check: 7	        return bottom();
// gdb-command: frame apply 1 -q print 5
// gdb-check: $4 = 5
// gdb-command: finish
// gdb-check: [...] in frames::fact (n=1) at [...]frames.rs:9
// gdb-check: 9	    n * fact(n - 1)
// gdb-check: Value returned is $5 = 1
// gdb-command: finish
// gdb-check: [...] in frames::fact (n=2) at [...]frames.rs:9
// gdb-check: 9	    n * fact(n - 1)
// gdb-check: Value returned is $6 = 1
// gdb-command: where 2
// gdb-check: #0  [...] in frames::fact (n=2) at [...]frames.rs:9
// gdb-check: #1  [...] in frames::fact (n=3) at [...]frames.rs:9
