"""The session tests beside this file, through oxdb; runner.py has the format."""

import pytest

import runner

# Sessions whose every line oxdb does not meet yet: FILE: REASON. They are expected to fail, and a run in which one passes fails until its
# line is gone.
OPEN = dict(line.split(": ", 1) for line in (runner.HERE / "open.txt").read_text().splitlines() if line and not line.startswith("#"))


def marks(path):
    return [pytest.mark.xfail(reason=f"open: {OPEN[path.name]}", strict=True)] if path.name in OPEN else []


TESTS = [pytest.param(path, revision, setting, id=runner.name_of(path, revision, setting), marks=marks(path))
         for path, revision in runner.find_tests([runner.HERE]) for setting in runner.SETTINGS]


@pytest.mark.parametrize("path, revision, setting", TESTS)
def test_session(path, revision, setting):
    try:
        runner.run_one(path, revision, setting)
    except runner.Skip as skip:
        pytest.skip(str(skip))
    except runner.Failure as failure:
        pytest.fail(str(failure), pytrace=False)
