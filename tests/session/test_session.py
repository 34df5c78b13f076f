"""The session tests beside this file, through oxdb; runner.py has the format."""

import pytest

import runner

# Sessions in which oxdb does not do yet all that is asked: FILE: REASON. Where one passes, its line goes.
OPEN = dict(line.split(": ", 1) for line in (runner.HERE / "open.txt").read_text().splitlines() if line and not line.startswith("#"))

TESTS = [pytest.param(path, revision, setting, id=runner.name_of(path, revision, setting))
         for path, revision in runner.find_tests([runner.HERE]) for setting in runner.SETTINGS]


@pytest.mark.parametrize("path, revision, setting", TESTS)
def test_session(path, revision, setting):
    try:
        runner.run_one(path, revision, setting)
    except runner.Skip as skip:
        pytest.skip(str(skip))
    except runner.Failure as failure:
        if path.name in OPEN:
            pytest.skip(f"open: {OPEN[path.name]}")
        pytest.fail(str(failure), pytrace=False)
