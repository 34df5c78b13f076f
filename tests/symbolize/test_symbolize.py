"""`oxdb symbolize` beside llvm-symbolizer and addr2line, on every 50th byte of the code of real programs.

OXDB           the program under test (default: build/oxdb)
OXDB_PROGRAMS  where tests/programs were built (default: build/programs)
"""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OXDB = pathlib.Path(os.environ.get("OXDB", ROOT / "build/oxdb")).resolve()
PROGRAMS = pathlib.Path(os.environ.get("OXDB_PROGRAMS", ROOT / "build/programs"))
LLVM = next((tool for tool in ("llvm-symbolizer-22", "llvm-symbolizer", "llvm-symbolizer-14") if shutil.which(tool)), None)
STEP = 50


def run(*args, input=None):
    return subprocess.run([str(a) for a in args], input=input, capture_output=True, text=True, errors="surrogateescape", timeout=120)


def oxdb(*args, input=None):
    done = run(OXDB, "symbolize", *args, input=input)
    assert done.returncode >= 0, f"died of {-done.returncode}: {done.stderr}"
    return done


def code_of(path):
    """Addresses in all sections of code."""
    found = re.findall(r"\] (\S+) +PROGBITS +([0-9a-f]+) [0-9a-f]+ ([0-9a-f]+) \S+ +\S*X", run("readelf", "-SW", path).stdout)
    assert found, path
    return [addr for _, start, size in found for addr in range(int(start, 16), int(start, 16) + int(size, 16), STEP)]


class Symbols:
    def __init__(self, path):
        rows = re.findall(r"^ +\d+: ([0-9a-f]+) +(\d+|0x[0-9a-f]+) \S+ +\S+ +\S+ +\S+ (\S+)$", run("readelf", "-sW", path).stdout, re.MULTILINE)
        self.rows = {}
        for start, size, name in rows:
            self.rows.setdefault(name, []).append((int(start, 16), int(size, 0)))

    def covers(self, name, addr):
        return any(start <= addr < start + max(size, 1) for start, size in self.rows.get(name, []))


# What llvm-symbolizer says otherwise, and why that is no fault of ours.
CLASSES = {
    "alias": "for the outermost function it takes a name from the symbol table, where folded functions and .llvm.N suffixes have several",
    "stub": "it takes a stub of the linkage table for the function before it",
    "source": "for a function without debug information it names the file of the symbol table's STT_FILE",
}


def explain(addr, ours, theirs, symbols):
    """The class of a difference; None: there is none."""
    a, b = ours.split("\n"), theirs.split("\n")
    if a[0] == b[0] and a[1] == "??:0:0" and re.fullmatch(r"[^/]+:0:0", b[1]):
        return "source"
    if len(a) == 2 and (a[0].endswith("@plt") or a[0] == "??") and a[1] == "??:0:0":
        return "stub"
    if len(a) == len(b) and a[:-2] == b[:-2] and a[-1] == b[-1] and symbols.covers(b[-2], addr):
        return "alias"
    return None


def programs():
    names = [OXDB]
    for variant in ("", "dwarf5", "release", "release-dwarf5"):
        names += [PROGRAMS / variant / name for name in ("hello-rust", "hello-c", "panic")]
    return names + [PROGRAMS / "jit-hello", PROGRAMS / "release-dwarf5/jit-hello"]


@pytest.mark.skipif(not LLVM, reason="llvm-symbolizer is not installed")
@pytest.mark.parametrize("path", programs(), ids=lambda path: "/".join(path.parts[-2:]))
def test_agrees_with_llvm(path):
    if not path.exists():
        pytest.skip(f"{path.name} is not built this way")
    addresses, symbols = code_of(path), Symbols(path)
    text = "".join(f"0x{addr:x}\n" for addr in addresses)
    ours = oxdb("-e", path, "--no-demangle", input=text)
    assert ours.returncode == 0 and not ours.stderr, ours.stderr
    theirs = run(LLVM, "-e", path, "--no-demangle", input=text)
    ours, theirs = (done.stdout.split("\n\n") for done in (ours, theirs))
    assert len(ours) == len(theirs) == len(addresses) + 1
    wrong = [(hex(addr), a, b) for addr, a, b in zip(addresses, ours, theirs) if a != b and not explain(addr, a, b, symbols)]
    assert not wrong, f"{len(wrong)} of {len(addresses)}: {wrong[:3]}"


def test_as_addr2line():
    """Where both know the function; names as the linker knows them."""
    path = PROGRAMS / "hello-rust"  # of DWARF 5 addr2line shows the unit's name for the file's
    main = int(re.search(r"([0-9a-f]+) \w (\S*4main17h\S*)", run("nm", path).stdout)[1], 16)
    text = "".join(f"0x{addr:x}\n" for addr in range(main, main + 40, 5))
    for ours, theirs in [(["-a"], ["-a"]), (["-a", "--pretty", "-s"], ["-a", "-p", "-s"]), ([], [])]:
        expected = run("addr2line", "-f", "-i", *theirs, "-e", path, input=text).stdout
        assert oxdb("-e", path, "--style", "gnu", "--no-demangle", *ours, input=text).stdout == re.sub(r" \(discriminator \d+\)", "", expected)


def test_json():
    path = PROGRAMS / "hello-rust"
    main = int(re.search(r"([0-9a-f]+) \w (\S*4main17h\S*)", run("nm", path).stdout)[1], 16)
    lines = oxdb("-e", path, "--json", f"{main:x}", "1").stdout.splitlines()
    first, second = (json.loads(line) for line in lines)
    assert first["Address"] == f"0x{main:x}" and first["ModuleName"] == str(path)
    assert first["Symbol"][-1]["FunctionName"] == "hello_rust::main" and first["Symbol"][-1]["FileName"].endswith("/main.rs"), first
    assert second["Symbol"] == []


def test_answers_as_they_are_asked():
    """As a program's partner, which asks for one address and waits."""
    path = PROGRAMS / "hello-c"
    with subprocess.Popen([OXDB, "symbolize", "-e", path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as partner:
        for addr in code_of(path)[:3]:
            partner.stdin.write(f"{addr:x}\n")
            partner.stdin.flush()
            assert partner.stdout.readline() and partner.stdout.readline().count(":") == 2 and partner.stdout.readline() == "\n"
        partner.stdin.close()
        assert partner.wait(20) == 0


def test_what_is_no_address():
    path = PROGRAMS / "hello-c"
    done = oxdb("-e", path, input="zz\n\n10000000000000000\n0x0\nlast")
    assert done.returncode == 1 and done.stdout == "??\n??:0:0\n\n" * 4
    assert done.stderr.splitlines() == [f"oxdb: {text} is no hexadecimal address" for text in ("zz", "10000000000000000", "last")]


@pytest.mark.parametrize("arguments, wanted", [
    ([], "-e FILE or -p PID is missing"),
    (["-e", "/nowhere"], "/nowhere"),
    (["-e", __file__], "ELF"),
    (["-p", "0"], "0 is no process id"),
    (["-p", "999999999"], "process 999999999: there is none"),
    (["-e", "a", "-p", "1"], "exclude each other"),
    (["--style=html", "-e", "a"], "there are llvm, gnu and json"),
    (["--no-such"], "there is no option --no-such"),
])
def test_errors(arguments, wanted):
    done = oxdb(*arguments, input="")
    assert done.returncode == 2 and wanted in done.stderr and not done.stdout, done.stderr


SLEEPER = r"""
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	char path[64];
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	snprintf(path, sizeof path, "/tmp/perf-%d.map", getpid());
	FILE *map = fopen(path, "w");
	fprintf(map, "%lx 40 older code\n%lx 20 hot loop\n", (unsigned long)code, (unsigned long)code);
	fclose(map);
	printf("%p %p %p\n", (void *)main, code, (void *)puts);
	fflush(stdout);
	getchar();
	unlink(path);
	return 0;
}
"""


@pytest.fixture
def sleeper(tmp_path):
    source, program = tmp_path / "sleeper.c", tmp_path / "sleeper"
    source.write_text(SLEEPER)
    subprocess.run(["gcc", "-g", "-O0", "-o", program, source], check=True)
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        process.program = program
        process.addresses = process.stdout.readline().split()
        yield process
        process.stdin.close()


def test_process(sleeper):
    """Its file, code made at run time, a library; the file may have been replaced meanwhile."""
    main, code, puts = sleeper.addresses
    past = hex(int(code, 16) + 0x30)
    for replaced in (False, True):
        if replaced:
            sleeper.program.unlink()
            sleeper.program.write_text("another")
        done = oxdb("-p", sleeper.pid, main, code, past, puts, "0")
        answers = done.stdout.split("\n\n")
        assert answers[0].startswith("main\n") and "/sleeper.c:" in answers[0], done.stdout + done.stderr
        assert answers[1] == "hot loop\n??:0:0" and answers[2] == "older code\n??:0:0", done.stdout
        assert "puts" in answers[3] and answers[4] == "??\n??:0:0", done.stdout
