"""The completions of bash, zsh and fish, each asked as its shell asks, in the workspace."""

import os
import re
import shlex
import shutil
import subprocess

import pytest
from conftest import ROOT
from test_run import Terminal

HERE = ROOT / "completions"
QUOTED = shlex.quote(str(HERE))
# What is typed, and words that must be offered; those behind a None must not.
CASES = [
    ("oxdb te", ["test"]),
    ("oxdb help r", ["run", None, "triage"]),
    ("oxdb natvis c", ["check"]),
    ("oxdb test --no-n", ["--no-nextest"]),
    ("oxdb run --tri", ["--triage", None, "--doc"]),
    ("oxdb test -p ", ["built", "faults", "shapes", "tool", "words"]),
    ("oxdb run --bin ", ["other", "tool", None, "square"]),
    ("oxdb run --example ", ["square"]),
    ("oxdb test --test ", ["whole", "runs", "plain"]),
    ("oxdb triage --no-", ["--no-children"]),
]


def check(offered, wanted):
    split = wanted.index(None) if None in wanted else len(wanted)
    assert set(wanted[:split]) <= set(offered) and not set(wanted[split + 1:]) & set(offered), offered


def shell(workspace, name):
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")
    (workspace.bin / "oxdb").symlink_to(os.environ.get("OXDB", ROOT / "build/oxdb"))
    workspace.env["PATH"] = f"{workspace.bin}:{workspace.env['PATH']}"


@pytest.mark.parametrize("typed, wanted", CASES)
def test_bash(workspace, typed, wanted):
    shell(workspace, "bash")
    words = typed.split(" ")
    script = f"""source {QUOTED}/oxdb.bash; COMP_WORDS=({' '.join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
                 _oxdb; printf '%s\\n' "${{COMPREPLY[@]}}" """
    check(workspace.run("bash", "--norc", "-c", script).out.split(), wanted)


@pytest.mark.parametrize("typed, wanted", CASES)
def test_fish(workspace, typed, wanted):
    shell(workspace, "fish")
    done = workspace.run("fish", "--no-config", "-c", f"source {QUOTED}/oxdb.fish; complete -C '{typed}'")
    assert done.code == 0 and not done.err, done.text
    check([line.split("\t")[0] for line in done.out.splitlines()], wanted)


@pytest.mark.parametrize("typed, wanted", CASES)
def test_zsh(workspace, typed, wanted):
    shell(workspace, "zsh")
    # zsh completes only at its own prompt: it lists what it would offer when Tab is pressed.
    terminal = Terminal(workspace, program=shutil.which("zsh"), args=["-f", "-i"])
    terminal.say(f"PS1='rea''dy> '; fpath=({QUOTED} $fpath); autoload -U compinit; compinit -D -u\n")
    terminal.wait("ready> ", 20)
    terminal.say(typed + "\t")  # completes what is unambiguous, or lists
    offered = re.findall(r"[\w-]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", " ", terminal.read_until_quiet(1)))
    terminal.child.kill()
    terminal.end()
    check(offered, wanted)


def test_syntax(workspace):
    for name, file in [("bash", "oxdb.bash"), ("zsh", "_oxdb"), ("fish", "oxdb.fish")]:
        if shutil.which(name):
            assert subprocess.run([name, "-n", HERE / file], capture_output=True).returncode == 0


def test_offer_all_commands(workspace):
    """What help lists, each completion has."""
    commands = re.findall(r"^  (\w+) ", workspace.oxdb("help").out, re.MULTILINE)
    assert {"triage", "test", "run", "help"} <= set(commands)
    for file in HERE.iterdir():
        assert all(re.search(rf"\b{command}\b", file.read_text()) for command in commands), file
