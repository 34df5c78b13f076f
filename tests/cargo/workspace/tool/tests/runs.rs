use std::process::Command;

#[test]
fn runs_the_program() {
    let output = Command::new(env!("CARGO_BIN_EXE_tool")).arg("x").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("tool [\"x\"]"));
}
