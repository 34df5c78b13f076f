"""A program that is built anew while oxdb is open: noticed at run by its build-id, its symbols read again, everything of the user's kept. A running
program whose file was replaced, and one in another mount namespace."""

import os
import shutil
import subprocess

import pytest

from robust import HERE, OXDB, environment, run, stat_of

ONE, TWO = HERE / "programs/rebuilt_one.rs", HERE / "programs/rebuilt_two.rs"


def marked(source):
    return next(i for i, line in enumerate(source.read_text().splitlines(), 1) if "#marked" in line)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """one and two: both built from a file called prog.rs in the same folder."""
    if not shutil.which("rustc"):
        pytest.skip("rustc is missing")
    folder = tmp_path_factory.mktemp("built")
    for name, source in (("two", TWO), ("one", ONE)):
        shutil.copy(source, folder / "prog.rs")
        done = subprocess.run(["rustc", "--edition=2021", "-g", "-Awarnings", "-o", name, "prog.rs"], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(built, tmp_path):
    """The first version as prog, in the folder that it was built in."""
    shutil.copy(ONE, built / "prog.rs")
    shutil.copy2(built / "one", built / "fresh")
    os.replace(built / "fresh", built / "prog")
    return built


REBUILD = {"replaced": "shell cp {0}/two {0}/new && mv {0}/new {0}/prog; cp '{1}' {0}/prog.rs",
           "overwritten": "shell cp {0}/two {0}/prog; cp '{1}' {0}/prog.rs"}


@pytest.mark.parametrize("how", REBUILD)
def test_everything_is_kept(folder, how):
    first, second = marked(ONE), marked(TWO)
    commands = ["set confirm off", "set width 0", "set language rust", "break prog::count if n == 1", f"break prog.rs:{first}", "watch prog::TOTAL", "run",
                "print p", "next", "display n", "info breakpoints", "continue", "delete 2", "kill", "info functions show", REBUILD[how].format(folder, TWO), "run",
                "continue", "bt", "next", "next", "next", "print p", "ptype p", "info breakpoints", "info line prog::count", "continue", "print $1"]
    done = run(commands, folder / "prog")
    text = done.text
    before, _, after = text.partition("has changed; re-reading symbols.")
    assert after, text
    # As it was: line and values of the first version.
    assert f"Breakpoint 2, prog::count (n=0) at prog.rs:{first}" in before and "$1 = prog::Point {x: 0, y: 0}" in before, text
    assert "Old value = 1\n" in before, text
    # The watch is at its new place, with its new type; the condition and the display see the new function, whose text is the new file's.
    assert "Hardware watchpoint 3: prog::TOTAL\n\nOld value = 2\nNew value = 1" in after, text
    line = second - 3
    assert f"Breakpoint 1, prog::count (n=1) at prog.rs:{line}\n{line}\t    let first = n * 10;\n1: n = 1" in after, text
    assert "$2 = prog::Point {z: 7, y: 2, x: 101}" in after and "  z: u8,\n  y: i64,\n  x: i32,\n" in after, text
    # A value of before has the type of before, as long as there is anything left of that.
    assert ("$3 = prog::Point {x: 0, y: 0}" in after) == (how == "replaced") and "{a:" not in after, text
    assert f"in prog::count at prog.rs:{line}" in after and "stop only if n == 1" in after, text
    assert f"Line {line - 1} of \"prog.rs\"" in after, text


def test_a_breakpoint_moves_with_its_line(folder):
    """gdb keeps FILE:LINE; the place in code is the new one's."""
    first = marked(ONE)
    commands = ["set confirm off", f"tbreak prog.rs:{first}", f"break prog.rs:{first}", "run", "info symbol $pc", REBUILD["replaced"].format(folder, TWO), "run",
                "info breakpoints", "print n"]
    done = run(commands, folder / "prog")
    # That line is the function's head now.
    assert f"prog::count (n=0) at prog.rs:{first + 1}\n{first + 1}\t    let first" in done.out.partition("has changed")[2], done.text


class Running:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), start_new_session=True)
        assert self.process.stdout.readline() == b"ready\n"
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@pytest.mark.parametrize("how", ["replaced", "removed"])
def test_a_running_program_whose_file_is_another_one(folder, how):
    with Running([folder / "prog", "wait"]) as program:
        if how == "replaced":
            shutil.copy2(folder / "two", folder / "new")
            os.replace(folder / "new", folder / "prog")
        else:
            os.unlink(folder / "prog")
        done = run(["set confirm off", f"attach {program.pid}", "set language rust", "bt -2", f"break prog.rs:{marked(ONE)}", "ptype prog::Point", "print prog::TOTAL", "detach"])
        assert "prog::main ()" in done.out, done.text
        assert "type = struct prog::Point {\n  x: i32,\n  y: i32,\n}" in done.out and "$1 = 1" in done.out, done.text
        assert f"file prog.rs, line {marked(ONE)}" in done.out, done.text
        out, _ = program.process.communicate(b"\n", timeout=20)
        assert program.process.returncode == 0


def test_a_program_in_another_mount_namespace(folder, tmp_path):
    """Under its path here stands another file; its own is found through /proc/PID/root."""
    inside = tmp_path / "inside"
    inside.mkdir()
    script = f"mount -t tmpfs none {inside} && cp {folder}/one {inside}/prog && exec {inside}/prog wait"
    if subprocess.run(["unshare", "-m", "-r", "true"], capture_output=True).returncode:
        pytest.skip("unshare -m -r is not permitted")
    shutil.copy2(folder / "two", inside / "prog")
    with Running(["unshare", "-m", "-r", "sh", "-c", script]) as program:
        done = run(["set confirm off", f"attach {program.pid}", "set language rust", "bt -2", "ptype prog::Point", "print prog::TOTAL", "break prog::count", "detach"])
        assert "prog::main ()" in done.out, done.text
        assert "type = struct prog::Point {\n  x: i32,\n  y: i32,\n}" in done.out and "$1 = 1" in done.out, done.text
        program.process.communicate(b"\n", timeout=20)
        assert program.process.returncode == 0
