//! Tests that fail, each in its own way. They fail only where the environment says so: OXDB_TEST_FAULTS.

#[cfg(test)]
mod tests {
    fn wanted() -> bool {
        std::env::var_os("OXDB_TEST_FAULTS").is_some()
    }

    fn read(address: *const u32) -> u32 {
        unsafe { address.read_volatile() }
    }

    #[test]
    fn reads_null() {
        if wanted() {
            let address = std::hint::black_box(std::ptr::null());
            println!("about to read");
            println!("{}", read(address));
        }
    }

    #[test]
    fn wrong_sum() {
        let sum = if wanted() { 5 } else { 4 };
        eprintln!("the sum is {sum}");
        assert_eq!(sum, 4, "sums");
    }

    #[test]
    fn gives_up() {
        if wanted() {
            std::process::abort();
        }
    }

    #[test]
    fn waits() {
        if std::env::var_os("OXDB_TEST_WAITS").is_some() {
            std::thread::sleep(std::time::Duration::from_secs(1000));
        }
    }

    #[test]
    #[should_panic]
    fn does_not_panic() {
        if !wanted() {
            panic!("as it should");
        }
    }

    #[test]
    fn says_an_error() -> Result<(), String> {
        if wanted() { Err("no luck".into()) } else { Ok(()) }
    }

    /// Prints its environment into a file, for the comparison with cargo's.
    #[test]
    fn tells_environment() {
        if let Some(path) = std::env::var_os("OXDB_TEST_ENVIRONMENT") {
            let mut lines: Vec<String> = std::env::vars_os().map(|(name, value)| format!("{name:?}={value:?}")).collect();
            lines.sort();
            lines.push(format!("in {}", std::env::current_dir().unwrap().display()));
            lines.push(format!("as {:?}", std::env::args().collect::<Vec<_>>()));
            std::fs::write(path, lines.join("\n")).unwrap();
        }
    }
}
