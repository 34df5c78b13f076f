#[test]
fn longest_of_one() {
    assert_eq!(words::longest("one"), "one");
}
