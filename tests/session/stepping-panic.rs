// A step over a call that panics ends where the panic is caught, or where a frame of the user's cleans up for it; where only the runtime
// catches it the program runs to its end. gdb follows exceptions only where libgcc_s has probes.
//@ compile-flags: -g
//@ edition: 2021

struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        println!("dropped {}", self.0);
    }
}

fn fail(n: u32) -> u32 {
    let _guard = Guard("inner");
    if n > 1 {
        panic!("{n} is too much");
    }
    n
}

fn caught() -> bool {
    let result = std::panic::catch_unwind(|| fail(2));
    result.is_err()
}

fn main() {
    let yes = caught(); // #break
    println!("{yes}");
    let sum: u32 = [1, 1].iter().map(|n| fail(*n)).sum();
    println!("{sum}");
    fail(3);
}

// oxdb-command: run
// oxdb-check: 28	    let yes = caught(); // #break
// oxdb-command: next
// oxdb-check: [...]2 is too much
// oxdb-check: dropped inner
// oxdb-check: 29	    println!("{yes}");
// oxdb-command: next
// oxdb-check: true
// oxdb-check: 30	    let sum: u32 = [1, 1].iter().map(|n| fail(*n)).sum();
// oxdb-command: step
// oxdb-check: stepping_panic::main::{closure#0} (n=[...]) at [...]stepping-panic.rs:30
// oxdb-command: step
// oxdb-check: stepping_panic::fail (n=1) at [...]stepping-panic.rs:15
// oxdb-command: tbreak 31
// oxdb-command: continue
// oxdb-check: Temporary breakpoint 2, stepping_panic::main () at [...]stepping-panic.rs:31
// oxdb-command: next
// oxdb-check: 32	    fail(3);
// oxdb-command: next
// oxdb-check: [...]3 is too much
// oxdb-check: dropped inner
// oxdb-check: [Inferior 1 (process [...]) exited with code 0145]
