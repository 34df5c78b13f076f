"""What happened, in words: each kind of end, its exit code, its fault and its verdict."""

import pytest
from conftest import VARIANTS, line_of

THREADS = [[], ["--thread"]]


# ---- ends without a crash ----

@pytest.mark.parametrize("name", ["hello-c", "hello-rust", "jit-hello"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_clean_exit(triage, name, variant):
    r = triage(name, variant=variant)
    assert r.code == 0
    assert r.doc["outcome"] == "exited" and r.doc["exit_code"] == 0
    assert r.verdict["kind"] == "none" and r.doc["fault"] is None and r.doc["signal"] is None
    assert not r.doc["process"]["descendant"]
    assert r.doc["process"]["program"].endswith(name)


@pytest.mark.parametrize("code", [0, 1, 2, 7, 101, 255])
def test_own_exit_code(triage, code):
    # 101 without a panic is a code like any other.
    r = triage("exit-code", str(code))
    assert r.code == code
    assert r.doc["outcome"] == "exited" and r.doc["exit_code"] == code


# ---- faults of native code ----

@pytest.mark.parametrize("variant", VARIANTS)
def test_null_pointer_c(triage, variant):
    r = triage("null-pointer-c", variant=variant)
    assert r.code == 1
    assert r.doc["signal"]["name"] == "SIGSEGV" and r.doc["signal"]["number"] == 11 and r.doc["signal"]["code"] == 1
    fault = r.doc["fault"]
    assert (fault["kind"], fault["address"], fault["size"]) == ("write", "0x10", 8)
    assert not fault["first_of_several"]
    assert r.verdict["kind"] == "null-pointer"
    r.assert_guilty("insert_right")
    assert r.frames[0]["function"] == "insert_right" and r.frames[0]["line"] == line_of("null-pointer-c/null-pointer-c.c", "place->right")
    assert "insert_right" in r.doc["where"]
    r.assert_whole()
    marked = [i for i in r.doc["instructions"] if i["marked"]]
    assert len(marked) == 1 and marked[0]["address"] == r.frames[0]["pc"] and marked[0]["decodable"]
    assert 2 <= len(r.doc["instructions"]) <= 24
    registers = {x["name"]: x for x in r.doc["registers"]}
    assert registers["rip"]["value"] == r.frames[0]["pc"]
    assert "insert_right" in registers["rip"]["meaning"]
    assert registers["rsp"]["meaning"]


@pytest.mark.parametrize("how", [[], ["--field"], ["--write"]])
@pytest.mark.parametrize("variant", VARIANTS)
def test_null_pointer_rust(triage, variant, how):
    r = triage("null-pointer", *how, variant=variant)
    assert r.code == 1
    if "release" in variant or how == ["--write"]:
        assert r.doc["signal"]["name"] == "SIGSEGV"
        assert r.doc["fault"]["kind"] == ("write" if how == ["--write"] else "read")
        assert r.doc["fault"]["address"] == ("0x20" if how == ["--field"] else "0x0")
        assert r.verdict["kind"] == "null-pointer"
    else:
        assert r.doc["signal"]["name"] == "SIGABRT"
        assert "null pointer dereference" in r.doc["panic"]["message"]
        assert r.verdict["kind"] in ("null-pointer", "rust-panic")
    if how == ["--write"] or "release" not in variant:  # else inlined, in spite of its attribute
        r.assert_guilty({"--field": "total_of", "--write": "clear"}.get("".join(how), "id_of"))
    r.assert_whole()


@pytest.mark.parametrize("how", [[], ["--least"]])
def test_divide(triage, how):
    r = triage("divide", *how)
    assert r.code == 1
    assert r.doc["signal"]["name"] == "SIGFPE"
    assert r.doc["fault"]["kind"] == "divide"
    assert r.verdict["kind"] == "none"
    assert r.frames[0]["function"] == "share"
    r.assert_whole()


def test_misaligned(triage):
    r = triage("misaligned")
    assert r.code == 1
    assert r.doc["signal"]["name"] == "SIGSEGV" and r.doc["signal"]["code"] == 128
    assert r.doc["fault"]["kind"] == "alignment"
    assert int(r.doc["fault"]["address"], 16) % 16 == 4
    assert r.frames[0]["function"] == "copy"


def test_noncanonical(triage):
    r = triage("misaligned", "--noncanonical")
    assert r.code == 1
    assert r.doc["fault"]["kind"] == "non-canonical"
    assert r.doc["fault"]["address"] == "0xabcd000012345678"
    assert r.frames[0]["function"] == "read_at"


@pytest.mark.parametrize("how", [[], ["--heap"], ["--stack"]])
@pytest.mark.parametrize("variant", ["debug", "release"])
def test_noexec(triage, variant, how):
    r = triage("noexec", *how, variant=variant)
    assert r.code == 1
    assert r.doc["signal"]["name"] == "SIGSEGV" and r.doc["signal"]["code"] == 2
    assert r.doc["fault"]["kind"] == "execute"
    assert r.doc["fault"]["address"] == r.frames[0]["pc"]
    assert r.verdict["kind"] == "none"
    assert r.index("call") == 1
    r.assert_whole()


@pytest.mark.parametrize("thread", THREADS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_stack_overflow(triage, variant, thread):
    r = triage("stack-overflow", *thread, variant=variant)
    assert r.code == 1
    assert r.verdict["kind"] == "stack-overflow", r.reasoning
    r.assert_guilty("depth_of")
    assert r.doc["fault"]["kind"] == "stack-overflow"
    assert r.frame("depth_of")["file"].endswith("stack-overflow/src/main.rs")
    assert r.doc["frames_left_out"] > 1000
    assert r.doc["frames_left_out_at"] > 0
    # std's handler prints and aborts; the report is of the fault before.
    assert r.doc["fault"]["first_of_several"] and r.doc["fault"]["afterwards"]
    assert r.index("abort") < 0
    r.assert_whole(("run",))


@pytest.mark.parametrize("thread", THREADS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_stack_overflow_in_jit_code(triage, variant, thread):
    r = triage("stack-overflow", "--jit", *thread, variant=variant)
    assert r.code == 1
    assert r.verdict["kind"] == "stack-overflow", r.reasoning
    r.assert_guilty("count_down")
    assert r.frames[0]["kind"] == "jit" and r.frames[0]["function"] == "count_down"
    assert r.doc["frames_left_out"] > 1000
    r.assert_whole(("run",))


MORE_FAULTS = {  # signal, kind of fault, function
    "--ud2": ("SIGILL", "trap", "undefined_instruction"),
    "--int3": ("SIGTRAP", "trap", "breakpoint"),
    "--bus": ("SIGBUS", "read", "behind_the_end"),
    "--privileged": ("SIGSEGV", "illegal-instruction", "privileged"),
    "--abort": ("SIGABRT", "abort", "give_up"),
    "--assert": ("SIGABRT", "abort", "check"),
    "--read-only": ("SIGSEGV", "write", "write_constant"),
    "--below": ("SIGSEGV", "read", "read_at"),
}


@pytest.mark.parametrize("variant", ["debug", "release"])
def test_arguments_in_vector_registers(triage, variant):
    r = triage("more-faults", "--floats", variant=variant)
    assert r.frames[0]["function"] == "store"
    assert {a["name"]: a["value"] for a in r.frames[0]["arguments"]} == {"scale": "2.5", "ratio": "0.25", "at": "0x20000"}


@pytest.mark.parametrize("how", MORE_FAULTS)
def test_more_faults(triage, how):
    r = triage("more-faults", how)
    signal, kind, function = MORE_FAULTS[how]
    assert r.code == 1
    assert r.doc["signal"]["name"] == signal
    assert r.doc["fault"]["kind"] == kind
    assert r.verdict["kind"] == "none"
    if signal != "SIGABRT":
        assert r.index(function) == 0
    assert function in r.doc["where"]
    r.assert_whole()


# ---- traps ----

TRAPS = {"": ("SIGFPE", ["divi"]), "--user": ("SIGILL", ["7"]), "--overflow": ("SIGILL", ["overflow"]), "--unreachable": ("SIGILL", ["1"])}


@pytest.mark.parametrize("thread", THREADS)
@pytest.mark.parametrize("kind", TRAPS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_jit_trap(triage, variant, kind, thread):
    r = triage("jit-trap", *[kind] * bool(kind), *thread, variant=variant)
    signal, words = TRAPS[kind]
    assert r.code == 1
    assert r.doc["signal"]["name"] == signal
    assert r.verdict["kind"] == "jit-trap", r.reasoning
    assert r.verdict["confidence"] == "proven" or kind == ""
    r.assert_guilty("evaluate")
    for word in words:
        assert word in r.reasoning
    assert r.doc["fault"]["kind"] == ("divide" if not kind else "trap") or r.doc["fault"]["kind"] == "trap"
    assert r.frames[0]["kind"] == "jit" and r.frames[0]["function"] == "evaluate"
    r.assert_whole(("run",))


# ---- panics ----

@pytest.mark.parametrize("variant", VARIANTS)
def test_panic_uncaught(triage, variant):
    r = triage("panic", variant=variant)
    assert r.code == 1
    assert r.doc["outcome"] == "crashed" and r.doc["exit_code"] == 101 and r.doc["signal"] is None
    assert r.verdict["kind"] == "rust-panic"
    panic = r.doc["panic"]
    assert panic["message"] == "cannot withdraw 100 of 10"
    assert panic["file"].endswith("panic/src/main.rs") and panic["line"] == r.frame("withdraw")["line"]
    assert panic["column"] and panic["can_unwind"]
    assert b"cannot withdraw 100 of 10" in r.err  # the program's own words
    r.assert_guilty("withdraw")
    r.assert_whole()


@pytest.mark.parametrize("variant", VARIANTS)
def test_panic_index(triage, variant):
    r = triage("panic", "--index", variant=variant)
    assert r.code == 1
    assert r.verdict["kind"] == "rust-panic"
    assert r.doc["panic"]["message"] == "index out of bounds: the len is 3 but the index is 7"


def test_panic_in_a_destructor(triage):
    """The second panic ends the process; the first one is not forgotten."""
    r = triage("panic", "--in-drop")
    assert r.code == 1
    assert r.doc["signal"]["name"] == "SIGABRT"
    assert r.verdict["kind"] == "rust-panic"
    assert r.doc["panic"]["message"] == "cannot withdraw 1 of 0"
    assert any("cannot withdraw 100 of 10" in note for note in r.doc["notes"])


def test_panic_with_a_payload_that_is_no_text(triage):
    r = triage("panic", "--payload")
    assert r.code == 1
    assert r.verdict["kind"] == "rust-panic"
    assert r.doc["panic"]["message"] is None


@pytest.mark.parametrize("how", ["--caught", "--many", "--thread-ignored"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_panic_caught(triage, variant, how):
    r = triage("panic", how, variant=variant)
    assert r.code == 0
    assert r.doc["outcome"] == "exited" and r.doc["panic"] is None
    assert (b"10000\n" if how == "--many" else b"true\n") in r.out


@pytest.mark.parametrize("variant", VARIANTS)
def test_panic_in_a_thread(triage, variant):
    r = triage("panic", "--thread", variant=variant)
    assert r.code == 1
    assert r.verdict["kind"] == "rust-panic"
    # main died of unwrapping the join; the thread's own panic must be told, too.
    assert "cannot withdraw 100 of 10" in str(r.doc)


@pytest.mark.parametrize("how", ["--jit", "--jit-unwind"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_panic_with_jit_code_on_the_stack(triage, variant, how):
    r = triage("panic", how, variant=variant)
    assert r.code == 1
    assert r.doc["signal"]["name"] == "SIGABRT"
    assert r.verdict["kind"] == "rust-panic", r.reasoning  # and blames no convention
    assert r.doc["panic"]["message"] == "cannot withdraw 100 of 10"
    assert r.doc["panic"]["line"] == r.frame("withdraw")["line"]
    r.frame("pay", kind="jit")
    r.assert_whole()


# ---- handlers ----

@pytest.mark.parametrize("variant", ["debug", "release"])
def test_survivor(triage, variant):
    r = triage("survivor", variant=variant)
    assert r.code == 0
    assert r.doc["outcome"] == "exited"
    assert b"survived 10000\n" in r.out


@pytest.mark.parametrize("count", [[], ["--few"]])
@pytest.mark.parametrize("ending", ["--handler-abort", "--reraise", "--refault", "--kill-self"])
@pytest.mark.parametrize("variant", ["debug", "release"])
def test_died_of_a_fault_that_the_handler_saw(triage, variant, ending, count):
    r = triage("survivor", ending, *count, variant=variant)
    assert r.code == 1
    assert r.doc["fault"]["kind"] == "write" and r.doc["fault"]["size"] == 4
    assert r.doc["fault"]["address"].endswith("040")  # the guard page, not 0xdead000
    assert r.doc["fault"]["first_of_several"] and r.doc["fault"]["afterwards"]
    assert r.frames[0]["function"] == "last_fault"
    r.assert_whole()


def test_abort_after_survived_faults(triage):
    r = triage("survivor", "--then-abort")
    assert r.code == 1
    assert r.doc["signal"]["name"] == "SIGABRT"
    assert r.doc["fault"] is None or (r.doc["fault"]["kind"] == "abort" and not r.doc["fault"]["first_of_several"])
    r.frame("main")
    assert r.index("last_fault") < 0


# ---- signals from outside ----

@pytest.mark.parametrize("how,name", [("", "SIGTERM"), ("--kill", "SIGKILL"), ("--segv", "SIGSEGV"), ("--self", "SIGTERM")])
def test_signal_from_outside(triage, how, name):
    r = triage("outside-signal", *[how] * bool(how))
    assert r.code == 1
    assert r.doc["outcome"] == "crashed"
    assert r.doc["signal"]["name"] == name
    assert r.verdict["kind"] == "none"
    if how in ("", "--segv"):
        assert r.doc["signal"]["sender"]
    if how == "--self":
        assert "outside" not in r.doc["fault"]["description"]
    if name != "SIGKILL":
        assert r.doc["fault"]["kind"] == "signal"
        r.frame("main")
