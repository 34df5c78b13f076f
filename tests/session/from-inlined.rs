// One function of the user's that was inlined ends where another begins, whose first code is std's: step shows the other function.
//@ compile-flags: -O
//@ edition: 2021
use std::hint::black_box;

fn slices(values: &[u64]) -> u64 {
    let mut sum = 0;
    for i in 0..values.len() {
        sum += black_box(values[i]);
    }
    sum
}

fn iterators(values: &[u64]) -> u64 {
    let mut sum = 0;
    for value in values {
        let more = values.first().copied().unwrap_or(0);
        sum = black_box(sum + black_box(*value) + more);
    }
    sum
} // #end

fn closures(values: &[u64]) -> u64 {
    values.iter().map(|value| black_box(*value) + 1).sum() // #closures
}

fn recursion(n: u64) -> u64 {
    if n == 0 {
        return 0;
    }
    recursion(n - 1) + black_box(n)
}

fn main() {
    let values: Vec<u64> = (0..2000).collect();
    println!("{}", slices(&values) + iterators(&values) + closures(&values) + recursion(2000));
}

// gdb-command: break from-inlined.rs:%end%
// gdb-command: run
// gdb-check: } // #end
// gdb-command: step
// oxdb-check: from_inlined::closures (values=...) at [...]from-inlined.rs:%closures%
// oxdb-check: %closures%	    values.iter().map([...]
