"""oxdb triage -p: a program that runs already."""

import json
import os
import pathlib
import signal
import subprocess
import time

import pytest

from conftest import OXDB, VALIDATOR, check_alive, program_path


class Watched:
    """A program, and oxdb triage -p on it."""

    def __init__(self, tmp_path, argv, options=(), wait=True):
        self.document = tmp_path / "report.json"
        self.program = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if wait:
            assert self.program.stdout.readline().strip() == b"ready"
        self.oxdb = subprocess.Popen([OXDB, "triage", f"--json={self.document}", *options, "-p", str(self.program.pid)],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_until_watched(self):
        for _ in range(2000):
            if f"TracerPid:\t{self.oxdb.pid}\n" in pathlib.Path(f"/proc/{self.program.pid}/status").read_text():
                time.sleep(0.3)  # hooks are planted when all have stopped, and then it goes on
                return
            assert self.oxdb.poll() is None, self.oxdb.stderr.read()
            time.sleep(0.01)
        pytest.fail("oxdb does not attach")

    def end(self):
        out, err = self.oxdb.communicate(timeout=60)
        check_alive(self.oxdb.returncode, out, err)
        doc = json.loads(self.document.read_text()) if self.document.exists() else None
        if doc:
            assert not list(VALIDATOR.iter_errors(doc))
        return self.oxdb.returncode, out.decode(), doc

    def alive(self):
        status = pathlib.Path(f"/proc/{self.program.pid}/status").read_text()
        return "TracerPid:\t0\n" in status and "State:\tZ" not in status and "State:\tt" not in status

    def kill(self):
        for process in (self.program, self.oxdb):
            process.kill()
            process.wait()
        self.program.stdin.close()
        self.program.stdout.close()


@pytest.fixture
def watch(tmp_path):
    made = []

    def make(*args, **kwargs):
        made.append(Watched(tmp_path, *args, **kwargs))
        return made[-1]

    yield make
    for w in made:
        w.kill()


# Reads a line before it does its deed.
SHELL = ["sh", "-c", 'echo ready; read x; exec "$@"', "sh"]


def test_a_crash_is_explained(watch):
    w = watch([*SHELL, str(program_path("null-pointer"))])
    w.wait_until_watched()
    w.program.stdin.write(b"\n")
    w.program.stdin.flush()
    code, out, doc = w.end()
    assert code == 1 and doc["outcome"] == "crashed" and doc["signal"]["name"] == "SIGABRT"
    assert doc["verdict"]["kind"] == "null-pointer" and "null-pointer" in out
    assert w.program.wait() == -signal.SIGABRT


def test_a_panic_of_a_child(watch):
    w = watch(["sh", "-c", 'echo ready; read x; "$@"; exit 7', "sh", str(program_path("panic"))])
    w.wait_until_watched()
    w.program.stdin.write(b"\n")
    w.program.stdin.flush()
    code, _, doc = w.end()
    assert code == 1 and doc["outcome"] == "crashed" and doc["process"]["descendant"] and doc["panic"]
    assert w.program.wait() == 7


def test_a_good_end_is_no_news(watch):
    w = watch([*SHELL, "sh", "-c", "exit 3"])
    w.wait_until_watched()
    w.program.stdin.write(b"\n")
    w.program.stdin.flush()
    code, out, doc = w.end()
    assert code == 3 and out == "" and doc["outcome"] == "exited" and doc["exit_code"] == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_it_go(watch, number):
    w = watch([str(program_path("sleeper"))], wait=False)
    w.wait_until_watched()
    w.oxdb.send_signal(number)
    code, out, doc = w.end()
    assert code == 0 and out == "" and doc["outcome"] == "detached"
    assert w.alive()


def test_a_timeout_lets_it_go(watch):
    w = watch([*SHELL, "true"], ["--timeout", "0.5"])
    code, out, doc = w.end()
    assert code == 1 and doc["outcome"] == "timeout" and "still running" in out
    assert w.alive()
    w.program.stdin.write(b"\n")
    w.program.stdin.flush()
    assert w.program.wait() == 0


def test_killed_oxdb_does_no_harm(watch):
    w = watch([*SHELL, "true"])
    w.wait_until_watched()
    w.oxdb.kill()
    w.oxdb.wait()
    time.sleep(0.2)
    assert w.alive()
    w.program.stdin.write(b"\n")
    w.program.stdin.flush()
    assert w.program.wait() == 0


def test_nobody_there(tmp_path):
    r = subprocess.run([OXDB, "triage", "-p", str(2**22 + 1)], capture_output=True, text=True)
    assert r.returncode == 2 and "No such process" in r.stderr
    for argv in (["-p", "x"], ["-p", "0"], ["-p", "1", "true"], ["-p"]):
        r = subprocess.run([OXDB, "triage", *argv], capture_output=True, text=True)
        assert r.returncode == 2 and "usage" in r.stderr
