"""Sessions in which the n-th call that oxdb holds its debuggee by fails: it is interrupted (eintr), the program is killed just before it
(kill), or killed so that the call itself says ESRCH (gone), or finds it at its end already (ended); and sessions in which oxdb is killed just
then (self).

Without OXDB_SWEEP=1 only as many n as TIME allows, spread over all of them."""

import re
import signal
import subprocess
import time

import pytest

from robust import OXDB, THOROUGH, build, environment, run, stat_of, tracer_of

TIME = 4  # seconds for a session and a fault

SESSIONS = {
    "stepping": """break outer
run
next
next
step
bt
finish
stepi 3
x/3i $pc
info locals
until
advance inner
delete
next
continue""",
    "calls": """break inner
run
print twice(4)
disable
print inner(6)
enable
continue
delete
print outer(3)
call in_child(1)
continue""",
    "watch": """break outer
run
watch total
rwatch ready
continue
bt
continue
continue
info watchpoints
delete
continue""",
    "conditions": """break inner if n == 3
break work if round == 100
tbreak twice
commands 1
silent
print n
continue
end
run
ignore 2 20
info breakpoints
condition 2
continue
bt
delete
continue""",
    "threads": """break work
run
info threads
thread apply all bt 1
continue 10
next
thread 1
bt 2
set scheduler-locking on
next
set scheduler-locking off
disable
step
delete
continue""",
    "child": """set follow-fork-mode child
break in_child
run
bt
finish
continue""",
    "both": """set detach-on-fork off
set schedule-multiple on
break in_child
run
info inferiors
continue""",
    "again": """catch syscall write
catch exec
starti
stepi
kill
break work
run
run
detach
run
continue""",
}
ATTACHED = {
    "attach": """attach {pid}
bt
break tick
continue
next
step
bt
thread apply all bt 1
detach""",
    "attach-watch": """attach {pid}
watch total
continue
continue
delete
break tick if n == 0
detach""",
    "attach-call": """attach {pid}
break tick
continue
print twice(3)
detach""",
    "attach-quit": """attach {pid}
break tick
continue
finish
quit""",
}
# What tells the user that the program is there no more.
TELLS = re.compile(r"SIGKILL|exited|killed|already terminated|No such process|no longer exists|not being run|No stack|No registers|could not|cannot|Cannot|Couldn't", re.I)


def count_calls(err):
    return int(re.search(r"inject: (\d+) calls", err)[1])


def sample(count, seconds, each):
    """Numbers of calls: all of them when there is time, else a spread of them, the same in each run."""
    room = count if THOROUGH else max(8, int(seconds / max(each, 0.001)))
    step = max(1, -(-count // room))
    return range(1, count + 1, step)


def plain(text):
    """Without what differs from run to run: numbers of processes and threads, and news of threads, which come as they like."""
    lines = [line for line in text.splitlines() if not re.match(r"\[(New Thread|Thread .* exited|Switching to Thread|Detaching after)", line)]
    text = re.sub(r"0x[0-9a-f]+|process \d+|LWP \d+|Thread \d+|\b\d{3,}\b|#\d+ ", "N", "\n".join(lines))
    return text


@pytest.fixture(scope="module")
def victim():
    return build("victim.c")


def inject(commands, fault, nth, *arguments):
    return run(commands, *arguments, env={"OXDB_INJECT": f"{fault}:{nth}", "OXDB_LOG": "inject"})


@pytest.mark.parametrize("fault", ["eintr", "kill", "gone", "ended", "self"])
@pytest.mark.parametrize("name", SESSIONS)
def test_launched(victim, name, fault):
    commands = ["set confirm off", "set width 0", *SESSIONS[name].splitlines()]
    start = time.monotonic()
    expected = inject(commands, "eintr", 10 ** 9, victim)
    each = time.monotonic() - start
    assert expected.code == 0, expected.text
    for nth in sample(count_calls(expected.err), TIME, each):
        done = inject(commands, fault, nth, victim)
        where = f"{fault}:{nth}\n{done.text}"
        if fault == "eintr":
            assert done.code == 0, where
            if name in ("stepping", "calls"):  # one thread
                assert plain(done.out) == plain(expected.out), where
        elif fault == "self":
            assert done.code in (0, 1, -signal.SIGKILL), where
        else:
            assert done.code in (0, 1), where
            if re.search(r"inject: call \d+, for [1-9]", done.err) and done.code:
                assert TELLS.search(done.text), where


class Waiting:
    """The program that is attached to, in a session of its own, so that its leavings are not oxdb's."""

    def __init__(self, path):
        self.process = subprocess.Popen([path, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), start_new_session=True)
        assert self.process.stdout.readline() == b"ready\n"

    def settle(self):
        """State when it had the time to get to one: gone, or running untraced."""
        deadline = time.monotonic() + 5
        while True:
            dead = self.process.poll() is not None
            state = None if dead else stat_of(self.process.pid)[0]
            if dead or (state in "SR" and tracer_of(self.process.pid) == 0) or time.monotonic() > deadline:
                return state
            time.sleep(0.01)

    def end(self):
        out, _ = self.process.communicate(timeout=20)
        return self.process.returncode, out

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.mark.parametrize("fault", ["eintr", "kill", "gone", "ended", "self"])
@pytest.mark.parametrize("name", ATTACHED)
def test_attached(victim, name, fault):
    def session(kind, nth):
        program = Waiting(victim)
        try:
            commands = ["set confirm off", "set width 0", *ATTACHED[name].format(pid=program.process.pid).splitlines()]
            done = inject(commands, kind, nth)
            state = program.settle()
            where = f"{kind}:{nth}, state {state}\n{done.text}"
            assert state in (None, "S", "R"), f"is left stopped: {where}"
            return done, *program.end(), where
        finally:
            program.kill()

    start = time.monotonic()
    expected, code, out, where = session("eintr", 10 ** 9)
    each = time.monotonic() - start
    assert (expected.code, code, out) == (0, 0, b"intact\n"), where
    for nth in sample(count_calls(expected.err), TIME, each):
        done, code, out, where = session(fault, nth)
        # What remains when oxdb is killed: docs/guide/attach.md.
        if fault == "self" and name == "attach-call" and code not in (0, -signal.SIGKILL):
            continue  # its thread was in a function called from here, which returns to nowhere
        allowed = {"eintr": [0], "kill": [0, -signal.SIGKILL], "gone": [0, -signal.SIGKILL],
                   "ended": [0, -signal.SIGKILL], "self": [0, -signal.SIGTRAP, -signal.SIGSEGV, -signal.SIGILL]}[fault]
        assert code in allowed, f"the program ended with {code}: {where}"
        assert code or out == b"intact\n", f"{out}: {where}"
        if fault == "eintr":
            assert done.code == 0, where
        elif fault != "self":
            assert done.code in (0, 1), where
            assert code == 0 or done.code == 0 or TELLS.search(done.text), where
