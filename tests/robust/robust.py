"""What the tests beside this file share: programs to debug, and oxdb run on them so that nothing is left behind unseen.

OXDB         the program under test (default: build/oxdb)
OXDB_SWEEP   1: every single call is made to fail, instead of as many as there is time for
"""

import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OXDB = pathlib.Path(os.environ.get("OXDB", ROOT / "build/oxdb"))
BUILD = pathlib.Path(os.environ.get("OXDB_ROBUST_BUILD", ROOT / "build/robust"))
THOROUGH = os.environ.get("OXDB_SWEEP") == "1"
DEATH = re.compile(r"AddressSanitizer|LeakSanitizer|UndefinedBehaviorSanitizer|\.[ch]:\d+:\d+: runtime error:|\boxdb: .*: Assertion `")


def build(name, *flags, out=None):
    """A program of programs/, made when it or its flags have changed."""
    source = HERE / "programs" / name
    compiler = "rustc" if source.suffix == ".rs" else "gcc"
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is missing")
    key = hashlib.sha256(source.read_bytes() + repr(flags).encode()).hexdigest()[:12]
    folder = BUILD / f"{source.stem}-{key}"
    target = folder / (out or source.stem)
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f"{target.name}.{os.getpid()}"
        plain = ["--edition=2021", "-g", "-Awarnings"] if compiler == "rustc" else ["-std=gnu17", "-g", "-O0", "-pthread"]
        done = subprocess.run([compiler, *plain, "-o", temporary, source, *flags], capture_output=True, text=True, cwd=folder)
        assert done.returncode == 0, done.stderr
        temporary.rename(target)
    return target


def environment(**more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("OXDB_") and k not in ("LINES", "COLUMNS", "DEBUGINFOD_URLS")}
    return env | {"LC_ALL": "C.UTF-8", "TERM": "dumb"} | more


def stat_of(pid):
    """State and session of a process; None: there is none."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[3])


def members(sid):
    """Processes of a session that are no zombies, with their states."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        stat = stat_of(entry.name) if entry.name.isdigit() else None
        if stat and stat[1] == sid and stat[0] not in "ZX":
            found[int(entry.name)] = stat[0]
    return found


def tracer_of(pid):
    match = re.search(r"TracerPid:\t(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
    return int(match[1])


def kill_session(sid):
    for pid in members(sid):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def text(self):
        return self.out + "\n--- stderr:\n" + self.err


def run(commands, *arguments, env=None, timeout=30, options=()):
    """A script in oxdb, in a session of its own. It must end in time, not crash, and leave nothing behind."""
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "script"
        script.write_text("\n".join(commands) + "\n")
        out, err = open(f"{folder}/out", "w+b"), open(f"{folder}/err", "w+b")
        process = subprocess.Popen([OXDB, "-nx", "-q", "-batch", *options, "-x", script, *arguments], stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=err, env=environment(**(env or {})), start_new_session=True)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            code = None
            stacks = subprocess.run(["sh", "-c", f"cat /proc/{process.pid}/wchan; ps -o pid,stat,wchan:20,args -s {process.pid}"],
                                    capture_output=True, text=True).stdout
            process.kill()
            process.wait()
        left = wait_for_nobody(process.pid)
        kill_session(process.pid)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
            file.close()
    done = Done(code, *texts)
    assert code is not None, f"does not end\n{stacks}\n{done.text}"
    assert code >= 0 or code == -signal.SIGKILL and "self:" in (env or {}).get("OXDB_INJECT", ""), f"oxdb died of {code}\n{done.text}"
    assert code not in (98, 99) and not DEATH.search(done.text), done.text
    assert not left, f"left behind: {left}\n{done.text}"
    return done


def wait_for_nobody(sid):
    """Who is left of the session when there was time to end."""
    deadline = time.monotonic() + 5
    while (left := members(sid)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left
