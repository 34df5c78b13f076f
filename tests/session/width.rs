//@ typed
// Lines are broken where gdb breaks them: before arguments, places, elements of arrays and instructions.
struct Long {
    first_of_the_fields: u64,
    pair: (u8, u8),
}

fn several(first_argument: u64, second_argument: u64, third_argument: bool) -> u64 {
    let long = Long { first_of_the_fields: first_argument, pair: (1, 2) };
    let numbers = [1000000000001u64, 1000000000002, 1000000000003, 1000000000004, 1000000000005];
    println!("{first_argument} {second_argument} {third_argument} {numbers:?}"); // #break
    long.first_of_the_fields + long.pair.0 as u64 + long.pair.1 as u64
}

fn main() {
    several(1000000, 2000000, true);
}

// gdb-command: set width 50
// gdb-command: run
// gdb-check: Breakpoint [...], width::several (
// gdb-check:     first_argument=1000000, 
// gdb-check:     second_argument=2000000, third_argument=true)
// gdb-check:     at [...]width.rs:11
// gdb-command: backtrace 2
// gdb-check: #0  width::several (first_argument=1000000, 
// gdb-check:     second_argument=2000000, third_argument=true)
// gdb-check:     at [...]width.rs:11
// gdb-check: #1  [...] in width::main ()
// gdb-check:     at [...]width.rs:16
// gdb-command: print numbers
// gdb-check: $1 = [1000000000001, 1000000000002, 
// gdb-check:   1000000000003, 1000000000004, 1000000000005]
// gdb-command: set width 40
// gdb-command: print numbers
// gdb-check: $2 = [1000000000001, 1000000000002, 
// gdb-check:   1000000000003, 1000000000004, 
// gdb-check:   1000000000005]
// gdb-command: print long.pair
// gdb-check: $3 = (1, 2)
// gdb-command: output numbers
// gdb-check: [1000000000001, 1000000000002, 
// gdb-check:   1000000000003, 1000000000004, 
// gdb-command: info locals
// gdb-check:   1000000000005][...]numbers = [1000000000001, 
// gdb-check:   1000000000002, 1000000000003, 
// gdb-check:   1000000000004, 1000000000005]
// gdb-command: x/i $pc
// gdb-check: => 0x[...]>:	
// gdb-check:     lea [...]
// gdb-command: info line 11
// gdb-check: Line 11 of "[...]width.rs"
// gdb-check:    starts at address 0x[...] <[...]>
// gdb-check:    and ends at 0x[...] <[...]>.
// gdb-command: info breakpoints
// gdb-check: [...]width::several 
// gdb-check:                                                    at [...]width.rs:11
// Nothing is broken that has no place for it, and nothing at all without a limit.
// gdb-command: print long
// gdb-check: $4 = width::Long {first_of_the_fields: 1000000, pair: (1, 2)}
// gdb-command: set width 0
// gdb-command: backtrace 1
// gdb-check: #0  width::several (first_argument=1000000, second_argument=2000000, third_argument=true) at [...]width.rs:11
