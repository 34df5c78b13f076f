"""Runs `oxdb dump` on what compilers write.

OXDB           the program under test (default: build/oxdb)
OXDB_PROGRAMS  what tests/programs/build-programs --all made (default: build/programs)
"""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
OXDB = pathlib.Path(os.environ.get("OXDB", ROOT / "build/oxdb"))
PROGRAMS = pathlib.Path(os.environ.get("OXDB_PROGRAMS", ROOT / "build/programs"))
VARIANTS = ["debug", "release", "dwarf5", "release-dwarf5"]


def program_path(name, variant="debug"):
    return PROGRAMS / name if variant == "debug" else PROGRAMS / variant / name


def oxdb(*arguments):
    done = subprocess.run([OXDB, *map(str, arguments)], capture_output=True, timeout=300, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(errors="surrogateescape"), done.stderr.decode(errors="surrogateescape")


def lines_of(*command):
    """The lines that a program prints, one by one."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               text=True, errors="surrogateescape")
    yield from process.stdout
    assert process.wait() == 0, command
