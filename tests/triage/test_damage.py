"""Damaged inputs: copies of the program, of its separate debug file and of a perf map, cut and with bits flipped. oxdb gives an error or a
partial report, and never crashes or hangs."""

import json
import os
import pathlib
import random
import struct
import subprocess

import pytest
from conftest import check_alive, line_of, program_path, remove_perf_map, validate

LIMIT = 60  # seconds, for one run; a hang is what goes beyond


def sections(data):
    """Name → (offset, size) of an ELF file's sections that have bytes."""
    shoff, = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)
    headers = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * size) for i in range(count)]
    base = headers[names][4]
    ret = {}
    for h in headers:
        name = data[base + h[0]:data.index(b"\0", base + h[0])].decode()
        if h[1] not in (0, 8) and h[5]:
            ret[name] = (h[4], h[5])
    return ret


def tables(data):
    """The parts of the file that the kernel does not look at: damage there leaves a program that runs."""
    found = sections(data)
    ret = [(name, *found[name]) for name in found
           if name.startswith(".debug") or name in (".symtab", ".strtab", ".shstrtab", ".note.gnu.build-id", ".comment")]
    shoff, = struct.unpack_from("<Q", data, 0x28)
    ret.append(("section headers", shoff, len(data) - shoff))
    return ret


def flip(data, rng, parts):
    """A copy with one to forty bits flipped in one of the parts, or a run of bytes overwritten."""
    copy = bytearray(data)
    name, offset, size = rng.choice(parts)
    if rng.random() < 0.25:
        at = offset + rng.randrange(size)
        length = min(rng.choice([1, 4, 8, 64, 1024]), offset + size - at)
        copy[at:at + length] = bytes([rng.choice([0, 0xFF, 0x80, 0x7F])]) * length
    else:
        for _ in range(rng.choice([1, 1, 2, 5, 40])):
            # The beginnings of tables matter most.
            at = offset + (rng.randrange(size) if rng.random() < 0.6 else rng.randrange(min(size, 256)))
            copy[at] ^= 1 << rng.randrange(8)
    return name, bytes(copy)


class Runner:
    def __init__(self, oxdb, tmp_path):
        self.oxdb, self.path, self.report = oxdb, tmp_path / "damaged", tmp_path / "damaged.json"

    def write(self, data):
        # A new file each time: the old one may still be mapped (ETXTBSY).
        self.path.unlink(missing_ok=True)
        self.path.write_bytes(data)
        self.path.chmod(0o755)

    def run(self, *args, what, env=None):
        self.report.unlink(missing_ok=True)
        try:
            done = subprocess.run([self.oxdb.binary, "triage", f"--json={self.report}", "--timeout", "30", "--", self.path, *args],
                                  env=self.oxdb.environment(env), timeout=LIMIT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        except subprocess.TimeoutExpired:
            pytest.fail(f"oxdb hangs: {what}")
        try:
            check_alive(done.returncode, done.stdout, done.stderr)
            if self.report.exists():
                document = json.loads(self.report.read_text())
                validate(document)
                remove_perf_map(document)
                return done.returncode, document
        except AssertionError as e:
            raise AssertionError(f"{what}: {e}") from e
        assert done.returncode == 2 and done.stderr, what
        return done.returncode, None


@pytest.fixture
def runner(oxdb_asan, tmp_path):
    return Runner(oxdb_asan, tmp_path)


SMALL = [("null-pointer-c", [], 40, 120), ("null-pointer", ["--write"], 15, 40), ("jit-clobber", [], 15, 40)]


@pytest.mark.parametrize("variant", ["debug", "dwarf5"])
@pytest.mark.parametrize("name,args,cuts,flips", SMALL)
def test_program_cut(runner, name, args, cuts, flips, variant):
    data = program_path(name, variant).read_bytes()
    rng = random.Random(f"{name} {variant}")
    first = min(offset for _, offset, _ in tables(data))
    lengths = {0, 1, 4, 16, 63, 64, len(data) - 1, first, first - 1}
    # Most of the cuts leave all that the kernel loads, so that the program runs.
    lengths |= {rng.randrange(first, len(data)) for _ in range(cuts)} | {rng.randrange(64, first) for _ in range(cuts // 5)}
    for length in sorted(lengths):
        runner.write(data[:length])
        runner.run(*args, what=f"{name} {variant} cut at {length} of {len(data)}")


@pytest.mark.parametrize("variant", ["debug", "dwarf5"])
@pytest.mark.parametrize("name,args,cuts,flips", SMALL)
def test_program_bits_flipped(runner, name, args, cuts, flips, variant):
    data = program_path(name, variant).read_bytes()
    parts = tables(data)
    for seed in range(flips):
        part, copy = flip(data, random.Random(f"{name} {variant} {seed}"), parts)
        runner.write(copy)
        code, document = runner.run(*args, what=f"{name} {variant}, {part}, seed {seed}")
        # What the kernel loads is whole, so the program crashed as always and oxdb saw it.
        assert code == 1 and document["outcome"] == "crashed", f"{part}, seed {seed}"
        assert document["signal"]["name"] == "SIGSEGV"


@pytest.mark.parametrize("variant", ["debug", "dwarf5"])
def test_unwind_information_damaged(runner, variant):
    """.eh_frame belongs to the program, but nothing in this one uses it."""
    data = program_path("null-pointer-c", variant).read_bytes()
    found = sections(data)
    parts = [(name, *found[name]) for name in (".eh_frame", ".eh_frame_hdr")]
    for seed in range(80):
        part, copy = flip(data, random.Random(f"cfi {seed}"), parts)
        runner.write(copy)
        code, document = runner.run(what=f"{part}, seed {seed}")
        assert code == 1 and document["frames"][0]["function"] == "insert_right"


@pytest.mark.parametrize("variant", ["debug", "release-dwarf5"])
def test_jit_program_bits_flipped(runner, variant):
    """What oxdb reads of cranelift-jit's structures hangs on this DWARF."""
    data = program_path("jit-struct-return", variant).read_bytes()
    parts = [p for p in tables(data) if p[0] != "section headers"]
    for seed in range(10):
        part, copy = flip(data, random.Random(f"jit {seed}"), parts)
        runner.write(copy)
        code, document = runner.run(what=f"{variant}, {part}, seed {seed}")
        assert code == 1 and document["outcome"] == "crashed"


def split(tmp_path, name, variant):
    """The program without debug information and its debug file, linked to each other."""
    source = program_path(name, variant)
    debug, program = tmp_path / "damaged.debug", tmp_path / "damaged"
    subprocess.run(["objcopy", "--only-keep-debug", source, debug], check=True)
    subprocess.run(["objcopy", "--strip-all", f"--add-gnu-debuglink={debug}", source, program], check=True)
    return program, debug


@pytest.mark.parametrize("variant", ["debug", "dwarf5"])
def test_separate_debug_file(runner, tmp_path, variant):
    split(tmp_path, "null-pointer-c", variant)
    code, document = runner.run(what="whole")
    assert code == 1
    assert document["frames"][0]["function"] == "insert_right"
    assert document["frames"][0]["line"] == line_of("null-pointer-c/null-pointer-c.c", "place->right")


def build_id(program):
    text = subprocess.run(["readelf", "-n", program], check=True, capture_output=True, text=True).stdout
    return next(line.split()[-1] for line in text.splitlines() if "Build ID" in line)


@pytest.mark.parametrize("damaged", [False, True])
def test_debug_file_in_a_build_id_directory(runner, tmp_path, damaged):
    program, debug = split(tmp_path, "null-pointer-c", "debug")
    folder = tmp_path / "debug"
    number = build_id(program)
    place = folder / ".build-id" / number[:2] / f"{number[2:]}.debug"
    place.parent.mkdir(parents=True)
    debug.rename(place)
    if damaged:
        place.write_bytes(place.read_bytes()[:3000])
    subprocess.run(["objcopy", "--remove-section=.gnu_debuglink", program], check=True)
    code, document = runner.run(what="build-id", env={"OXDB_DEBUG_DIRECTORY": str(folder)})
    assert code == 1 and document["outcome"] == "crashed"
    if not damaged:
        assert document["frames"][0]["function"] == "insert_right"
        assert document["frames"][0]["file"].endswith("null-pointer-c.c")


@pytest.mark.parametrize("variant", ["debug", "dwarf5"])
@pytest.mark.parametrize("name,args,cuts,flips", [("null-pointer-c", [], 30, 60), ("null-pointer", ["--write"], 10, 20)])
def test_separate_debug_file_damaged(runner, tmp_path, name, args, cuts, flips, variant):
    program, debug = split(tmp_path, name, variant)
    data = debug.read_bytes()
    rng = random.Random(f"split {name} {variant}")
    copies = [(f"cut at {n}", data[:n]) for n in sorted(rng.randrange(len(data)) for _ in range(cuts))]
    parts = tables(data) + [("ELF header", 0, 64)]
    copies += [(f"{part}, seed {seed}", copy) for seed in range(flips) for part, copy in [flip(data, random.Random(seed), parts)]]
    for what, copy in copies:
        debug.unlink()
        debug.write_bytes(copy)
        code, document = runner.run(*args, what=f"{name} {variant} {what}")
        assert code == 1 and document["outcome"] == "crashed", what


def test_debug_file_of_another_program(runner, tmp_path):
    program, debug = split(tmp_path, "null-pointer-c", "debug")
    debug.write_bytes(program_path("divide").read_bytes())
    code, document = runner.run(what="another program's")
    assert code == 1
    assert document["frames"][0]["function"] != "share"


@pytest.mark.parametrize("what", ["empty", "directory", "fifo", "endless", "itself"])
def test_strange_debug_file(runner, tmp_path, what):
    program, debug = split(tmp_path, "null-pointer-c", "debug")
    debug.unlink()
    {"empty": lambda: debug.write_bytes(b""), "directory": debug.mkdir, "fifo": lambda: os.mkfifo(debug),
     "endless": lambda: debug.symlink_to("/dev/zero"), "itself": lambda: debug.symlink_to(program)}[what]()
    code, document = runner.run(what=what)
    assert code == 1 and document["outcome"] == "crashed"


@pytest.mark.parametrize("damage", ["", "binary", "numbers", "name", "many", "overlap", "cut", "directory", "fifo", "endless", "loop",
                                    "unreadable"])
def test_perf_map(runner, damage):
    runner.path.unlink(missing_ok=True)
    runner.path.symlink_to(program_path("perf-map"))
    code, document = runner.run(*(["--damage", damage] if damage else []), what=damage)
    assert code == 1 and document["outcome"] == "crashed"
    assert document["fault"]["address"] == "0x414141414000"
