# SPDX-License-Identifier: MIT
"""virsh against daemons, every pairing of ours and stock but the all-stock one, over each transport: standard output,
standard error and exit code must be those of stock virsh on the stock daemon.
"""
import re
import subprocess

import harness
import proxy
import pytest
import virsh_scripts
import wire
from fixtures import fresh_default

ADDRESSES = {"unix": "127.0.0.1", "ro": "127.0.0.1", "tcp": "127.0.0.1", "tcp6": "::1"}
PAIRINGS = [("stock", "ours"), ("ours", "stock"), ("ours", "ours")]
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MAC = r"52:54:00(?::[0-9a-f]{2}){3}"
DEFAULT_UUID = "6695eb01-f6a4-8304-79aa-97f2502e193f"
TYPED = " ".join([DEFAULT_UUID, *virsh_scripts.FILES.values(), str(virsh_scripts.SCRIPTS)])
references = {}


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    directory = tmp_path_factory.mktemp("xml")
    for name, text in virsh_scripts.FILES.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def virsh(make):
    return harness.STOCK_VIRSH if make == "stock" else harness.our_virsh()


def run_virsh(make, arguments, directory, **options):
    library = None if make == "stock" else harness.our_library_directory()
    return subprocess.run([virsh(make), *arguments], cwd=directory, text=True, capture_output=True,
                          env=harness.environment(directory, library), timeout=harness.PATIENCE_S, **options)


def neutral(daemon, text):
    """Takes out what is random: CPU time, and the MAC and the UUID that a new object gets."""
    text = re.sub(r"(CPU time: +)[0-9.]+s", r"\1TIME", daemon.neutral(text))
    return re.sub(f"{UUID}|{MAC}", lambda found: found[0] if found[0] in TYPED else "RANDOM", text)


def transcript(client, daemon, transport, script, files):
    uri = daemon.uri("tcp" if transport == "tcp6" else transport)
    result = []
    with fresh_default(daemon):
        for line in virsh_scripts.SCRIPTS[script]:
            done = run_virsh(client, ["-c", uri, *line], files, stdin=subprocess.DEVNULL)
            result.append((" ".join(line), done.returncode, neutral(daemon, done.stdout),
                           neutral(daemon, done.stderr)))
    return result


def as_text(steps):
    return "\n".join(f"$ {command}\n{out}{''.join('! ' + row for row in err.splitlines(True))}= {status}"
                     for command, status, out, err in steps).splitlines()


@pytest.mark.parametrize("transport,script", [
    (transport, script) for transport in ADDRESSES for script in virsh_scripts.SCRIPTS
    if transport != "tcp6" or script in ("look", "life")])
@pytest.mark.parametrize("client,server", PAIRINGS, ids=lambda make: make)
def test_same_as_stock(daemons, files, client, server, transport, script):
    address = ADDRESSES[transport]
    if (transport, script) not in references:
        references[transport, script] = transcript("stock", daemons.get("stock", address), transport, script, files)
    expected = references[transport, script]
    got = transcript(client, daemons.get(server, address), transport, script, files)
    assert as_text(got) == as_text(expected)


@pytest.mark.parametrize("make", ["stock", "ours"])
@pytest.mark.parametrize("script", virsh_scripts.SCRIPTS)
def test_script_reaches_its_goal(daemons, files, make, script):
    """A comparison of two failures would prove little: on either daemon a share of the lines must succeed."""
    steps = transcript("stock", daemons.get(make), "unix", script, files)
    succeeded = sum(status == 0 for _, status, _, _ in steps)
    failed = len(steps) - succeeded
    assert failed if script.startswith("wrong") else succeeded > len(steps) / 2


@pytest.mark.parametrize("client,server", PAIRINGS, ids=lambda make: make)
def test_lines_from_standard_input(daemons, files, client, server):
    typed = "list --all\nnosuch\ndominfo nosuch\n\ndefine 'plain.xml'; start plain\nlist\ncd /\npwd\nconnect\nquit\n"

    def run(client, daemon):
        with fresh_default(daemon):
            done = run_virsh(client, ["-c", daemon.uri("unix")], files, input=typed)
        return [daemon.neutral(text) for text in (done.stdout, done.stderr, str(done.returncode))]

    assert run(client, daemons.get(server)) == run("stock", daemons.get("stock"))


@pytest.mark.parametrize("client,server", PAIRINGS, ids=lambda make: make)
def test_readonly_option(daemons, files, client, server):
    def run(client, daemon):
        with fresh_default(daemon):
            lines = virsh_scripts.lines("list --all\nsuspend test\ndumpxml test --security-info\ndominfo test")
            done = [run_virsh(client, ["-r", "-c", daemon.uri("unix"), *line], files) for line in lines]
        return [(step.returncode, neutral(daemon, step.stdout), neutral(daemon, step.stderr)) for step in done]

    assert run(client, daemons.get(server)) == run("stock", daemons.get("stock"))


@pytest.mark.parametrize("uri", ["test:///default", "nosuch:///", "test+unix:///default?socket=x",
                                 "test+tcp://127.0.0.1:1/default", "test+nosuch://h/default", "test+tcp://[::1/x", "%"])
def test_without_daemon(files, uri):
    """The local driver, and errors before any daemon is reached."""
    runs = [run_virsh(make, ["-c", uri, "list", "--all"], files) for make in ("ours", "stock")]
    ours, stock = [(done.stdout, done.stderr, done.returncode) for done in runs]
    assert ours == stock


@pytest.mark.parametrize("options", [[], ["-r"]], ids=["rw", "ro"])
@pytest.mark.parametrize("runtime", ["", "/nowhere/run"], ids=["cache", "runtime"])
@pytest.mark.parametrize("uri", ["test+unix:///default", "test+unix:///system", "qemu+unix:///session", "qemu+unix:///system",
                                 "qemu+unix:///", "xen+unix:///", "xen+unix:///session", "qemu+unix:///system?mode=direct",
                                 "qemu+unix:///session?mode=legacy", "qemu+unix:///session?mode=wrong"])
def test_socket_of_a_plain_user(files, uri, runtime, options):
    """Where a user who is not root looks for the daemon: the error names the socket."""
    def run(make):
        env = harness.environment("/nowhere", None if make == "stock" else harness.our_library_directory())
        env["XDG_RUNTIME_DIR"] = runtime
        hidden = "[ ! -d /run/libvirt ] || mount -t tmpfs none /run/libvirt && exec \"$@\""
        return subprocess.run(["unshare", "--mount", "sh", "-c", hidden, "sh", "unshare", "--user", "--map-user=1000",
                               "--map-group=1000", virsh(make), *options, "-c", uri, "list"], cwd=files, env=env,
                              capture_output=True, text=True, timeout=harness.PATIENCE_S)

    ours, stock = run("ours"), run("stock")
    if uri.endswith("wrong"):  # ours says which modes there are
        assert ours.returncode == stock.returncode == 1
        assert "wrong" in ours.stderr and "wrong" in stock.stderr
    else:
        assert (ours.stdout, ours.stderr, ours.returncode) == (stock.stdout, stock.stderr, stock.returncode)


def watch_events(client, daemon, files, arguments, changes):
    """virsh's output for the changes, which are made only once it has registered: the proxy sees that."""
    library = None if client == "stock" else harness.our_library_directory()
    with fresh_default(daemon) as holder, proxy.Proxy(daemon.socket(), daemon.directory / "proxy") as between:
        uri = f"test+unix:///default?socket={daemon.directory}/proxy"
        process = subprocess.Popen([virsh(client), "-c", uri, "event", *arguments], cwd=files, text=True,
                                   env=harness.environment(files, library), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        try:
            between.wait_for("<", 316, wire.REPLY)
            changes(holder)
            out, err = process.communicate(timeout=harness.PATIENCE_S)
        finally:
            process.kill()
            process.wait()
    return neutral(daemon, out), err, process.returncode


def all_life_events(holder):
    dom = holder.call("DOMAIN_DEFINE_XML", virsh_scripts.FILES["plain.xml"])["dom"]
    holder.call("DOMAIN_DEFINE_XML", virsh_scripts.FILES["plain.xml"])
    for name in ("CREATE", "SUSPEND", "RESUME", "SHUTDOWN", "CREATE", "DESTROY", "UNDEFINE"):
        holder.call(f"DOMAIN_{name}", dom)
    holder.call("DOMAIN_CREATE_XML", virsh_scripts.FILES["transient.xml"], 0)


@pytest.mark.parametrize("arguments", [
    ["--event", "lifecycle", "--loop", "--timeout", "3"], ["--event", "lifecycle"],
    ["--domain", "test", "--event", "lifecycle", "--timeout", "2"]], ids=" ".join)
@pytest.mark.parametrize("client,server", PAIRINGS, ids=lambda make: make)
def test_events(daemons, files, client, server, arguments):
    if tuple(arguments) not in references:
        references[tuple(arguments)] = watch_events("stock", daemons.get("stock"), files, arguments, all_life_events)
    expected = references[tuple(arguments)]
    assert "events received" in expected[0]
    assert watch_events(client, daemons.get(server), files, arguments, all_life_events) == expected
