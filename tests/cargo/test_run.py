"""`oxdb run`, the ways to oxdb that cargo and nextest have of their own, the choice between tests, and the completions."""

import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import termios
import time

import pytest
from conftest import OXDB

SESSION = ["-batch", "-ex", "run"]


@pytest.mark.parametrize("options, arguments, lines", [
    (["--bin", "tool"], ["a", "b c"], ['tool ["a", "b c"] of tool']),
    (["-p", "tool"], ["--triage"], ['tool ["--triage"] of tool']),  # default-run; behind -- all is the program's
    (["-p", "tool", "--bin", "other"], ["one two three"], ["other: 3"]),
    (["-p", "shapes", "--example", "square"], ["7"], ["square of 7: 49"]),
    (["-p", "shapes", "--bench", "many"], [], ["sum 999000"]),
])
def test_targets(workspace, options, arguments, lines):
    done = workspace.oxdb("run", *options, *SESSION, "--", *arguments)
    assert done.code == 0 and "exited normally" in done.out, done.text
    assert all(line in done.out.splitlines() for line in lines), done.text


def test_breakpoint_and_source(workspace):
    done = workspace.oxdb("run", "-p", "shapes", "--example", "square", "-batch", "-ex", "break area", "-ex", "run", "-ex", "up", "-ex", "info locals",
                          "-ex", "list 4,6", "--", "5")
    assert "Breakpoint 1, shapes::area (width=5, height=5) at shapes/src/lib.rs:9\n9\t    width * height" in done.out, done.text
    assert "side = 5" in done.out and "4\t    let found = shapes::area(side, side);" in done.out, done.text


def test_first_word_begins_the_arguments(workspace):
    done = workspace.oxdb("run", "--bin", "tool", "-batch", "-ex", "run", "word", "--bin", "x")
    assert 'tool ["word", "--bin", "x"] of tool' in done.out, done.text


def test_environment_and_directory(workspace):
    where = workspace.path / "words"
    done = workspace.oxdb("run", "-p", "tool", *SESSION, cwd=where)
    cargo = workspace.cargo("run", "-p", "tool", cwd=where)
    wanted = cargo.out.splitlines()
    assert wanted[1] == f"in {where}" and wanted[2] == f'manifest Ok("{workspace.path}/tool")'
    assert [line for line in done.out.splitlines() if line in wanted] == wanted, done.text


def test_triage_and_exit_codes(workspace):
    done = workspace.oxdb("run", "--bin", "tool", "--triage", "--", "fail")
    assert done.code == 7 and 'tool ["fail"]' in done.out, done.text
    done = workspace.oxdb("run", "-p", "shapes", "--example", "square", "--triage", "--", "x")
    assert done.code == 1 and "oxdb: rust-panic (proven)" in done.out and "square::main at " in done.out, done.text
    done = workspace.oxdb("run", "--bin", "tool", "-batch", "-return-child-result", "-ex", "run", "--", "fail")
    assert done.code == 7, done.text


def test_which_program_is_cargos_question(workspace):
    manifest = workspace.path / "tool/Cargo.toml"
    manifest.write_text(manifest.read_text().replace('default-run = "tool"\n', ""))
    cargo, done = workspace.cargo("run"), workspace.oxdb("run")
    assert done.code == cargo.code == 101 and done.err == cargo.err and "could not determine which binary to run" in done.err


def test_cargo_oxdb(workspace):
    (workspace.bin / "cargo-oxdb").symlink_to(OXDB)
    env = {"PATH": f"{workspace.bin}:{workspace.env['PATH']}"}
    done = workspace.cargo("oxdb", "run", "--bin", "tool", *SESSION, env=env)
    assert 'tool [] of tool' in done.out and "exited normally" in done.out, done.text
    done = workspace.cargo("oxdb", "test", "table_was_built", *SESSION, env=env)
    assert "test tests::table_was_built ... ok" in done.out, done.text
    done = workspace.cargo("oxdb", "--version", env=env)
    assert done.code == 0 and done.out.startswith("oxdb "), done.text


def host(workspace):
    return re.search("host: (.*)", workspace.run("rustc", "-vV").out)[1].upper().replace("-", "_")


def test_as_cargos_runner(workspace):
    program = workspace.bin / "oxdb"  # cargo cuts its runner at blanks
    program.symlink_to(OXDB)
    env = {f"CARGO_TARGET_{host(workspace)}_RUNNER": f"{program} triage --", "OXDB_TEST_FAULTS": "1"}
    done = workspace.cargo("test", "-p", "faults", "--lib", "reads_null", env=env)
    assert done.code == 1 and "oxdb: null-pointer (proven)" in done.out, done.text
    done = workspace.cargo("test", "-p", "words", env=env)
    assert done.code == 0 and "oxdb:" not in done.text and "4 passed" not in done.out, done.text
    done = workspace.cargo("run", "-p", "shapes", "--example", "square", "x", env=env)
    assert done.code == 1 and "oxdb: rust-panic (proven)" in done.out, done.text
    # Whose own runner that is can still say oxdb test.
    done = workspace.oxdb("test", "table_was_built", *SESSION, env=env)
    assert "test tests::table_was_built ... ok" in done.out and done.out.count("running 1 test") == 1, done.text


@pytest.mark.skipif(not shutil.which("cargo-nextest"), reason="cargo-nextest is not installed, and its --debugger has no stand-in")
def test_as_nextests_debugger(workspace):
    workspace.with_nextest()
    commands = "break built::sum\nrun\nbacktrace 1\ncontinue\n"
    done = workspace.cargo("nextest", "run", "--debugger", f"{shlex.quote(str(OXDB))} --args", "table_was_built", input=commands)
    assert done.code == 0 and "Breakpoint 1, built::sum ()" in done.out and "exited normally" in done.out, done.text
    done = workspace.cargo("nextest", "run", "--debugger", f"{shlex.quote(str(OXDB))} triage --", "reads_null", env={"OXDB_TEST_FAULTS": "1"})
    assert done.code == 100 and "oxdb: null-pointer (proven)" in done.out, done.text


# ---- a terminal ----


class Terminal:
    def __init__(self, workspace, *words, program=OXDB, args=(), folder=""):
        self.master, slave = pty.openpty()
        self.child = subprocess.Popen([str(program), *words, *args], cwd=workspace.path / folder, env=workspace.env | {"COLUMNS": "200"}, stdin=slave, stdout=slave,
                                      stderr=slave, start_new_session=True,
                                      preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self.text = ""

    def wait(self, pattern, seconds=60):
        """Until the text that came since the last one holds it."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text)):
            assert time.monotonic() < end, f"no {pattern} in {self.text!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    part = os.read(self.master, 65536)
                except OSError:
                    part = b""
                assert part, f"ended without {pattern}: {self.text!r}"
                self.text += part.decode(errors="replace")
        before, self.text = self.text[:found.end()], self.text[found.end():]
        return before

    def read_until_quiet(self, seconds):
        """What comes, until nothing has come for so long; something does within 20 s."""
        while select.select([self.master], [], [], seconds if self.text else 20)[0]:
            self.text += os.read(self.master, 65536).decode(errors="replace")
        return self.text

    def say(self, text):
        os.write(self.master, text.encode())

    def end(self):
        try:
            while os.read(self.master, 65536):
                pass
        except OSError:
            pass
        os.close(self.master)
        return self.child.wait(60)


def test_choice(workspace):
    terminal = Terminal(workspace, "test", "works", "-nx")
    shown = terminal.wait(r"Which one\? \[1-3\] ")
    rows = [line.split() for line in shown.splitlines() if "works" in line]
    assert rows == [["1", "shapes::whole", "works"], ["2", "shapes", "tests::works"], ["3", "words", "tests::works"]], shown
    terminal.say("7\n")
    terminal.wait(r"Which one\? \[1-3\] ")
    terminal.say("3\n")
    terminal.wait(r"\(oxdb\) ")
    terminal.say("break words::longest\n")
    terminal.wait(r"\(oxdb\) ")
    terminal.say("run\n")
    terminal.wait("hit Breakpoint 1, words::longest ")
    terminal.wait(r"\(oxdb\) ")
    terminal.say("continue\n")
    terminal.wait(r"test tests::works \.\.\. (\[Thread 0x[^\]]*\]\s+)*ok")  # the thread ends at any moment
    terminal.wait(r"\(oxdb\) ")
    terminal.say("quit\n")
    assert terminal.end() == 0


@pytest.mark.parametrize("folder", ["", "tool/src"])
def test_choice_of_programs(workspace, folder):
    """Only where cargo could not choose."""
    terminal = Terminal(workspace, "run", "-nx", folder=folder)
    terminal.wait("`run` starts .*/debug/tool")
    terminal.child.kill()
    terminal.end()
    manifest = workspace.path / "tool/Cargo.toml"
    manifest.write_text(manifest.read_text().replace('default-run = "tool"\n', ""))
    terminal = Terminal(workspace, "run", "-nx", folder=folder)
    shown = terminal.wait(r"Which one\? \[1-2\] ")
    assert [line.split() for line in shown.splitlines()[:2]] == [["1", "tool::bin/other", "other"], ["2", "tool::bin/tool", "tool"]], shown
    terminal.say("1\n")
    terminal.wait("`run` starts .*/debug/other")
    terminal.wait(r"\(oxdb\) ")
    terminal.say("run\n")
    terminal.wait("other: 0")
    terminal.wait(r"\(oxdb\) ")
    terminal.say("quit\n")
    assert terminal.end() == 0


@pytest.mark.parametrize("answer", ["\n", "\x04"])
def test_no_choice(workspace, answer):
    terminal = Terminal(workspace, "test", "works")
    terminal.wait(r"Which one\? ")
    terminal.say(answer)
    terminal.wait("none was chosen")
    assert terminal.end() == 2


def test_interrupt_while_rustdoc_waits(workspace):
    """Ctrl-C stops the doc test, and ends neither cargo nor rustdoc, which wait for it."""
    source = workspace.path / "shapes/src/lib.rs"
    source.write_text(source.read_text().replace("assert_eq!(edges, 10);", "loop { std::thread::sleep(std::time::Duration::from_millis(10)); }"))
    terminal = Terminal(workspace, "test", "--doc", "outline", "-nx")
    terminal.wait(r"\(oxdb\) ")
    terminal.say("run\n")
    time.sleep(1)
    terminal.say("\x03")
    terminal.wait("received signal SIGINT")
    terminal.wait(r"\(oxdb\) ")
    terminal.say("backtrace\n")
    terminal.wait("_doctest_main_shapes_src_lib_rs_")
    terminal.say("kill\n")
    terminal.wait(r"\(y or n\) ")
    terminal.say("y\n")
    terminal.wait(r"killed\]")
    terminal.say("quit\n")
    assert terminal.end() == 0


def test_nothing_is_left_behind(workspace):
    """Neither the socket's folder, nor when cargo is interrupted."""
    temporary = workspace.path.parent / "tmp"
    temporary.mkdir()
    before = set(os.listdir("/tmp"))
    workspace.oxdb("test", "table_was_built", *SESSION)
    assert not [name for name in set(os.listdir("/tmp")) - before if re.fullmatch("oxdb-[A-Za-z0-9]{6}", name)]
