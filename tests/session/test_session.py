"""The session tests beside this file, through oxdb; runner.py has the format."""

import pytest

import runner

TESTS = [pytest.param(path, revision, setting, id=runner.name_of(path, revision, setting))
         for path, revision in runner.find_tests([runner.HERE]) for setting in runner.SETTINGS]


@pytest.mark.parametrize("path, revision, setting", TESTS)
def test_session(path, revision, setting):
    try:
        runner.run_one(path, revision, setting)
    except runner.Skip as skip:
        pytest.skip(str(skip))
    except runner.Failure as failure:
        pytest.fail(str(failure), pytrace=False)
