"""Descendants, time-outs, and what happens to the program when oxdb goes away."""

import json
import os
import pathlib
import shlex
import signal
import subprocess
import time
import uuid

import pytest
from conftest import OXDB, VARIANTS, program_path, validate


def test_grandchild(triage):
    r = triage("grandchild")
    assert r.code == 1  # a process of the family died of a signal
    assert r.doc["outcome"] == "crashed"
    assert r.doc["process"]["descendant"] and r.doc["process"]["number"] == 3
    assert r.doc["fault"]["kind"] == "write" and r.doc["fault"]["address"] == "0x0"
    assert r.verdict["kind"] == "null-pointer"
    assert r.frames[0]["function"] == "store"
    r.assert_whole()
    # The family went on as it would have.
    assert b"grandchild: signal 11\nchild: exit 0\n" in r.out


def test_grandchild_execs(triage):
    r = triage("grandchild", "--exec", program_path("null-pointer-c"))
    assert r.code == 1
    assert r.doc["process"]["descendant"]
    assert r.doc["process"]["program"].endswith("null-pointer-c")
    assert r.frames[0]["function"] == "insert_right"


@pytest.mark.parametrize("name,guilty", [("jit-freed", "scale"), ("jit-struct-return", "parse_document")])
def test_grandchild_execs_a_jit(triage, name, guilty):
    r = triage("grandchild", "--exec", program_path(name, "release"))
    assert r.code == 1
    r.assert_guilty(guilty)


def test_no_children(triage):
    r = triage("grandchild", options=["--no-children"])
    assert r.code == 0
    assert r.doc["outcome"] == "exited" and not r.doc["process"]["descendant"]
    assert b"grandchild: signal 11\nchild: exit 0\n" in r.out


def test_a_shell_between(oxdb):
    r = oxdb.triage_path("/bin/sh", "-c", f"{shlex.quote(str(program_path('divide')))}; exit 0")
    assert r.code == 1
    assert r.doc["process"]["descendant"]
    assert r.frames[0]["function"] == "share"


@pytest.mark.parametrize("script", ["yes | head -n 1; true", "sleep 100 & kill $!; wait; true", "sleep 100 & kill -9 $!; wait; true"])
def test_a_child_that_is_ended_on_purpose(oxdb, script):
    r = oxdb.triage_path("/bin/sh", "-c", script)
    assert r.code == 0
    assert r.doc["outcome"] == "exited"


def test_the_program_itself_ended_on_purpose(oxdb):
    r = oxdb.triage_path("/bin/sh", "-c", "kill $$")
    assert r.code == 1
    assert r.doc["outcome"] == "crashed" and r.doc["signal"]["name"] == "SIGTERM"


def test_vfork_and_many_children(oxdb):
    # dash forks, python's subprocess uses vfork where it can.
    script = "import subprocess\nfor i in range(30): subprocess.run(['/bin/true'])\nprint('done')"
    r = oxdb.triage_path("/usr/bin/python3", "-c", script)
    assert r.code == 0
    assert b"done\n" in r.out


# ---- threads ----

@pytest.mark.parametrize("how", ["--leader-gone", "--crowd"])
def test_crash_in_a_thread(triage, how):
    r = triage("threads", how)
    assert r.code == 1
    assert r.verdict["kind"] == "null-pointer"
    assert r.functions[:2] == ["store", "store_later" if how == "--leader-gone" else "store_together"]
    assert r.doc["thread"]["tid"] != r.doc["process"]["pid"]
    r.assert_whole(())


def test_a_thread_execs(triage):
    r = triage("threads", "--exec", program_path("divide"))
    assert r.code == 1
    assert r.frames[0]["function"] == "share"
    assert r.doc["process"]["number"] == 1 and not r.doc["process"]["descendant"]


def test_a_thread_exits(triage):
    r = triage("threads", "--exit")
    assert r.code == 3 and r.doc["outcome"] == "exited"


def test_threads_come_and_go(triage):
    r = triage("threads")
    assert r.code == 0
    assert b"all gone\n" in r.out


@pytest.mark.parametrize("perf", ["perf", "no-perf"])
def test_code_comes_and_goes_in_many_threads(triage, perf):
    """Hooks are reached by several threads at once, between signals and forks."""
    for _ in range(5):
        r = triage("code-storm", perf=perf)
        assert r.code == 0
        assert b"right\n" in r.out
    r = triage("code-storm", "--crash", perf=perf)
    assert r.code == 1
    assert r.verdict["kind"] == "freed-code"
    assert r.index("call") == 1


# ---- time-outs ----

@pytest.mark.parametrize("how", [[], ["--spin"], ["--fork"]])
def test_timeout(triage, how):
    r = triage("sleeper", *how, options=["--timeout", "0.7"])
    assert r.code == 1
    assert r.doc["outcome"] == "timeout"
    threads = [r.doc["thread"]] + [t["thread"] for t in r.doc["other_threads"]]
    names = [t["name"] for t in threads]
    assert {"condition", "timer", "input"} <= set(names)
    assert len(threads) >= (5 if how == ["--fork"] else 4)
    stacks = [[f["function"] for f in r.frames]] + [[f["function"] for f in t["frames"]] for t in r.doc["other_threads"]]
    for function in ["main", "wait_for_condition", "wait_for_timer", "wait_for_input"]:
        assert any(function in stack for stack in stacks), stacks
    assert b"asleep\n" in r.out
    assert not pathlib.Path(f"/proc/{r.doc['process']['pid']}").exists()


def test_timeout_not_reached(triage):
    r = triage("hello-c", options=["--timeout", "60"])
    assert r.code == 0 and r.doc["outcome"] == "exited"


# ---- oxdb dies ----

def marked(mark):
    """Processes whose environment has the mark, but zombies."""
    ret = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                ret.append(int(entry.name))
        except OSError:
            pass  # gone, or not ours
    return ret


def assert_vanishes(mark):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        left = marked(mark)
        if not left:
            return
        time.sleep(0.02)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    pytest.fail(f"{left} outlived oxdb")


@pytest.mark.parametrize("perf", ["perf", "no-perf"])
@pytest.mark.parametrize("name,args", [("sleeper", []), ("sleeper", ["--fork"]), ("sleeper", ["--spin"]), ("jit-freed", []),
                                       ("survivor", []), ("panic", ["--many"])])
def test_killed_oxdb_takes_the_program_with_it(oxdb, name, args, perf):
    for delay in [0, 0.001, 0.002, 0.004, 0.006, 0.01, 0.015, 0.02, 0.03, 0.05, 0.08, 0.15, 0.3]:
        mark = uuid.uuid4().hex.encode()
        env = oxdb.environment({"OXDB_TEST_MARK": mark.decode()}, perf)
        process = subprocess.Popen([OXDB, "triage", "--", program_path(name), *args], env=env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
        assert_vanishes(mark)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGHUP])
def test_terminated_oxdb_takes_the_program_with_it(oxdb, sig):
    mark = uuid.uuid4().hex.encode()
    env = oxdb.environment({"OXDB_TEST_MARK": mark.decode()})
    process = subprocess.Popen([OXDB, "triage", "--", program_path("sleeper")], env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout.readline() == b"asleep\n"
    process.send_signal(sig)
    process.communicate(timeout=20)
    assert_vanishes(mark)


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGQUIT])
def test_the_terminal_s_signals_are_for_the_program(oxdb, tmp_path, sig):
    """Ctrl-C goes to both; the program dies of it, or not, and oxdb reports."""
    target = tmp_path / "report.json"
    process = subprocess.Popen([OXDB, "triage", f"--json={target}", "--", program_path("sleeper")], env=oxdb.environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    assert process.stdout.readline() == b"asleep\n"
    os.killpg(process.pid, sig)
    process.communicate(timeout=20)
    assert process.returncode == 1
    document = json.loads(target.read_text())
    validate(document)
    assert document["signal"]["name"] == sig.name


# ---- oxdb cannot do its work ----

def test_no_such_program(oxdb):
    code, out, err = oxdb.raw("triage", "--", "/no/such/file")
    assert code == 2
    assert out == b""
    assert b"/no/such/file" in err and b"No such file" in err


def test_not_executable(oxdb, tmp_path):
    text = tmp_path / "text"
    text.write_text("not a program\n")
    code, _, err = oxdb.raw("triage", "--", text)
    assert code == 2
    assert str(text).encode() in err and b"ermission denied" in err
    text.chmod(0o755)
    code, _, err = oxdb.raw("triage", "--", text)
    assert code == 2
    assert str(text).encode() in err


def test_failed_report(oxdb):
    r = oxdb.triage_path("/no/such/file")
    assert r.code == 2
    assert r.doc["outcome"] == "failed"
    assert "No such file" in r.doc["failure"]


@pytest.mark.parametrize("args", [["triage"], ["triage", "--"], ["triage", "--no-such-option", "--", "/bin/true"],
                                  ["triage", "--timeout", "soon", "--", "/bin/true"], ["triage", "--timeout", "-1", "--", "/bin/true"],
                                  ["triage", "--json=/no/such/folder/x.json", "--", "/bin/true"]])
def test_wrong_usage(oxdb, args):
    code, out, err = oxdb.raw(*args)
    assert code == 2
    assert out == b"" and err


def test_already_traced(oxdb):
    """Under another tracer ptrace is refused: the reason is told."""
    if not pathlib.Path("/usr/bin/strace").exists():
        pytest.skip("strace is not installed")
    done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=none", "-o", "/dev/null", OXDB, "triage", "--", program_path("hello-c")],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, env=oxdb.environment())
    assert done.returncode == 2
    assert b"trac" in done.stderr


# ---- input and output of the program ----

def test_standard_input_is_the_program_s(oxdb):
    code, out, _ = oxdb.raw("triage", "--", "/bin/cat", input=b"one\ntwo\n")
    assert code == 0
    assert out.startswith(b"one\ntwo\n")


def test_the_program_s_environment_and_folder(oxdb, tmp_path):
    code, out, _ = oxdb.raw("triage", "--", "/bin/sh", "-c", "pwd; echo $OXDB_TEST_MARK", env={"OXDB_TEST_MARK": "mark"}, cwd=tmp_path)
    assert code == 0
    assert out.startswith(f"{tmp_path}\nmark\n".encode())


def test_path_is_searched(oxdb):
    code, out, _ = oxdb.raw("triage", "--", "echo", "found")
    assert code == 0
    assert out.startswith(b"found\n")


def test_signals_reach_the_program(oxdb):
    script = "import signal, os\nsignal.signal(signal.SIGUSR1, lambda *_: print('got it', flush=True))\nos.kill(os.getpid(), signal.SIGUSR1)"
    r = oxdb.triage_path("/usr/bin/python3", "-c", script)
    assert r.code == 0
    assert b"got it\n" in r.out


def test_stop_and_continue(oxdb):
    script = "kill -STOP $$; echo continued"
    mark = uuid.uuid4().hex.encode()
    env = oxdb.environment({"OXDB_TEST_MARK": mark.decode()})
    process = subprocess.Popen([OXDB, "triage", "--", "/bin/sh", "-c", script], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    end = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < end:
        for pid in marked(mark):
            try:
                state = pathlib.Path(f"/proc/{pid}/status").read_text()
                if pid != process.pid and ("T (stopped)" in state or "t (tracing stop)" in state):
                    time.sleep(0.1)
                    os.kill(pid, signal.SIGCONT)
            except OSError:
                pass
        time.sleep(0.05)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert out.startswith(b"continued\n")
