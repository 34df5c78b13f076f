"""Ctrl-C in a terminal: it stops the program or ends the command, and never the session."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import pytest

from robust import BUILD, OXDB, build, environment, kill_session, members, stat_of

PROMPT = "(oxdb) "


class Terminal:
    def __init__(self, *arguments, size=(0, 0), **variables):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
            for number in (signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            os.execve(OXDB, [OXDB, "-nx", "-q", *map(str, arguments)], environment(**{"HOME": "/nonexistent"} | variables))
        self.text = self.raw = ""

    def read(self, timeout):
        if not select.select([self.fd], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += data.decode(errors="replace")
        self.text += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", data.decode(errors="replace")).replace("\r", "")
        return bool(data)

    def expect(self, wanted, timeout=20):
        """Waits for the text, and gives what came up to its end."""
        deadline = time.monotonic() + timeout
        while wanted not in self.text:
            assert time.monotonic() < deadline, f"{wanted!r} does not come: {self.text[-3000:]!r}"
            if not self.read(0.2):
                assert os.waitpid(self.pid, os.WNOHANG) == (0, 0), f"oxdb is gone: {self.text[-3000:]!r}"
        found, _, self.text = self.text.partition(wanted)
        return found + wanted

    def type(self, line):
        os.write(self.fd, line.encode() + b"\n")

    def command(self, line):
        self.type(line)
        return self.expect("\n" + PROMPT)

    def check_alive(self):
        """It takes commands. What was typed before a Ctrl-C was seen goes with it, and while the program has the terminal it is the program's."""
        while self.read(0.5):
            pass
        for _ in range(6):
            self.type("echo here\\n")
            deadline = time.monotonic() + 3
            while "\nhere\n" not in self.text and time.monotonic() < deadline:
                self.read(0.1)
            if "\nhere\n" in self.text:
                return
            self.interrupt()
            time.sleep(0.2)
        pytest.fail(f"no answer: {self.text[-3000:]!r}")

    def interrupt(self):
        os.write(self.fd, b"\x03")

    def end(self):
        self.type("kill")
        self.type("quit")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            self.read(0.1)
            if os.waitpid(self.pid, os.WNOHANG) != (0, 0):
                assert not members(self.pid), members(self.pid)
                return
        pytest.fail(f"does not end: {self.text!r}")


@pytest.fixture
def terminal():
    made = []

    def make(*arguments):
        made.append(Terminal(*arguments))
        made[-1].expect(PROMPT)
        made[-1].command("set confirm off")
        return made[-1]

    yield make
    for t in made:
        kill_session(t.pid)
        os.close(t.fd)


@pytest.fixture(scope="module")
def loops():
    return build("loops.c")


@pytest.mark.parametrize("mode", ["", "sleeps", "ignores"])
def test_while_it_runs(terminal, loops, mode):
    t = terminal("--args", loops, mode)
    t.type("run")
    t.expect("ready\n")
    for _ in range(3):
        time.sleep(0.1)
        t.interrupt()
        t.expect("SIGINT, Interrupt.")
        t.expect(PROMPT)
        assert "for_ever" in t.command("bt")
        t.type("continue")
        t.expect("Continuing.")
    t.interrupt()
    t.expect(PROMPT)
    t.end()


def test_one_that_blocks_the_signal(terminal, loops):
    """It is the program's, and stays pending; Ctrl-\\ is another one."""
    t = terminal("--args", loops, "blocks")
    t.type("run")
    t.expect("ready\n")
    time.sleep(0.1)
    os.write(t.fd, b"\x03\x1c")
    t.expect("SIGQUIT, Quit.")
    t.expect(PROMPT)
    t.end()


LONG = {
    "finish": ["break for_ever", "run", "delete", "finish"],
    "next over a call": ["break 37", "run", "next"],
    "a false condition": ["break turn if n == -1", "run"],
    "a hardware watch with a false condition": ["break for_ever", "run", "watch turns if turns == -1", "continue"],
    "stepping": ["break turn", "run", "delete", "stepi 100000000"],
    "next many times": ["break turn", "run", "delete", "next 100000000"],
    "until": ["break for_ever", "run", "until 24"],
    "a called function": ["break main", "run", "print for_ever(1)"],
    "ignored hits": ["break turn", "ignore 1 100000000", "run"],
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_command(terminal, loops, name):
    t = terminal(loops)
    *before, last = LONG[name]
    for line in before:
        t.command(line)
    for moment in (0.5, 0.05):
        t.type(last)
        time.sleep(moment)
        t.interrupt()
        t.expect(PROMPT)
        t.check_alive()
        while t.read(0.5):
            pass
        t.text = ""
        assert "#0  " in t.command("bt 1"), t.text
    t.end()


def test_pages_while_it_runs(terminal, loops):
    """The question is answered in the terminal, whoever has it."""
    t = terminal(loops)
    for line in ("set height 6", "break turn", "run", "delete"):
        t.command(line)
    for line in ("while 1", "next", "end"):
        t.type(line)
    for _ in range(3):
        t.expect("to continue without paging--")
        t.type("")
    t.expect("to continue without paging--")
    t.type("q")
    t.expect("Quit")
    t.expect(PROMPT)
    t.end()


ENDLESS = {
    "nothing": ["while 1", "end"],
    "an expression": ["set $i = 0", "while 1", "set $i = $i + 1", "end"],
    "output": ["while 1", "echo x\\n", "end"],
    "steps": ["break turn", "run", "while 1", "stepi", "end"],
    "continue": ["break turn", "run", "while 1", "continue", "end"],
    "a function": ["define forever", "while 1", "echo .", "end", "end", "forever"],
    "commands": ["break turn", "commands", "silent", "continue", "end", "run"],
    "shell": ["shell sleep 100"],
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_script(terminal, loops, name):
    t = terminal(loops)
    t.command("set pagination off")
    for line in ENDLESS[name]:
        t.type(line)
        time.sleep(0.1)
    time.sleep(0.5)
    t.interrupt()
    time.sleep(0.3)
    t.check_alive()
    t.end()


def test_at_the_prompt(terminal, loops):
    """Also when what was typed goes between the end of the wait for it and the read."""
    t = terminal(loops)
    for _ in range(300):
        os.write(t.fd, b"print 1 + ")
        t.interrupt()
        t.expect("Quit")
        t.expect(PROMPT)
    assert "$1 = 3" in t.command("print 1 + 2")
    t.end()


def test_many_times_at_any_moment(terminal, loops):
    t = terminal("--args", loops, "sleeps")
    for k in range(30):
        t.type(["run", "continue", "next", "stepi", "finish", "info functions", "kill"][k % 7])
        time.sleep(0.004 * (k % 5))
        for _ in range(1 + k % 3):
            t.interrupt()
        time.sleep(0.02)
    t.check_alive()
    t.end()


def test_one_that_was_attached_to(terminal, loops):
    program = subprocess.Popen([loops, "sleeps"], stdout=subprocess.PIPE, env=environment(), start_new_session=True)
    try:
        assert program.stdout.readline() == b"ready\n"
        t = terminal("-p", program.pid)
        for _ in range(3):
            t.type("continue")
            t.expect("Continuing.")
            time.sleep(0.1)
            t.interrupt()
            t.expect("SIGINT, Interrupt.")
            t.expect(PROMPT)
            assert "for_ever" in t.command("bt")
        t.command("detach")
        time.sleep(0.1)
        assert stat_of(program.pid)[0] in "SR"
    finally:
        program.kill()
        program.wait()


@pytest.fixture(scope="module")
def large():
    """A program whose symbols take some time: one unit a hundred times over, and behind them one that is looked for."""
    folder = BUILD / "large"
    program = folder / "large"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = "".join(f"struct s{i} {{ int a{i}; struct s{max(i - 1, 0)} *next{i}; long b[{i % 7 + 1}]; }};\n"
                       f"static __attribute__((used)) int f{i}(struct s{i} *p, int n) {{ int all = n; {{ int in = all + p->a{i}; return in; }} }}\n"
                       for i in range(3000))
        (folder / "part.c").write_text(part)
        (folder / "last.c").write_text("struct last_type { int first, second; };\nstruct last_type last_variable = { 3, 4 };\n"
                                       "int last_function(int n)\n{\n\treturn n + last_variable.first;\n}\n"
                                       "int main(void)\n{\n\treturn last_function(1) - 4;\n}\n")
        for name in ("part", "last"):
            subprocess.run(["gcc", "-g", "-c", f"{name}.c", "-o", f"{name}.o"], cwd=folder, check=True)
        subprocess.run(["gcc", "-o", f"new.{os.getpid()}", *["part.o"] * 100, "last.o"], cwd=folder, check=True)
        (folder / f"new.{os.getpid()}").rename(program)
    return program


LOADING = {
    "info functions ^last_fun": "File last.c:\n3:\tint last_function(int);",
    "info types last_type": "File last.c:\n1:\tstruct last_type;",
    "info variables ^last_var": "File last.c:\n2:\tstruct last_type last_variable;",
    "ptype struct last_type": "    int second;",
    "print last_variable": " = {first = 3, second = 4}",
    "info scope last_function": "DW_OP_fbreg -20",
    "break last.c:5": "file last.c, line 5.",
    "list last_function": "5\t\treturn n + last_variable.first;",
    "info line 5": "Line 5 of",
}

# What was not looked at to the end is not said to be missing.
WRONG = re.compile(r"pending on future|out of range|No symbol|not defined|No line|not found|No source file|No struct type")


@pytest.mark.parametrize("command", LOADING)
def test_while_symbols_load(terminal, large, command):
    """The command is over at once, and what was not read then is read when it is asked for again."""
    answer = LOADING[command]
    t = terminal(large)
    assert answer in t.command(command), t.text
    t.end()
    for k in range(4):
        t = terminal(large)
        t.type(command)
        time.sleep(0.02 * k)
        t.interrupt()
        found = t.expect(PROMPT)
        assert answer in found or "Quit" in found, found
        assert not WRONG.search(found), found
        t.check_alive()
        while t.read(0.1):
            pass
        t.text = ""
        t.type(command)
        t.expect(answer)
        t.expect(PROMPT)
        t.end()


def test_loading_is_given_up(terminal, large):
    """Some Ctrl-C comes while symbols are read, wherever this runs; the command has no answer then, and the next one has all of it."""
    for k in range(60):
        t = terminal(large)
        t.type("info functions ^last_fun")
        time.sleep(0.005 * (k % 20))
        t.interrupt()
        found = t.expect(PROMPT)
        t.check_alive()
        while t.read(0.1):
            pass
        t.text = ""
        assert LOADING["info functions ^last_fun"] in t.command("info functions ^last_fun"), t.text
        t.end()
        if "Quit" in found and "last_function" not in found and "All functions" in found:
            return
    pytest.fail("no Ctrl-C was seen while symbols were read")
