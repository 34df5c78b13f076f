include!(concat!(env!("OUT_DIR"), "/table.rs"));

pub fn sum() -> u32 {
    TABLE.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_was_built() {
        let found = sum();
        assert_eq!(found, 17);
        assert_eq!(std::env::var("BUILT_FOR").as_deref(), Ok("tests"));
    }
}
