//! Prints its arguments and where it runs.
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!("tool {arguments:?} of {}", env!("CARGO_PKG_NAME"));
    println!("in {}", std::env::current_dir().unwrap().display());
    println!("manifest {:?}", std::env::var("CARGO_MANIFEST_DIR"));
    if arguments.first().is_some_and(|first| first == "fail") {
        std::process::exit(7);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn in_a_program() {
        assert_eq!(built::sum(), 17);
    }
}
