"""How many system calls a step costs: those that hold and look at the program, counted by oxdb itself."""

import re

import pytest

from robust import ROOT, build, run

SOURCE = ROOT / "tests/robust/programs/summing.rs"
STEPS = 300


def line(mark):
    return next(n for n, text in enumerate(SOURCE.read_text().splitlines(), 1) if text.endswith(f"// #{mark}"))


def calls(program, mark, command, count):
    commands = ["set confirm off", f"break summing.rs:{line(mark)}", "run", "delete", *[command] * count, "kill"]
    # A call that never comes: they are counted, and none is made more often where the machine is slow.
    done = run(commands, program, env={"OXDB_INJECT": f"eintr:{10**9}", "OXDB_LOG": "inject"})
    assert done.code == 0 and "exited" not in done.out, done.text
    return int(re.search(r"inject: (\d+) calls", done.err)[1])


def each(program, mark, command):
    """The first steps read symbols and memory, and plant the traps that stay."""
    few, many = (calls(program, mark, command, n) for n in (STEPS // 3, STEPS))
    return (many - few) / (STEPS - STEPS // 3)


@pytest.mark.parametrize("command", ["next", "step", "stepi", "nexti"])
@pytest.mark.parametrize("mark, flags", [("slices", ()), ("iterators", ()), ("iterators", ("-O",))], ids=["slices", "iterators", "optimised"])
def test_calls_of_a_step(mark, flags, command):
    """In loops whose lines call into std, or have std inlined."""
    assert each(build("summing.rs", *flags), mark, command) < 10


@pytest.mark.parametrize("command", ["next", "step"])
def test_calls_of_a_step_out(command):
    """Each of them leaves a function and goes on to the end of the caller's line: two stops."""
    assert each(build("summing.rs"), "recursion", command) < 12
