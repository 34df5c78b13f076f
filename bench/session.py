"""The session part of bench/run: what people wait for in a debugger, in oxdb, gdb and lldb, by turns.

Rates and backtraces are differences of two runs, one with the work and one without, so that starting is not counted. gdb has no
index cache, for it would be slower with one. lldb has no target of its own; without it its column is empty.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
TOOLS = ["oxdb", "gdb", "lldb"]
LLDBS = ["lldb-22", "lldb"]


def build_programs(cache):
    ret = {}
    for source in (HERE / "programs").glob("*.rs"):
        program = cache / source.stem
        if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["rustc", "-g", "--edition", "2021", "-Cdwarf-version=4", "-o", program, source], check=True)
        ret[source.stem] = program
    return ret


def line_of(program, text):
    lines = (HERE / "programs" / f"{program}.rs").read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if text in line)


class Session:
    def __init__(self, bench, oxdb, large, cache, repetitions, table):
        self.bench, self.oxdb, self.large, self.repetitions, self.table = bench, oxdb, large, repetitions, table
        self.lldb = next((x for x in LLDBS if shutil.which(x)), None)
        self.tools = [t for t in TOOLS if t != "lldb" or self.lldb]
        self.programs = build_programs(cache)
        self.folder = tempfile.TemporaryDirectory()

    def command(self, tool, program, lines, args=(), pid=None):
        """A debugger that carries out the lines and quits."""
        script = pathlib.Path(self.folder.name) / f"{tool}.script"
        script = script.with_name(f"{tool}-{abs(hash((tool, str(program), tuple(lines), args)))}.script")
        script.write_text("\n".join(lines) + "\n")
        if tool == "lldb":
            attach = ["-p", str(pid)] if pid else []
            tail = [program, "--", *args] if args else [program]
            return [self.lldb, "--no-lldbinit", "-b", "-s", script, *attach, *([] if pid else tail)]
        name = ["gdb", "-iex", "set index-cache enabled off", "-iex", "set debuginfod enabled off"] if tool == "gdb" else [self.oxdb]
        attach = ["-p", str(pid)] if pid else ["--args", program, *args]
        return [*name, "-nx", "-q", "-batch", "-x", script, *attach]

    def measure(self, commands, peak=False, check=None):
        """Seconds and kilobytes of each command, medians; the commands take turns."""
        return self.bench.by_turns(commands, self.repetitions, peak, check)

    def must_say(self, *words):
        def check(name, code, out):
            for word in words:
                if word not in out:
                    raise SystemExit(f"bench: {name} does not say {word!r} (exit code {code}):\n{out[-3000:]}")
        return check

    def row(self, what, values, unit, ratio, target, met):
        cells = [f"{values[tool]:.{unit[1]}f} {unit[0]}" if tool in values else "—" for tool in TOOLS]
        self.table.missed |= not met
        print(f"{what:<34} {cells[0]:>12} {cells[1]:>12} {cells[2]:>12} {ratio:>8}   {target:<15} {'met' if met else 'MISSED'}", flush=True)

    def row_less(self, what, values, unit, factor, scale=1):
        """oxdb needs at most 1/factor of gdb's."""
        values = {k: v * scale for k, v in values.items()}
        ratio = values["gdb"] / max(values["oxdb"], 1e-9)
        self.row(what, values, unit, f"1/{ratio:.1f}", f"at most 1/{factor}", ratio >= factor)

    def row_faster(self, what, rates, factor):
        ratio = rates["oxdb"] / rates["gdb"]
        self.row(what, {k: v / 1e3 for k, v in rates.items()}, ("k/s", 1), f"{ratio:.1f}x", f"at least {factor}x", ratio >= factor)

    # The measurements

    def first_stop(self):
        gdb, lldb = ["break large::main", "run", "bt"], ["breakpoint set -n large::main", "run", "bt"]
        commands = {t: self.command(t, self.large, lldb if t == "lldb" else gdb) for t in self.tools}
        found = self.measure(commands, True, self.must_say("large::main"))
        self.row_less("first stop in main, backtrace", {t: v[0] for t, v in found.items()}, ("ms", 0), 10, 1e3)
        self.row_less("  peak RSS", {t: v[1] for t, v in found.items()}, ("MB", 0), 3, 1e-3)

    def rate(self, work, counts):
        """work(tool, count) → program's arguments and lines; a count of 0 is the same without the work. Times a second."""
        commands = {}
        for tool in self.tools:
            for count in (counts[tool], 0):
                args, lines = work(tool, count)
                commands[tool, count] = self.command(tool, self.programs["loop"], lines, args)
        found = self.measure(commands)
        return {t: counts[t] / max(found[t, counts[t]][0] - found[t, 0][0], 1e-6) for t in self.tools}

    def stepi(self):
        def work(tool, count):
            if tool == "lldb":
                return ("0",), [f"breakpoint set -f loop.rs -l {steps}", "run"] + ([f"thread step-inst -c {count}"] if count else [])
            return ("0",), [f"break loop.rs:{steps}", "run", "delete"] + ([f"stepi {count}"] if count else [])
        steps = line_of("loop", "the steps")
        # lldb would stop at its breakpoint again.
        rates = self.rate(lambda t, n: (work(t, n)[0], [x if "breakpoint" not in x else x + " -o true" for x in work(t, n)[1]]),
                          {"oxdb": 100_000, "gdb": 20_000, "lldb": 4_000})
        self.row_faster("stepi", rates, 4)

    def next(self):
        steps = line_of("loop", "the steps")

        def work(tool, count):
            if tool == "lldb":
                return ("0",), [f"breakpoint set -f loop.rs -l {steps} -o true", "run"] + ["thread step-over"] * count
            return ("0",), [f"tbreak loop.rs:{steps}", "run"] + ["next"] * count
        self.row_faster("next, a command each", self.rate(work, {"oxdb": 10_000, "gdb": 4_000, "lldb": 800}), 6)

    def condition(self):
        line = line_of("loop", "the breakpoint")

        def work(tool, count):
            if tool == "lldb":
                return (str(count),), [f"breakpoint set -f loop.rs -l {line} -c 'twice == 1'", "run"]
            return (str(count),), [f"break loop.rs:{line} if twice == 1", "tbreak loop.rs:26", "run"]
        self.row_faster("a false condition", self.rate(self.until_steps(work), {"oxdb": 50_000, "gdb": 20_000, "lldb": 1_200}), 4)

    def watch(self):
        def work(tool, count):
            if tool == "lldb":
                return (str(count),), ["breakpoint set -f loop.rs -l 16 -o true", "run", "watchpoint set variable COUNTER",
                                       "watchpoint modify -c 'COUNTER == 1000000000000'", "continue"]
            return (str(count),), ["tbreak loop.rs:16", "run", "watch COUNTER if COUNTER == 1000000000000", "continue"]
        self.row_faster("a watch, condition false", self.rate(self.until_steps(work), {"oxdb": 50_000, "gdb": 20_000, "lldb": 800}), 3)

    def until_steps(self, work):
        """The loop ends at a breakpoint behind it, not after the seconds that the rest of the program takes."""
        steps = line_of("loop", "the steps")

        def more(tool, count):
            args, lines = work(tool, count)
            first = f"breakpoint set -f loop.rs -l {steps} -o true" if tool == "lldb" else f"tbreak loop.rs:{steps}"
            return args, [first] + [x for x in lines if x != "tbreak loop.rs:26"]
        return more

    def backtrace(self):
        commands = {}
        for tool in self.tools:
            start = ["breakpoint set -n bottom", "run"] if tool == "lldb" else ["break deep::bottom", "run"]
            commands[tool, 1] = self.command(tool, self.programs["deep"], start + ["bt"])
            commands[tool, 0] = self.command(tool, self.programs["deep"], start)

        def check(name, code, out):
            if name[1] and "#10000" not in out:
                raise SystemExit(f"bench: {name[0]} does not show 10,000 frames:\n{out[-3000:]}")
        found = self.measure(commands, check=check)
        self.row_less("backtrace, 10,000 frames", {t: max(found[t, 1][0] - found[t, 0][0], 1e-6) for t in self.tools}, ("ms", 1), 10, 1e3)

    def crowd(self):
        program = subprocess.Popen([self.programs["crowd"]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        try:
            program.stdout.readline()
            commands = {t: self.command(t, self.programs["crowd"], ["bt all", "detach"] if t == "lldb" else ["thread apply all bt", "detach"],
                                        pid=program.pid) for t in self.tools}

            def check(name, code, out):
                if out.count("crowd::wait") < 499:
                    raise SystemExit(f"bench: {name} does not show 499 threads:\n{out[-3000:]}")
            found = self.measure(commands, check=check)
        finally:
            program.kill()
            program.wait()
        self.row_less("attach, backtraces of 500 threads", {t: v[0] for t, v in found.items()}, ("ms", 0), 5, 1e3)

    def run(self, only=()):
        print()
        print(f"{'a session':<34} {'oxdb':>12} {'gdb':>12} {'lldb':>12} {'to gdb':>8}   target")
        if not self.lldb:
            print("(lldb-22 is not installed: its column is empty)")
        for name in ["first_stop", "stepi", "next", "condition", "watch", "backtrace", "crowd"]:
            if not only or name in only:
                getattr(self, name)()
