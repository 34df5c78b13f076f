"""`oxdb test --doc`: oxdb is what rustdoc runs doc tests by. Those of edition 2024 (words) are one program, the others (shapes) one each."""

import pytest

DOC_TESTS = ["shapes/src/lib.rs - area (line 5)", "shapes/src/lib.rs - outline (line 14)", "words/src/lib.rs - count (line 14)",
             "words/src/lib.rs - count (line 19)", "words/src/lib.rs - longest (line 5)"]


def test_list(workspace):
    done = workspace.oxdb("test", "--doc", "--list")
    assert done.code == 0 and done.out.splitlines() == [f"doc {name}" for name in DOC_TESTS], done.text
    done = workspace.oxdb("test", "--doc", "--list", "count")
    assert done.out.splitlines() == [f"doc {name}" for name in DOC_TESTS[2:4]], done.text


@pytest.mark.parametrize("name", DOC_TESTS)
def test_each_is_found(workspace, name):
    crate, item = name.split("/")[0], name.split()[2]
    done = workspace.oxdb("test", "--doc", name, "-batch", "-ex", f"break {crate}::{item}", "-ex", "run", "-ex", "bt", "-ex", "continue")
    assert done.code == 0, done.text
    assert f"Breakpoint 1, {crate}::{item} (" in done.out or f"hit Breakpoint 1, {crate}::{item} (" in done.out, done.text
    if crate == "words":
        assert f"test {name} " in done.out and "1 passed; 0 failed" in done.out, done.out
        assert "::main () at /tmp/rustdoctest" in done.out, done.out
    else:
        assert "rust_out::main::_doctest_main_shapes_src_lib_rs_" in done.out, done.out
    assert "exited normally" in done.out, done.out


def test_by_item(workspace):
    done = workspace.oxdb("test", "--doc", "outline", "-batch", "-ex", "break shapes::outline", "-ex", "run", "-ex", "up", "-ex", "info locals")
    assert "shapes/src/lib.rs:" in done.out and "Breakpoint 1, shapes::outline (width=2, height=3)" in done.out, done.text
    done = workspace.oxdb("test", "--doc", "count")
    assert done.code == 2 and "2 tests match" in done.err, done.text


def test_triage(workspace):
    done = workspace.oxdb("test", "--doc", "--triage")
    assert done.code == 0 and done.out.count("... ok") == len(DOC_TESTS), done.text
    source = workspace.path / "shapes/src/lib.rs"
    source.write_text(source.read_text().replace("assert_eq!(edges, 10);", "let at: *const u32 = std::hint::black_box(std::ptr::null());\n"
                                                 "/// unsafe { at.read_volatile() };"))
    source = workspace.path / "words/src/lib.rs"
    source.write_text(source.read_text().replace("assert_eq!(count, 3);", "assert_eq!(count, 5);"))
    done = workspace.oxdb("test", "--doc", "--triage")
    assert done.code == 101, done.text
    assert "oxdb: null-pointer (proven)" in done.out and "oxdb: rust-panic (likely)" in done.out, done.out
    assert done.out.count("... ok") == len(DOC_TESTS) - 2 and done.out.count("... FAILED") == 2, done.out


def test_triage_leaves_the_environment_alone(workspace):
    source = workspace.path / "words/src/lib.rs"
    source.write_text(source.read_text().replace("assert_eq!(count, 3);", 'assert!(std::env::vars().all(|(name, _)| !name.ends_with("_RUNNER")));'))
    done = workspace.oxdb("test", "--doc", "count", "--triage")
    assert done.code == 0 and done.out.count("... ok") == 2, done.text


def test_older_rustdoc(workspace):
    """Stands in for a cargo before 1.89, none of which is here."""
    old = workspace.bin / "old-cargo"
    old.write_text("#!/bin/sh\nprintf 'cargo 1.80.1\\nrelease: 1.80.1\\nhost: x86_64-unknown-linux-gnu\\n'\n")
    old.chmod(0o755)
    done = workspace.oxdb("test", "--doc", env={"CARGO": str(old)})
    assert done.code == 2 and "need cargo and rustdoc 1.89 or newer" in done.err and "1.80" in done.err, done.text
