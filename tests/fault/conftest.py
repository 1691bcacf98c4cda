# SPDX-License-Identifier: MIT
"""The fixtures of the interop folder, and a daemon whose calls can be made to hang."""
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))
from fixtures import *  # noqa: E402, F403 - pytest finds fixtures and hooks by their names here
import harness  # noqa: E402


@pytest.fixture(scope="session")
def stuck_library(tmp_path_factory):
    library = tmp_path_factory.mktemp("stuck") / "stuck.so"
    source = pathlib.Path(__file__).with_name("stuck.c")
    subprocess.run(["gcc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture
def stuckable(stuck_library, tmp_path):
    """(daemon, file): while the file exists, defining a domain without a UUID does not come back."""
    switch = tmp_path / "stuck"
    wrapper = tmp_path / "libvirtd"
    wrapper.write_text(f"""#!/bin/sh
export ASAN_OPTIONS="$ASAN_OPTIONS:verify_asan_link_order=0" OIRASE_STUCK={switch} LD_PRELOAD={stuck_library}
exec {harness.our_daemon()} "$@"
""")
    wrapper.chmod(0o755)
    daemon = harness.Daemon(wrapper).__enter__()
    try:
        yield daemon, switch
    finally:
        switch.unlink(missing_ok=True)
        daemon.__exit__(None if daemon.alive() else RuntimeError)  # a test that stopped it has looked at its end
