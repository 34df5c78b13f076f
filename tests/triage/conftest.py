"""Runs `oxdb triage` on the debuggees and checks every report against docs/triage.schema.json.

OXDB           the program under test (default: build/oxdb)
OXDB_ASAN      the same, built with ASan and UBSan, for the damaged inputs (default: build/asan/oxdb; without it the plain one is used)
OXDB_PROGRAMS  what tests/programs/build-programs --all made (default: build/programs)
"""

import dataclasses
import json
import os
import pathlib
import re
import signal
import subprocess
import sys

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OXDB = pathlib.Path(os.environ.get("OXDB", ROOT / "build/oxdb"))
OXDB_ASAN = pathlib.Path(os.environ.get("OXDB_ASAN", ROOT / "build/asan/oxdb"))
PROGRAMS = pathlib.Path(os.environ.get("OXDB_PROGRAMS", ROOT / "build/programs"))
SCHEMA = json.loads((ROOT / "docs/triage.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
VARIANTS = ["debug", "release", "dwarf5", "release-dwarf5"]
PERF_MODES = ["perf", "no-perf"]

# Whoever runs the tests may have these ignored (nohup, a shell's background job), and what is ignored stays so across exec.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)

# Words that only oxdb's own death leaves behind.
DEATH = re.compile(r"AddressSanitizer|LeakSanitizer|UndefinedBehaviorSanitizer|\.[ch]:\d+:\d+: runtime error:|\boxdb: .*: Assertion `")
SANITIZERS = {"ASAN_OPTIONS": "exitcode=99:detect_leaks=0:abort_on_error=0",
              "UBSAN_OPTIONS": "halt_on_error=1:exitcode=98:print_stacktrace=1"}

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def pytest_sessionstart(session):
    for path, how in [(OXDB, "./x build"), (PROGRAMS / "hello-c", "tests/programs/build-programs build/programs --all")]:
        if not path.exists():
            pytest.exit(f"{path} is not there; make it with {how}", returncode=2)


def program_path(name, variant="debug"):
    return PROGRAMS / name if variant == "debug" else PROGRAMS / variant / name


def line_of(source, text):
    """Number of the line of tests/programs/SOURCE that holds the text."""
    lines = (ROOT / "tests/programs" / source).read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if text in line)


def check_alive(code, out, err):
    """oxdb itself neither crashed nor tripped over a sanitizer or an assertion."""
    text = (out + err).decode(errors="replace")
    assert code >= 0, f"oxdb died of signal {-code}\n{text[-4000:]}"
    assert code not in (98, 99), f"a sanitizer stopped oxdb\n{text[-6000:]}"
    death = DEATH.search(text)
    assert not death, text[max(death.start() - 500, 0):death.start() + 4000]


def remove_perf_map(document):
    """What the program left in /tmp; cranelift-jit writes one, too, where its environment asks for it."""
    if document["process"]:
        path = pathlib.Path(f"/tmp/perf-{document['process']['pid']}.map")
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)


def validate(document):
    errors = sorted(VALIDATOR.iter_errors(document), key=lambda e: list(e.absolute_path))
    assert not errors, "\n".join(f"{'/'.join(map(str, e.absolute_path))}: {e.message}"[:500] for e in errors[:10])


@dataclasses.dataclass
class Report:
    code: int
    out: bytes
    err: bytes
    doc: dict

    @property
    def text(self):
        return (self.out + b"\n" + self.err).decode(errors="replace")

    @property
    def frames(self):
        return self.doc["frames"]

    @property
    def functions(self):
        """Names of the frames' functions, innermost first."""
        return [f["function"] or "?" for f in self.frames]

    @property
    def verdict(self):
        return self.doc["verdict"]

    @property
    def reasoning(self):
        """All that the verdict says."""
        v = self.verdict
        return "\n".join([v["summary"] or "", v["hint"] or "", *v["guilty"], *(e["text"] for e in v["evidence"]), *v["ruled_out"]])

    def index(self, name, kind=None):
        """Index of the first frame of a function (any suffix of its path), -1 when there is none."""
        for i, frame in enumerate(self.frames):
            if is_function(frame["function"], name) and kind in (None, frame["kind"]):
                return i
        return -1

    def frame(self, name, kind=None):
        i = self.index(name, kind)
        assert i >= 0, f"no frame {name} ({kind}) in {self.functions}"
        return self.frames[i]

    def assert_whole(self, entry=("main",)):
        """The backtrace reaches the entry, and nothing in it is guessed, unknown or invented."""
        assert self.doc["frames_complete"], f"ends: {self.doc['frames_end']}, {self.functions}"
        assert not [f for f in self.frames if f["guess"] or f["how"] == "scan"], self.functions
        assert not [f for f in self.frames[1:] if f["kind"] == "unknown"], self.functions
        assert not [f for f in self.frames if f["kind"] == "native" and not f["function"]], self.functions
        for name in entry:
            self.frame(name)

    def assert_guilty(self, *names):
        for name in names:
            assert any(is_function(g, name) for g in self.verdict["guilty"]), self.verdict["guilty"]


def is_function(path, name):
    """True when name is the path, or a suffix of it at a `::`; generic arguments and a hash do not matter."""
    if not path:
        return False
    path = path.split("<")[0] if not path.startswith("<") else path
    return path == name or path.endswith("::" + name)


class Oxdb:
    def __init__(self, tmp_path, binary=OXDB):
        self.tmp_path, self.binary, self.count = tmp_path, binary, 0

    def environment(self, env=None, perf="perf"):
        ret = {k: v for k, v in os.environ.items() if k not in ("OXDB_NO_PERF", "RUST_BACKTRACE", "NO_COLOR", "CLICOLOR_FORCE")}
        ret |= SANITIZERS | (env or {})
        if perf == "no-perf":
            ret["OXDB_NO_PERF"] = "1"
        return ret

    def raw(self, *args, env=None, perf="perf", timeout=60, cwd=None, input=b""):
        """Runs oxdb with these arguments: exit code, stdout, stderr."""
        done = subprocess.run([str(self.binary), *map(str, args)], env=self.environment(env, perf), timeout=timeout, input=input,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd)
        check_alive(done.returncode, done.stdout, done.stderr)
        return done.returncode, done.stdout, done.stderr

    def triage_path(self, path, *args, options=(), **more):
        self.count += 1
        target = self.tmp_path / f"report-{self.count}.json"
        code, out, err = self.raw("triage", f"--json={target}", *options, "--", path, *args, **more)
        assert target.exists(), f"no report; exit code {code}\n{err.decode(errors='replace')[-3000:]}"
        text = target.read_text()
        document = json.loads(text)
        validate(document)
        remove_perf_map(document)
        return Report(code, out, err, document)

    def triage(self, name, *args, variant="debug", **more):
        return self.triage_path(program_path(name, variant), *args, **more)


@pytest.fixture
def oxdb(tmp_path):
    return Oxdb(tmp_path)


@pytest.fixture
def oxdb_asan(tmp_path):
    return Oxdb(tmp_path, OXDB_ASAN if OXDB_ASAN.exists() else OXDB)


@pytest.fixture
def triage(oxdb):
    return oxdb.triage


def pytest_report_header(config):
    asan = OXDB_ASAN if OXDB_ASAN.exists() else f"{OXDB} (there is no {OXDB_ASAN})"
    return [f"oxdb: {OXDB}", f"oxdb for damaged inputs: {asan}", f"programs: {PROGRAMS}"]
