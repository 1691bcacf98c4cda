# SPDX-License-Identifier: MIT
"""How a connection behaves as a whole: keepalive, many calls at once, events, cuts at every byte, descriptors."""
import array
import contextlib
import os
import pathlib
import socket
import struct
import threading

import cases
import conversation
import harness
import pytest
import wire
from fixtures import fresh_default

RECORDED = conversation.read(pathlib.Path(__file__).parent.parent / "golden" / "wire" / "conversations.txt")
SESSION = b"".join(data for mark, data in RECORDED["life"][1] if mark == ">")
MIXED = [("CONNECT_GET_TYPE",), ("DOMAIN_LOOKUP_BY_NAME", "test"), ("DOMAIN_LOOKUP_BY_NAME", "nosuch"),
         ("DOMAIN_GET_XML_DESC", cases.TEST, 0), ("CONNECT_NUM_OF_DOMAINS",), ("DOMAIN_GET_STATE", cases.TEST, 0)]


def header(packet):
    return wire.HEADER.unpack_from(packet)


@pytest.fixture(params=["unix", "tcp"])
def address(our_daemon, request):
    return our_daemon.tcp() if request.param == "tcp" else our_daemon.socket()


def is_quiet(daemon, descriptors):
    """Whether the daemon has let go of everything that came after the count of its descriptors was taken."""
    return daemon.descriptors() <= descriptors


def test_many_calls_and_pings_in_flight(our_daemon, address):
    with fresh_default(our_daemon), wire.Client(address).open() as client:
        expected = {}
        for kind, arguments in enumerate(MIXED):
            client.send(wire.call(*arguments, serial=kind))
            expected[kind] = client.receive()[28:]
        count = 300
        data = [wire.call(*MIXED[serial % len(MIXED)], serial=1000 + serial) for serial in range(count)]
        data[10::10] = [packet + conversation.PING for packet in data[10::10]]
        sender = threading.Thread(target=client.send, args=[b"".join(data)])
        sender.start()
        answers, pongs = {}, 0
        while len(answers) < count or pongs < len(data[10::10]):
            packet = client.receive()
            if packet == conversation.PONG:
                pongs += 1
                continue
            serial = header(packet)[5] - 1000
            assert serial not in answers
            answers[serial] = packet[28:]
        sender.join()
        assert answers == {serial: expected[serial % len(MIXED)] for serial in range(count)}


def test_server_pings_and_gives_up():
    with harness.Daemon(harness.our_daemon(), extra_config="keepalive_interval = 1\nkeepalive_count = 2\n") as daemon:
        with wire.Client(daemon.socket()) as alive, wire.Client(daemon.socket()) as silent:
            for client in (alive, silent):
                assert client.call("CONNECT_SUPPORTS_FEATURE", 10) == {"supported": 1}
                client.open()
            pongs = 0
            while not (silent.packets or pongs > 4):
                assert alive.receive() == conversation.PING
                alive.send(conversation.PONG)
                pongs += 1
            assert [silent.receive() for _ in range(3)] == [conversation.PING, conversation.PING, None]
            assert alive.call("CONNECT_GET_TYPE") == {"type": "TEST"}


def test_ends_at_once_in_the_middle_of_everything():
    """SIGTERM while clients are idle, half through a packet, and owed more answers than they read."""
    with harness.Daemon(harness.our_daemon()) as daemon, contextlib.ExitStack() as stack:
        clients = [stack.enter_context(wire.Client(address)) for address in (
            daemon.socket(), daemon.socket(), daemon.socket(readonly=True), daemon.tcp(), daemon.tcp())]
        clients[1].send(SESSION[:50])
        clients[2].open().call("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 0, None)
        clients[3].open().socket.setblocking(False)
        calls = memoryview(b"".join(wire.call("DOMAIN_GET_XML_DESC", cases.TEST, 0) for _ in range(20000)))
        with contextlib.suppress(BlockingIOError):
            while calls:
                calls = calls[clients[3].socket.send(calls):]
        assert daemon.stop() is None, daemon.log()
        for client in clients[:3]:
            while client.receive() is not None:
                pass


def listen_and_change(daemon):
    """The event packets that two listeners get of one life."""
    with fresh_default(daemon) as actor, wire.Client(daemon.socket()).open() as modern, \
            wire.Client(daemon.socket(readonly=True)).open() as old:
        modern.call("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 0, None)
        modern.call("CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY", 0, cases.TEST)
        old.call("CONNECT_DOMAIN_EVENT_REGISTER_ANY", 0)
        plain = actor.call("DOMAIN_DEFINE_XML", cases.PLAIN_XML)["dom"]
        for name in ("CREATE", "SUSPEND", "RESUME", "DESTROY", "UNDEFINE"):
            actor.call(f"DOMAIN_{name}", plain)
        for name in ("SUSPEND", "RESUME"):
            actor.call(f"DOMAIN_{name}", cases.TEST)
        assert not actor.events  # it never asked for any
        return [modern.receive() for _ in range(10)], [old.receive() for _ in range(8)]


def test_events_as_stock(our_daemon, stock_daemon):
    expected, got = listen_and_change(stock_daemon), listen_and_change(our_daemon)
    for mine, theirs in zip(got, expected):
        assert list(map(conversation.describe, mine)) == list(map(conversation.describe, theirs))
    assert {header(packet)[3] for packet in got[0]} == {318}
    assert {header(packet)[3] for packet in got[1]} == {107}


def cut_by_close(client):
    client.socket.close()


def cut_by_reset(client):
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.close()


def cut_by_end_of_input(client):
    client.socket.shutdown(socket.SHUT_WR)
    while client.receive() is not None:
        pass
    client.socket.close()


@pytest.mark.parametrize("cut", [cut_by_close, cut_by_reset, cut_by_end_of_input])
def test_cut_at_every_byte(our_daemon, address, cut):
    with wire.Client(our_daemon.socket()).open() as witness:
        descriptors = our_daemon.descriptors()
        for size in range(len(SESSION) + 1):
            client = wire.Client(address)
            with contextlib.suppress(ConnectionError):
                client.send(SESSION[:size])
                cut(client)
            client.socket.close()
            if size % 100 == 0:
                assert witness.call("CONNECT_GET_TYPE") == {"type": "TEST"}
        harness.wait_until(lambda: is_quiet(our_daemon, descriptors), "closed connections let go of")
        assert witness.call("CONNECT_GET_TYPE") == {"type": "TEST"}


def send_descriptors(client, count):
    """One byte and one descriptor a message, as the protocol has it."""
    for _ in range(count):
        with open(os.devnull) as file:
            client.socket.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file.fileno()]))])


@pytest.mark.parametrize("count", [1, 32])
def test_descriptors_nobody_wants(our_daemon, count):
    """They are taken, the call is answered, and they are closed."""
    with wire.Client(our_daemon.socket()).open() as client:
        descriptors = our_daemon.descriptors()
        for _ in range(20):
            client.send(wire.frame(3, struct.pack(">I", count), kind=wire.CALL_WITH_FDS))
            send_descriptors(client, count)
            assert header(client.receive())[4:] == (wire.REPLY, 0, wire.OK)
        harness.wait_until(lambda: is_quiet(our_daemon, descriptors), "descriptors closed")


def test_more_descriptors_than_allowed(our_daemon):
    with wire.Client(our_daemon.socket()).open() as witness:
        descriptors = our_daemon.descriptors()
        with wire.Client(our_daemon.socket()).open() as client:
            client.send(wire.frame(3, struct.pack(">I", 33), kind=wire.CALL_WITH_FDS))
            with contextlib.suppress(OSError):  # the server may be quicker
                send_descriptors(client, 33)
            assert client.receive() is None
        harness.wait_until(lambda: is_quiet(our_daemon, descriptors), "descriptors closed")
        assert witness.call("CONNECT_GET_TYPE") == {"type": "TEST"}


@pytest.mark.parametrize("spread", ["with the packet", "with each byte"])
def test_descriptors_nobody_announced(our_daemon, spread):
    with wire.Client(our_daemon.socket()).open() as client, open(os.devnull) as file:
        descriptors = our_daemon.descriptors()
        packet = wire.call("CONNECT_GET_TYPE", serial=5)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file.fileno()] * 8))]
        for _ in range(10):
            for piece in [packet] if spread == "with the packet" else [packet[at:at + 1] for at in range(28)]:
                client.socket.sendmsg([piece], rights)
            assert header(client.receive())[4:] == (wire.REPLY, 5, wire.OK)
        harness.wait_until(lambda: is_quiet(our_daemon, descriptors), "descriptors closed")


def test_descriptors_over_tcp(our_daemon):
    with wire.Client(our_daemon.tcp()).open() as client:
        client.send(wire.frame(3, struct.pack(">I", 1), kind=wire.CALL_WITH_FDS) + b"\0")
        assert client.receive() is None
