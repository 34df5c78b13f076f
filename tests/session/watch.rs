// Hardware watchpoints: old and new value, conditions, reads, the end of the scope.
//@ compile-flags: -g
//@ edition: 2021

static mut GLOBAL: u32 = 0;

#[inline(never)]
fn touch(n: u32) {
    unsafe { GLOBAL = n };
}

fn scoped() -> u64 {
    let mut local = 1u64;
    local += 1; // #scope
    local *= 10;
    local
}

fn main() {
    let mut value = 1i32;
    touch(1); // #break
    value += 1;
    touch(2);
    value += 1;
    touch(2);
    touch(5);
    let copy = unsafe { GLOBAL };
    let s = scoped();
    println!("{value} {copy} {s}");
}

// gdb-command: run
// gdb-check: Breakpoint 1, watch::main () at [...]watch.rs:21
// gdb-check: 21	    touch(1); // #break
// gdb-command: watch value
// gdb-check: [...]atchpoint 2: value
// gdb-command: continue
// gdb-check: [...]atchpoint 2: value
// gdb-check: Old value = 1
// gdb-check: New value = 2
// gdb-check: watch::main () at [...]watch.rs:23
// gdb-check: 23	    touch(2);
// gdb-command: continue
// gdb-check: [...]atchpoint 2: value
// gdb-check: Old value = 2
// gdb-check: New value = 3
// gdb-check: watch::main () at [...]watch.rs:25
// gdb-check: 25	    touch(2);
// gdb-command: info watchpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 2       [...]watchpoint[...]keep y                      value
// gdb-check: 	breakpoint already hit 2 times
// gdb-command: delete 2
// gdb-command: watch GLOBAL if GLOBAL > 3
// gdb-check: Hardware watchpoint 3: GLOBAL
// gdb-command: continue
// gdb-check: Hardware watchpoint 3: GLOBAL
// gdb-check: Old value = 2
// gdb-check: New value = 5
// gdb-check: watch::touch (n=5) at [...]watch.rs:10
// gdb-check: 10	}
// gdb-command: backtrace 2
// gdb-check: #0  watch::touch (n=5) at [...]watch.rs:10
// gdb-check: #1  [...] in watch::main () at [...]watch.rs:26
// gdb-command: delete 3
// gdb-command: rwatch GLOBAL
// gdb-check: Hardware read watchpoint 4: GLOBAL
// gdb-command: continue
// gdb-check: Hardware read watchpoint 4: GLOBAL
// gdb-check: Value = 5
// gdb-check: [...] in watch::main () at [...]watch.rs:27
// gdb-check: 27	    let copy = unsafe { GLOBAL };
// gdb-command: delete 4
// gdb-command: break watch.rs:14
// gdb-check: Breakpoint 5 at [...]: file [...]watch.rs, line 14.
// gdb-command: continue
// gdb-check: Breakpoint 5, watch::scoped () at [...]watch.rs:14
// gdb-check: 14	    local += 1; // #scope
// gdb-command: watch local
// gdb-check: Hardware watchpoint 6: local
// gdb-command: continue
// gdb-check: Hardware watchpoint 6: local
// gdb-check: Old value = 1
// gdb-check: New value = 2
// gdb-check: watch::scoped () at [...]watch.rs:15
// gdb-check: 15	    local *= 10;
// gdb-command: continue
// gdb-check: Hardware watchpoint 6: local
// gdb-check: Old value = 2
// gdb-check: New value = 20
// gdb-check: watch::scoped () at [...]watch.rs:16
// gdb-check: 16	    local
// gdb-command: continue
// gdb-check: Watchpoint 6 deleted because the program has left the block in
// gdb-check: which its expression is valid.
// gdb-check: [...] in watch::main () at [...]watch.rs:28
// gdb-check: 28	    let s = scoped();
// gdb-command: info breakpoints
// gdb-check: Num     Type           Disp Enb Address            What
// gdb-check: 1       breakpoint     keep y   [...] in watch::main at [...]watch.rs:21
// gdb-check: 	breakpoint already hit 1 time
// gdb-check: 5       breakpoint     keep y   [...] in watch::scoped at [...]watch.rs:14
// gdb-check: 	breakpoint already hit 1 time
// gdb-command: continue
// gdb-check: 3 5 20
// gdb-check: [Inferior 1 (process [...]) exited normally]
