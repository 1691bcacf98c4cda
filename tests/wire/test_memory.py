# SPDX-License-Identifier: MIT
"""What a connection may cost the daemon: memory follows the bytes that came, never the lengths that were announced.
The stock daemon does reserve what is announced: it gets only the looser checks.
"""
import re
import resource
import struct
import threading

import cases
import harness
import pytest
import wire

CONNECTIONS = 1000
MIB = 1024  # in KiB
CONFIG = "max_clients = 5000\nmax_anonymous_clients = 0\nmax_queued_clients = 2000\n"


@pytest.fixture(scope="module")
def roomy_daemon():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < CONNECTIONS + 100:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with harness.Daemon(harness.our_daemon(), extra_config=CONFIG) as daemon:
        yield daemon


def address_space_kib(daemon):
    with open(f"/proc/{daemon.process.pid}/status") as status:
        return int(re.search(r"VmSize:\s+(\d+)", status.read())[1])


@pytest.mark.parametrize("opened", [True, False], ids=["opened", "not opened"])
@pytest.mark.parametrize("readonly", [False, True], ids=["rw", "ro"])
def test_announced_lengths_cost_nothing(roomy_daemon, readonly, opened):
    """1,000 connections announce 32 MiB each and send 100 bytes of it."""
    packet = wire.frame(23, bytes(72), length=wire.LENGTH_MAX)
    with wire.Client(roomy_daemon.socket()).open() as witness:
        rss, space = roomy_daemon.rss_kib(), address_space_kib(roomy_daemon)
        clients = [wire.Client(roomy_daemon.socket(readonly)) for _ in range(CONNECTIONS)]
        for client in clients:
            if opened:
                client.open()
            client.send(packet)
        assert witness.call("CONNECT_GET_TYPE") == {"type": "TEST"}
        grown, wider = roomy_daemon.rss_kib() - rss, address_space_kib(roomy_daemon) - space
        for client in clients:
            client.socket.close()
    assert grown < CONNECTIONS * 256  # 256 KiB a connection: what the stock daemon takes for its buffers and threads
    assert roomy_daemon.is_stock() or wider < CONNECTIONS * MIB  # all announced would be 32 times that


@pytest.mark.parametrize("payload", [struct.pack(">I", 4194304), cases.u32(1) + cases.u32(2**32 - 1)],
                         ids=["string", "optional string"])
def test_announced_strings_cost_nothing(roomy_daemon, payload):
    procedure = 23 if len(payload) == 4 else 5
    with wire.Client(roomy_daemon.socket()).open() as client:
        rss = roomy_daemon.rss_kib()
        for _ in range(500):
            client.send(wire.frame(procedure, payload))
            assert wire.HEADER.unpack_from(client.receive())[6] == wire.ERROR
        assert roomy_daemon.rss_kib() - rss < (128 if roomy_daemon.is_stock() else 8) * MIB


def test_longest_message_and_string(roomy_daemon):
    with wire.Client(roomy_daemon.socket()).open() as client:
        client.send(wire.frame(3, bytes(wire.LENGTH_MAX - 28), serial=1))
        assert wire.HEADER.unpack_from(client.receive())[4:] == (wire.REPLY, 1, wire.OK)
        with pytest.raises(wire.RemoteError, match="42/12: Domain not found"):
            client.call("DOMAIN_LOOKUP_BY_NAME", "x" * 4194304)
        with pytest.raises(wire.RemoteError, match="39/7: Unable to decode message payload"):
            client.call("DOMAIN_LOOKUP_BY_NAME", "x" * 4194305)


def test_client_that_does_not_read(roomy_daemon):
    """100,000 calls for a long answer, and no answer read: the daemon must wait, not hoard, and serve the others."""
    count = 100000
    packets = b"".join(wire.call("DOMAIN_GET_XML_DESC", cases.TEST, 0, serial=serial) for serial in range(count))
    with wire.Client(roomy_daemon.socket()).open() as client, wire.Client(roomy_daemon.socket()).open() as witness:
        rss = roomy_daemon.rss_kib()
        sender = threading.Thread(target=client.send, args=[packets])
        sender.start()
        for _ in range(200):
            assert witness.call("CONNECT_GET_TYPE") == {"type": "TEST"}
        assert roomy_daemon.rss_kib() - rss < 64 * MIB  # all answers are 110 MiB
        serials = {wire.HEADER.unpack_from(client.receive())[5] for _ in range(count)}
        sender.join()
    assert len(serials) == count
