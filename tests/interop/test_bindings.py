# SPDX-License-Identifier: MIT
"""Stock python3-libvirt against our daemon, and loaded on our libvirt.so.0 against either daemon and locally: the steps
of api_steps.py must print what they print with all-stock programs.
"""
import os
import pathlib
import re
import shutil
import subprocess

import harness
import proxy
import pytest
from fixtures import fresh_default

STEPS = str(pathlib.Path(__file__).with_name("api_steps.py"))
MODES = ["steps", "readonly", "threads"]
PAIRINGS = [("stock", "ours"), ("ours", "stock"), ("ours", "ours")]


def run_steps(library, uri, mode, directory):
    env = harness.python_environment(directory, harness.our_library_directory() if library == "ours" else None)
    arguments = [] if mode == "steps" else [mode]
    done = subprocess.run([harness.PYTHON, "-B", STEPS, uri, *arguments], env=env, text=True, capture_output=True,
                          timeout=harness.PATIENCE_S, cwd=directory)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:] + done.stderr
    return done.stdout


def run_remote(library, daemon, transport, mode, directory):
    text = run_steps(library, daemon.uri(transport), mode, directory)
    return daemon.neutral(text).splitlines()


@pytest.fixture
def fresh(daemons):
    """The daemon of that make with nobody on its default connection, so that the steps see it as new."""
    def get(make):
        daemon = daemons.get(make)
        with fresh_default(daemon) as holder:
            holder.call("CONNECT_CLOSE")
        return daemon
    return get


def test_library_is_ours(tmp_path):
    """The other tests would prove nothing if the bindings found the stock library."""
    show = "import libvirt; print([l.split()[-1] for l in open('/proc/self/maps') if 'libvirt.so.0' in l][0])"
    env = harness.python_environment(tmp_path, harness.our_library_directory())
    loaded = subprocess.run([harness.PYTHON, "-c", show], env=env, text=True, capture_output=True, check=True).stdout
    assert os.path.samefile(loaded.strip(), f"{harness.our_library_directory()}/libvirt.so.0")


@pytest.mark.parametrize("transport", ["unix", "tcp"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("library,server", PAIRINGS, ids=lambda make: make)
def test_remote(fresh, tmp_path, library, server, mode, transport):
    expected = run_remote("stock", fresh("stock"), transport, mode, tmp_path)
    assert run_remote(library, fresh(server), transport, mode, tmp_path) == expected


def test_objects(fresh, tmp_path):
    """Networks, pools, volumes and the rest on our library; no driver of ours answers these calls yet."""
    def run(library):
        directory = tmp_path / "files"  # the same name for both: it stands in what is printed
        directory.mkdir()
        env = harness.python_environment(tmp_path, harness.our_library_directory() if library == "ours" else None)
        done = subprocess.run([harness.PYTHON, "-B", STEPS.replace("api_steps", "object_steps"), fresh("stock").uri("unix"), str(directory)],
                              env=env, text=True, capture_output=True, timeout=harness.PATIENCE_S)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:] + done.stderr
        shutil.rmtree(directory)
        return done.stdout.splitlines()

    expected = run("stock")
    assert len(expected) > 250
    assert run("ours") == expected


@pytest.mark.parametrize("server", ["ours", "stock"])
def test_readonly_socket(fresh, tmp_path, server):
    expected = run_remote("stock", fresh("stock"), "ro", "readonly", tmp_path)
    assert run_remote("stock", fresh(server), "ro", "readonly", tmp_path) == expected
    assert any(re.match(r"destroy.* ERROR 29 ", line) for line in expected)


def test_bytes_come_one_by_one(fresh, tmp_path):
    """The library puts packets together, however they are cut."""
    daemon = fresh("stock")
    expected = run_remote("stock", daemon, "unix", "steps", tmp_path)
    with proxy.Proxy(fresh("stock").socket(), tmp_path / "p", piece=1):
        got = run_steps("ours", f"test+unix:///default?socket={tmp_path}/p", "steps", tmp_path)
    assert got.splitlines() == expected


@pytest.mark.parametrize("mode", MODES)
def test_local(tmp_path, mode):
    expected = run_steps("stock", "test:///default", mode, tmp_path)
    assert run_steps("ours", "test:///default", mode, tmp_path).splitlines() == expected.splitlines()
