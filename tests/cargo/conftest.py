"""Runs `oxdb test` and `oxdb run` in the workspace beside this file, which is copied first: its target directory is kept between the tests of a run.

OXDB  the program under test (default: build/oxdb)
"""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OXDB = pathlib.Path(os.environ.get("OXDB", ROOT / "build/oxdb")).resolve()

# What whoever runs the tests may have set, and cargo, nextest or a test would see.
DROPPED = ("CARGO", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTFLAGS", "RUST_BACKTRACE", "NO_COLOR", "NEXTEST", "OXDB_TEST_LISTS")


@dataclasses.dataclass
class Done:
    code: int
    out: str
    err: str

    @property
    def text(self):
        return self.out + self.err


class Workspace:
    def __init__(self, path, target):
        self.path, self.target = path, target
        self.bin = path.parent / "bin"
        self.bin.mkdir()
        self.env = {k: v for k, v in os.environ.items() if k not in DROPPED and not k.startswith("CARGO_PKG_")}
        self.env |= {"CARGO_TARGET_DIR": str(target), "CARGO_NET_OFFLINE": "true", "CARGO_TERM_COLOR": "never",
                     "XDG_CONFIG_HOME": str(path.parent), "TERM": "dumb"}

    def run(self, *args, env=None, cwd=None, input="", timeout=300):
        done = subprocess.run([str(a) for a in args], cwd=cwd or self.path, env=self.env | (env or {}), input=input, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
        assert done.returncode >= 0, f"died of signal {-done.returncode}: {done.stderr[-3000:]}"
        # The session's notes of threads come at any moment, in the middle of the harness's lines, too.
        return Done(done.returncode, re.sub(r"\[(New Thread|Thread|Switching to Thread) 0x[^\]]*\]\n", "", done.stdout), done.stderr)

    def without_nextest(self):
        """Neither PATH nor cargo's own folder has it."""
        for name in ("cargo", "rustc", "rustdoc", "rustup"):
            if path := shutil.which(name):
                (self.bin / name).symlink_to(path)
        folders = [folder for folder in self.env["PATH"].split(":") if not os.path.exists(f"{folder}/cargo-nextest")]
        self.env["PATH"] = ":".join([str(self.bin), *folders])
        self.env["RUSTUP_HOME"] = os.environ.get("RUSTUP_HOME", os.path.expanduser("~/.rustup"))
        self.env["CARGO_HOME"] = str(self.bin / "home")

    def with_nextest(self, real=True):
        """The one that is installed, else one that stands in for it."""
        self.env["OXDB_TEST_LISTS"] = "1"
        if not real or not shutil.which("cargo-nextest"):
            self.without_nextest()
            (self.bin / "cargo-nextest").symlink_to(HERE / "nextest.py")

    def oxdb(self, *args, **more):
        return self.run(OXDB, *args, **more)

    def cargo(self, *args, **more):
        return self.run("cargo", *args, **more)


@pytest.fixture(scope="session")
def target(tmp_path_factory):
    """Built once, for all copies of the workspace stand in the same place, one after the other."""
    return tmp_path_factory.mktemp("cargo-target")


@pytest.fixture
def workspace(tmp_path_factory, target):
    place = target.parent / "cargo-place"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copytree(HERE / "workspace", place / "workspace")
    for path in (place / "workspace").rglob("*"):  # cargo looks at times
        shutil.copystat(HERE / "workspace" / path.relative_to(place / "workspace"), path)
    return Workspace(place / "workspace", target)


@pytest.fixture(params=["cargo", "nextest", "stand-in"])
def either(request, workspace):
    """Without nextest, with it, and with what stands in for it."""
    if request.param == "cargo":
        workspace.without_nextest()
    else:
        workspace.with_nextest(real=request.param == "nextest")
    return workspace


def pytest_sessionstart(session):
    if not OXDB.exists():
        pytest.exit(f"{OXDB} is not there; make it with ./x build", returncode=2)
