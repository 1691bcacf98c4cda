# SPDX-License-Identifier: MIT
"""Every recorded conversation with the stock daemon, had with ours: each answer must be the same to the byte."""
import pathlib

import conversation
import pytest
import wire
from fixtures import fresh_default

RECORDED = conversation.read(pathlib.Path(__file__).parent.parent / "golden" / "wire" / "conversations.txt")


@pytest.mark.parametrize("name", RECORDED)
def test_answers(our_daemon, name):
    readonly, steps = RECORDED[name]
    with fresh_default(our_daemon) as other, wire.Client(our_daemon.socket(readonly)) as client:
        conversation.hold(client, steps)
        assert other.call("CONNECT_GET_TYPE") == {"type": "TEST"}  # whatever was said, it hurt nobody else


@pytest.mark.parametrize("name", ["look", "life", "event registrations", "read-only flag", "status of a call"])
def test_answers_over_tcp(our_daemon, name):
    with fresh_default(our_daemon), wire.Client(our_daemon.tcp()) as client:
        conversation.hold(client, RECORDED[name][1])


@pytest.mark.parametrize("transport", ["unix", "tcp"])
@pytest.mark.parametrize("name", ["look", "cut arguments", "unknown procedure", "ping at once"])
def test_one_byte_at_a_time(our_daemon, name, transport):
    address = our_daemon.tcp() if transport == "tcp" else our_daemon.socket()
    with fresh_default(our_daemon), wire.Client(address) as client:
        send_all = client.send
        client.send = lambda data: [send_all(data[at:at + 1]) for at in range(len(data))]
        conversation.hold(client, RECORDED[name][1])


@pytest.mark.parametrize("transport", ["unix", "tcp"])
def test_all_at_once(our_daemon, transport):
    """A whole session in one write: each call has its one answer, in whatever order they come."""
    _, steps = RECORDED["look"]
    address = our_daemon.tcp() if transport == "tcp" else our_daemon.socket()
    with fresh_default(our_daemon), wire.Client(address) as client:
        opening, rest = steps[:4], steps[4:]
        conversation.hold(client, opening)
        client.send(b"".join(data for mark, data in rest if mark == ">"))
        expected = [data for mark, data in rest if mark == "<"]
        assert sorted(client.receive() for _ in expected) == sorted(expected)
