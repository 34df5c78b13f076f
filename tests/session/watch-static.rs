// A static that is watched before the program runs is watched where it then is, in each run; the watch of a local ends with its run.
//@ edition: 2021
static mut TOTAL: i32 = 1;

fn add(n: i32) -> i32 {
    unsafe { TOTAL += n };
    n
} // #added

fn main() {
    let mut sum = 0;
    for i in 1..4 {
        sum += add(i); // #break
    }
    std::process::exit(sum);
}

// gdb-command: set confirm off
// gdb-command: watch watch_static::TOTAL
// gdb-check: Hardware watchpoint 2: watch_static::TOTAL
// gdb-command: run
// gdb-check: Breakpoint 1, watch_static::main () at [...]watch-static.rs:%break%
// gdb-command: watch sum
// gdb-check: [...]atchpoint 3: sum
// gdb-command: continue
// gdb-check: Hardware watchpoint 2: watch_static::TOTAL
// gdb-check: Old value = 1
// gdb-check: New value = 2
// gdb-check: watch_static::add (n=1) at [...]watch-static.rs:%added%
// gdb-command: continue
// gdb-check: [...]atchpoint 3: sum
// gdb-check: New value = 1
// gdb-command: kill
// gdb-command: info watchpoints
// gdb-check: 2       hw watchpoint  keep y  [...]  watch_static::TOTAL
// gdb-absent: 3       hw watchpoint [...]
// gdb-command: run
// gdb-check: Breakpoint 1, watch_static::main () at [...]watch-static.rs:%break%
// gdb-command: continue
// gdb-check: Hardware watchpoint 2: watch_static::TOTAL
// gdb-check: Old value = 1
// gdb-check: New value = 2
// gdb-command: info watchpoints
// gdb-check: 2       hw watchpoint  keep y                      watch_static::TOTAL
// gdb-check: 	breakpoint already hit 1 time
