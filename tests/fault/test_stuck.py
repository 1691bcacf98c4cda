# SPDX-License-Identifier: MIT
"""A call that hangs holds one worker and its own client's slot, nobody else's call and not the end of the daemon."""
import wire

NAMED = "<domain type='test'><name>{0}</name><uuid>{1}</uuid><memory>1024</memory><os><type>hvm</type></os></domain>"
UNNAMED = "<domain type='test'><name>{0}</name><memory>1024</memory><os><type>hvm</type></os></domain>"
UUID = "00000000-1111-2222-3333-4444444444{:02}"
MAX_CLIENT_REQUESTS = 5
PING = wire.frame(1, kind=wire.MESSAGE, program=0x6b656570)
PONG = wire.frame(2, kind=wire.MESSAGE, program=0x6b656570)


def serial_and_status(packet):
    fields = wire.HEADER.unpack_from(packet)
    return fields[5], fields[6]


def hang(client, switch, count=1):
    """Sends that many calls which do not come back."""
    switch.touch()
    for serial in range(100, 100 + count):
        client.send(wire.call("DOMAIN_DEFINE_XML", UNNAMED.format(f"hung{serial}"), serial=serial))


def test_others_go_on(stuckable):
    daemon, switch = stuckable
    with wire.Client(daemon.socket()) as stuck, wire.Client(daemon.socket()) as other:
        stuck.open()
        other.open()
        hang(stuck, switch)
        for client in (other, stuck):  # the same connection too: replies come as they are ready
            assert client.call("DOMAIN_LOOKUP_BY_NAME", "test")
        assert other.call("DOMAIN_DEFINE_XML", NAMED.format("fine", UUID.format(1)))
        switch.unlink()
        assert serial_and_status(stuck.receive_reply()) == (100, wire.OK)


def test_keepalive_is_answered_behind_waiting_calls(stuckable):
    daemon, switch = stuckable
    with wire.Client(daemon.socket()) as client:
        client.open()
        hang(client, switch, MAX_CLIENT_REQUESTS + 2)
        client.send(PING)
        assert client.receive() == PONG
        switch.unlink()
        replies = {serial_and_status(client.receive_reply()) for _ in range(MAX_CLIENT_REQUESTS + 2)}
        assert replies == {(serial, wire.OK) for serial in range(100, 100 + MAX_CLIENT_REQUESTS + 2)}


def test_client_leaves_while_its_call_hangs(stuckable):
    daemon, switch = stuckable
    with wire.Client(daemon.socket()) as client:
        client.open()
        hang(client, switch)
    with wire.Client(daemon.socket()) as other:
        other.open()
        assert other.call("DOMAIN_LOOKUP_BY_NAME", "test")
        switch.unlink()
        assert other.call("DOMAIN_LOOKUP_BY_NAME", "test")


def test_sigterm_ends_the_daemon(stuckable):
    """With status 0, and nothing left behind, though the call still hangs."""
    daemon, switch = stuckable
    with wire.Client(daemon.socket()) as client:
        client.open()
        hang(client, switch)
        assert client.call("DOMAIN_LOOKUP_BY_NAME", "test")
        assert daemon.stop() is None
