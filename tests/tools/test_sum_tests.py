"""tools/sum-tests on results that meson and pytest write."""

import json
import pathlib
import subprocess

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tools/sum-tests"
TAP = "1..3\nok 1 - first\nnot ok 2 - second\nok 3 # SKIP third\n"
JUNIT = """<testsuites><testsuite>
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="m"/></testcase>
<testcase classname="a" name="left"><skipped type="pytest.skip" message="no compiler"/></testcase>
<testcase classname="a" name="known"><skipped type="pytest.xfail" message="not there yet"/></testcase>
</testsuite></testsuites>"""


def run(folder, meson, junit):
    (folder / "log").write_text(meson)
    (folder / "xml").write_text(junit)
    return subprocess.run([TOOL, folder / "log", folder / "xml"], capture_output=True, text=True)


def test_counts(tmp_path):
    got = run(tmp_path, json.dumps({"name": "unit", "result": "ERROR", "stdout": TAP}) + "\n", JUNIT)
    lines = got.stdout.splitlines()
    assert lines[-1] == "2 passed, 2 failed, 1 expected to fail, 2 skipped"
    assert "expected to fail: a: known: not there yet" in lines
    assert "skipped: a: left: no compiler" in lines
    assert got.returncode == 1


def test_a_crash_fails(tmp_path):
    got = run(tmp_path, json.dumps({"name": "unit", "result": "ERROR", "stdout": "1..3\nok 1 - first\n"}) + "\n", JUNIT)
    assert "failed: unit: ERROR after 1 of 3 tests" in got.stdout


def test_no_results_fail(tmp_path):
    got = run(tmp_path, "", "<testsuites/>")
    assert got.stdout.splitlines()[-1] == "0 passed, 2 failed"
    assert got.returncode == 1
