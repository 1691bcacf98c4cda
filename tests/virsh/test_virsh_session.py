# SPDX-License-Identifier: MIT
# What our virsh does over time: events from a stock daemon, a daemon that goes away and comes back, and the
# interactive shell at a terminal. Needs OIRASE_VIRSH, the path of our virsh.
import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest

from test_transcript import STOCK, our_virsh, private_daemon

PROGRAMS = ["stock", "ours"]


def path_of(program):
    return STOCK if program == "stock" else our_virsh()


@pytest.fixture
def daemon(tmp_path):
    with private_daemon(tmp_path) as handle:
        yield handle


class Terminal:
    """A virsh at a pseudo terminal."""

    def __init__(self, arguments, environment):
        self.output = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(environment, TERM="dumb", LC_ALL="C.UTF-8")
            os.execv(arguments[0], arguments)

    def send(self, text):
        os.write(self.fd, text.encode())

    def expect(self, text):
        deadline = time.monotonic() + 20
        while text not in self.output:
            ready = select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]
            assert ready, f"{text!r} did not come; got {self.output!r}"
            try:
                data = os.read(self.fd, 4096)
            except OSError:
                data = b""
            assert data, f"ended before {text!r}; got {self.output!r}"
            self.output += data.decode("utf-8", "replace")
        self.output = self.output.split(text, 1)[1]

    def exit_code(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def collect(process, text):
    """Output of the process up to a line that holds text."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return lines
    raise AssertionError(f"{text!r} did not come; got {lines!r}")


def watch_events(program, daemon, options):
    watcher = subprocess.Popen([path_of(program), "-c", daemon.uri, *options], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    actor = [STOCK, "-q", "-c", daemon.uri]
    # A marker event proves that the watcher is registered.
    while not select.select([watcher.stdout], [], [], 0.05)[0]:
        subprocess.run([*actor, "desc test marker"], check=True, timeout=30)
    subprocess.run([*actor, "suspend test; resume test; destroy test; start test; domstate test --reason; "
                            "desc test last --title"], check=True, timeout=30, stdout=subprocess.DEVNULL)
    lines = collect(watcher, "type title")
    watcher.send_signal(signal.SIGINT)
    rest = watcher.stdout.read()
    watcher.wait(timeout=30)
    lines = [line for line in lines + rest.splitlines(keepends=True) if "type description" not in line]
    return watcher.returncode, [re.sub(r"^[0-9-]+ [0-9:.]+\+0000: |[0-9]+$", "<noise>", line) for line in lines]


@pytest.mark.parametrize("options", [["event", "--all", "--loop"], ["event --all --loop --timestamp; uri"]], ids=str)
def test_events(options, daemon):
    stock = watch_events("stock", daemon, options)
    ours = watch_events("ours", daemon, options)
    assert any("Suspended Paused" in line for line in stock[1])
    assert ours == stock


def reconnect_transcript(program, daemon):
    shell = subprocess.Popen([path_of(program), "-c", daemon.uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    lines = []

    def command(text, until):
        shell.stdin.write(text + "\n")
        shell.stdin.flush()
        lines.extend(collect(shell, until))

    command("uri", "test+unix:")
    daemon.stop()
    lines.extend(collect(shell, "Disconnected"))
    daemon.start()
    command("uri", "Reconnected")
    lines.extend(collect(shell, "test+unix:"))
    daemon.stop()
    lines.extend(collect(shell, "Disconnected"))
    command("uri", "Failed to connect socket")
    command("echo still here", "still here")
    daemon.start()
    command("uri", "test+unix:")
    shell.stdin.close()
    rest = shell.stdout.read()
    shell.wait(timeout=30)
    return shell.returncode, "".join(lines) + rest


def test_reconnect(daemon):
    assert reconnect_transcript("ours", daemon) == reconnect_transcript("stock", daemon)


def test_terminal(tmp_path):
    shell = Terminal([our_virsh(), "-c", "test:///default"], {"XDG_CACHE_HOME": str(tmp_path)})
    shell.expect("virsh # ")
    shell.send("domst\tte\t\r")
    shell.expect("running")
    shell.expect("virsh # ")
    shell.send("connect --readonly\r")
    shell.expect("virsh > ")
    shell.send("quit\r")
    assert shell.exit_code() == 0
    history = (tmp_path / "libvirt/virsh/history").read_text().splitlines()
    assert [line.rstrip() for line in history] == ["domstate test", "connect --readonly", "quit"]
