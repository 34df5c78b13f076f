// Threads: the list, selecting, apply, names, find; a breakpoint of one thread.
//@ compile-flags: -g
//@ edition: 2021

use std::sync::Barrier;
use std::thread;

fn worker(id: usize, barrier: &Barrier) {
    barrier.wait();
    let square = id * id;
    meet(square);
    barrier.wait();
}

#[inline(never)]
fn meet(n: usize) {
    std::hint::black_box(n);
}

fn main() {
    let barrier = &Barrier::new(3);
    thread::scope(|scope| {
        let workers = [1, 2].map(|id| {
            thread::Builder::new().name(format!("worker-{id}")).spawn_scoped(scope, move || worker(id, barrier)).unwrap()
        });
        barrier.wait();
        barrier.wait();
        workers.map(|worker| worker.join().unwrap()); // a scope's end waits for the closures, not for the threads
    });
    println!("done"); // #break
}

// gdb-command: break threads::meet if n == 4
// gdb-check: Breakpoint 2 at [...]: file [...]threads.rs, line 17.
// gdb-command: run
// gdb-check: [New Thread [...] (LWP [...])]
// gdb-check: [New Thread [...] (LWP [...])]
// gdb-check: [Switching to Thread [...] (LWP [...])]
// gdb-check: Thread 3 "worker-2" hit Breakpoint 2, threads::meet (n=4) at [...]threads.rs:17
// gdb-check: 17	    std::hint::black_box(n);
// gdb-command: print n
// gdb-check: $1 = 4
// gdb-command: thread
// gdb-check: [Current thread is 3 (Thread [...] (LWP [...]))]
// gdb-command: backtrace 2
// gdb-check: #0  threads::meet (n=4) at [...]threads.rs:17
// gdb-check: #1  [...] in threads::worker (id=2, barrier=[...]) at [...]threads.rs:11
// gdb-command: thread find worker-2
// gdb-check: Thread 3 has target name 'worker-2'
// gdb-command: thread name busy
// gdb-command: thread 1
// gdb-check: [Switching to thread 1 (Thread [...] (LWP [...]))]
// gdb-check: #0  [...]syscall[...]
// gdb-command: thread apply 1 print 7
// gdb-check: Thread 1 (Thread [...] (LWP [...]) "threads"):
// gdb-check: $2 = 7
// gdb-command: delete 2
// gdb-command: continue
// gdb-check: [Thread [...] (LWP [...]) exited]
// gdb-check: [Thread [...] (LWP [...]) exited]
// gdb-check: Thread 1 "threads" hit Breakpoint 1, threads::main () at [...]threads.rs:30
// gdb-check: 30	    println!("done"); // #break
// gdb-command: info threads
// gdb-check:   Id   Target Id[...]Frame
// gdb-check: * 1[...]Thread [...] (LWP [...]) "threads" threads::main () at [...]threads.rs:30
// gdb-command: print $_thread
// gdb-check: $3 = 1
