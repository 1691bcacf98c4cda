#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every test: run.py BUILD_ROOT [STAGE ...]. Builds what the stages need below BUILD_ROOT.

Prints one line a stage while it works, the output of what failed, and last `N passed, N failed`. Exit status 0 only
when nothing failed and something passed.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
PYTHON = "/usr/bin/python3"  # the one that Debian's bindings belong to


class Runner:
    def __init__(self, root):
        self.root = Path(root).resolve()
        self.passed = self.failed = 0

    def say(self, text):
        print(text, flush=True)

    def count(self, name, passed, failed, output=""):
        self.passed += passed
        self.failed += failed
        if failed:
            self.say(output[-30000:])
        self.say(f"-- {name}: {passed} passed, {failed} failed")

    def build(self, kind):
        """Compiles one kind of build; False when it fails, which counts as one failed test."""
        start = time.monotonic()
        done = subprocess.run([SOURCE / "scripts/build", kind, self.root / kind], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            self.count(f"build {kind}", 0, 1, done.stdout)
            return False
        self.count(f"build {kind} ({time.monotonic() - start:.0f} s)", 1, 0)
        return True

    def meson(self, kind, *options, environment=None):
        """The C unit tests of a build."""
        directory = self.root / kind
        done = subprocess.run(["meson", "test", "-C", directory, "--no-rebuild", "--print-errorlogs", "-t", "4", *options],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, **(environment or {})})
        log = directory / "meson-logs/testlog.json"
        results = [json.loads(line)["result"] for line in log.read_text().splitlines()] if log.exists() else []
        good = sum(result in ("OK", "EXPECTEDFAIL") for result in results)
        bad = len(results) - good
        if done.returncode != 0 and not bad:
            bad = 1
        self.count(f"unit tests, {kind}", good, bad, done.stdout)

    def pytest(self, name, paths, environment):
        """pytest on paths; counts come from its report."""
        report = self.root / f"pytest-{name}.xml"
        report.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(prefix="oirase-") as place:
            done = subprocess.run([PYTHON, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short",
                                   f"--basetemp={place}/t", f"--junitxml={report}", *[str(SOURCE / path) for path in paths]],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=SOURCE,
                                  env={**os.environ, **environment})
        if not report.exists():
            self.count(name, 0, 1, done.stdout)
            return
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
        total, bad = (sum(int(suite.get(key)) for suite in suites for key in keys)
                      for keys in (("tests",), ("failures", "errors")))
        skipped = sum(int(suite.get("skipped")) for suite in suites)
        if done.returncode != 0 and not bad:
            bad = 1
        self.count(name, max(total - bad - skipped, 0), bad, done.stdout)
        if skipped:
            self.say(f"   ({skipped} skipped)")


def programs(build):
    """The environment that tells tests where the programs of a build are."""
    return {"OIRASE_BUILD": str(build), "OIRASE_SOURCE": str(SOURCE),
            "OIRASE_VIRSH": str(build / "src/virsh/virsh"), "OIRASE_XML_TOOL": str(build / "tests/xml/xml_tool")}


def stage_check(run):
    """Unit tests, then everything from outside, on the build that users get."""
    if not run.build("check"):
        return
    run.meson("check")
    environment = programs(run.root / "check")
    for folder in ("repo", "generated", "xml", "virsh", "daemon", "wire", "fault", "interop"):
        if list((SOURCE / "tests" / folder).glob("test_*.py")):
            run.pytest(folder, [f"tests/{folder}"], environment)


def stage_asan(run):
    """Unit tests and hostile input with address and undefined behaviour sanitizers."""
    if not run.build("asan"):
        return
    environment = {**programs(run.root / "asan"), "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1"}
    run.meson("asan", "--suite", "unit", "--suite", "threads", environment=environment)
    run.pytest("sanitized", ["tests/wire", "tests/fault"], environment)
    run.pytest("mutations", ["tests/fuzz/test_mutate.py", "tests/fuzz/test_mutate_answers.py"], environment)


def stage_tsan(run):
    """What uses threads, with the thread sanitizer."""
    if run.build("tsan"):
        environment = {**programs(run.root / "tsan"), "TSAN_OPTIONS": "halt_on_error=1"}
        run.meson("tsan", "--suite", "threads", environment=environment)
        run.pytest("races", ["tests/wire", "tests/fault"], environment)


def stage_fuzz(run):
    """The libFuzzer targets, a while each."""
    if run.build("fuzz"):
        run.pytest("fuzz", ["tests/fuzz/test_fuzz.py"], {**programs(run.root / "fuzz"),
                                                         "OIRASE_FUZZ_BUILD": str(run.root / "fuzz")})


STAGES = {"check": stage_check, "asan": stage_asan, "tsan": stage_tsan, "fuzz": stage_fuzz}


def main():
    if len(sys.argv) < 2 or set(sys.argv[2:]) - set(STAGES):
        print(f"usage: {sys.argv[0]} BUILD_ROOT [{' | '.join(STAGES)}] ...", file=sys.stderr)
        return 2
    run = Runner(sys.argv[1])
    for name in sys.argv[2:] or STAGES:
        STAGES[name](run)
    print(f"{run.passed} passed, {run.failed} failed", flush=True)
    return 0 if run.passed and not run.failed else 1


if __name__ == "__main__":
    sys.exit(main())
