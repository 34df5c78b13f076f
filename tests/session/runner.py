#!/usr/bin/env python3
"""Runs session tests: what a person types in a debugger and must see, written as comments into the source of the program.

usage: runner.py [DIR|FILE…] [--with GDB] [--settings dwarf4,dwarf5] [--filter TEXT] [--jobs N] [--verbose]

The format is that of rustc's tests/debuginfo, so that directories of such files run unchanged:

    // gdb-command: print x        typed, in this order (`//@ gdb-command` is the same); gdbr- is the same as gdb-
    // gdb-check: $1 = [...]       a line of the output; [...] matches anything within it. Checks must be found in order
    // gdb-absent: no symbol       no line of the output looks like this
    // oxdb-command, oxdb-check    for oxdb alone. After one command, oxdb's checks stand for gdb's
    // lldb-…, cdb-…               for debuggers that are not run here
    foo(); // #break               where to stop: a breakpoint is set before the first command
    foo(); // #here                %here% in commands and checks is this line's number
    %exe%, %dir%, %source%, %pid%  the program, its folder (auxiliary/ in it has the libraries), this file, the program that `spawn` started

    //@ compile-flags: -O -g       //@ edition: 2021 (2015 unless told)     //@ aux-build: lib.rs (in auxiliary/; or lib.c)
    //@ revisions: debug opt       //@[opt] compile-flags: -O               //[opt] gdb-check: …
    //@ exec-env: NAME=VALUE       //@ rustc-env: NAME=VALUE                //@ spawn: ARGUMENTS (starts the program beforehand)
    //@ typed: the commands come from standard input, where an error does not end the session as it ends a script
    //@ min-gdb-version: 13.1      //@ ignore-gdb, ignore-oxdb, ignore-linux, only-…, needs-…, ignore-test

Every file is compiled for each setting (DWARF 4 and 5) and revision by rustc, a .c file by gcc. What cannot be run is skipped, and
counted with the reason. OXDB names another oxdb than build/oxdb; OXDB_SESSION_BUILD another folder for what is made than build/session.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import functools
import hashlib
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/session"
OXDB = pathlib.Path(os.environ.get("OXDB", ROOT / "build/oxdb"))
BUILD = pathlib.Path(os.environ.get("OXDB_SESSION_BUILD", ROOT / "build/session"))
SETTINGS = ["dwarf4", "dwarf5"]
TIMEOUT = 60
# The version whose output oxdb prints.
GDB_VERSION = (13, 1)

LINE = re.compile(r"\s*//@?\s*(?:\[([\w,-]+)\])?\s*([\w-]+?)-(command|check|absent)\s*:(.*)")
DIRECTIVE = re.compile(r"\s*//@\s*(?:\[([\w,-]+)\])?\s*([\w-]+)\s*(?::\s*(.*))?$")
OLD_DIRECTIVE = re.compile(r"\s*//\s*(?:\[([\w,-]+)\])?\s*(compile-flags|ignore-[\w-]+|only-[\w-]+|min-gdb-version|aux-build|edition)"
                           r"\s*(?::\s*(.*))?$")
LABEL = re.compile(r"(?://|/\*).*?#([a-z][a-z0-9_-]*)")
OURS = {"linux", "x86_64", "unix", "gnu", "64bit", "little-endian"}
OTHERS = {"windows", "macos", "apple", "msvc", "android", "aarch64", "arm", "lldb", "cdb", "freebsd", "windows-gnu", "windows-msvc", "wasm",
          "riscv64", "s390x", "32bit", "cross-compile", "remote", "emscripten", "i686", "x86"}


class Skip(Exception):
    pass


class Failure(Exception):
    pass


@dataclasses.dataclass
class Entry:
    kind: str  # command, check or absent
    tool: str
    text: str
    number: int


@dataclasses.dataclass
class Test:
    """A file as one revision of it reads."""
    path: pathlib.Path
    revision: str
    directives: list  # (name, value)
    entries: list
    breaks: list
    labels: dict

    def all(self, name):
        return [value for key, value in self.directives if key == name]

    def last(self, name, default=None):
        return (self.all(name) or [default])[-1]

    @property
    def is_rust(self):
        return self.path.suffix == ".rs"


def revisions_of(text):
    for line in text.splitlines():
        match = DIRECTIVE.match(line)
        if match and match[2] == "revisions":
            return (match[3] or "").split() or [""]
    return [""]


def parse(path, revision=""):
    directives, entries, breaks, labels = [], [], [], {}
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        match = LINE.match(line)
        if match:
            if not match[1] or revision in match[1].split(","):
                entries.append(Entry(match[3], match[2], match[4].strip(), number))
            continue
        match = DIRECTIVE.match(line) or OLD_DIRECTIVE.match(line)
        if match:
            if not match[1] or revision in match[1].split(","):
                directives.append((match[2], (match[3] or "").strip()))
            continue
        if "#break" in line:
            breaks.append(number)
        for label in LABEL.findall(line):
            labels.setdefault(label, number)
    return Test(path, revision, directives, entries, breaks, labels)


def find_tests(paths):
    """(file, revision) of each test below the paths; what is in auxiliary/ belongs to another file."""
    found = []
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            files = sorted(p for suffix in ("rs", "c") for p in path.rglob("*." + suffix))
            files = [p for p in files if "auxiliary" not in p.relative_to(path).parts]
        else:
            files = [path]
        for file in files:
            text = file.read_text(errors="replace")
            if "-command" in text or "-check" in text:
                found += [(file, revision) for revision in revisions_of(text)]
    return found


def version(text):
    numbers = re.findall(r"\d+", text)
    return tuple(map(int, numbers[:2])) if len(numbers) > 1 else (int(numbers[0]), 0) if numbers else (0, 0)


def is_oxdb(debugger):
    return "oxdb" in pathlib.Path(debugger).name


def check_skips(test, debugger):
    ours = is_oxdb(debugger)
    for name, value in test.directives:
        what = name.split("-", 1)[1] if "-" in name else ""
        if name == "ignore-test" or name == "ignore-oxdb" and ours or name == "ignore-gdb" or (
                name.startswith("ignore-") and what in OURS):
            raise Skip(f"{name}: {value}" if value else name)
        if name.startswith("only-") and (what in OTHERS or what == "nightly") and what not in OURS:
            raise Skip(name)
        if name == "only-oxdb" and not ours:
            raise Skip(name)
        if name == "min-gdb-version" and version(value) > GDB_VERSION:
            raise Skip(f"{name}: {value}")
        if name == "ignore-gdb-version":
            first, _, last = value.partition(" - ")
            if version(first) <= GDB_VERSION <= version(last or first):
                raise Skip(f"{name}: {value}")
        if name in ("needs-profiler-runtime", "needs-rustc-debug-assertions", "needs-crate-type", "build-fail"):
            raise Skip(name)


def script_of(test, ours):
    """The commands, checks and absences of one debugger."""
    tools = {"gdb", "gdbr", "oxdb"} if ours else {"gdb", "gdbr"}
    entries = [e for e in test.entries if e.tool in tools]
    groups = [[]]
    for entry in entries:
        if entry.kind == "command":
            groups.append([])
        groups[-1].append(entry)
    commands, checks, absences = [], [], []
    for group in groups:
        commands += [e for e in group if e.kind == "command"]
        for kind, out in (("check", checks), ("absent", absences)):
            own = [e for e in group if e.kind == kind]
            if ours and any(e.tool == "oxdb" for e in group if e.kind == "check"):
                own = [e for e in own if e.tool == "oxdb"]
            out += own
    if not commands:
        raise Skip("no commands for this debugger")
    return commands, checks, absences


@functools.lru_cache(None)
def compiler_id(compiler):
    done = subprocess.run([compiler, "-vV"] if compiler == "rustc" else [compiler, "--version"], capture_output=True)
    if done.returncode:
        raise Skip(f"{compiler} is missing")
    return done.stdout


def compile_command(test, source, setting, out, library=False):
    """The command for a source, the test's own or one of its libraries, whose own directives hold for it."""
    dwarf = setting[-1]
    flags = [f for value in test.all("compile-flags") for f in shlex.split(value)]
    flags = [f for f in flags if f not in ("--test",) or not library]
    joined = " ".join(flags)
    if source.suffix == ".c":
        command = ["gcc", "-std=gnu17", "-pthread", "-o", out, source, *([] if "-gdwarf" in joined else [f"-gdwarf-{dwarf}"]), *flags, "-ldl"]
        return command + (["-shared", "-fPIC"] if library else [])
    command = ["rustc", "--edition", test.last("edition", "2015"), source, "-A", "warnings", "-L", str(out.parent if library else
                                                                                                    out.parent / "auxiliary")]
    if not re.search(r"(^|\s)-g\b|debuginfo", joined):
        command += ["-g"]
    if "dwarf-version" not in joined:
        command += [f"-Cdwarf-version={dwarf}"]
    if library:
        if "no-prefer-dynamic" not in dict(test.directives) and "crate_type" not in source.read_text():
            command += ["--crate-type", "rlib"]
        return command + ["--out-dir", out.parent, *flags]
    return command + ["-o", out, *flags]


def environment_of(values):
    return dict(value.partition("=")[::2] for value in values)


def run_compiler(command, source, env):
    # Only for those who need it, for it also changes what the compiler makes by default.
    if re.search(r"#!\[.*feature\(", source.read_text(errors="replace")):
        env = env | {"RUSTC_BOOTSTRAP": "1"}
    # Where it stands is the compilation directory, and short names of sources are relative to it.
    done = subprocess.run([str(x) for x in command], env=os.environ | env, capture_output=True, text=True, cwd=source.parent)
    if done.returncode:
        message = (done.stderr.strip() or done.stdout.strip()).splitlines()
        first = next((line for line in message if line.startswith("error") or "error:" in line), message[0] if message else "")
        raise Skip(f"does not compile: {first}")


locks = collections.defaultdict(threading.Lock)


def build(test, setting):
    """The program; made only when its sources, flags or compiler have changed."""
    auxiliary = [test.path.parent / "auxiliary" / value.split("=")[-1] for name in ("aux-build", "aux-crate", "aux-bin")
                 for value in test.all(name)]
    key = hashlib.sha256(compiler_id("rustc" if test.is_rust else "gcc"))
    for source in [test.path, *auxiliary, pathlib.Path(__file__)]:
        if not source.exists():
            raise Skip(f"{source} is missing")
        key.update(source.read_bytes())
    key.update(f"{test.path} {test.revision} {setting}".encode())
    folder = BUILD / f"{test.path.stem}-{test.revision}-{setting}-{key.hexdigest()[:12]}"
    program = folder / test.path.stem
    stamp = folder / "stamp"
    with locks[folder]:
        if stamp.exists():
            if message := stamp.read_text():
                raise Skip(message)
            return program
        for old in BUILD.glob(f"{test.path.stem}-{test.revision}-{setting}-" + "?" * 12):
            shutil.rmtree(old, ignore_errors=True)
        (folder / "auxiliary").mkdir(parents=True)
        env = environment_of(test.all("rustc-env"))
        try:
            for source in auxiliary:
                other = parse(source)
                name = f"lib{source.stem}.so" if source.suffix == ".c" else source.stem
                run_compiler(compile_command(other, source, setting, folder / "auxiliary" / name, True), source, env)
            run_compiler(compile_command(test, test.path, setting, program), test.path, env)
        except Skip as skip:
            stamp.write_text(str(skip))
            raise
        stamp.write_text("")
    return program


def matches(line, check):
    """rustc's rule: the parts between [...] stand in the line in this order, the last at its end."""
    check, line = check.strip(), line.strip()
    parts = [part for part in check.split("[...]") if part]
    if not parts:
        return True
    pattern = ".*".join(map(re.escape, parts))
    return bool(re.search(pattern + ("" if check.endswith("[...]") else "$"), line))


def judge(output, checks, absences):
    lines = output.splitlines()
    position = 0
    for check in checks:
        found = next((i for i in range(position, len(lines)) if matches(lines[i], check.text)), None)
        if found is None:
            raise Failure(f"line {check.number}: not found: {check.text}\n--- the output after the check before it:\n" +
                          "\n".join(lines[position:position + 60]))
        position = found + 1
    for absence in absences:
        for line in lines:
            if matches(line, absence.text):
                raise Failure(f"line {absence.number}: must not be there: {absence.text}\n--- but is: {line}")


def members_of_session(sid):
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == sid:
                    yield int(entry.name)
            except OSError:
                pass


def run_debugger(command, env, timeout=TIMEOUT, cwd=None, stdin=subprocess.DEVNULL):
    """Runs it in a session of its own, of which nothing remains. Exit code and output."""
    process = subprocess.Popen([str(x) for x in command], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                               start_new_session=True, cwd=cwd)
    timer = threading.Timer(timeout, lambda: kill_session(process.pid))
    timer.start()
    chunks = []
    reader = threading.Thread(target=lambda: chunks.append(process.stdout.read()), daemon=True)
    reader.start()
    code = process.wait()
    expired = not timer.is_alive()
    timer.cancel()
    # A program that outlives the debugger holds the pipe; what was printed so far is all there will be.
    reader.join(1)
    kill_session(process.pid)
    reader.join()
    output = b"".join(chunks).decode(errors="replace").replace("\r\n", "\n")
    if expired:
        raise Failure(f"still running after {timeout} s\n--- the output:\n{output[-4000:]}")
    return code, output


def kill_session(sid):
    for pid in members_of_session(sid):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


def environment(test=None):
    env = {k: v for k, v in os.environ.items() if k not in ("RUST_BACKTRACE", "DEBUGINFOD_URLS", "NO_COLOR", "CLICOLOR_FORCE", "LINES", "COLUMNS")}
    env |= {"LC_ALL": "C.UTF-8", "TERM": "dumb"}
    for value in test.all("unset-exec-env") if test else []:
        env.pop(value, None)
    return env | (environment_of(test.all("exec-env")) if test else {})


def substitute(test, text, program, pid=None):
    values = test.labels | {"exe": program, "dir": program.parent, "source": test.path, "pid": pid}
    return re.sub(r"%([a-z][a-z0-9_-]*)%", lambda m: str(values.get(m[1], m[0])), text)


def write_script(test, program, commands, ours):
    lines = ["set charset UTF-8", "set print pretty off"]
    if not ours:
        # What belongs to the machine and not to the debugger.
        lines += ["set debuginfod enabled off", "set auto-load python-scripts off", "set style enabled off", "set auto-load safe-path /"]
    lines += [f"file {program}"] if not test.all("spawn") else []
    lines += ["set language rust"] if test.is_rust else []
    lines += [f"break '{test.path.name}':{number}" for number in test.breaks]
    path = program.parent / ("oxdb.script" if ours else "gdb.script")
    path.write_text("\n".join(lines + commands + ["quit"]) + "\n")
    return path


def start_program(test, program):
    """The program that will be attached to: it prints a line when it is ready."""
    arguments = shlex.split(test.last("spawn"))
    process = subprocess.Popen([program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment(test),
                               start_new_session=True)
    process.stdout.readline()
    return process


def debugger_command(test, debugger, script):
    if test.all("typed"):
        options = [("-iex", f"set {option}") for option in ("confirm off", "width 0", "pagination off")]
        return [debugger, "-quiet", "-nx", *(word for option in options for word in option)]
    return [debugger, "-quiet", "-batch", "-nx", "-x", script]


def run_one(path, revision, setting, debugger=OXDB):
    """Raises Skip or Failure; returns the output."""
    ours = is_oxdb(debugger)
    test = parse(pathlib.Path(path).resolve(), revision)
    check_skips(test, debugger)
    commands, checks, absences = script_of(test, ours)
    flags = " ".join(test.all("compile-flags"))
    for pattern in (r"dwarf-version=(\d)", r"-gdwarf-(\d)"):
        if (match := re.search(pattern, flags)) and match[1] != setting[-1]:
            raise Skip(f"the file asks for DWARF {match[1]}")
    program = build(test, setting)
    spawned = start_program(test, program) if test.all("spawn") else None
    try:
        pid = spawned.pid if spawned else None
        for entry in [*commands, *checks, *absences]:
            entry.text = substitute(test, entry.text, program, pid)
        script = write_script(test, program, [e.text for e in commands], ours)
        command = debugger_command(test, debugger, script)
        with open(script) as stdin:
            code, output = run_debugger(command, environment(test), cwd=program.parent,
                                        stdin=stdin if test.all("typed") else subprocess.DEVNULL)
    finally:
        if spawned:
            kill_session(spawned.pid)
            spawned.wait()
    if code < 0 or re.search(r"AddressSanitizer|runtime error:|oxdb: .*Assertion `", output):
        raise Failure(f"the debugger died (exit code {code})\n--- the output:\n{output[-4000:]}")
    try:
        judge(output, checks, absences)
        if test.all("should-fail"):
            raise Failure("the file says that it should fail, and it did not")
    except Failure as failure:
        if test.all("should-fail") and "should fail" not in str(failure):
            return output
        raise Failure(f"{failure}\n--- run again: {shlex.join(map(str, command))}" + (f" <{script}" if test.all("typed") else "")) from None
    return output


def name_of(path, revision, setting):
    return f"{pathlib.Path(path).name}{'#' + revision if revision else ''} ({setting})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=pathlib.Path, default=[HERE])
    parser.add_argument("--with", dest="debugger", default=OXDB, help="a gdb (or another oxdb) instead of build/oxdb")
    parser.add_argument("--settings", default=",".join(SETTINGS))
    parser.add_argument("--filter", default="", help="only files with this in their name")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", "-v", action="store_true", help="print the outputs of those that pass, too")
    args = parser.parse_args()
    for path in args.paths:
        if not path.exists():
            sys.exit(f"session: there is no {path}")
    if not shutil.which(args.debugger):
        sys.exit(f"session: there is no debugger {args.debugger}")
    BUILD.mkdir(parents=True, exist_ok=True)
    tests = [(path, revision, setting) for path, revision in find_tests(args.paths) if args.filter in path.name
             for setting in args.settings.split(",")]
    counts, reasons = collections.Counter(), collections.Counter()

    def work(test):
        try:
            return "passed", run_one(*test, args.debugger)
        except Skip as skip:
            return "skipped", str(skip)
        except Failure as failure:
            return "failed", str(failure)

    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for test, (result, text) in zip(tests, pool.map(work, tests)):
            counts[result] += 1
            if result == "skipped":
                reasons[text] += 1
            if result != "passed" or args.verbose:
                print(f"{result}: {name_of(*test)}" + (f": {text}" if result == "skipped" else "\n" + text if text else ""), flush=True)
    for reason, count in reasons.most_common():
        print(f"{count} skipped: {reason}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    sys.exit(1 if counts["failed"] else 0)


if __name__ == "__main__":
    main()
