# SPDX-License-Identifier: MIT
"""libvirtd as a program: options, start, sockets, end."""
import json
import os
import resource
import signal
import socket
import stat
import subprocess
import time

import harness
import pytest
import wire

PATIENCE_S = 60
BASE = """unix_sock_dir = "{directory}"
listen_tls = 0
"""


@pytest.fixture
def place(tmp_path):
    """A private directory with a short name (socket addresses are small) and a configuration in it."""
    (tmp_path / "libvirtd.conf").write_text(BASE.format(directory=tmp_path))
    return tmp_path


def command(place, *options):
    return [harness.our_daemon(), "-f", str(place / "libvirtd.conf"), "-p", str(place / "pid"), *options]


def run(place, *options, **more):
    return subprocess.run(command(place, *options), env=harness.environment(place), cwd=place, capture_output=True,
                          text=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL, **more)


def wait_until(holds):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.02)


def configure(place, text):
    (place / "libvirtd.conf").write_text(BASE.format(directory=place) + text)


class Running:
    """A daemon in the foreground that serves."""

    def __init__(self, place, *options, **more):
        self.log_path = place / "log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command(place, *options), env=harness.environment(place), cwd=place,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)
        self.socket = place / "libvirt-sock"

    def answers(self):
        try:
            with wire.Client(self.socket) as client:
                return bool(client.call("AUTH_LIST"))
        except (OSError, EOFError):
            return False

    def __enter__(self):
        wait_until(lambda: self.process.poll() is not None or self.answers())
        assert self.process.poll() is None, self.log_path.read_text()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_S) == 0, self.log_path.read_text()


def test_version_and_help(place):
    stock = subprocess.run([harness.STOCK_DAEMON, "--version"], capture_output=True, text=True)
    ours = subprocess.run([harness.our_daemon(), "--version"], capture_output=True, text=True)
    assert (ours.returncode, ours.stdout.split()[1:]) == (stock.returncode, stock.stdout.split()[1:])
    usage = run(place, "--help")
    assert usage.returncode == 0
    for option in ("--listen", "--verbose", "--config", "--daemon", "--pid-file", "--timeout", "--version", "--show-config"):
        assert option in usage.stdout + usage.stderr


@pytest.mark.parametrize("text,line,words", [
    ("no_such_key = 1\n", 3, ["no_such_key"]),
    ("max_client = 5\n", 3, ["max_client", "max_clients"]),
    ("listen_tcp = \"yes\"\n", 3, ["listen_tcp"]),
    ("\n\nauth_tcp = \"foo\"\n", 5, ["auth_tcp", "foo"]),
    ("max_clients = -1\n", 3, ["max_clients"]),
    ("unix_sock_rw_perms = \"0888\"\n", 3, ["unix_sock_rw_perms"]),
    ("tls_allowed_dn_list = [ \"a\"\n", None, ["libvirtd.conf"]),
])
def test_wrong_configuration_is_named(place, text, line, words):
    configure(place, text)
    done = run(place)
    assert done.returncode == 1
    assert f"libvirtd.conf:{line}" in done.stderr or line is None, done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert not (place / "libvirt-sock").exists() and not (place / "pid").exists()


@pytest.mark.parametrize("text", ["listen_tls = 1\n", "listen_tcp = 1\nauth_tcp = \"sasl\"\n", "access_drivers = [ \"polkit\" ]\n",
                                  "auth_unix_rw = \"polkit\"\n"])
def test_what_guards_is_not_ignored(place, text):
    """A setting that this build cannot honour stops the start when the daemon would be less safe without it."""
    (place / "libvirtd.conf").write_text(f'unix_sock_dir = "{place}"\n' + ("" if "listen_tls" in text else "listen_tls = 0\n") + text)
    done = run(place, "--listen")
    assert done.returncode != 0
    assert text.rpartition("\n")[0].split("\n")[-1].split()[0] in done.stderr, done.stderr


def test_show_config(place):
    configure(place, "max_clients = 77\n")
    shown = json.loads(run(place, "--show-config", "--format", "json").stdout)
    rows = {row["key"]: row for row in shown}
    assert rows["max_clients"] == {"key": "max_clients", "value": 77, "from": "file", "file": f"{place}/libvirtd.conf",
                                   "line": 3}
    text = run(place, "--show-config").stdout
    assert "max_clients = 77" in text and "min_workers = 5" in text


def test_background(place):
    """The command returns when the daemon serves; the pid file names it; SIGTERM removes all it made."""
    done = run(place, "--daemon")
    assert done.returncode == 0, done.stderr
    pid = int((place / "pid").read_text())
    with wire.Client(place / "libvirt-sock") as client:
        assert client.open().call("DOMAIN_LOOKUP_BY_NAME", "test")
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not (place / "pid").exists() and not (place / "libvirt-sock").exists())


def test_background_reports_failure(place):
    configure(place, "unix_sock_group = \"nosuchgroup\"\n")
    done = run(place, "--daemon")
    assert done.returncode == 6
    assert "nosuchgroup" in done.stderr


def test_one_daemon_a_place(place):
    with Running(place):
        second = run(place)
        assert second.returncode == 1
        assert f"Failed to acquire pid file '{place}/pid'" in second.stderr
        third = subprocess.run([*command(place)[:-1], str(place / "other-pid")], env=harness.environment(place),
                               capture_output=True, text=True, timeout=PATIENCE_S)
        assert third.returncode == 6
        assert "another daemon listens there" in third.stderr


def test_dead_socket_is_replaced(place):
    with Running(place) as daemon:
        daemon.process.kill()
        daemon.process.wait()
        assert daemon.socket.exists()
        daemon.process.returncode = 0  # its end was ours
    with Running(place) as daemon:
        with wire.Client(daemon.socket) as client:
            client.open()


@pytest.mark.skipif(os.geteuid() != 0, reason="a session daemon has no read-only socket")
@pytest.mark.parametrize("config,rw,ro", [("", 0o700, 0o777), ("unix_sock_rw_perms = \"0770\"\nunix_sock_ro_perms = \"0750\"\n", 0o770, 0o750)])
def test_socket_modes(place, config, rw, ro):
    configure(place, config)
    with Running(place):
        wait_until((place / "libvirt-sock-ro").exists)
        for name, mode in (("libvirt-sock", rw), ("libvirt-sock-ro", ro)):
            wait_until(lambda: stat.S_IMODE((place / name).stat().st_mode) == mode)


def test_idle_timeout(place):
    """The daemon ends by itself without clients, not while one is there."""
    with Running(place, "--timeout", "1") as daemon:
        with wire.Client(daemon.socket) as client:
            client.open()
            with wire.Client(daemon.socket):
                pass
            assert client.call("DOMAIN_LOOKUP_BY_NAME", "test")
        assert daemon.process.wait(PATIENCE_S) == 0
    assert not (place / "libvirt-sock").exists()


def test_taken_port(place):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        configure(place, f'listen_tcp = 1\nauth_tcp = "none"\nlisten_addr = "127.0.0.1"\ntcp_port = "{port}"\n')
        done = run(place, "--listen")
    assert done.returncode == 6
    assert str(port) in done.stderr and "Address already in use" in done.stderr


def test_log_goes_where_it_is_told(place):
    configure(place, f'log_level = 2\nlog_outputs = "2:file:{place}/own.log"\n')
    with Running(place) as daemon:
        with wire.Client(daemon.socket) as client:
            client.open()
    text = (place / "own.log").read_text()
    assert ": info : " in text and "a connection of uid" in text
    assert (place / "log").read_text() == ""


def test_max_clients_wait(place):
    """More clients than allowed are not refused: they are served when others leave."""
    configure(place, "max_clients = 3\n")
    with Running(place) as daemon:
        clients = [wire.Client(daemon.socket).open() for _ in range(3)]
        with wire.Client(daemon.socket) as waiting:
            waiting.send(wire.call("AUTH_LIST"))
            assert clients[0].call("DOMAIN_LOOKUP_BY_NAME", "test")
            assert not waiting.packets
            clients[1].socket.close()
            assert waiting.receive_reply() is not None
        for client in clients:
            client.socket.close()


def test_out_of_descriptors(place):
    """Clients beyond the descriptors wait; those inside are served; when some leave, others get in."""
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))

    with Running(place, preexec_fn=limit) as daemon:
        first = wire.Client(daemon.socket).open()
        crowd = [wire.Client(daemon.socket) for _ in range(80)]
        assert first.call("DOMAIN_LOOKUP_BY_NAME", "test")
        for client in crowd:
            client.socket.close()
        with wire.Client(daemon.socket) as late:
            assert late.open().call("DOMAIN_LOOKUP_BY_NAME", "test")
        first.socket.close()


def test_trouble_with_one_client_is_not_anothers(place):
    """A client whose bytes are not the protocol is told off in the log and closed; the others stay."""
    with Running(place) as daemon:
        good = wire.Client(daemon.socket).open()
        with socket.socket(socket.AF_UNIX) as browser:
            browser.connect(str(daemon.socket))
            browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            browser.settimeout(PATIENCE_S)
            assert browser.recv(1) == b""
        assert good.call("DOMAIN_LOOKUP_BY_NAME", "test")
        good.socket.close()
    assert "look like an HTTP client" in (place / "log").read_text()


def test_subscriber_that_does_not_read(place):
    """Its events wait up to a limit, then it is given up; who reads loses none, and who causes them is not slowed."""
    rounds = 20000
    domain = {"name": "test", "uuid": bytes.fromhex("6695eb01f6a4830479aa97f2502e193f"), "id": 1}
    with Running(place) as daemon:
        deaf, keen, actor = (wire.Client(daemon.socket).open() for _ in range(3))
        for client in (deaf, keen):
            client.call("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 0, None)
        seen = 0
        for start in range(0, rounds, 100):
            actor.send(b"".join(wire.call(name, domain, serial=start) for _ in range(50) for name in ("DOMAIN_SUSPEND", "DOMAIN_RESUME")))
            for _ in range(100):
                assert wire.HEADER.unpack_from(actor.receive_reply())[6] == wire.OK
            for _ in range(100):
                assert wire.HEADER.unpack_from(keen.receive())[4] == wire.MESSAGE
                seen += 1
        assert seen == rounds
        while deaf.receive() is not None:
            pass  # what was sent before it was given up
        for client in (deaf, keen, actor):
            client.socket.close()
    assert "subscribed to events and does not read them" in (place / "log").read_text()
