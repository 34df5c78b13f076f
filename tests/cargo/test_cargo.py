"""`oxdb test` and `oxdb run`: each test of a workspace is found by its name and runs as cargo would run it."""

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


def test_list(workspace):
    assert workspace.oxdb("test", "--list").out.splitlines() == ALL


@pytest.mark.parametrize("test", ALL)
def test_each_is_found(workspace, test):
    binary, name = test.split(" ")
    done = workspace.oxdb("test", test, *SESSION)
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


def test_triage_all_is_well(workspace):
    done = workspace.oxdb("test", "--triage")
    assert done.code == 0, done.text
    words = lines_of(done)
    assert set(words.values()) == {"ok"}, done.out
    assert "tests::no_word_there" in words and "tests::slow_one" not in words
    assert "\n20 tests: 20 passed; 1 ignored\n" in done.out


@pytest.mark.parametrize("threads", [1, 8])
def test_triage_faults(workspace, threads):
    done = workspace.oxdb("test", "-p", "faults", "--triage", "--", f"--test-threads={threads}", env={"OXDB_TEST_FAULTS": "1"})
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


def test_triage_runs_ignored_where_asked(workspace):
    done = workspace.oxdb("test", "-p", "words", "--triage", "--", "--include-ignored")
    assert "tests::slow_one" in lines_of(done) and "5 tests: 5 passed\n" in done.out, done.text
    done = workspace.oxdb("test", "-p", "words", "--lib", "--triage", "--", "--ignored")
    assert list(lines_of(done)) == ["tests::slow_one"], done.text


def test_triage_timeout(workspace):
    done = workspace.oxdb("test", "waits", "--triage", "--timeout", "1", env={"OXDB_TEST_WAITS": "1"})
    assert done.code == 1, done.text
    assert lines_of(done) == {"tests::waits": "TIMEOUT"}
    assert "faults::tests::waits" in done.out.split("\n==== ")[1]
