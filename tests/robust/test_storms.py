"""Breakpoints where much happens at once: each thread is counted at each arrival, and nobody notices."""

import re

import pytest

from robust import build, run


@pytest.fixture(scope="module")
def storms():
    return build("storms.c", "-no-pie")


def hits_of(text, number):
    match = re.search(rf"\n{number} .*\n(?:\t.*\n)*?\tbreakpoint already hit (\d+) time", text)
    return int(match[1]) if match else 0


def session(storms, arguments, *commands, **more):
    return run(["set confirm off", "set width 0", f"set args {arguments}", *commands], storms, **more)


ENDED = "exited normally]"


@pytest.mark.parametrize("condition", ["", " if n == -1", " thread 1"])
def test_500_threads(storms, condition):
    count = "500" if not condition else "0"
    start = ["start"] if "thread" in condition else []
    run_it = "continue" if start else "run"
    commands = [*start, f"break hit{condition}", "break values_are_done" if False else "info breakpoints"]
    if not condition:
        commands.append("ignore 1 1000000")
    done = session(storms, "many 500", *commands, run_it, "info breakpoints", "print $_exitcode")
    assert ENDED in done.out and "$1 = 0" in done.out, done.text
    assert hits_of(done.out, 2 if start else 1) == int(count), done.text


def test_500_threads_that_stop(storms):
    done = session(storms, "many 60", "break hit", "run", *["continue"] * 60)
    assert len(re.findall(r"hit Breakpoint 1, hit \(n=\d+\)", done.out)) == 60, done.text
    assert sorted(map(int, re.findall(r"Breakpoint 1, hit \(n=(\d+)\)", done.out))) == list(range(60)), done.text
    assert ENDED in done.out, done.text


@pytest.mark.parametrize("place", ["hit", "*hit"])
def test_signals_while_stepped_over(storms, place):
    """A handler runs between the hit and the step; the handler's return does not count again."""
    done = session(storms, "signals 3000", f"break {place}", "ignore 1 1000000", "run", "info breakpoints")
    assert ENDED in done.out and hits_of(done.out, 1) == 3000, done.text
    done = session(storms, "signals 3000", f"break {place} if n == -1", "break on_alarm if signal == 99", "run")
    assert ENDED in done.out, done.text


def test_steps_under_signals(storms):
    done = session(storms, "signals 100000000", "break under_signals", "run", *["next"] * 40, "kill")
    assert "on_alarm (" not in done.out and "received signal" not in done.out, done.text


@pytest.mark.parametrize("follow", ["parent", "child"])
def test_forks_while_stepped_over(storms, follow):
    done = session(storms, "forks 60", f"set follow-fork-mode {follow}", "break hit if n == 99", "run")
    assert ENDED in done.out if follow == "parent" else "exited with code 07]" in done.out, done.text


@pytest.mark.parametrize("condition", [" if n == 99", ""])
def test_another_thread_execs(storms, condition):
    commands = [f"break hit{condition}", "run"] if condition else ["break hit", "ignore 1 1000000", "run", "info breakpoints"]
    done = session(storms, "exec", *commands)
    assert "is executing new program" in done.out and ENDED in done.out, done.text
    if not condition:
        assert hits_of(done.out, 1) >= 3, done.text


@pytest.mark.parametrize("label", ["k_rip", "k_call", "k_jump", "k_indirect", "k_branch", "k_syscall", "k_push", "k_string"])
def test_every_kind_of_instruction(storms, label):
    done = session(storms, "kinds 200", f"break *(char*)&{label}", f"break *(char*)&{label} if n == -1", "ignore 1 1000000", "run", "info breakpoints")
    assert ENDED in done.out and hits_of(done.out, 1) == 200, done.text
    done = session(storms, "kinds 3", f"tbreak *(char*)&{label}", "run", "stepi", "stepi", "nexti", "continue")
    assert ENDED in done.out, done.text


def test_a_thread_ends_while_it_is_stepped(storms):
    done = session(storms, "many 3", "break hit", "run", "delete", "next", "next", "next", "next", "next", "info threads")
    assert "Error" not in done.err and (ENDED in done.out or "Thread" in done.out), done.text
    done = session(storms, "many 3", "break hit thread 2", "run")
    assert done.code in (0, 1), done.text


def test_a_locked_thread_ends(storms):
    """The others stand still, so nothing is left that could run: gdb's words."""
    done = session(storms, "many 3", "break hit", "run", "delete", "set scheduler-locking on", "continue", "info threads", timeout=20)
    assert "No unwaited-for children left." in done.text, done.text


def test_a_condition_that_faults(storms):
    done = session(storms, "", "break hit if *(int*)8 == 1", "run", "info breakpoints", "continue")
    assert "Error in testing breakpoint condition:\nCannot access memory at address 0x8" in done.text, done.text
    assert "Breakpoint 1, hit (n=1)" in done.out and ENDED in done.out, done.text


def test_a_call_that_crashes(storms):
    commands = ["break hit", "run", "print crashes((int*)8)"]
    done = session(storms, "", *commands)
    assert "Program received signal SIGSEGV, Segmentation fault." in done.out, done.text
    assert ("The program being debugged was signaled while in a function called from GDB.\n"
            "GDB remains in the frame where the signal was received.\n"
            "To change this behavior use \"set unwindonsignal on\".\n"
            "Evaluation of the expression containing the function\n"
            "(crashes) will be abandoned.\n"
            "When the function is done executing, GDB will silently stop.") in done.err, done.text
    done = session(storms, "", "set unwindonsignal on", *commands)
    assert ("The program being debugged was signaled while in a function called from GDB.\n"
            "GDB has restored the context to what it was before the call.\n"
            "To change this behavior use \"set unwindonsignal off\".\n"
            "Evaluation of the expression containing the function\n"
            "(crashes) will be abandoned.") in done.err, done.text


def test_a_call_that_hits_a_breakpoint(storms):
    done = session(storms, "", "break main", "run", "break crashes", "print crashes((int*)&values)")
    assert "Breakpoint 2, crashes (p=" in done.out, done.text
    assert ("The program being debugged stopped while in a function called from GDB.\n"
            "Evaluation of the expression containing the function\n"
            "(crashes) will be abandoned.\n"
            "When the function is done executing, GDB will silently stop.") in done.err, done.text
