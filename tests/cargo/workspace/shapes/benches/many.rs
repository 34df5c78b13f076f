//! A benchmark of its own kind: what stable Rust has no harness for.
fn main() {
    let sum: u32 = (0..1000).map(|i| shapes::area(i, 2)).sum();
    println!("sum {sum}");
}
