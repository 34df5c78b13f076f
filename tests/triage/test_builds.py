"""One fault, many ways to build the program: what a compiler, a linker or strip leaves out is told or found in another way, and never made up."""

import pathlib
import shutil
import subprocess

import pytest
from conftest import ROOT, line_of

SOURCE = ROOT / "tests/programs/null-pointer-c/null-pointer-c.c"
RUST_SOURCE = ROOT / "tests/programs/null-pointer/src/main.rs"

# Flags → what must be known: line (of the source), frames (names and a whole backtrace), names (of the innermost function).
C_BUILDS = {
    "-g": "line",
    "-g -gz=zlib": "line",
    "-g -gz=zstd": "line",
    "-g -gdwarf-5 -gdwarf64": "line",
    "-g -gdwarf-4 -fdebug-types-section": "line",
    "-g -gdwarf-3": "names",
    "-g -gdwarf-2": "names",
    "-g -gsplit-dwarf": "names",
    "-g -static": "line",
    "-g -static-pie": "line",
    "-g -no-pie -fno-pie": "line",
    "-g -O2 -fno-asynchronous-unwind-tables -fno-unwind-tables": "frames",
    "-g -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -fno-unwind-tables": "frames",
    "-g -O3 -flto": "names",
    "-g1": "line",
    "-g3": "line",
    "": "frames",
    "-s": "crash",
    "-g -Wl,--gc-sections,-z,nosectionheader": "crash",
    "-g -Wl,-z,separate-code,-z,now,--hash-style=gnu": "line",
    "-g -mcmodel=large": "line",
    "-g -fcf-protection=full": "line",
    "-m32": "other-arch",
}


def check(r, known, file, line, function):
    assert r.code == 1
    assert r.doc["signal"]["name"] == "SIGSEGV"
    assert r.doc["fault"]["kind"] == "write"
    assert r.verdict["kind"] == "null-pointer"
    if known == "crash":
        return
    assert r.index(function) == 0, r.functions
    if known in ("line", "frames"):
        r.assert_whole()
    if known == "line":
        assert r.frames[0]["file"].endswith(file) and r.frames[0]["line"] == line


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("flags", C_BUILDS)
def test_c(oxdb, tmp_path, flags, compiler):
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    program = tmp_path / "program"
    done = subprocess.run([compiler, *flags.split(), "-o", program, SOURCE], capture_output=True, text=True, cwd=tmp_path)
    if done.returncode:
        pytest.skip(f"{compiler} cannot {flags}: {done.stderr.strip().splitlines()[-1]}")
    if C_BUILDS[flags] == "other-arch":
        code, _, err = oxdb.raw("triage", "--", program)
        assert code == 2 and err
        return
    check(oxdb.triage_path(program), C_BUILDS[flags], SOURCE.name, line_of("null-pointer-c/null-pointer-c.c", "place->right"), "insert_right")


RUST_BUILDS = {
    "-g": "line",
    "-g -Cdwarf-version=5 -Csymbol-mangling-version=v0": "line",
    "-g -Csymbol-mangling-version=v0 -O": "line",
    "-Cdebuginfo=1": "line",
    "-Cdebuginfo=line-tables-only": "line",
    "": "frames",
    "-O": "frames",
    "-g -Cpanic=abort": "line",
    "-g -Ctarget-feature=+crt-static": "line",
    "-g -Crelocation-model=static": "line",
    "-g -O -Clto=fat -Ccodegen-units=1": "line",
    "-g -Csplit-debuginfo=unpacked": "names",
    "-g -Csplit-debuginfo=packed": "names",
    "-g -Cstrip=debuginfo": "frames",
    "-Cstrip=symbols": "crash",
    "-g -Cforce-frame-pointers=yes -Copt-level=s": "line",
    "-g -Clink-arg=-Wl,--compress-debug-sections=zlib": "line",
}


@pytest.mark.parametrize("flags", RUST_BUILDS)
def test_rust(oxdb, tmp_path, flags):
    program = tmp_path / "program"
    done = subprocess.run(["rustc", "--edition=2021", "--crate-name=program", *flags.split(), "-o", program, RUST_SOURCE],
                          capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    check(oxdb.triage_path(program, "--write"), RUST_BUILDS[flags], "main.rs", line_of("null-pointer/src/main.rs", "asm!"), "clear")


@pytest.mark.parametrize("flags", ["-g", "-g -O", "-O", "-g -Cpanic=abort", "-g -Ctarget-feature=+crt-static", "-g -Csymbol-mangling-version=v0"])
def test_panic(oxdb, tmp_path, flags):
    source, program = tmp_path / "main.rs", tmp_path / "program"
    source.write_text('#[inline(never)]\nfn inner(x: u32) -> u32 {\n    if x > 0 {\n        panic!("x is {x}");\n    }\n    x\n}\n\n'
                      'fn main() {\n    println!("{}", inner(std::env::args().count() as u32));\n}\n')
    subprocess.run(["rustc", "--edition=2021", "--crate-name=program", *flags.split(), "-o", program, source], check=True, cwd=tmp_path)
    r = oxdb.triage_path(program)
    assert r.code == 1
    assert r.verdict["kind"] == "rust-panic"
    assert r.doc["panic"]["message"] == "x is 1" and r.doc["panic"]["line"] == 4
    r.assert_guilty("inner")
    if "abort" in flags:
        assert r.doc["signal"]["name"] == "SIGABRT"
    else:
        assert r.doc["exit_code"] == 101


LIBRARY = '''
pub fn half(x: u32) -> u32 {
    assert!(x % 2 == 0, "{x} is odd");
    x / 2
}

#[cfg(test)]
mod tests {
    #[test]
    fn even() {
        assert_eq!(super::half(4), 2);
    }

    #[test]
    fn odd() {
        assert_eq!(super::half(5), 2);
    }
}
'''


@pytest.mark.parametrize("which", ["even", ""])
def test_cargo_test(oxdb, tmp_path, which):
    """The main job as people have it: `oxdb triage -- cargo test`."""
    folder = tmp_path / "halves"
    (folder / "src").mkdir(parents=True)
    (folder / "Cargo.toml").write_text('[package]\nname = "halves"\nversion = "0.1.0"\nedition = "2021"\n')
    (folder / "src/lib.rs").write_text(LIBRARY)
    r = oxdb.triage_path("cargo", "test", "--offline", "--lib", which, cwd=folder, timeout=300,
                         env={"CARGO_TARGET_DIR": str(tmp_path / "target")})
    if which:
        assert r.code == 0
        assert r.doc["outcome"] == "exited"
    else:
        assert r.code == 1
        assert r.verdict["kind"] == "rust-panic"
        assert r.doc["panic"]["message"] == "5 is odd"
        assert r.doc["process"]["descendant"] and "halves" in r.doc["process"]["program"]
        assert r.index("half") >= 0 and r.index("odd") > r.index("half")
    assert b"test result" in r.out
