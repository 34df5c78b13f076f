"""A terminal's width, height and colours; keys at the prompt and in the pager."""

import os
import re
import subprocess
import termios
import time

import pytest

from robust import HERE, OXDB, build, environment, kill_session
from test_terminal import PROMPT, Terminal

MORE = "--Type <RET> for more, q to quit, c to continue without paging--"


class Screen(Terminal):
    def __init__(self, *arguments, columns=80, rows=24, **variables):
        super().__init__(*arguments, size=(rows, columns), **variables)
        self.expect(PROMPT)
        self.command("set confirm off")

    def keys(self, keys):
        """Where lines are edited: behind the prompt, as soon as the terminal is set for that."""
        deadline = time.monotonic() + 20
        while termios.tcgetattr(self.fd)[3] & termios.ICANON:
            assert time.monotonic() < deadline, "lines are not edited"
            time.sleep(0.001)
        os.write(self.fd, keys)

    def enter(self, line):
        self.keys(line.encode() + b"\n")

    def command(self, line):
        self.enter(line)
        return self.expect("\n" + PROMPT)


@pytest.fixture
def screen():
    made = []

    def make(*arguments, **more):
        made.append(Screen(*arguments, **more))
        return made[-1]

    yield make
    for s in made:
        kill_session(s.pid)
        os.close(s.fd)


@pytest.fixture(scope="module")
def program():
    return build("screen.rs", f"--remap-path-prefix={HERE / 'programs'}=")


def stop(s):
    s.command("break screen::several")
    s.command("run")


WRAPPED = {
    40: ["#0  screen::several (", "    first_argument=1000000, ", "    second_argument=2000000, ", "    third=true) at screen.rs:2"],
    50: ["#0  screen::several (first_argument=1000000, ", "    second_argument=2000000, third=true)", "    at screen.rs:2"],
    80: ["#0  screen::several (first_argument=1000000, second_argument=2000000, ", "    third=true) at screen.rs:2"],
    200: ["#0  screen::several (first_argument=1000000, second_argument=2000000, third=true) at screen.rs:2"],
}


@pytest.mark.parametrize("columns", WRAPPED)
def test_width(screen, program, columns):
    s = screen(program, columns=columns)
    stop(s)
    text = s.command("backtrace 1")
    assert text[text.index("#0  "):].split("\n")[: len(WRAPPED[columns])] == WRAPPED[columns]
    assert f"in a line is {columns}." in s.command("show width")
    s.end()


def test_pages_begin_on_a_line_of_their_own(screen, program):
    s = screen(program, columns=50, rows=6)
    s.enter("echo " + "x" * 333 + "\\n")
    shown = s.expect(MORE)
    assert shown.endswith("\n" + "x" * 50 * 5 + "\n" + MORE), shown
    s.type("")
    assert s.expect(PROMPT).count("x") == 333 - 250 + PROMPT.count("x")
    s.end()


def test_pages_count_wrapped_lines(screen, program):
    s = screen(program, columns=40, rows=6)
    s.command("set height 0")
    stop(s)
    s.command("set height 6")
    s.enter("backtrace 1")
    shown = s.expect(PROMPT)
    assert MORE not in shown
    s.enter("info frame")
    assert s.expect(MORE).count("\n") == 6
    s.type("q")
    s.expect("Quit")
    s.expect(PROMPT)
    s.end()


def test_interrupted_prompt_and_pages(screen, program):
    s = screen(program, rows=6)
    s.keys(b"print 1 + ")
    s.expect("print 1 + ")
    s.interrupt()
    assert s.expect("Quit\n") == "Quit\n"
    s.enter("help set print")
    s.expect(MORE)
    s.interrupt()
    assert s.expect("Quit\n").strip("\x03") == "Quit\n"
    s.expect(PROMPT)
    s.end()


def test_lines_joined_by_a_backslash_are_one_of_the_history(screen, program):
    s = screen(program)
    s.enter("print 1 + \\")
    s.type("2 + \\")
    s.type("3")
    s.expect("$1 = 6")
    s.keys(b"\x10")
    s.expect("print 1 + 2 + 3")
    s.type("")
    s.expect("$2 = 6")
    s.end()


def test_prompt_keeps_its_blank(screen, program):
    s = screen(program)
    s.enter("set prompt abc> ")
    s.expect("\nabc> ")
    s.type("show prompt")
    s.expect('prompt is "abc> ".')
    s.end()


def test_the_end_of_the_input_asks_when_something_runs(screen, program):
    s = screen(program)
    stop(s)
    s.command("set confirm on")
    s.keys(b"\x04")
    assert "quit\nA debugging session is active.\n\n\tInferior 1 [process " in s.expect("Quit anyway? (y or n) ")
    s.type("n")
    s.expect(PROMPT)
    assert "$1 = 1000000" in s.command("print first_argument")
    s.command("set confirm off")
    s.end()
    done = subprocess.run([OXDB, "-nx", "-q", program], input=b"break screen::several\nrun\n", stdout=subprocess.PIPE, env=environment())
    assert re.search(
        rb"\(oxdb\) A debugging session is active\.\n\n\tInferior 1 \[process \d+\] will be killed\.\n\n"
        rb"Quit anyway\? \(y or n\) \[answered Y; input not from terminal\]\n$", done.stdout), done.stdout


def in_colour(s, line):
    s.raw = ""
    s.command(line)
    return s.raw.replace("\r", "")


FILE, FUNCTION, NAME, ADDRESS = ("\x1b[%dm%%s\x1b[m" % colour for colour in (32, 33, 36, 34))


def test_colours(screen, program):
    s = screen(program, columns=200, TERM="xterm")
    made = in_colour(s, "break screen::several")
    address = re.search(r"at (\S*0x[0-9a-f]+)", s.command("info line screen::several"))[1]
    assert f"Breakpoint 1 at {ADDRESS % address}: file {FILE % 'screen.rs'}, line 2." in made, made
    run = in_colour(s, "run")
    assert f"Starting program: {FILE % program} \n" in run
    arguments = f"{NAME % 'first_argument'}=1000000, {NAME % 'second_argument'}=2000000, {NAME % 'third'}=true"
    assert f"{FUNCTION % 'screen::several'} ({arguments}) at {FILE % 'screen.rs'}:2\n" in run, run
    assert NAME % "v4_int32" + ": [" in in_colour(s, "print $xmm0")
    shown = in_colour(s, "print $sp")
    assert re.search(r"\) \x1b\[34m0x7ff[0-9a-f]+\x1b\[m\n", shown), shown
    s.command("next 2")
    assert NAME % "place" + " = " in in_colour(s, "info locals")
    assert "\x1b" not in in_colour(s, "info registers rip").partition("\n")[2].rpartition("\n")[0]
    s.command("set style enabled off")
    assert "#0  screen::several (first_argument=1000000" in in_colour(s, "backtrace 1")
    assert "\x1b[3" not in s.raw
    s.end()


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"TERM": "xterm", "NO_COLOR": "1"}], ids=str)
def test_no_colours(screen, program, variables):
    s = screen(program, **variables)
    stop(s)
    for line in ("backtrace 1", "info locals", "info line", "print $xmm0", "x/2i $pc"):
        s.command(line)
    assert "\x1b[3" not in s.raw
    s.end()
