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
