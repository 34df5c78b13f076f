"""`oxdb dump` agrees with llvm-dwarfdump: the same entries, rows of lines and call frame instructions, in the same order; and with readelf
on the rules of frames, for LLVM 14 forgets the CFA at DW_CFA_restore_state."""

import itertools
import re
import subprocess

import pytest
from dumping import OXDB, VARIANTS, lines_of, oxdb, program_path

SMALL = ["hello-c", "threads", "survivor", "divide"]
CASES = [(name, variant) for variant in VARIANTS for name in SMALL] + [
    ("hello-rust", "debug"), ("hello-rust", "release-dwarf5"), ("null-pointer", "dwarf5")]


@pytest.fixture(params=CASES, ids=lambda case: "-".join(case))
def program(request):
    return program_path(*request.param)


def same(ours, theirs):
    """Compares two streams and says where they part."""
    count = 0
    for count, (a, b) in enumerate(itertools.zip_longest(ours, theirs), 1):
        assert a == b, f"number {count}"
    return count


ENTRY = re.compile(r"0x([0-9a-f]+):\s+(DW_TAG_\w+|NULL)")
NAME = re.compile(r"\s+DW_AT_name\s.*?\"(.*)\"")


def entries(lines):
    """(offset, tag, name) of each entry."""
    current = None
    for line in lines:
        if entry := ENTRY.match(line):
            if current:
                yield tuple(current)
            current = [int(entry[1], 16), entry[2], None]
        elif current and (name := NAME.match(line)):
            current[2] = name[1]
    if current:
        yield tuple(current)


def test_entries(program):
    assert same(entries(lines_of(OXDB, "dump", "info", program)),
                entries(lines_of("llvm-dwarfdump", "--debug-info", program))) > 10


ATTRIBUTE = re.compile(r"\s+(DW_AT_\w+)\s+\[?(DW_FORM_\w+)\]?")


def attributes(lines):
    for line in lines:
        if attribute := ATTRIBUTE.match(line):
            yield attribute[1], attribute[2]


def test_attributes(program):
    assert same(attributes(lines_of(OXDB, "dump", "info", program)),
                attributes(lines_of("llvm-dwarfdump", "-v", "--debug-info", program))) > 30


REFERENCE = re.compile(r"\s+(DW_AT_type|DW_AT_abstract_origin|DW_AT_specification|DW_AT_import|DW_AT_sibling|DW_AT_call_origin)\s"
                       r".*?(?:=> \{|\(|DW_FORM_\w+ +)0x([0-9a-f]+)")


def references(lines):
    for line in lines:
        if reference := REFERENCE.match(line):
            yield reference[1], int(reference[2], 16)


def test_references(program):
    assert same(references(lines_of(OXDB, "dump", "info", program)),
                references(lines_of("llvm-dwarfdump", "--debug-info", program))) > 0


OUR_ROW = re.compile(r"  0x[0-9a-f]+  0x([0-9a-f]+) +(\d+) +(\d+) +(\d+) +(\d+) (.*)")
THEIR_ROW = re.compile(r"0x([0-9a-f]+) +(\d+) +(\d+) +(\d+) +\d+ +(\d+) (.*)")


def rows(lines, pattern):
    for line in lines:
        if row := pattern.match(line):
            yield int(row[1], 16), *map(int, row.group(2, 3, 4, 5)), sorted(row[6].split())


def test_lines(program):
    assert same(rows(lines_of(OXDB, "dump", "line", program), OUR_ROW),
                rows(lines_of("llvm-dwarfdump", "--debug-line", program), THEIR_ROW)) > 4


def our_frames(lines):
    for line in lines:
        if entry := re.match(r"0x([0-9a-f]+): (CIE|FDE)(?: of CIE \w+, \[0x([0-9a-f]+), 0x([0-9a-f]+)\))?", line):
            yield int(entry[1], 16), entry[2], int(entry[3] or "0", 16), int(entry[4] or "0", 16)
        elif instruction := re.match(r"    0x[0-9a-f]+  (DW_CFA_\w+)", line):
            yield instruction[1]


def their_frames(lines):
    for line in lines:
        if entry := re.match(r"([0-9a-f]{8}) [0-9a-f]+ [0-9a-f]+ (CIE|FDE)(?: cie=\w+ pc=([0-9a-f]+)\.\.\.([0-9a-f]+))?", line):
            yield int(entry[1], 16), entry[2], int(entry[3] or "0", 16), int(entry[4] or "0", 16)
        elif instruction := re.match(r"  (DW_CFA_\w+)", line):
            yield instruction[1]


def test_frames(program):
    assert same(our_frames(lines_of(OXDB, "dump", "cfi", program)),
                their_frames(lines_of("llvm-dwarfdump", "--eh-frame", program))) > 5


def our_rules(lines):
    """{FDE: its rows}; a rule that says undefined and no rule are the same to readelf."""
    rows = {}
    for line in lines:
        if entry := re.match(r"0x([0-9a-f]+): (?:CIE|FDE)", line):
            current = rows[int(entry[1], 16)] = []
        elif row := re.match(r"    row 0x([0-9a-f]+)  (.*)", line):
            text = re.sub(r"\[?\(.*?\)\]?(?= \w+=|$)", lambda m: "vexp" if m[0][0] == "(" else "exp", row[2])
            rules = dict(rule.split("=") for rule in text.split())
            rules["cfa"] = rules["cfa"].replace("vexp", "exp")
            if "rip" in rules:
                rules["ra"] = rules.pop("rip")
            current.append((int(row[1], 16), {reg: rule for reg, rule in rules.items() if rule != "undefined"}))
    return rows


def their_rules(lines):
    """The same of readelf's; it has no rows where the CIE says all."""
    rows, current, columns = {}, [], []
    for line in lines:
        if entry := re.match(r"([0-9a-f]{8}) [0-9a-f]+ [0-9a-f]+ FDE", line):
            current = rows[int(entry[1], 16)] = []
        elif re.match(r"[0-9a-f]{8} [0-9a-f]+ [0-9a-f]+ CIE", line):
            current = []
        elif line.startswith("   LOC "):
            columns = line.lower().split()[1:]
        elif re.match(r"[0-9a-f]{16} ", line):
            address, *rules = line.split()
            named = {reg: re.sub(r"^c([+-]\d+)", r"[cfa\1]", rule) for reg, rule in zip(columns, rules) if rule != "u"}
            current.append((int(address, 16), named))
    return {fde: its for fde, its in rows.items() if its}


def test_rules(program):
    ours, theirs = our_rules(lines_of(OXDB, "dump", "cfi", program)), their_rules(lines_of("readelf", "-wF", program))
    assert len(theirs) > 0
    assert {fde: ours[fde] for fde in theirs} == theirs


def test_one_function():
    path = program_path("hello-rust")
    code, out, err = oxdb("dump", "info", path, "hello_rust::main")
    assert code == 0 and err == ""
    assert out.count("DW_TAG_subprogram") == 1 and "DW_AT_linkage_name" in out
    assert '"hello_rust" …' in out  # the namespace around it
    code, out, err = oxdb("dump", "cfi", path, "hello_rust::main")
    assert code == 0 and out.count(": FDE of CIE") == 1 and out.count(": CIE ") == 1
    code, out, err = oxdb("dump", "line", path, "hello_rust::main")
    assert code == 0 and 1 < len(re.findall(OUR_ROW.pattern, out, re.M)) < 20


def test_one_offset():
    path = program_path("hello-c")
    tree = oxdb("dump", "info", path)[1]
    offset = re.search(r"(0x[0-9a-f]+):   DW_TAG_subprogram \[\d+\] \*", tree)[1]
    code, out, err = oxdb("dump", "info", path, offset)
    assert code == 0 and err == ""
    assert len(re.findall("DW_TAG_subprogram", out)) == 1 and "DW_TAG_formal_parameter" in out


def test_a_type():
    code, out, err = oxdb("dump", "types", program_path("hello-rust"), "core::fmt::Arguments")
    assert code == 0 and err == ""
    assert "struct      core::fmt::Arguments, 16 bytes, aligned to 8" in out
    assert re.search(r"\+\d+ +template: NonNull<u8> \(0x[0-9a-f]+\)", out)


def test_a_file():
    code, out, err = oxdb("dump", "line", program_path("hello-c"), "hello-c.c")
    assert code == 0 and len(re.findall(OUR_ROW.pattern, out, re.M)) > 4


def test_own_index():
    code, out, err = oxdb("dump", "names", program_path("hello-c"), "main")
    assert code == 0 and re.search(r"^  function +0x[0-9a-f]+  main  /.*hello-c\.c:\d+$", out, re.M)


@pytest.mark.parametrize("what", ["info", "types", "line", "cfi", "names"])
def test_nothing_of_that_name(what):
    code, out, err = oxdb("dump", what, program_path("hello-c"), "no_such_thing")
    assert (code, out) == (1, "") and err.endswith("nothing there is called no_such_thing\n")


@pytest.mark.parametrize("arguments", [[], ["info"], ["nothing", "x"], ["info", "a", "b", "c"]])
def test_usage(arguments):
    code, out, err = oxdb("dump", *arguments)
    assert code == 2 and "usage: oxdb dump" in err


def test_unreadable(tmp_path):
    code, out, err = oxdb("dump", "info", tmp_path / "absent")
    assert code == 2 and "absent: No such file" in err
    (tmp_path / "text").write_text("no ELF file")
    code, out, err = oxdb("dump", "info", tmp_path / "text")
    assert code == 2 and "text" in err


@pytest.mark.parametrize("command", [("dump", "info"), ("symbolize", "-e")])
def test_what_is_not_linked(command, tmp_path):
    """Its strings would be read at the wrong places."""
    (tmp_path / "part.c").write_text("int part;\n")
    subprocess.run(["gcc", "-g", "-c", "part.c"], cwd=tmp_path, check=True)
    code, out, err = oxdb(*command, tmp_path / "part.o")
    assert code == 2 and not out and "part.o: is not linked" in err
