# SPDX-License-Identifier: MIT
"""The servers that are measured: starts them in private directories, knows their processes, stops them.

Nothing outside sees them: run.py enters its own network and process namespaces (isolate), so that ports are free and
nothing survives, and each daemon gets empty state directories in a mount namespace of its own.
"""
import ctypes
import fcntl
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

STATE_DIRECTORIES = ["/etc/libvirt", "/run/libvirt", "/var/cache/libvirt", "/var/lib/libvirt", "/var/log/libvirt"]
HIDE_STATE = "for d in %s; do [ ! -d $d ] || mount -t tmpfs none $d || exit 1; done; exec \"$@\"" % (
    " ".join(STATE_DIRECTORIES))
CONFIG = """unix_sock_dir = "{directory}"
auth_unix_rw = "none"
auth_unix_ro = "none"
listen_tcp = 1
listen_tls = 0
listen_addr = "127.0.0.1"
tcp_port = "{port}"
auth_tcp = "none"
"""
ISOLATED = "BENCH_ISOLATED"
ports = iter(range(20000 + os.getpid() % 10000, 32000))
PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """A server or the load generator did not do what it must; the text is for the user."""


def isolate():
    """Runs this program again in namespaces of its own, if that is allowed here; returns only inside or if not."""
    if ISOLATED in os.environ:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:  # the new network's loopback is down
            flags = 0x1 | 0x40  # up, running
            fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", flags))  # SIOCSIFFLAGS
        return
    wrapper = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        wrapper += ["--user", "--map-root-user"]
    if subprocess.run([*wrapper, "true"], capture_output=True).returncode != 0:
        print("note: no namespaces here; the daemons see this machine's own state directories", file=sys.stderr)
        return
    child = subprocess.Popen([*wrapper, sys.executable, *sys.argv], env={**os.environ, ISOLATED: "1"},
                             preexec_fn=lambda: die_with_parent(signal.SIGKILL))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one inside gets it too, and cleans up
    signal.signal(signal.SIGTERM, lambda *_: [os.kill(pid, signal.SIGTERM) for pid in children(child.pid)[:1]])
    sys.exit(child.wait())


def free_port():
    """A port nobody listens on, below the range that outgoing connections take theirs from."""
    for port in ports:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Failure("no free TCP port")


def die_with_parent(number):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def is_running(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid):
    """The living descendants of a process: its gate, its helpers."""
    result = []
    for listing in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, listing.read_text().split()):
            result += [child, *children(child)]
    return result


class Server:
    """A running server. `directory` is removed when it stops."""

    def __init__(self, name, raw, patience_s):
        self.name = name
        self.raw = raw  # answers bytes, knows no meaning
        self.patience_s = patience_s
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bench-"))
        self.port = free_port()
        self.log = self.directory / "log"

    def _start(self, command, environment, socket_name):
        self.socket = self.directory / socket_name
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=self.directory, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, preexec_fn=lambda: die_with_parent(signal.SIGTERM))
        deadline = time.monotonic() + self.patience_s
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                reason = self.stop() or "it does not listen"
                raise Failure(f"{self.name} did not start: {reason}")
            time.sleep(0.05)
        return self

    def _answers(self):
        try:
            with socket.socket(socket.AF_UNIX) as local, socket.socket() as inet:
                local.connect(str(self.socket))
                inet.connect(("127.0.0.1", self.port))
            return True
        except OSError:
            return False

    def alive(self):
        return self.process.poll() is None

    def pids(self):
        return [self.process.pid, *children(self.process.pid)]

    def rss_kib(self):
        total = 0
        for pid in self.pids():
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
        return total

    def stop(self):
        """Stops it, removes its directory. Returns None, or what went wrong."""
        pids = self.pids() if self.alive() else []
        problem = None
        if not pids:
            problem = f"it had ended by itself with status {self.process.returncode}"
        self.process.terminate()
        try:
            self.process.wait(self.patience_s)
        except subprocess.TimeoutExpired:
            problem = f"it did not end within {self.patience_s} s of SIGTERM"
            self.process.kill()
            self.process.wait()
        for pid in pids[1:]:  # helpers may take a moment after their parent
            for _ in range(20):
                if not is_running(pid):
                    break
                time.sleep(0.05)
            else:
                problem = problem or f"its child process {pid} outlived it"
                os.kill(pid, signal.SIGKILL)
        if problem:
            lines = self.log.read_text(errors="replace").splitlines()[-5:]
            problem = "\n    ".join([problem, *lines])
        shutil.rmtree(self.directory, ignore_errors=True)
        return problem


def start_daemon(name, program, wrapper=(), patience_s=20):
    """A libvirtd, ours or stock: the same configuration, flags and environment for both. The wrapper is what
    runs the program: a list like ["valgrind"]."""
    server = Server(name, raw=False, patience_s=patience_s)
    directory = server.directory
    config = directory / "libvirtd.conf"
    config.write_text(CONFIG.format(directory=directory, port=server.port))
    environment = {"PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), "LC_ALL": "C.UTF-8",
                   "HOME": str(directory), "XDG_RUNTIME_DIR": str(directory), "XDG_CONFIG_HOME": str(directory / "c")}
    command = [*wrapper, str(program), "--listen", "-f", str(config),
               "-p", str(directory / "pid")]
    if ISOLATED in os.environ:
        command = ["unshare", "--mount", "sh", "-c", HIDE_STATE, "sh", *command]
    return server._start(command, environment, "libvirt-sock")


def start_floor(program, reply_bytes, wrapper=(), patience_s=20):
    server = Server("floor", raw=True, patience_s=patience_s)
    command = [*wrapper, str(program), str(server.directory / "sock"), str(server.port), str(reply_bytes)]
    return server._start(command, dict(os.environ), "sock")
