// Signals stop the program; handle and signal decide what it gets.
//@ compile-flags: -g
//@ edition: 2021

use std::sync::atomic::{AtomicI32, Ordering};

extern "C" {
    fn raise(sig: i32) -> i32;
    fn signal(sig: i32, handler: extern "C" fn(i32)) -> usize;
}
static COUNT: AtomicI32 = AtomicI32::new(0);

extern "C" fn handler(sig: i32) {
    COUNT.fetch_add(sig, Ordering::SeqCst);
}

fn main() {
    unsafe {
        signal(10, handler);
        signal(12, handler);
        raise(10); // #break
        raise(10);
        raise(12);
        raise(10);
    }
    println!("count {}", COUNT.load(Ordering::SeqCst));
    let bad = std::hint::black_box(16 as *const i32);
    let n = unsafe { *bad };
    println!("{n}");
}

// gdb-command: run
// gdb-check: Breakpoint 1, signals::main () at [...]signals.rs:21
// gdb-check: 21	        raise(10); // #break
// gdb-command: handle SIGUSR2 nostop noprint pass
// gdb-command: info signals SIGUSR1
// gdb-check: Signal        Stop	Print	Pass to program	Description
// gdb-check: SIGUSR1       Yes	Yes	Yes		User defined signal 1
// gdb-command: continue
// gdb-check: Program received signal SIGUSR1, User defined signal 1.
// gdb-check: [...]pthread_kill[...]
// gdb-command: signal 0
// gdb-check: Program received signal SIGUSR1, User defined signal 1.
// gdb-check: [...]pthread_kill[...]
// gdb-command: break signals::handler
// gdb-check: Breakpoint 2 at [...]: file [...]signals.rs, line 14.
// gdb-command: continue
// gdb-check: Breakpoint 2, signals::handler (sig=10) at [...]signals.rs:14
// gdb-check: 14	    COUNT.fetch_add(sig, Ordering::SeqCst);
// gdb-command: print sig
// gdb-check: $1 = 10
// gdb-command: backtrace 2
// gdb-check: #0  signals::handler (sig=10) at [...]signals.rs:14
// gdb-check: #1  <signal handler called>
// gdb-command: delete
// gdb-command: handle SIGUSR1 nostop print
// gdb-command: continue
// gdb-check: Program received signal SIGUSR1, User defined signal 1.
// gdb-check: count 32
// gdb-check: Program received signal SIGSEGV, Segmentation fault.
// gdb-check: [...] in signals::main () at [...]signals.rs:28
// gdb-check: 28	    let n = unsafe { *bad };
// gdb-command: print $_siginfo.si_signo
// gdb-check: $2 = 11
// gdb-command: continue
// gdb-check: Program received signal SIGSEGV, Segmentation fault.
// gdb-check: [...] in signals::main () at [...]signals.rs:28
// gdb-check: 28	    let n = unsafe { *bad };
// gdb-command: print $_siginfo
// gdb-check: $3 = siginfo {si_signo: 11, si_errno: 0, si_code: 1, _sifields: {_pad: [16, 0 <repeats 27 times>], _kill: {si_pid: 16, si_uid: 0}, _timer: {si_tid: 16, si_overrun: 0, si_sigval: sigval_t {sival_int: 0, sival_ptr: 0x0}}, _rt: {si_pid: 16, si_uid: 0, si_sigval: sigval_t {sival_int: 0, sival_ptr: 0x0}}, _sigchld: {si_pid: 16, si_uid: 0, si_status: 0, si_utime: 0, si_stime: 0}, _sigfault: {si_addr: 0x10, _addr_lsb: 0, _addr_bnd: {_lower: 0x0, _upper: 0x0}}, _sigpoll: {si_band: 16, si_fd: 0}, _sigsys: {_call_addr: 0x10, _syscall: 0, _arch: 0}}}
