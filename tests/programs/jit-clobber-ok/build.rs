//! Compiles apply.c; a crate for that would only make the tests' dependencies more.

use std::{env, path::Path, process::Command};

fn main() {
    let source = Path::new("../jit-clobber/apply.c");
    let out = env::var("OUT_DIR").unwrap();
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let dwarf = if flags.contains("dwarf-version=5") { "-gdwarf-5" } else { "-gdwarf-4" };
    let object = format!("{out}/apply.o");
    let gcc = Command::new("gcc").args(["-O2", "-fPIC", dwarf, "-c", "-o", &object]).arg(source).status();
    assert!(gcc.expect("gcc must be there").success());
    println!("cargo:rustc-link-arg-bins={object}");
    println!("cargo:rerun-if-changed={}", source.display());
    println!("cargo:rerun-if-changed=build.rs");
}
