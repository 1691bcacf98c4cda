# SPDX-License-Identifier: MIT
# Our virsh beside stock virsh: the same command lines, the same bytes on stdout and stderr, the same exit code. In
# process (test:///default) and through a private stock daemon. Needs OIRASE_VIRSH, the path of our virsh.
import contextlib
import os
import re
import subprocess
import time

import pytest

from transcript_cases import ARGVS, COMMANDS, ENVIRONMENTS, LINES, SCRIPTS, WITHOUT_URI

STOCK = "/usr/bin/virsh"
STOCK_DAEMON = "/usr/sbin/libvirtd"
UUID = "6695eb01-f6a4-8304-79aa-97f2502e193f"

DOMAIN = """<domain type='test'><name>{name}</name>{uuid}{more}<memory unit='KiB'>8388608</memory>
<currentMemory unit='KiB'>2097152</currentMemory><vcpu>2</vcpu><os><type arch='i686'>hvm</type></os></domain>
"""


def domain(name, last, more=""):
    return DOMAIN.format(name=name, uuid=f"<uuid>00000000-0000-4000-8000-0000000000{last}</uuid>", more=more)


FILES = {
    "t2.xml": domain("t2", "02"),
    "accent.xml": domain("tést", "03"),
    "cjk.xml": domain("日本語ドメイン", "04"),
    "odd.xml": domain("e\\x20f", "05", "<title>a\\b</title>"),
    "quote.xml": domain("a\\b&quot;c", "06"),
    "bad.xml": "<domain",
    "short.xml": "<domain type='test'><name>x</name></domain>",
    "same.xml": domain("test", "07"),
    "running.xml": DOMAIN.format(name="test", uuid=f"<uuid>{UUID}</uuid>", more=""),
}
EDITORS = {
    "ed_same": "true",
    "ed_memory": "sed -i s/2097152/1048576/ \"$@\"",
    "ed_hello": "echo 'hello  world' > \"$1\"",
    "ed_bad": "echo bad > \"$1\"",
    "ed_element": "echo '<b/>' > \"$1\"",
}

# Case -> why ours is meant to differ. Each is checked to still differ.
NO_STORAGE = "stock deletes volumes; ours refuses before it undefines, as it has no storage calls"
NO_XPATH = "needs an XML library"
NO_FDS = "needs virDomainCreateWithFiles and its like"
NO_CONSOLE = "needs streams and a terminal; ours refuses before it starts the domain"
BYTES = "stock prints \\xff for every byte that the locale cannot show, ours the byte"
FALSE_SUCCESS = "stock says \"Domain '(null)' XML configuration edited\" and exits 0 after it failed to define"
DEVIATIONS = {
    "destroy test; undefine test --remove-all-storage": NO_STORAGE,
    "destroy test; undefine test --storage vda": NO_STORAGE,
    "dumpxml test --xpath //name": NO_XPATH,
    "destroy test; start test --pass-fds 3": NO_FDS,
    "create t2.xml --pass-fds 3": NO_FDS,
    "destroy test; start test --console": NO_CONSOLE,
    "create t2.xml --console": NO_CONSOLE,
    "emulatorpin test 1": "needs virDomainPinEmulator",
    "define accent.xml; define cjk.xml; list --all": BYTES,
    "edit test; list --all": FALSE_SUCCESS,
    "-V": "ours names itself and what it has",
    "--version=long": "ours names itself and what it has",
}

# What differs between two runs of the same program.
NOISE = [
    (rb"(CPU time: +)[0-9.]+s", rb"\1<time>s"),
    (rb"\(Time: [0-9.]+ ms\)", b"(Time: <time>)"),
    (rb"virsh[A-Za-z0-9]{6}\.xml", b"virsh<random>.xml"),
    (rb"(?m)^((?:user|system|idle|iowait): +)[0-9]+$", rb"\1<count>"),
    (rb'I/O warning : failed to load external entity "[^"]*"\n', b""),  # stock lets libxml2 write to the terminal
]


def our_virsh():
    path = os.environ.get("OIRASE_VIRSH")
    assert path, "OIRASE_VIRSH must hold the path of our virsh"
    return os.path.abspath(path)


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("virsh")
    for name, text in FILES.items():
        (path / name).write_text(text, encoding="utf-8")
    for name, command in EDITORS.items():
        (path / name).write_text(f"#!/bin/sh\n{command}\n")
        (path / name).chmod(0o755)
    return path


class Daemon:
    """A stock daemon with host state of its own, below path. Its domains are those of the test:///default driver."""

    def __init__(self, path):
        self.path = path
        self.uri = f"test+unix:///default?socket={path}/libvirt-sock"
        self.process = None
        (path / "conf").write_text(f'unix_sock_dir = "{path}"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\n'
                                   "listen_tls = 0\n")

    def start(self):
        state = ["/run/libvirt", "/var/lib/libvirt", "/var/cache/libvirt", "/var/log/libvirt"]
        mounts = "".join(f"mkdir -p {each}; mount -t tmpfs private {each}; " for each in state)
        with (self.path / "stderr").open("w") as log:
            self.process = subprocess.Popen(
                ["unshare", "-m", "--propagation", "private", "sh", "-ec",
                 f"{mounts} exec {STOCK_DAEMON} -f {self.path}/conf -p {self.path}/pid"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        for _ in range(300):
            answer = subprocess.run([STOCK, "-c", self.uri, "uri"], stdin=subprocess.DEVNULL, capture_output=True,
                                    timeout=30)
            if answer.returncode == 0:
                return
            assert self.process.poll() is None, (self.path / "stderr").read_text()
            time.sleep(0.1)
        raise AssertionError(answer.stderr)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None


@contextlib.contextmanager
def private_daemon(path):
    daemon = Daemon(path)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.stop()


@pytest.fixture(scope="session")
def daemon_uri(tmp_path_factory):
    """Domains from a file: each connection has fresh ones."""
    path = tmp_path_factory.mktemp("d")
    (path / "node.xml").write_text("<node>" + FILES["running.xml"] + "</node>", encoding="utf-8")
    with private_daemon(path):
        yield f"test+unix://{path}/node.xml?socket={path}/libvirt-sock"


def run(program, arguments, directory, stdin="", environment=None):
    settings = {name: value for name, value in os.environ.items()
                if not name.startswith(("VIRSH_", "LIBVIRT_")) and name not in ("EDITOR", "VISUAL", "LC_ALL", "LANG")}
    settings["LC_ALL"] = "C.UTF-8"
    settings["HOME"] = str(directory)
    settings.update(environment or {})
    done = subprocess.run([program, *arguments], cwd=directory, env=settings, input=stdin.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    streams = []
    for stream in (done.stdout, done.stderr):
        for pattern, replacement in NOISE:
            stream = re.sub(pattern, replacement, stream)
        streams.append(stream.decode("utf-8", "backslashreplace"))
    return {"exit code": done.returncode, "stdout": streams[0], "stderr": streams[1]}


def compare(arguments, directory, **more):
    stock = run(STOCK, arguments, directory, **more)
    ours = run(our_virsh(), arguments, directory, **more)
    assert ours == stock


def compare_deviating(arguments, directory, **more):
    stock = run(STOCK, arguments, directory, **more)
    ours = run(our_virsh(), arguments, directory, **more)
    assert ours != stock, "no longer deviates: move it from DEVIATIONS to transcript_cases.py"


def name_of(case):
    return repr(case)[:80]


@pytest.mark.parametrize("line", LINES, ids=name_of)
def test_line_in_process(line, directory):
    compare(["-c", "test:///default", line], directory)


@pytest.mark.parametrize("line", LINES, ids=name_of)
def test_line_through_stock_daemon(line, directory, daemon_uri):
    compare(["-c", daemon_uri, line], directory)


@pytest.mark.parametrize("arguments", ARGVS, ids=name_of)
def test_arguments(arguments, directory):
    compare(["-c", "test:///default", *arguments], directory)


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
@pytest.mark.parametrize("option", [[], ["-q"], ["-r"], ["-t"]], ids=name_of)
def test_interactive_without_terminal(script, option, directory):
    compare(["-c", "test:///default", *option], directory, stdin=script)


@pytest.mark.parametrize("environment, arguments", ENVIRONMENTS, ids=name_of)
def test_environment(environment, arguments, directory):
    compare(["-c", "test:///default", *arguments], directory, environment=environment)


@pytest.mark.parametrize("environment, arguments", WITHOUT_URI, ids=name_of)
def test_default_uri(environment, arguments, directory):
    compare(arguments, directory, environment=environment)


@pytest.mark.parametrize("case", DEVIATIONS)
def test_deviation(case, directory):
    environment = {"EDITOR": "./ed_bad"} if DEVIATIONS[case] == FALSE_SUCCESS else {}
    environment.update({"LC_ALL": "C"} if DEVIATIONS[case] == BYTES else {})
    compare_deviating(["-c", "test:///default", case], directory, environment=environment)


def test_failed_edit_is_reported(directory):
    answer = run(our_virsh(), ["-c", "test:///default", "edit test"], directory, environment={"EDITOR": "./ed_bad"})
    assert answer["exit code"] == 1
    assert answer["stdout"] == "\n"
    assert answer["stderr"].startswith("error: Failed.\nerror: (domain_definition):1:")


@pytest.mark.parametrize("line", ["dumpxml test --xpath //name", "create t2.xml --console",
                                  "create t2.xml --pass-fds 3", "emulatorpin test 1",
                                  "destroy test; undefine test --remove-all-storage"])
def test_missing_feature_is_named(line, directory):
    answer = run(our_virsh(), ["-c", "test:///default", line], directory)
    assert answer["exit code"] == 1
    assert "not supported by this virsh" in answer["stderr"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_command(command, directory):
    compare(["help", command], directory)
    compare(["-c", "test:///default", command, "--help"], directory)


def test_help_lists_our_commands_as_stock_does(directory):
    stock = run(STOCK, ["help"], directory)["stdout"].splitlines()
    ours = run(our_virsh(), ["help"], directory)["stdout"].splitlines()
    assert len(ours) > 50
    left = iter(stock)
    for line in ours:
        assert line in left, f"not in stock's list, or in another place: {line!r}"


def test_usage_starts_as_stock_does(directory):
    stock = run(STOCK, ["--help"], directory)["stdout"]
    ours = run(our_virsh(), ["--help"], directory)["stdout"]
    head = stock[:stock.index(" Domain Management")]
    assert ours.startswith(head)
    assert ours.endswith(stock[stock.index("  (specify help <group>"):])


def test_log_file(directory):
    for index, program in enumerate((STOCK, our_virsh())):
        options = ["-l", f"log{index}", "-d", "0", "-c", "test:///default"]
        run(program, [*options, "dominfo nosuch; suspend test"], directory)
    logs = [re.sub(r"\[[0-9.]+ [0-9:]+ virsh [0-9]+\]", "[now]", (directory / f"log{index}").read_text())
            for index in range(2)]
    assert "[now] ERROR" in logs[0]
    assert logs[1] == logs[0]
