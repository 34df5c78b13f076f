"""The three faults at the boundary of JIT code, and their innocent twins."""

import pytest
from conftest import PERF_MODES, VARIANTS, line_of

BLAME = {"struct-return-mismatch", "callee-saved-clobbered", "freed-code"}
THREADS = ["main", "thread"]
BAD_POINTER = 0x414141414000


def where(thread):
    return ["--thread"] if thread == "thread" else []


def entry(thread):
    return ("main",) if thread == "main" else ("run",)


def each():
    """A test for each variant and thread."""
    def mark(function):
        function = pytest.mark.parametrize("thread", THREADS)(function)
        return pytest.mark.parametrize("variant", VARIANTS)(function)
    return mark


def assert_struct_return(r):
    assert r.code == 1
    assert r.doc["outcome"] == "crashed"
    assert r.verdict["kind"] == "struct-return-mismatch", r.reasoning
    r.assert_guilty("parse_document")
    # Both signatures, which argument landed where, and how to mend it.
    assert "i64, i64, i64, i64) -> i64" in r.reasoning
    assert "Event" in r.reasoning and "next_event" in r.reasoning
    for register in ["rdi", "rsi", "rdx"]:
        assert register in r.reasoning
    assert r.verdict["hint"]
    assert r.verdict["evidence"]


# ---- struct-return-mismatch ----

@pytest.mark.parametrize("perf", PERF_MODES)
@each()
def test_struct_return(triage, variant, thread, perf):
    r = triage("jit-struct-return", *where(thread), variant=variant, perf=perf)
    assert_struct_return(r)
    jit = r.frame("parse_document", kind="jit")
    assert jit["offset"] and not jit["freed"] and jit["module"] is None
    assert "i64, i64, i64) -> i64" in jit["signature"]
    helper = r.frame("next_event", kind="native")
    assert r.index("next_event") == r.index("parse_document") - 1
    assert helper["file"].endswith("jit-struct-return/src/main.rs") and helper["line"]
    assert [a["value"] for a in helper["arguments"] if a["name"] == "input"][0].startswith("0x12")
    r.assert_whole(entry(thread))
    if "release" in variant:
        assert r.doc["signal"]["name"] == "SIGSEGV"
        assert r.doc["fault"]["kind"] == "read"
        assert r.doc["fault"]["address"] == "0x12"
        assert r.doc["fault"]["size"] == 1
        assert r.index("next_event") > 0 and r.frames[0]["inlined"]  # an iterator, inlined
    else:
        assert r.doc["signal"]["name"] == "SIGABRT"
        assert "unsafe precondition(s) violated" in r.doc["panic"]["message"]
        assert not r.doc["panic"]["can_unwind"]
    assert r.doc["thread"]["name"] == ("parser" if thread == "thread" else "jit-struct-retu")


@each()
def test_struct_return_index_out_of_range(triage, variant, thread):
    r = triage("jit-struct-return", "--index", *where(thread), variant=variant)
    assert_struct_return(r)
    assert r.doc["signal"]["name"] == "SIGABRT"
    assert "index out of bounds: the len is 4" in r.doc["panic"]["message"]
    r.frame("parse_document", kind="jit")
    r.frame("next_event_by_table", kind="native")
    r.assert_whole(entry(thread))


@each()
def test_struct_return_panic_resumed_behind_the_jit_frame(triage, variant, thread):
    r = triage("jit-struct-return", "--index", "--resume", *where(thread), variant=variant)
    assert_struct_return(r)
    assert r.doc["signal"] is None and r.doc["exit_code"] == 101
    assert "index out of bounds: the len is 4" in r.doc["panic"]["message"]
    # The frames are those of the panic, not those of the exit.
    r.frame("parse_document", kind="jit")
    r.assert_whole(entry(thread))


@pytest.mark.parametrize("words", [[], ["--two-words"], ["--into"]])
@each()
def test_struct_return_twin(triage, variant, thread, words):
    r = triage("jit-struct-return-ok", *words, *where(thread), variant=variant)
    assert r.code == 1
    assert r.verdict["kind"] == "none", r.reasoning
    assert r.verdict["ruled_out"]
    assert r.doc["fault"]["kind"] == "read"
    assert r.doc["fault"]["address"] == hex(BAD_POINTER)
    r.frame("parse_document", kind="jit")
    r.assert_whole(entry(thread))


@pytest.mark.parametrize("words", [[], ["--two-words"], ["--into"]])
@pytest.mark.parametrize("variant", VARIANTS)
def test_struct_return_twin_clean(triage, variant, words):
    r = triage("jit-struct-return-ok", "--clean", *words, variant=variant)
    assert r.code == 0
    assert r.doc["outcome"] == "exited" and r.doc["exit_code"] == 0
    assert b"1 events, the first of length 2\n" in r.out


# ---- freed-code ----

@pytest.mark.parametrize("perf", PERF_MODES)
@pytest.mark.parametrize("remapped", [[], ["--remapped"]])
@each()
def test_freed(triage, variant, thread, remapped, perf):
    r = triage("jit-freed", *remapped, *where(thread), variant=variant, perf=perf)
    assert r.code == 1
    assert r.verdict["kind"] == "freed-code", r.reasoning
    r.assert_guilty("scale")
    assert "evict" in r.reasoning  # who freed it
    assert r.doc["signal"]["name"] == "SIGSEGV"
    assert r.doc["fault"]["kind"] == "execute"
    first = r.frames[0]
    assert first["kind"] == "jit" and first["freed"] and first["function"] == "scale" and first["offset"] == 0
    assert first["pc"] == r.doc["fault"]["address"]
    assert r.index("evaluate") >= 1  # not skipped by following rbp
    r.assert_whole(entry(thread))
    # The code is shown as it was.
    assert [i for i in r.doc["instructions"] if i["marked"]]
    assert r.doc["instructions_note"]


@pytest.mark.parametrize("perf", PERF_MODES)
@pytest.mark.parametrize("variant", ["debug", "release"])
def test_freed_in_a_forked_child(triage, variant, perf):
    """The child knows what was compiled before the fork."""
    r = triage("jit-freed", "--fork", variant=variant, perf=perf)
    assert r.code == 1
    assert r.doc["process"]["descendant"]
    assert r.verdict["kind"] == "freed-code"
    r.assert_guilty("scale")
    assert "evict" in r.reasoning


def test_freed_at_an_address_of_several(triage):
    """Which of the functions the pointer was of cannot be known."""
    r = triage("jit-freed", "--reused")
    assert r.verdict["kind"] == "freed-code" and r.verdict["confidence"] == "likely"
    assert {"scale", "offset"} <= set(r.verdict["guilty"])


def test_freed_while_on_the_stack(triage):
    r = triage("jit-freed", "--on-stack")
    assert r.verdict["kind"] == "freed-code" and r.verdict["confidence"] == "proven"
    assert "returned into" in r.verdict["summary"] and "evict" in r.verdict["summary"]
    r.assert_guilty("scale")


@pytest.mark.parametrize("perf", PERF_MODES)
def test_code_in_the_heap(triage, perf):
    r = triage("heap-code", perf=perf)
    assert r.code == 1
    assert r.frames[0]["kind"] == "jit"
    assert r.verdict["kind"] == "none"
    assert r.index("call") == 1
    r.assert_whole()


@pytest.mark.parametrize("perf", PERF_MODES)
def test_code_in_the_heap_freed(triage, perf):
    r = triage("heap-code", "--freed", perf=perf)
    assert r.code == 1
    assert r.doc["fault"]["kind"] == "execute"
    assert r.verdict["kind"] == "freed-code"
    assert "give_back" in r.reasoning
    assert r.index("call") == 1
    r.assert_whole()


@each()
def test_freed_twin(triage, variant, thread):
    r = triage("jit-freed-ok", *where(thread), variant=variant)
    assert r.code == 1
    assert r.verdict["kind"] == "none", r.reasoning
    assert r.doc["fault"]["kind"] == "read"
    assert r.doc["fault"]["address"] == hex(0x424242424008)
    first = r.frames[0]
    assert first["kind"] == "jit" and first["function"] == "first_word" and not first["freed"]
    r.assert_whole(entry(thread))


@each()
def test_freed_twin_wild_jump(triage, variant, thread):
    r = triage("jit-freed-ok", "--wild", *where(thread), variant=variant)
    assert r.code == 1
    assert r.verdict["kind"] == "none", r.reasoning
    assert r.doc["fault"]["kind"] == "execute"
    assert r.doc["fault"]["address"] == hex(BAD_POINTER)
    r.frame("call", kind="native")
    r.assert_whole(entry(thread))


# ---- callee-saved-clobbered ----

@pytest.mark.parametrize("perf", PERF_MODES)
@each()
def test_clobber(triage, variant, thread, perf):
    r = triage("jit-clobber", *where(thread), variant=variant, perf=perf)
    assert r.code == 1
    assert r.verdict["kind"] == "callee-saved-clobbered", r.reasoning
    assert "rbx" in r.reasoning and "apply" in r.reasoning
    assert r.doc["fault"]["kind"] == "read" and r.doc["fault"]["address"] == "0x8"
    assert r.frames[0]["function"] == "apply" and r.frames[0]["file"].endswith("apply.c") and r.frames[0]["line"] == line_of("jit-clobber/apply.c", "item->value")
    r.assert_whole(entry(thread))


@each()
def test_clobber_twin(triage, variant, thread):
    r = triage("jit-clobber-ok", *where(thread), variant=variant)
    assert r.code == 1
    assert r.verdict["kind"] == "none", r.reasoning
    assert r.doc["fault"]["address"] == hex(BAD_POINTER + 8)
    assert r.frames[0]["function"] == "apply"
    r.assert_whole(entry(thread))


def test_clobber_twin_clean(triage):
    r = triage("jit-clobber-ok", "--clean")
    assert r.code == 0 and r.doc["outcome"] == "exited"


# ---- names without debug information, and what was not recorded ----

def test_stripped_program_has_names_from_a_perf_map(oxdb, tmp_path):
    import subprocess
    from conftest import program_path
    copy = tmp_path / "stripped"
    subprocess.run(["strip", "-s", "-o", copy, program_path("jit-freed-ok", "release")], check=True)
    r = oxdb.triage_path(copy, env={"PERF_BUILDID_DIR": str(tmp_path)})
    assert r.code == 1
    assert r.frames[0]["kind"] == "jit" and r.frames[0]["function"] == "first_word"
    assert r.verdict["kind"] not in BLAME


@pytest.mark.parametrize("perf", PERF_MODES)
def test_code_that_went_by_a_raw_system_call(triage, perf):
    r = triage("raw-syscall", perf=perf)
    assert r.code == 1
    assert r.doc["fault"]["kind"] == "execute"
    assert r.verdict["confidence"] != "proven"
    if perf == "perf":  # where nothing told of the code, nothing can be said of it
        assert "record" in "\n".join(r.doc["notes"] + [r.reasoning])
    r.frame("call")
    r.assert_whole()


@pytest.mark.parametrize("perf", PERF_MODES)
def test_code_that_came_by_a_raw_system_call(triage, perf):
    r = triage("raw-syscall", "--crash", perf=perf)
    assert r.code == 1
    assert r.verdict["kind"] == "none"
    assert r.doc["fault"]["kind"] == "read" and r.doc["fault"]["address"] == hex(BAD_POINTER)
    assert r.frames[0]["kind"] in ("jit", "unknown")
    assert r.frames[0]["function"] is None or r.frames[0]["function"].startswith("(code at 0x")
    r.frame("call")
    r.frame("main")


def test_perf_map(triage):
    r = triage("perf-map")
    assert r.code == 1
    assert r.functions[:3] == ["inner function", "outer function", "main"]
    assert [f["kind"] for f in r.frames[:3]] == ["jit", "jit", "native"]
    assert r.frames[0]["offset"] == 4 and r.frames[1]["offset"] == 9


def test_perf_map_the_last_line_wins(triage):
    r = triage("perf-map", "--damage", "overlap")
    assert r.functions[0] == "the last one wins"
