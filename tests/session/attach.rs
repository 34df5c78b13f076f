// attach, look, detach; attach again and kill.
//@ compile-flags: -g
//@ edition: 2021
//@ spawn: 5

use std::io::Write;

fn wait(seconds: u64) -> u64 {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds * 20);
    let mut rounds = 0u64;
    while std::time::Instant::now() < end {
        rounds += 1;
    }
    rounds
}

fn main() {
    let seconds = std::env::args().nth(1).unwrap().parse().unwrap();
    println!("ready");
    std::io::stdout().flush().unwrap();
    println!("{}", wait(seconds));
}

// gdb-command: file %exe%
// gdb-command: attach %pid%
// gdb-command: break attach.rs:12
// gdb-check: Breakpoint 1 at [...]: file [...]attach.rs, line 12.
// gdb-command: continue
// gdb-check: Breakpoint 1, attach::wait (seconds=5) at [...]attach.rs:12
// gdb-check: 12	        rounds += 1;
// gdb-command: print seconds
// gdb-check: $1 = 5
// gdb-command: next
// gdb-check: 11	    while std::time::Instant::now() < end {
// gdb-command: next
// gdb-check: Breakpoint 1, attach::wait (seconds=5) at [...]attach.rs:12
// gdb-check: 12	        rounds += 1;
// gdb-command: up
// gdb-check: #1  [...] in attach::main () at [...]attach.rs:21
// gdb-check: 21	    println!("{}", wait(seconds));
// gdb-command: print seconds
// gdb-check: $2 = 5
// gdb-command: info inferiors
// gdb-check:   Num  Description       Connection           Executable
// gdb-check: * 1    process [...]     1 (native)           [...]attach
// gdb-command: detach
// gdb-check: [Inferior 1 (process [...]) detached]
// gdb-command: info inferiors
// gdb-check:   Num  Description       Connection           Executable
// gdb-check: * 1    <null>                                 [...]attach
// gdb-command: attach %pid%
// gdb-command: kill
// gdb-check: Kill the program being debugged? (y or n) [answered Y; input not from terminal]
// gdb-check: [Inferior 1 (process [...]) killed]
