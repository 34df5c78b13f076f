//! A loop of statements: what is stepped, stopped in and watched in the session bench. The argument is the number of rounds.

use std::hint::black_box;

static mut COUNTER: u64 = 0;

fn round(i: u64, sum: u64) -> u64 {
    let twice = i * 2;
    let more = twice + sum; // the breakpoint
    more % 1_000_003
}

fn main() {
    let rounds: u64 = std::env::args().nth(1).and_then(|x| x.parse().ok()).unwrap_or(1);
    let mut sum = 0;
    let mut i = 0;
    while i < rounds {
        sum = round(i, sum);
        unsafe { COUNTER = i };
        i += 1;
    }
    let mut a = 1u64;
    let mut b = 1u64;
    while a < 1_000_000_000 {
        a += 1; // the steps
        b ^= a;
        a = black_box(a);
        b = black_box(b);
    }
    println!("{sum} {a} {b}");
}
