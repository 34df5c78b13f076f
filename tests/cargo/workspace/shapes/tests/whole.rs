#[test]
fn works() {
    let sum = shapes::area(1, 2) + shapes::outline(1, 2);
    assert_eq!(sum, 8);
}

#[test]
fn reads_its_own_folder() {
    assert!(std::fs::read_to_string("Cargo.toml").unwrap().contains("name = \"shapes\""));
}
