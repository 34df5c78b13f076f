//! Prints the area of a square.
fn main() {
    let side = std::env::args().nth(1).map_or(3, |text| text.parse().unwrap());
    let found = shapes::area(side, side);
    println!("square of {side}: {found}");
}

#[cfg(test)]
mod tests {
    #[test]
    fn example_is_tested() {
        assert_eq!(shapes::area(5, 5), 25);
    }
}
