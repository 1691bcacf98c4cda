# SPDX-License-Identifier: MIT
"""Runs the libFuzzer targets, OIRASE_FUZZ_SECONDS each (30 unless told), from seeds made of the recorded packets.

OIRASE_FUZZ_BUILD is a build directory with -Dfuzz=true (`make fuzz`); it is configured here when it does not exist.
A finding stays in OIRASE_FUZZ_BUILD/findings, and the failure says how to run it again.
"""
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent.parent
SECONDS = int(os.environ.get("OIRASE_FUZZ_SECONDS", "30"))
TARGETS = ("fuzz_codec", "fuzz_session")


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    path = Path(os.environ.get("OIRASE_FUZZ_BUILD") or tmp_path_factory.mktemp("fuzz"))
    if not (path / "build.ninja").exists():
        subprocess.run([SOURCE / "scripts/build", "fuzz", path], check=True)
    subprocess.run(["ninja", "-C", path, *[f"tests/fuzz/{target}" for target in TARGETS]], check=True, stdout=subprocess.DEVNULL)
    return path


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    path = tmp_path_factory.mktemp("seeds")
    subprocess.run([sys.executable, SOURCE / "tests/fuzz/corpus.py", path], check=True)
    return path


@pytest.mark.parametrize("target", TARGETS)
def test_target(target, build, seeds, tmp_path):
    findings = build / "findings"
    findings.mkdir(exist_ok=True)
    done = subprocess.run([build / "tests/fuzz" / target, f"-max_total_time={SECONDS}", "-timeout=20", "-rss_limit_mb=2048", "-max_len=8192",
                           "-print_final_stats=1", f"-artifact_prefix={findings}/", tmp_path, seeds / target],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=SECONDS + 120)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\nagain: {build}/tests/fuzz/{target} FINDING"
    runs = [int(line.split()[-1]) for line in done.stdout.splitlines() if line.startswith("stat::number_of_executed_units")]
    assert runs and runs[0] > 1000, done.stdout[-2000:]  # it really ran
