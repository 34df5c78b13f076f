"""The report as a person and as a program reads it."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import unicodedata

import pytest
from conftest import OXDB, line_of, program_path, validate

ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)")


def json_lines(out):
    ret = []
    for line in out.split(b"\n"):
        if line.startswith(b"{"):
            ret.append(json.loads(line))
    return ret


def test_json_is_a_line_of_its_own(oxdb):
    code, out, _ = oxdb.raw("triage", "--json", "--", program_path("null-pointer-c"))
    assert code == 1
    documents = json_lines(out)
    assert len(documents) == 1
    validate(documents[0])
    assert documents[0]["verdict"]["kind"] == "null-pointer"


def test_json_after_output_without_a_line_end(oxdb):
    code, out, _ = oxdb.raw("triage", "--json", "--", "/bin/echo", "-n", "no end of line")
    assert code == 0
    assert out.startswith(b"no end of line")
    documents = json_lines(out)
    assert len(documents) == 1 and documents[0]["outcome"] == "exited"


def test_json_of_the_failure(oxdb):
    code, out, err = oxdb.raw("triage", "--json", "--", "/no/such/file")
    assert code == 2 and err
    documents = json_lines(out)
    assert len(documents) == 1 and documents[0]["outcome"] == "failed"


def test_json_of_strange_text(oxdb, tmp_path):
    """Names and arguments that are no UTF-8 or have quotes and control characters."""
    folder = os.fsencode(tmp_path) + b"/a\"\\\x01\xff\xe2\x82"
    os.mkdir(folder)
    program = folder + b"/p\x1b[31m"
    os.link(program_path("null-pointer-c"), program) if os.stat(tmp_path).st_dev == program_path("null-pointer-c").stat().st_dev \
        else open(program, "wb").write(program_path("null-pointer-c").read_bytes())
    os.chmod(program, 0o755)
    target = tmp_path / "report.json"
    done = subprocess.run([os.fsencode(OXDB), b"triage", b"--json=" + os.fsencode(target), b"--", program, b"arg\xff\"\n"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, env=oxdb.environment())
    assert done.returncode == 1
    document = json.loads(target.read_text(encoding="utf-8", errors="strict"))
    validate(document)
    assert b"\x1b" not in done.stdout + done.stderr  # a pipe gets no control characters


def test_output_passes_through(oxdb):
    data = bytes(range(256)) * 4000
    code, out, _ = oxdb.raw("triage", "--", "/bin/cat", input=data)
    assert code == 0
    assert out.startswith(data)


def test_a_clean_run_says_nothing_in_the_program_s_output(oxdb):
    code, out, _ = oxdb.raw("triage", "--", program_path("hello-c"))
    assert code == 0
    assert out == b"hello from C\n"


def test_text_in_a_pipe(oxdb):
    code, out, err = oxdb.raw("triage", "--", program_path("jit-struct-return", "release"))
    assert code == 1
    text = (out + err).decode()
    assert "\x1b" not in text
    for word in ["parse_document", "next_event", "JIT", "0x12", "SIGSEGV", "rdx", "jit-struct-return/src/main.rs:"]:
        assert word in text
    # Runs of std are folded.
    assert "lang_start_internal" not in text and "catch_unwind" not in text


def test_texts_of_all_kinds(oxdb):
    """Each says what happened, where, and the verdict."""
    for name, args, words in [
            ("jit-freed", [], ["scale", "evict", "freed"]),
            ("jit-clobber", [], ["rbx", f"apply.c:{line_of('jit-clobber/apply.c', 'item->value')}"]),
            ("null-pointer-c", [], ["null", "insert_right", f"null-pointer-c.c:{line_of('null-pointer-c/null-pointer-c.c', 'place->right')}"]),
            ("stack-overflow", [], ["stack", "overflow", "depth_of"]),
            ("stack-overflow", ["--jit"], ["stack", "overflow", "count_down"]),
            ("panic", [], ["cannot withdraw 100 of 10", "panic/src/main.rs:"]),
            ("jit-trap", [], ["evaluate", "divi"]),
            ("divide", [], ["SIGFPE", "divide.c:"]),
            ("noexec", [], ["execut"]),
            ("misaligned", [], ["align", "16"]),
            ("misaligned", ["--noncanonical"], ["canonical"]),
            ("outside-signal", [], ["SIGTERM"]),
            ("grandchild", [], ["store", "grandchild.c:"])]:
        code, out, err = oxdb.raw("triage", "--", program_path(name), *args)
        assert code == 1
        text = (out + err).decode()
        for word in words:
            assert word in text, f"{name} {args}: no {word}\n{text}"


def on_a_terminal(oxdb, columns, *args, env=None):
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = oxdb.environment({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | (env or {}))
    environment.pop("COLUMNS", None)
    process = subprocess.Popen([OXDB, *args], stdin=follower, stdout=follower, stderr=follower, env=environment, start_new_session=True)
    os.close(follower)
    out = b""
    while select.select([leader], [], [], 60)[0]:
        try:
            part = os.read(leader, 65536)
        except OSError:  # EIO: the other end is closed
            break
        if not part:
            break
        out += part
    os.close(leader)
    return process.wait(timeout=60), out


def width(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


@pytest.mark.parametrize("columns", [80, 120, 200])
@pytest.mark.parametrize("name,args", [("jit-struct-return", []), ("jit-freed", []), ("jit-clobber", []), ("stack-overflow", ["--jit"]),
                                       ("null-pointer-c", [])])
def test_text_on_a_terminal(oxdb, name, args, columns):
    code, out = on_a_terminal(oxdb, columns, "triage", "--", program_path(name, "release"), *args)
    assert code == 1
    assert b"\x1b[" in out
    lines = ESCAPE.sub(b"", out).decode().replace("\r", "").split("\n")
    wide = [line for line in lines if width(line) > columns]
    assert not wide, "\n".join(wide)
    assert not [line for line in lines if line != line.rstrip()], "spaces at the end of a line"


def test_no_color(oxdb):
    code, out = on_a_terminal(oxdb, 100, "triage", "--", program_path("null-pointer-c"), env={"NO_COLOR": "1"})
    assert code == 1
    assert b"\x1b[" not in out


def test_a_reader_that_goes_away(oxdb):
    """oxdb triage … | head -1: the program's own end is not changed by it, and oxdb does not hang."""
    process = subprocess.Popen([OXDB, "triage", "--", program_path("null-pointer-c")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env=oxdb.environment())
    process.stdout.close()
    assert process.wait(timeout=60) in (1, 2, 141, -13)
