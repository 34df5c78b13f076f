"""tools/check-includes refuses what a row of docs/architecture.md does not allow."""
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = """# A page
## The layers
| layer | prefix | what it is for | libraries | may use |
| --- | --- | --- | --- | --- |
| `base` | none | x | | |
| `arch` | `arch_` | x | `Zydis` | `base` |
| `target` | `target_` | x | | `base`, `arch` |
| `ui/report` | `report_` | x | | `base`, `target` |
| `main.c` | | x | | everything |
## Rules
| `arch` | | | | `ui/report` |
"""


def check(root, files, table=TABLE):
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "architecture.md").write_text(table)
    for name, text in files.items():
        path = root / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return subprocess.run([sys.executable, ROOT / "tools" / "check-includes", "--root", root,
                           "--stamp", root / "stamp", "--depfile", root / "deps"],
                          capture_output=True, text=True, check=False)


def test_this_repository():
    run = subprocess.run([sys.executable, ROOT / "tools" / "check-includes"],
                         capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_allowed(tmp_path):
    run = check(tmp_path / "a b", {
        "base/str.h": "#include <string.h>\n#ifdef __linux__\n#endif\n",
        "arch/decode.c": '#include "arch/arch_internal.h"\n#include "base/str.h"\n#include <Zydis/Zydis.h>\n',
        "target/linux/trace.c": '#include <sys/ptrace.h>\n#if defined(__x86_64__)\n#endif\n#include "arch/arch.h"\n',
        "ui/report/text.c": '#include "ui/report/report.h"\n#include "target/target.h"\n',
        "main.c": '#include "target/linux/linux.h"\n#include "ui/report/report.h"\n',
    })
    assert (run.returncode, run.stderr) == (0, "")
    assert (tmp_path / "a b" / "stamp").exists()
    deps = (tmp_path / "a b" / "deps").read_text()
    assert "a\\ b/src/target/linux/trace.c" in deps


@pytest.mark.parametrize("name, line, reason", [
    ("base/str.c", '#include "arch/arch.h"', "base may not use arch"),
    ("arch/decode.c", '#  include "target/target.h"', "arch may not use target (it may use base)"),
    ("ui/report/text.c", '#include "arch/arch.h"', "ui/report may not use arch"),
    ("ui/report/text.c", '#include "target/target_internal.h"', "not a public header of target"),
    ("ui/report/text.c", '#include "target/linux/linux.h"', "not a public header of target"),
    ("base/str.c", '#include "str.h"', "name headers by their path"),
    ("base/str.c", "#include <Zydis/Zydis.h>", "may not use the library Zydis"),
    ("arch/decode.c", "#include <linux/perf_event.h>", "belongs to one host"),
    ("target/target.c", "#include <sys/ptrace.h>", "belongs to one host"),
    ("arch/decode.c", "#ifdef __x86_64__", "__x86_64__ may be asked only in"),
    ("main.c", "#if defined(A) && !defined(__linux__)", "__linux__ may be asked only in"),
])
def test_refused(tmp_path, name, line, reason):
    run = check(tmp_path, {name: "/* first */\n" + line + "\n"})
    assert run.returncode == 1
    assert run.stderr.startswith(f"src/{name}:2: ")
    assert reason in run.stderr
    assert not (tmp_path / "stamp").exists()


def test_folder_without_a_row(tmp_path):
    run = check(tmp_path, {"extra/x.c": "int x;\n"})
    assert run.returncode == 1
    assert "src/extra/x.c:1: its folder has no row" in run.stderr


@pytest.mark.parametrize("table", [
    "# no table\n",
    TABLE.replace("| `Zydis` | `base` |", "| `Zydis` | `base`, `target` |"),
])
def test_bad_table(tmp_path, table):
    run = check(tmp_path, {"base/str.c": ""}, table)
    assert run.returncode == 2
