//! Five hundred threads that wait, each some frames deep. Prints a line when all of them do.

use std::sync::{Arc, Barrier};

fn wait(depth: u32, barrier: &Barrier) -> u32 {
    if depth == 0 {
        barrier.wait();
        std::thread::sleep(std::time::Duration::from_secs(600));
        return 0;
    }
    wait(depth - 1, barrier) + 1
}

fn main() {
    let barrier = Arc::new(Barrier::new(500));
    for i in 1..500u32 {
        let barrier = barrier.clone();
        std::thread::Builder::new().stack_size(64 << 10).spawn(move || wait(i % 8, &barrier)).unwrap();
    }
    barrier.wait();
    println!("ready");
    std::thread::sleep(std::time::Duration::from_secs(600));
}
