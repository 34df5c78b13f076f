//! Words, in edition 2024, whose doc tests rustdoc compiles into one program.

/// The longest word.
///
/// ```
/// assert_eq!(words::longest("a bird sings"), "sings");
/// ```
pub fn longest(text: &str) -> &str {
    text.split(' ').max_by_key(|word| word.len()).unwrap_or("")
}

/// The number of words.
///
/// ```
/// let count = words::count("a bird sings");
/// assert_eq!(count, 3);
/// ```
///
/// ```should_panic
/// assert_eq!(words::count("a bird sings"), 4);
/// ```
pub fn count(text: &str) -> usize {
    text.split(' ').filter(|word| !word.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn works() {
        assert_eq!(longest("a bird sings"), "sings");
    }

    #[test]
    fn area_of_square() {
        assert_eq!(shapes::area(2, 2), 4);
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn no_word_there() {
        let words: Vec<&str> = "a bird".split(' ').collect();
        let which = words.len() + 3;
        println!("{}", words[which]);
    }

    #[test]
    #[ignore = "slow"]
    fn slow_one() {
        assert_eq!(count(&"word ".repeat(100_000)), 100_000);
    }
}
