//! Lines that call into std at each turn, and closures that std calls.

use std::hint::black_box;

fn slices(values: &[u64]) -> u64 {
    let mut sum = 0;
    for i in 0..values.len() {
        sum += black_box(values[i]); // #slices
    }
    sum
}

fn iterators(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        let more = values.first().copied().unwrap_or(0);
        sum = black_box(sum + black_box(*value) + more); // #iterators
    }
    sum
}

fn closures(values: &[u64]) -> u64 {
    values.iter().map(|value| black_box(*value) + 1).sum() // #closures
}

fn recursion(n: u64) -> u64 {
    if n == 0 {
        return 0; // #recursion
    }
    recursion(n - 1) + black_box(n)
}

fn main() {
    let values: Vec<u64> = (0..2000).collect();
    println!("{}", slices(&values) + iterators(&values) + closures(&values) + recursion(2000));
}
