//! Ten thousand frames.

use std::hint::black_box;

fn down(depth: u64, sum: u64) -> u64 {
    if depth == 0 {
        return bottom(sum);
    }
    let more = sum + depth;
    black_box(down(depth - 1, more)) + 1
}

fn bottom(sum: u64) -> u64 {
    black_box(sum)
}

fn main() {
    println!("{}", down(10_000, 0));
}
