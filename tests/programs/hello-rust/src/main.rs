//! Prints a line and ends.

fn main() {
    println!("hello from Rust");
}
