#!/usr/bin/env python3
"""Stands in for cargo-nextest where that is not installed: lists and runs tests with what oxdb uses of its command line, its JSON ("Machine-readable output"
of nextest's book) and its environment."""

import json
import os
import re
import subprocess
import sys


def options_of(words):
    """What is nextest's own, and the rest for cargo."""
    own, rest, names = {}, [], []
    words, _, behind = " \0".join(words).partition(" \0-- \0")
    words = words.split(" \0") if words else []
    names = [word for word in behind.split(" \0") if word and word != "--exact"]
    while words:
        word = words.pop(0)
        if word in ("--message-format", "--run-ignored", "-E"):
            own[word] = words.pop(0)
        elif word != "--no-fail-fast":
            rest.append(word)
    return own, rest, names


def find_runner():
    """The host's, from the environment."""
    host = re.search("host: (.*)", subprocess.run(["rustc", "-vV"], check=True, text=True, stdout=subprocess.PIPE).stdout)[1]
    return os.environ.get(f"CARGO_TARGET_{host.upper().replace('-', '_')}_RUNNER", "").split()


def suites(options, runner):
    built = subprocess.run(["cargo", "test", "--no-run", "--message-format=json-render-diagnostics", *options], check=True, text=True,
                           stdout=subprocess.PIPE)
    for message in map(json.loads, built.stdout.splitlines()):
        if not (message.get("executable") and message["profile"]["test"]):
            continue
        kind, name, path = message["target"]["kind"][0], message["target"]["name"], message["executable"]
        package = os.path.basename(os.path.dirname(message["manifest_path"]))
        binary = package if kind == "lib" else f"{package}::{name}" if kind == "test" else f"{package}::{kind}/{name}"

        def listed(*more):
            out = subprocess.run([*runner, path, "--list", "--format", "terse", *more], check=True, text=True, stdout=subprocess.PIPE).stdout
            assert all(line.endswith((": test", ": benchmark")) for line in out.splitlines()), "creating test list failed"
            return [line.rpartition(": ")[0] for line in out.splitlines()]
        ignored = listed("--ignored")
        yield {"package-name": package, "binary-id": binary, "binary-name": name, "kind": kind, "binary-path": path, "status": "listed",
               "cwd": os.path.dirname(message["manifest_path"]),
               "testcases": {test: {"kind": "test", "ignored": test in ignored} for test in listed()}}


def run(suite, name, case, runner):
    env = os.environ | {"NEXTEST": "1", "NEXTEST_TEST_NAME": name, "NEXTEST_BINARY_ID": suite["binary-id"], "CARGO_MANIFEST_DIR": suite["cwd"],
                        "CARGO_PKG_NAME": suite["package-name"], "BUILT_FOR": "tests"}
    return subprocess.run([*runner, suite["binary-path"], "--exact", name, "--nocapture", *["--ignored"] * case["ignored"]],
                          env=env, cwd=suite["cwd"]).returncode


def main():
    command, words = sys.argv[2], sys.argv[3:]
    own, rest, names = options_of(words)
    runner = find_runner()
    found = {suite["binary-id"]: suite for suite in suites(rest, runner)}
    if command == "list":
        print(json.dumps({"rust-build-meta": {}, "test-count": 0, "rust-suites": found}))
        return 0
    wanted = re.fullmatch(r"binary_id\(=(.*)\)", own.get("-E", ""))
    codes = [run(suite, name, case, runner) for suite in found.values() for name, case in suite["testcases"].items()
             if (not names or name in names) and (not wanted or wanted[1] == suite["binary-id"])]
    return 100 if any(codes) else 0


sys.exit(main())
