# SPDX-License-Identifier: MIT
"""Which programs are tested, and a daemon of either make in a private place.

OIRASE_BUILD names our build directory; OIRASE_DAEMON, OIRASE_VIRSH and OIRASE_LIBDIR override one program each. With
these pointing at the stock programs the whole suite must pass too: that is what proves the suite.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import wire

PATIENCE_S = 60
STOCK_DAEMON, STOCK_VIRSH, PYTHON = "/usr/sbin/libvirtd", "/usr/bin/virsh", "/usr/bin/python3"
STATE_DIRECTORIES = ["/etc/libvirt", "/run/libvirt", "/var/cache/libvirt", "/var/lib/libvirt", "/var/log/libvirt"]
HIDE_STATE = "for d in %s; do [ ! -d $d ] || mount -t tmpfs none $d || exit 1; done; exec \"$@\"" % (
    " ".join(STATE_DIRECTORIES))
CONFIG = """unix_sock_dir = "{directory}"
auth_unix_rw = "none"
auth_unix_ro = "none"
listen_tcp = 1
listen_tls = 0
listen_addr = "{address}"
tcp_port = "{port}"
auth_tcp = "none"
"""


def our_program(variable, below_build):
    """The path of one of our programs; a missing one is an error, never a reason to skip."""
    path = os.environ.get(variable)
    if not path:
        if "OIRASE_BUILD" not in os.environ:
            raise RuntimeError(f"set OIRASE_BUILD to the build directory, or {variable} to the program")
        path = os.path.join(os.environ["OIRASE_BUILD"], below_build)
    if not os.path.exists(path):
        raise RuntimeError(f"{path} is missing: build it, or set {variable}")
    return os.path.abspath(path)


def our_daemon():
    return our_program("OIRASE_DAEMON", "src/daemon/libvirtd")


def our_virsh():
    return our_program("OIRASE_VIRSH", "src/virsh/virsh")


def our_library_directory():
    directory = our_program("OIRASE_LIBDIR", "src/lib")
    if not os.path.exists(f"{directory}/libvirt.so.0"):
        raise RuntimeError(f"{directory}/libvirt.so.0 is missing")
    return directory


def stock_library():
    """The path of the libvirt.so.0 that the stock bindings find by themselves."""
    show = "import libvirt; print([line.split()[-1] for line in open('/proc/self/maps') if 'libvirt.so.0' in line][0])"
    return subprocess.run([PYTHON, "-c", show], capture_output=True, text=True, check=True, env={}).stdout.strip()


def environment(home, library_directory=None):
    """The same few variables for every program; nothing of the user's configuration."""
    result = {"PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), "LC_ALL": "C.UTF-8", "HOME": str(home),
              "XDG_RUNTIME_DIR": str(home), "XDG_CONFIG_HOME": f"{home}/config", "XDG_CACHE_HOME": f"{home}/cache",
              "LIBVIRT_AUTOSTART": "0", "PYTHONPATH": ""}
    result.update({name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")})
    if library_directory:
        result["LD_LIBRARY_PATH"] = library_directory
    return result


def python_environment(home, library_directory=None):
    """As environment(), for the stock bindings; a library built with a sanitizer needs its runtime loaded first."""
    result = environment(home, library_directory)
    if library_directory:
        needed = subprocess.run(["ldd", f"{library_directory}/libvirt.so.0"], capture_output=True, text=True).stdout
        runtimes = re.findall(r"=> (\S*lib(?:asan|tsan)\S*)", needed)
        if runtimes:
            result["LD_PRELOAD"] = " ".join(runtimes)
            result["ASAN_OPTIONS"] = "detect_leaks=0"  # the interpreter's own
    return result


def can_hide_state():
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


def free_port(host):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


class Daemon:
    """A running libvirtd, ours or stock: same configuration, flags, environment. Use it as a context manager."""

    def __init__(self, program, address="127.0.0.1", extra_config=""):
        self.program = str(program)
        self.address = address
        self.extra_config = extra_config

    def __enter__(self):
        for _ in range(3):  # the port was free a moment ago; another program may have taken it since
            with contextlib.suppress(PortTaken):
                return self._start()
        raise RuntimeError(f"{self.program} finds its TCP port taken each time")

    def _start(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="oirase-"))
        self.port = free_port(self.address)
        self.log_path = self.directory / "log"
        config = self.directory / "libvirtd.conf"
        config.write_text(CONFIG.format(directory=self.directory, address=self.address, port=self.port) +
                          self.extra_config)
        command = [self.program, "--listen", "-f", str(config), "-p", str(self.directory / "pid")]
        if can_hide_state():
            command = ["unshare", "--mount", "sh", "-c", HIDE_STATE, "sh", *command]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, env=environment(self.directory), cwd=self.directory,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self._wait()
        except BaseException:
            self.process.kill()
            self.process.wait()
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        return self

    def _wait(self):
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            if self.process.poll() is not None:
                if "in use" in self.log():
                    raise PortTaken
                raise RuntimeError(f"{self.program} ended with {self.process.returncode}:\n{self.log()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.program} does not answer:\n{self.log()}")
            time.sleep(0.02)

    def _answers(self):
        try:
            for address in (self.socket(), self.socket(readonly=True), self.tcp()):
                with wire.Client(address) as client:
                    client.call("AUTH_LIST")
            return True
        except (OSError, EOFError):
            return False

    def __exit__(self, kind, *_):
        problem = self.stop()
        log = self.log()
        shutil.rmtree(self.directory, ignore_errors=True)
        if kind is None:
            assert problem is None, f"{self.program}: {problem}; its log:\n{log}"

    def stop(self):
        """None, or what was wrong with its end. The first end counts."""
        if not hasattr(self, "problem"):
            self.problem = self._stop()
        return self.problem

    def _stop(self):
        if self.process.poll() is not None:
            return f"it had ended by itself with status {self.process.returncode}"
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return f"it did not end within {PATIENCE_S} s of SIGTERM"
        if status != 0:
            return f"it ended with status {status}"
        left = [name for name in ("pid", "libvirt-sock", "libvirt-sock-ro") if (self.directory / name).exists()]
        return f"it left {left} behind" if left else None

    def is_stock(self):
        return os.path.samefile(self.program, STOCK_DAEMON)

    def alive(self):
        return self.process.poll() is None

    def socket(self, readonly=False):
        return self.directory / ("libvirt-sock-ro" if readonly else "libvirt-sock")

    def tcp(self):
        return self.address, self.port

    def uri(self, transport):
        if transport == "tcp":
            host = f"[{self.address}]" if ":" in self.address else self.address
            return f"test+tcp://{host}:{self.port}/default"
        return f"test+unix:///default?socket={self.socket(readonly=transport == 'ro')}"

    def log(self):
        return self.log_path.read_text(errors="replace")[-3000:]

    def rss_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def neutral(self, text):
        """The text without what differs between two daemons by place only."""
        return text.replace(str(self.directory), "DIRECTORY").replace(str(self.port), "PORT")


class PortTaken(Exception):
    """Another program was quicker."""


def wait_until(condition, what):
    """Polls with a bound; use it only for what nothing announces."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.01)
