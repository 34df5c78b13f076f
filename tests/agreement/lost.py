"""Stops at which gdb loses its way in code that nothing describes.

At an address without symbols gdb takes the word at the stack pointer for the return address (amd64_frame_cache_1 in gdb/amd64-tdep.c), which
holds at a function's first instruction alone. Elsewhere its backtrace has frames at what lay on the stack ("#1  0x00007fffffffec30 in ?? ()"),
and what is behind them is right only where a frame pointer leads there. This is what has to agree then:
  - the innermost frame;
  - from the first frame on that both have, all frames, until gdb has an unknown one again or stops;
  - the outermost frames of oxdb's with those that gdb's backtrace had at the session's first stop, where main had just begun.
Values of arguments are not compared (they are read at the frame's address), nor is what is said of the selected frame: the two select
different ones.
"""

import re

FRAME = re.compile(r"#(\d+) +(?:(0x[0-9a-f]+) in )?(.*)")
UNKNOWN = "?? ()"
STOPPED = "Backtrace stopped: "


def frames(lines):
    """(number, address or None, text) of each."""
    found = (FRAME.fullmatch(line) for line in lines)
    return [(int(match[1]), match[2], match[3]) for match in found if match]


def bare(text):
    """A frame's text without the values of its arguments."""
    head, _, place = text.rpartition(" at ")
    return (head.split(" (")[0] if head else text, place)


def is_lost(theirs, ours):
    """gdb has unknown callers that oxdb does not have."""
    known = {(address, text) for _, address, text in frames(ours)}
    return any(number > 0 and text == UNKNOWN and (address, text) not in known for number, address, text in frames(theirs))


def plain(lines):
    return [(address, bare(text)) for _, address, text in frames(lines)]


def tail_differs(theirs, ours):
    """gdb's frame that oxdb does not have, behind the first that both have."""
    left, right = plain(theirs)[1:], plain(ours)[1:]
    start = next((i for i, frame in enumerate(left) if frame[1][0] != UNKNOWN and frame in right), len(left))
    at = right.index(left[start]) if start < len(left) else 0
    for i, frame in enumerate(left[start:]):
        if frame[1][0] == UNKNOWN:
            break
        if at + i >= len(right) or right[at + i] != frame:
            return frame
    return None


def root_differs(first, ours):
    """gdb's frame at the first stop that oxdb's backtrace does not end with."""
    left, right = plain(first), plain(ours)
    # main, with what it was inlined into, stands elsewhere by now, and is no frame any more where its last call was a jump; where its callers
    # stand stays the same. gdb does not show those of C's main.
    main = next((i for i, (_, (name, _)) in enumerate(left) if name.endswith("::main")),
                next((i for i, (address, _) in enumerate(left[1:]) if address), len(left) - 1))
    callers = left[main + 1:]
    if len(right) < len(callers) + 1:
        return left[main]
    end = len(right) - len(callers)
    if not callers and right[end - 1][1][0] != left[main][1][0]:
        return left[main]
    return next((a for a, b in zip(callers, right[end:]) if a != b), None)


def selects(command):
    return command in ("up", "down", "info frame")


class Tracker:
    """Goes through a session's commands and says what is left of each to compare."""

    def __init__(self):
        self.lost, self.level, self.first = False, 0, None

    def reduce(self, command, theirs, ours):
        """The lines of both to compare. Without those that gdb cannot know."""
        if command in ("run", "continue", "kill"):
            self.lost, self.level = False, 0
        if command == "bt" and frames(theirs):
            self.first = self.first or theirs
            self.lost = is_lost(theirs, ours)
            if self.lost:
                return self.backtrace(theirs, ours)
        if not self.lost:
            return theirs, ours
        self.level += {"up": 1, "down": -1}.get(command, 0)
        if command == "down" and self.level == 0:
            return theirs, ours
        if selects(command) or (self.level and command in ("info args", "info locals")):
            return [], []
        return theirs, ours

    def backtrace(self, theirs, ours):
        here = [[line for line in side if line.startswith("#0 ")] for side in (theirs, ours)]
        wrong = [frame for frame in (tail_differs(theirs, ours), root_differs(self.first, ours)) if frame]
        return here[0] + [f"a frame at {address}: {text}" for address, text in wrong], here[1]
