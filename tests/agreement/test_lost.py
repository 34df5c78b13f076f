"""What of a backtrace is compared where gdb is lost."""

import lost

FIRST = ["#0  p::main () at main.rs:3", "#1  0x0000555555560000 in start () at rt.rs:1", "#2  0x0000555555561000 in _start ()"]
GDB = ["#0  0x00007ffff7fbc004 in ?? ()", "#1  0x00007fffffffec30 in ?? ()", "#2  0x0000555555550010 in call (f=0x1) at main.rs:9",
       "#3  0x0000555555550100 in p::main () at main.rs:4", "Backtrace stopped: frame did not save the PC"]
OURS = ["#0  0x00007ffff7fbc004 in ?? ()", "#1  0x0000555555550010 in call (f=0x2) at main.rs:9", "#2  0x0000555555550100 in p::main () at main.rs:4",
        "#3  0x0000555555560000 in start () at rt.rs:1", "#4  0x0000555555561000 in _start ()"]


def reduced(ours, theirs=GDB):
    tracker = lost.Tracker()
    tracker.reduce("run", [], [])
    tracker.reduce("bt", FIRST, FIRST)
    tracker.reduce("continue", [], [])
    left, right = tracker.reduce("bt", theirs, ours)
    return tracker, left == right


def test_agrees():
    tracker, agrees = reduced(OURS)
    assert tracker.lost and agrees
    assert tracker.reduce("up", ["#1  0x00007fffffffec30 in ?? ()"], ["#1  call"]) == ([], [])
    assert tracker.reduce("print x", ["1"], ["2"]) == (["1"], ["2"])
    tracker.reduce("continue", [], [])
    assert tracker.reduce("up", ["a"], ["b"]) == (["a"], ["b"])


def test_innermost_differs():
    assert not reduced(["#0  0x00007ffff7fbc008 in ?? ()", *OURS[1:]])[1]


def test_line_behind_differs():
    assert not reduced([*OURS[:2], OURS[2].replace(":4", ":5"), *OURS[3:]])[1]


def test_frame_missing():
    assert not reduced([*OURS[:2], *OURS[3:]])[1]


def test_end_missing():
    assert not reduced(OURS[:-1])[1]
    assert not reduced(OURS[:3])[1]


def test_where_gdb_knows_all_is_compared():
    tracker, agrees = reduced(OURS, [*OURS[:4]])
    assert not tracker.lost and not agrees
