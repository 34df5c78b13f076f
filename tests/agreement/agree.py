#!/usr/bin/env python3
"""Holds oxdb against gdb: the same sessions in both, on every program of tests/programs as it was built in each way.

usage: agree.py [--program NAME] [--variant VARIANT] [--session KIND] [--show] [--jobs N] [--no-cache]

Sessions of a program:
  stops    breakpoints on main and on lines all over its source; at each stop the backtrace, arguments, locals, each of them printed, the frame
           and what info says of the place; at the end the fault, with its backtrace and the variables of its frames
  next     from main's first line to the end
  step     the same, into functions (what belongs to std is skipped in gdb, too)
  finish   from the deepest of those breakpoints back to main

A difference must match one of the classes in classes.toml; hits are counted for each. What matches none is printed, and fails. What gdb said
is kept in build/agreement, by program and script, so that only the first run waits for it. Address space randomisation is off in both, so
that addresses are compared as they are; process and thread numbers are not.

OXDB, OXDB_PROGRAMS, OXDB_GDB: other programs than build/oxdb, build/programs, gdb.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import difflib
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(ROOT / "tests/session"))
import lost  # noqa: E402
import runner  # noqa: E402

OXDB = os.environ.get("OXDB", str(ROOT / "build/oxdb"))
GDB = os.environ.get("OXDB_GDB", "gdb")
PROGRAMS = pathlib.Path(os.environ.get("OXDB_PROGRAMS", ROOT / "build/programs"))
CACHE = pathlib.Path(os.environ.get("OXDB_AGREEMENT_BUILD", ROOT / "build/agreement"))
SCENARIOS = tomllib.loads((HERE / "scenarios.toml").read_text())
VARIANTS = ["debug", "release", "dwarf5", "release-dwarf5"]
KINDS = ["stops", "next", "step", "finish"]
MOST_CLASSES = 30
MOST_ASSERTIONS = 8
TIMEOUT = 60
LONGEST = 1000000
LINES_PER_PROGRAM, STOPS, STEPS = 8, 6, 80

SETTINGS = ["set confirm off", "set width 0", "set height 0", "set pagination off", "set style enabled off"]
# What belongs to this machine's gdb and not to the language.
GDB_SETTINGS = ["set debuginfod enabled off", "set auto-load python-scripts off", "set auto-load safe-path /", "set index-cache enabled off"]
# oxdb does not step into std unless it is told to.
# gdb's patterns do not match a slash with a star.
GDB_SKIP = [f"skip -gfi {start}{'/*' * depth}.rs" for start in ("/rustc/*/library", "library") for depth in range(2, 9)]


@dataclasses.dataclass(frozen=True)
class Case:
    program: str
    variant: str
    args: str
    kind: str

    @property
    def path(self):
        return PROGRAMS / self.program if self.variant == "debug" else PROGRAMS / self.variant / self.program

    @property
    def scenario(self):
        return SCENARIOS[self.program]

    @property
    def source(self):
        folder = ROOT / "tests/programs" / self.program
        rust = folder / "src/main.rs"
        return rust if rust.exists() else folder / f"{self.program}.c"

    def __str__(self):
        return f"{self.program} {self.args} ({self.variant}, {self.kind})".replace("  ", " ")


def cases(programs=None, variants=VARIANTS, kinds=KINDS):
    for program, scenario in SCENARIOS.items():
        if programs and program not in programs:
            continue
        for variant in variants:
            for args in scenario["args"]:
                for kind in kinds:
                    # The way up to the fault is the same for all arguments.
                    if kind == "stops" or scenario.get("trace", True) and args == scenario["args"][0]:
                        yield Case(program, variant, args, kind)


# The sessions

def place(case, line):
    return f"{'main.rs' if case.source.suffix == '.rs' else case.source.name}:{line}"


def break_lines(case):
    count = len(case.source.read_text().splitlines())
    return sorted({max(count * i // (LINES_PER_PROGRAM + 1), 1) for i in range(1, LINES_PER_PROGRAM + 1)})


def main_of(case):
    # gdb takes "main" for the C function that starts a Rust program.
    return case.program.replace("-", "_") + "::main" if case.source.suffix == ".rs" else "main"


def opening(case):
    lines = ["set args" + (f" {case.args}" if case.args else "") + " >/dev/null 2>&1 </dev/null", "unset environment LINES",
             "unset environment COLUMNS"]
    if case.source.suffix == ".rs":
        # gdb ends at the Rust main of some programs and not of others.
        lines.append("set backtrace past-main on")
    lines += case.scenario.get("settings", [])
    if case.scenario.get("threads"):
        lines.append("set print thread-events off")
    lines += [f"handle {name} nostop noprint pass" for name in case.scenario.get("pass", [])]
    return lines


def backtrace(case):
    return ["bt 6", "bt -4"] if case.scenario.get("deep") else ["bt"]


def look(case, names):
    """At a stop."""
    return [*backtrace(case), "info args", "info locals", *(f"print {name}" for name in names), *(f"whatis {name}" for name in names[:3]),
            "info frame", "info symbol $pc", "info line *$pc", "info source", "x/i $pc", "print $_exitcode", "up", "info locals", "down"]


def stops_script(case, names):
    """names[i]: the variables at the i-th stop."""
    lines = opening(case) + [f"break {main_of(case)}"]
    lines += [f"tbreak {place(case, line)}" for line in break_lines(case)]
    lines += [f"info line {place(case, break_lines(case)[0])}", f"info scope {main_of(case)}", f"info address {main_of(case)}",
              "info breakpoints", "run"]
    before = case.scenario.get("before", [])
    for i in range(case.scenario.get("stops", STOPS)):
        lines += look(case, names[i] if i < len(names) else []) + (before[i] if i < len(before) else []) + ["continue"]
    lines += ["info breakpoints", "delete", *([] if case.scenario.get("endless") else ["continue"]), "info program", *backtrace(case),
              "info registers rip", "x/i $pc", "print $_siginfo.si_signo", "info sharedlibrary", "info threads"]
    for _ in range(4):
        lines += ["up", "info args", "info locals", "info frame"]
    return lines + ["kill"]


def steps_script(case, command):
    return opening(case) + [f"break {main_of(case)}", "run", "delete"] + [command] * STEPS + ["kill"]


def finish_script(case):
    lines = opening(case) + [f"break {main_of(case)}", "run"]
    lines += [f"tbreak {place(case, line)}" for line in break_lines(case)]
    return lines + ["continue", "bt", "finish", "finish", "continue", "bt", "finish", "p $", "continue", "finish", "finish", "kill"]


def script_of(case, names=()):
    return {"stops": lambda: stops_script(case, names), "next": lambda: steps_script(case, "next"), "step": lambda: steps_script(case, "step"),
            "finish": lambda: finish_script(case)}[case.kind]()


# Running them

PROMPT = re.compile(r"^(?:\((?:gdb|oxdb)\) ?)+")
MARK = re.compile(r"^@@(\d+)$")


def environment():
    # The program's stack begins below its environment: the same in both debuggers, whoever runs this. gdb's shell adds PWD.
    ret = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), "SHELL": "/bin/sh", "LC_ALL": "C.UTF-8", "TERM": "dumb", "PWD": "/tmp"}
    return ret | {k: v for k, v in os.environ.items() if k in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "RUSTUP_HOME", "CARGO_HOME")}


def run(case, debugger, script):
    """The output of each command, as lines."""
    gdb = not runner.is_oxdb(debugger)
    options = SETTINGS + (GDB_SETTINGS + (GDB_SKIP if case.kind in ("step", "next") else []) if gdb else [])
    command = [debugger, "-q", "-nx", *(gdb_options(case) if gdb else [])]
    for option in options:
        command += ["-iex", option]
    folder = CACHE / "scripts"
    folder.mkdir(parents=True, exist_ok=True)
    # Several of us may run the same session at the same time.
    path = folder / f"{hashlib.sha256(f'{case} {debugger} {script}'.encode()).hexdigest()[:20]}-{os.getpid()}"
    path.write_text("".join(f"echo \\n@@{i}\\n\n{line}\n" for i, line in enumerate(script)) + "echo \\n@@end\\n\n")
    with open(path) as stdin:
        try:
            code, out = runner.run_debugger([*command, case.path], environment(), TIMEOUT, stdin=stdin, cwd="/tmp")
        except runner.Failure as failure:
            code, out = 0, str(failure) + "\n@@timeout\n"
    path.unlink(missing_ok=True)
    outputs, current = [[] for _ in script], None
    for line in out.splitlines():
        line = PROMPT.sub("", line.rstrip())
        if (match := MARK.match(line)):
            current = int(match[1])
        elif current is not None and line and not line.startswith("@@"):
            outputs[current].append(line)
    if code < 0:
        outputs[-1].append(f"the debugger died of signal {-code}")
    if "@@timeout" in out:
        outputs[-1].append("the debugger did not come to an end in time")
    return outputs


def gdb_options(case):
    """gdb 13 believes that .debug_names tells of all units, and std's, of DWARF 4, are not in it: such a program has no std for it. Without an
    index it reads all of them."""
    return ["-readnow"] if "dwarf5" in case.variant else []


def cached(case, script, use_cache):
    key = hashlib.sha256()
    key.update(case.path.read_bytes())
    key.update(repr((str(case.path), case.kind, script, SETTINGS, GDB_SETTINGS, GDB_SKIP, environment(), gdb_version(), *gdb_options(case))).encode())
    path = CACHE / "gdb" / (key.hexdigest()[:32] + ".json")
    if use_cache and path.exists():
        return json.loads(path.read_text())
    outputs = run(case, GDB, script)
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(f".{os.getpid()}")
    whole.write_text(json.dumps(outputs))
    whole.replace(path)
    return outputs


def gdb_version():
    if not hasattr(gdb_version, "text"):
        gdb_version.text = subprocess.run([GDB, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return gdb_version.text


def ask_gdb(case, script, use_cache, classes, hits):
    """The script without the commands at which gdb fails an assertion (it is dead then), and gdb's outputs."""
    for _ in range(MOST_ASSERTIONS):
        outputs = cached(case, classes.gdb_commands(case, script, told := collections.Counter()), use_cache)
        at = next((i for i, lines in enumerate(outputs) if any("A problem internal to GDB has been detected" in line for line in lines)), None)
        if at is None:
            break
        hits["gdb-asserts"] += 1
        script = script[:at] + script[at + 1:]
    hits.update(told)
    return script, [classes.whole_lines(case, command, lines, hits) for command, lines in zip(script, outputs)]


def variables(case, script, outputs):
    """The names that info args and info locals gave at each stop, as gdb sees them."""
    stops, names, seen = [], [], False
    for command, lines in zip(script, outputs):
        if command in ("info args", "info locals") and not seen:
            for line in lines:
                match = re.match(r"([A-Za-z_]\w*) = ", line)
                if match and match[1] not in names:
                    names.append(match[1])
        seen = command == "up" or seen and command != "continue"
        if command == "continue":
            stops.append(names[:12])
            names = []
    return stops


# Comparing

NUMBER = re.compile(r"(0x[0-9a-f]+|-?\d+)")


def unstable_numbers(script, first, second):
    """Numbers in what gdb says that another run of gdb does not say: process numbers, seeds of hash tables, a stack canary."""
    before = {}
    for command, lines in zip(script[0], first):
        before.setdefault(command, []).append(lines)
    ret = set()
    for command, lines in zip(script[1], second):
        if before.get(command):
            for a, b in zip(before[command].pop(0), lines):
                a, b = NUMBER.split(a), NUMBER.split(b)
                if len(a) == len(b) and a[::2] == b[::2]:
                    ret.update(y for x, y in zip(a[1::2], b[1::2]) if x != y)
    return ret


def same(theirs, ours, unstable):
    if theirs == ours:
        return True
    a, b = NUMBER.split(theirs), NUMBER.split(ours)
    return len(a) == len(b) and all(x == y or i % 2 and x in unstable for i, (x, y) in enumerate(zip(a, b)))


def normalise(line):
    line = re.sub(r"\b(process|LWP|pid) \d+", r"\1 N", line)
    line = re.sub(r"\b(pid|child|tid)( ?= ?)((?:pid@entry=)?)\d+", r"\1\2\3N", line)
    line = re.sub(r"/perf-\d+", "/perf-N", line)
    # What fills the buffer behind it is shorter by the process number's digits.
    line = re.sub(r"(/perf-N\.map\", '\\000' <repeats )\d+", r"\1N", line)
    # A column is as wide as the thread's number.
    line = re.sub(r"^(  Id   (?:GId  )?Target Id) +Frame", r"\1 Frame", line)
    line = re.sub(r"\(forked process \d+\)", "(forked process N)", line)
    # Whole data structures of cranelift: behind this they are enums with data, whose printing is not compared (gdb 13 asserts in them).
    return line.rstrip()[:LONGEST]


class Classes:
    def __init__(self):
        self.rows = tomllib.loads((HERE / "classes.toml").read_text()).get("class", [])
        assert len(self.rows) <= MOST_CLASSES, f"there are {len(self.rows)} classes, {MOST_CLASSES} are allowed"
        self.local = threading.local()
        for row in self.rows:
            for key in ("name", "why", "example", "evidence"):
                assert row.get(key), f"a class lacks {key}: {row}"
            for key in ("pair", "gdb_only", "oxdb_only", "command", "case"):
                patterns = row.get(key, [])
                patterns = [patterns] if isinstance(patterns, str) else patterns
                row[key] = re.compile("|".join(f"(?:{p})" for p in patterns), re.S) if patterns else None
            row["gdb_command"] = [(re.compile(a), b) for a, b in row.get("gdb_command", [])]
            row["sub"] = [(re.compile(a, re.S), b) for a, b in row.get("sub", [])]
            row["text_sub"] = [(re.compile(a, re.S), b) for a, b in row.get("text_sub", [])]
            row["oxdb_sub"] = [(re.compile(a, re.S), b) for a, b in row.get("oxdb_sub", [])]

    def applying(self, case, command):
        return [row for row in self.rows if (not row["command"] or row["command"].fullmatch(command)) and
                (not row["case"] or row["case"].search(str(case)))]

    def gdb_commands(self, case, script, hits):
        """What gdb is told instead of the script's commands."""
        ret = []
        for command in script:
            for row in self.applying(case, command):
                instead = next((told for pattern, told in row["gdb_command"] if pattern.fullmatch(command)), command)
                hits[row["name"]] += instead != command
                command = instead
            ret.append(command)
        return ret

    def whole_lines(self, case, command, lines, hits):
        """gdb's lines without the texts that go over the ends of lines."""
        for row in self.applying(case, command) if lines else ():
            for pattern, replacement in row["text_sub"]:
                text, count = pattern.subn(replacement, "\n".join(lines) + "\n")
                if count:
                    hits[row["name"]] += 1
                    lines = text.split("\n")[:-1]
        return lines

    def explain(self, case, command, ours, theirs):
        """The names of classes that make a pair of texts agree; None: none does. None as a text: there is nothing on that side."""
        rows = self.applying(case, command)
        if theirs is None or ours is None:
            key, text = ("oxdb_only", ours) if theirs is None else ("gdb_only", theirs)
            return next(([row["name"]] for row in rows if row[key] and row[key].fullmatch(text)), None)
        for row in rows:
            if row["pair"] and row["pair"].fullmatch(theirs + "\n" + ours):
                return [row["name"]]
        used = []
        for row in rows:
            left, right = theirs, ours
            for pattern, replacement in row["sub"]:
                left = pattern.sub(replacement, left)
            for pattern, replacement in row["oxdb_sub"]:
                right = pattern.sub(replacement, right)
            if (left, right) != (theirs, ours):
                used.append(row["name"])
                theirs, ours = left, right
                if same(theirs, ours, self.local.unstable):
                    return used
        return None


def compare(case, script, theirs, ours, classes, unstable=()):
    """(command, gdb's, oxdb's) of what no class explains; names of classes that were hit."""
    classes.local.unstable = unstable
    differences, hits = [], collections.Counter()
    if case.kind in ("next", "step"):
        # Where the two take other ways for a while they meet again, so the stops are one list.
        left, right = [until_left([("\n".join(map(normalise, lines)), command) for command, lines in zip(script, side) if lines])
                       for side in (theirs, ours)]
        left, right = take_alone(case, left, right, classes, hits)
        alone = align(case, left, right, classes, found_differences := [], found_hits := collections.Counter())
        if any(alone) and still_running(left, right):
            left, right = without_last(left, alone[1]), without_last(right, alone[0])
            align(case, left, right, classes, found_differences := [], found_hits := collections.Counter())
        return found_differences, hits + found_hits
    tracker, row = lost.Tracker(), next((row for row in classes.rows if row.get("lost")), None)
    for command, left, right in zip(script, theirs, ours):
        left, right = [normalise(line) for line in left], [normalise(line) for line in right]
        if row and case.kind in ("stops", "finish"):
            left, right = tracker.reduce(command, left, right)
            hits[row["name"]] += tracker.lost and command.startswith("bt")
        if command == "info threads" and case.scenario.get("threads"):
            left, right = [[line for line in side if line.startswith("*")] for side in (left, right)]
        right = [a if same(a, b, unstable) else b for a, b in zip(left, right)] + right[len(left):]
        if left != right:
            align(case, [(line, command) for line in left], [(line, command) for line in right], classes, differences, hits)
    return differences, hits


def take_alone(case, left, right, classes, hits):
    """Without the stops that by a class's rule only one side makes. They used up its steps: where both are still under way at the end, the
    other side went that much further, and those last stops are not compared."""
    used = []
    for side, other in ((0, 1), (1, 0)):
        there = {text for text, _ in (left, right)[other]}
        names = [None if text in there else classes.explain(case, command, *((None, text) if side == 0 else (text, None)))
                 for text, command in (left, right)[side]]
        for found in names:
            hits.update(found or [])
        used.append([not found for found in names])
    alone = [keep.count(False) for keep in used]
    left, right = [[stop for stop, kept in zip(side, keep) if kept] for side, keep in zip((left, right), used)]
    if still_running(left, right):
        left, right = without_last(left, min(len(left) - len(right), alone[1])), without_last(right, min(len(right) - len(left), alone[0]))
    return left, right


def still_running(*sides):
    return all(side and side[-1][1] == "kill" and "killed" in side[-1][0] for side in sides)


def without_last(stops, count):
    """The last stop of all, at the kill, stays."""
    return stops[:-1 - count] + stops[-1:] if count > 0 else stops


LEFT = re.compile(r"__rust_begin_short_backtrace|__libc_start_call_main|std::rt::lang_start|The program is not being run")


def until_left(stops):
    """Up to the stop behind the end of main: what starts it is not the program."""
    end = next((i for i, (text, _) in enumerate(stops) if LEFT.search(text)), len(stops))
    return stops[:end + 1]


def align(case, left, right, classes, differences, hits):
    """How many lines of each side stand alone by a class's rule."""
    alone = [0, 0]
    matcher = difflib.SequenceMatcher(None, [x for x, _ in left], [x for x, _ in right], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        explain_hunk(case, left[a:b], right[c:d], classes, differences, hits, alone)
    return alone


def explain_hunk(case, left, right, classes, differences, hits, alone):
    """Pairs the lines in order; a line that stands alone by a class's rule is taken out first."""
    i = j = 0
    while i < len(left) or j < len(right):
        theirs, ours = left[i] if i < len(left) else None, right[j] if j < len(right) else None
        command = (theirs or ours)[1]
        if theirs and (names := classes.explain(case, command, None, theirs[0])):
            i += 1
            alone[0] += 1
        elif ours and (names := classes.explain(case, command, ours[0], None)):
            j += 1
            alone[1] += 1
        else:
            equal = theirs and ours and same(theirs[0], ours[0], classes.local.unstable)
            names = [] if equal else classes.explain(case, command, ours[0], theirs[0]) if theirs and ours else None
            if names is None:
                differences.append((command, theirs and theirs[0], ours and ours[0]))
            i, j = i + bool(theirs), j + bool(ours)
        hits.update(names or [])


def check(case, classes, use_cache=True, debugger=OXDB):
    """Differences, hits, number of commands."""
    script, theirs, hits, unstable = asked(case, classes, use_cache)
    differences, found = compare(case, script, theirs, run(case, debugger, script), classes, unstable)
    return differences, hits + found, len(script)


def asked(case, classes, use_cache=True):
    """The script, gdb's outputs, hits of classes in them alone, numbers that are others in each run."""
    hits, unstable = collections.Counter(), set()
    script, theirs = ask_gdb(case, script_of(case), use_cache, classes, hits)
    if case.kind == "stops":
        first, hits = (script, theirs), collections.Counter()
        script, theirs = ask_gdb(case, script_of(case, variables(case, script, theirs)), use_cache, classes, hits)
        unstable = unstable_numbers((first[0], script), first[1], theirs)
    return script, theirs, hits, unstable


def unavailable():
    """Why nothing can be compared, or None."""
    if not shutil.which(GDB):
        return f"{GDB} is not installed"
    if not re.search(r"\b13\.\d", gdb_version()):
        return f"the classes are about gdb 13, and here is {gdb_version()}"
    return None


def report_class_hits(classes, hits):
    lines = [f"{hits[row['name']]:6} {row['name']}: {row['why']}" for row in classes.rows]
    return "\n".join(lines)


def show_difference(command, theirs, ours):
    """With long texts cut around the place where they part."""
    start = 0
    if theirs and ours:
        start = max(len(os.path.commonprefix([theirs, ours])) - 100, 0)
    theirs, ours = [None if x is None else ("…" if start else "") + x[start:start + 400] for x in (theirs, ours)]
    return f"  > {command}\n    gdb:  {theirs}\n    oxdb: {ours}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", action="append")
    parser.add_argument("--variant", action="append")
    parser.add_argument("--session", action="append", choices=KINDS)
    parser.add_argument("--with", dest="debugger", default=OXDB, help="another debugger than build/oxdb, to be held against gdb")
    parser.add_argument("--show", action="store_true", help="print both outputs, command by command")
    parser.add_argument("--limit", type=int, default=12, help="differences printed for each session")
    parser.add_argument("--summary", action="store_true", help="print alike differences once, with their number")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-cache", action="store_true")
    args = parser.parse_args()
    if why := unavailable():
        sys.exit(f"agreement: {why}")
    classes = Classes()
    todo = list(cases(args.program, args.variant or VARIANTS, args.session or KINDS))
    hits, failed, commands, alike = collections.Counter(), 0, 0, {}
    if args.show:
        for case in todo:
            script, theirs, _, _ = asked(case, classes, not args.no_cache)
            ours = run(case, args.debugger, script)
            print(f"=== {case}")
            for command, left, right in zip(script, theirs, ours):
                print(f"> {command}")
                print("\n".join(difflib.ndiff([normalise(x) for x in left], [normalise(x) for x in right])))
        return
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for case, (differences, found, count) in zip(todo, pool.map(lambda c: check(c, classes, not args.no_cache, args.debugger), todo)):
            hits.update(found)
            commands += count
            failed += bool(differences)
            for difference in differences:
                key = tuple(x and NUMBER.sub("#", x)[:200] for x in difference)
                alike.setdefault(key, [0, case, difference])[0] += 1
            if differences and not args.summary:
                print(f"{case}: {len(differences)} differences", flush=True)
                for difference in differences[:args.limit]:
                    print(show_difference(*difference))
    for count, case, difference in sorted(alike.values(), key=lambda x: -x[0])[:args.limit * 20] if args.summary else ():
        print(f"{count} x, first in {case}\n{show_difference(*difference)}")
    print(report_class_hits(classes, hits))
    print(f"{len(todo)} sessions, {commands} commands: {len(todo) - failed} agree, {failed} do not")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
