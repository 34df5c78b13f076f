"""A terminal's width, height and colours; keys at the prompt and in the pager."""

import fcntl
import os
import re
import struct
import termios
import time

import pytest

from robust import HERE, build, kill_session
from test_terminal import PROMPT, Terminal

MORE = "--Type <RET> for more, q to quit, c to continue without paging--"


class Screen(Terminal):
    def __init__(self, *arguments, columns=80, rows=24, **variables):
        super().__init__(*arguments, **variables)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.expect(PROMPT)
        self.command("set confirm off")


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
    s.type("echo " + "x" * 333 + "\\n")
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
    s.type("backtrace 1")
    shown = s.expect(PROMPT)
    assert MORE not in shown
    s.type("info frame")
    assert s.expect(MORE).count("\n") == 6
    s.type("q")
    s.expect("Quit")
    s.expect(PROMPT)
    s.end()
