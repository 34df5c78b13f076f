"""oxdb and gdb in the same sessions, on every program as it was built in each way; agree.py says how they are compared."""

import collections
import concurrent.futures
import pathlib

import agree
import pytest

LINES = (pathlib.Path(__file__).parent / "open.txt").read_text().splitlines()
OPEN = dict(line.split(": ", 1) for line in LINES if line and not line.startswith("#"))


def marks(case):
    why = OPEN.get(str(case))
    return [pytest.mark.xfail(reason=f"open: {why}", strict=True)] if why else []


CASES = list(agree.cases())
HITS = collections.Counter()


@pytest.fixture(scope="module")
def results():
    """All sessions, two at a time; each test waits for its own."""
    if why := agree.unavailable():
        pytest.skip(why)
    classes = agree.Classes()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        yield {case: pool.submit(agree.check, case, classes) for case in CASES}
    print(agree.report_class_hits(classes, HITS))


@pytest.mark.parametrize("case", [pytest.param(case, id=str(case), marks=marks(case)) for case in CASES])
def test_agrees(case, results):
    if not case.path.exists():
        pytest.skip(f"{case.path} is not built")
    differences, hits, _ = results[case].result()
    HITS.update(hits)
    text = "\n".join(agree.show_difference(*difference) for difference in differences[:20])
    if differences:
        pytest.fail(f"{len(differences)} differences that no class explains\n{text}", pytrace=False)


def test_open_sessions_are_there():
    assert not set(OPEN) - {str(case) for case in CASES}


def test_class_hits(results, capsys):
    """Prints how often each class was needed."""
    for case, future in results.items():
        if case.path.exists():
            future.result()
    with capsys.disabled():
        print("\n" + agree.report_class_hits(agree.Classes(), HITS))
