"""`oxdb test` and `oxdb run`: each test of a workspace is found by its name and runs as cargo would run it."""

import re
import shutil

import pytest

# What follows a test in the list: the package and target as nextest names them, then the name.
TESTS = {
    "built": ["tests::table_was_built"],
    "faults": ["tests::does_not_panic", "tests::gives_up", "tests::reads_null", "tests::says_an_error", "tests::tells_environment",
               "tests::waits", "tests::wrong_sum"],
    "faults::plain": ["plain"],
    "shapes": ["tests::area_of_square", "tests::area_of_square_of_nothing", "tests::works"],
    "shapes::whole": ["reads_its_own_folder", "works"],
    "tool::bin/tool": ["tests::in_a_program"],
    "tool::runs": ["runs_the_program"],
    "words": ["tests::area_of_square", "tests::no_word_there", "tests::slow_one", "tests::works"],
    "words::whole": ["longest_of_one"],
}
ALL = [f"{binary} {name}" for binary, names in TESTS.items() for name in names]
SESSION = ["-batch", "-ex", "run"]


def test_list(either):
    assert either.oxdb("test", "--list").out.splitlines() == ALL


@pytest.mark.parametrize("test", ALL)
def test_each_is_found(either, test):
    binary, name = test.split(" ")
    done = either.oxdb("test", test, *SESSION)
    assert done.code == 0, done.text
    assert "exited normally" in done.out, done.text
    if binary != "faults::plain":
        assert f"test {name} " in done.out and "1 passed; 0 failed" in done.out, done.text


FAULTS = {
    "tests::does_not_panic": "FAILED",
    "tests::gives_up": "CRASHED",
    "tests::reads_null": "CRASHED",
    "tests::says_an_error": "FAILED",
    "tests::tells_environment": "ok",
    "tests::waits": "ok",
    "tests::wrong_sum": "FAILED",
    "plain": "ok",
}


def lines_of(done):
    """The word in front of each test: {name: word}."""
    lines = [line.split() for line in done.out.split("\n\n")[0].splitlines()]
    return {line[3].rstrip(":"): line[0] for line in lines}


def test_triage_all_is_well(either):
    done = either.oxdb("test", "--triage")
    assert done.code == 0, done.text
    words = lines_of(done)
    assert set(words.values()) == {"ok"}, done.out
    assert "tests::no_word_there" in words and "tests::slow_one" not in words
    assert "\n20 tests: 20 passed; 1 ignored\n" in done.out


@pytest.mark.parametrize("threads", [1, 8])
def test_triage_faults(either, threads):
    done = either.oxdb("test", "-p", "faults", "--triage", "--", f"--test-threads={threads}", env={"OXDB_TEST_FAULTS": "1"})
    assert done.code == 1, done.text
    assert lines_of(done) == FAULTS
    assert "8 tests: 3 passed, 3 failed, 2 crashed\n" in done.out
    # Each is explained at the end, with what it printed.
    parts = {part.split(": ")[0].split()[1]: part for part in done.out.split("\n==== ")[1:]}
    assert sorted(parts) == sorted(name for name, word in FAULTS.items() if word != "ok")
    assert "SIGSEGV: null-pointer in faults::tests::read at faults/src/lib.rs:" in parts["tests::reads_null"]
    assert "oxdb: null-pointer (proven)" in parts["tests::reads_null"] and "about to read\n" in parts["tests::reads_null"]
    assert "oxdb: rust-panic (proven)" in parts["tests::wrong_sum"] and "the sum is 5\n" in parts["tests::wrong_sum"]
    assert "assertion `left == right` failed: sums" in parts["tests::wrong_sum"].splitlines()[0]
    assert "The program called abort()" in parts["tests::gives_up"]
    assert 'Error: "no luck"' in parts["tests::says_an_error"]
    assert "test did not panic as expected" in parts["tests::does_not_panic"]


def test_triage_of_what_matches(workspace):
    done = workspace.oxdb("test", "area", "--triage")
    assert done.code == 0, done.text
    assert done.out.count("area_of_square_of_nothing") == 1
    assert "3 tests: 3 passed\n" in done.out


def test_triage_runs_ignored_where_asked(either):
    workspace = either
    done = workspace.oxdb("test", "-p", "words", "--triage", "--", "--include-ignored")
    assert "tests::slow_one" in lines_of(done) and "5 tests: 5 passed\n" in done.out, done.text
    done = workspace.oxdb("test", "-p", "words", "--lib", "--triage", "--", "--ignored")
    assert list(lines_of(done)) == ["tests::slow_one"], done.text


def test_triage_timeout(workspace):
    done = workspace.oxdb("test", "waits", "--triage", "--timeout", "1", env={"OXDB_TEST_WAITS": "1"})
    assert done.code == 1, done.text
    assert lines_of(done) == {"tests::waits": "TIMEOUT"}
    assert "faults::tests::waits" in done.out.split("\n==== ")[1]


# The harness of the session (the shell, the size of the terminal) and what a process has of its own.
NOT_COMPARED = ("_", "SHLVL", "PWD", "OLDPWD", "LINES", "COLUMNS")


def environment(path):
    lines = path.read_text().splitlines()
    path.unlink()
    return [line for line in lines if not line.startswith(tuple(f'"{name}"=' for name in NOT_COMPARED)) and not line.startswith("as ")]


def test_environment_is_cargos(workspace):
    file = workspace.path / "environment"
    env = {"OXDB_TEST_ENVIRONMENT": str(file)}
    workspace.cargo("test", "tells_environment", env=env)
    wanted = environment(file)
    assert f"in {workspace.path}/faults" in wanted and f'"CARGO_MANIFEST_DIR"="{workspace.path}/faults"' in wanted
    done = workspace.oxdb("test", "tells_environment", "--no-nextest", *SESSION, env=env)
    assert environment(file) == wanted, done.text
    done = workspace.oxdb("test", "tells_environment", "--no-nextest", "--triage", env=env)
    assert environment(file) == wanted, done.text


def test_environment_is_nextests(workspace):
    workspace.with_nextest()
    file = workspace.path / "environment"
    env = {"OXDB_TEST_ENVIRONMENT": str(file)}
    own = re.compile('"NEXTEST_(RUN_ID|ATTEMPT_ID|TEST_GLOBAL_SLOT|TEST_THREADS)"=')
    workspace.cargo("nextest", "run", "tells_environment", env=env)
    wanted = [line for line in environment(file) if not own.match(line)]
    assert '"NEXTEST"="1"' in wanted and f"in {workspace.path}/faults" in wanted
    for options in ([*SESSION], ["--triage"]):
        done = workspace.oxdb("test", "tells_environment", *options, env=env)
        assert [line for line in environment(file) if not own.match(line)] == wanted, done.text
    # A runner of the user's is for cargo and nextest, and neither starts the program here.
    host = re.search("host: (.*)", workspace.run("rustc", "-vV").out)[1].upper().replace("-", "_")
    runner = {f"CARGO_TARGET_{host}_RUNNER": "false"}
    workspace.oxdb("test", "tells_environment", *SESSION, env=env | runner)
    assert sorted(line for line in environment(file) if not own.match(line)) == sorted([*wanted, f'"CARGO_TARGET_{host}_RUNNER"="false"'])


RUNNERS = {
    "list": '[target.HOST]\nrunner = ["false", "x"]\n',
    "text": '[target.HOST]\nrunner = "false x"\n',
    "cfg": '[target."cfg(unix)"]\nrunner = "false"\n',
    "target": '[build]\ntarget = "HOST"\n',
}


@pytest.mark.parametrize("runner", RUNNERS)
def test_runners_of_the_user(either, runner):
    """They are for cargo; oxdb stands in their place, whatever they are written like."""
    host = re.search("host: (.*)", either.run("rustc", "-vV").out)[1]
    (either.path / ".cargo").mkdir()
    (either.path / ".cargo/config.toml").write_text(RUNNERS[runner].replace("HOST", host))
    done = either.oxdb("test", "in_a_program", *SESSION)
    assert "1 passed; 0 failed" in done.out and "exited normally" in done.out, done.text
    done = either.oxdb("run", "--bin", "tool", *SESSION)
    assert "tool [] of tool" in done.out.splitlines(), done.text
    if not either.env.get("OXDB_TEST_LISTS"):
        done = either.oxdb("test", "--doc", "longest", "-batch", "-ex", "break words::longest", "-ex", "run")
        assert "hit Breakpoint 1, words::longest (" in done.out, done.text


def test_default_filter_of_nextest(workspace):
    """What it leaves out is left out, unless it is asked for."""
    if not shutil.which("cargo-nextest"):
        pytest.skip("cargo-nextest is not installed, and the filters of its configuration have no stand-in")
    workspace.with_nextest()
    (workspace.path / ".config").mkdir()
    (workspace.path / ".config/nextest.toml").write_text('[profile.default]\ndefault-filter = "not test(works)"\n')
    done = workspace.oxdb("test", "--triage")
    assert done.code == 0 and "\n17 tests: 17 passed; 4 ignored\n" in done.out, done.text
    done = workspace.oxdb("test", "words tests::works", *SESSION)
    assert "test tests::works ... ok" in done.out and "oxdb: as cargo starts it: cargo nextest run did not start 1 of 1 tests" in done.err, done.text


def test_nextest_cannot_list(workspace):
    """It gives up where one program does not know --list; cargo does not."""
    workspace.with_nextest()
    workspace.env.pop("OXDB_TEST_LISTS")
    assert workspace.oxdb("test", "--list").out.splitlines() == ALL


def test_working_directory_of_the_user(workspace):
    """Files are named from where the user is, whose package is the one that is tested."""
    (workspace.path / "words/commands").write_text("break words::longest\nrun\nprint text\n")
    done = workspace.oxdb("test", "tests::works", "-batch", "-x", "commands", cwd=workspace.path / "words")
    assert '$1 = "a bird sings"' in done.out, done.text


def test_same_name_twice(workspace):
    done = workspace.oxdb("test", "works", *SESSION)
    assert done.code == 2, done.text
    assert "3 tests match" in done.err and "exited normally" not in done.out
    rows = [line.split() for line in done.err.splitlines() if re.fullmatch(r"  \S+ +\S*works", line)]  # and not what cargo compiles
    assert rows == [["shapes::whole", "works"], ["shapes", "tests::works"], ["words", "tests::works"]], done.err
    for options, binary in [(["-p", "shapes", "--lib"], "shapes-"), (["-p", "words"], "words-"), (["--test", "whole"], "whole-")]:
        done = workspace.oxdb("test", "works", *options, *SESSION, "-ex", "info inferiors")
        assert "1 passed; 0 failed" in done.out and f"/deps/{binary}" in workspace.oxdb(
            "test", "works", *options, "-batch", "-ex", "info files").out, done.text


def test_whole_name_before_part(workspace):
    done = workspace.oxdb("test", "area_of_square", "-p", "shapes", *SESSION)
    assert "test tests::area_of_square ... ok" in done.out and "1 passed" in done.out, done.text


def test_words_that_the_harness_refuses(workspace):
    done = workspace.oxdb("test", "works", "-p", "shapes", *SESSION, "--", "--bogus")
    assert done.code == 2 and "Unrecognized option: 'bogus'" in done.err, done.text
    assert "oxdb: the harness of shapes does not take the words behind --" in done.err and "no test matches" not in done.err


def test_nothing_matches(workspace):
    done = workspace.oxdb("test", "no_such_test")
    assert done.code == 2 and "no test matches no_such_test" in done.err, done.text


def test_features(workspace):
    assert workspace.oxdb("test", "circle_is_round").code == 2
    done = workspace.oxdb("test", "circle_is_round", "-p", "shapes", "--features", "round", *SESSION)
    assert "test tests::circle_is_round ... ok" in done.out, done.text


def test_example_and_ignored(workspace):
    done = workspace.oxdb("test", "--example", "square", "example_is_tested", *SESSION)
    assert "test tests::example_is_tested ... ok" in done.out, done.text
    done = workspace.oxdb("test", "slow_one", *SESSION)
    assert "test tests::slow_one ... ok" in done.out, done.text


def test_should_panic(workspace):
    done = workspace.oxdb("test", "no_word_there", "-batch", "-ex", "catch panic", "-ex", "run", "-ex", "up 20", "-ex", "continue")
    assert "index out of bounds" in done.out and "1 passed; 0 failed" in done.out, done.text


@pytest.mark.parametrize("command", [["test", "area"], ["run", "--bin", "tool"], ["test", "area", "--triage"], ["test", "--doc", "area"]])
def test_compile_error(workspace, command):
    source = workspace.path / "shapes/src/lib.rs"
    source.write_text(source.read_text().replace("width * height", "width * hight"))
    options = [word for word in command[1:] if word not in ("area", "--triage")]
    cargo = workspace.cargo(command[0], *options)
    done = workspace.oxdb(*command)
    assert cargo.code == 101 and done.code == cargo.code, done.text
    assert "error[E0425]: cannot find value `hight` in this scope" in done.err
    assert done.err.count("error[E0425]") and "oxdb:" not in done.err, done.err


def test_cargos_own_complaints(workspace):
    for options in (["-p", "nowhere"], ["--test", "nowhere"], ["--features", "nothing"], ["--bogus"]):
        cargo = workspace.cargo("test", "--no-run", *options)
        done = workspace.oxdb("test", *options)
        # Clap's usage depends on what else was given.
        assert done.code == cargo.code != 0 and done.err.partition("Usage:")[0] == cargo.err.partition("Usage:")[0], done.text
