# SPDX-License-Identifier: MIT
"""Who checks the checker: the load generator against a server that answers well, in another order, or in one wrong way.
Needs BENCH_LOAD, the path of the load generator; meson sets it.
"""
import contextlib
import json
import os
import socket
import struct
import subprocess
import threading

import pytest

CALLS = 100
KEEPALIVE, PING, PONG = 0x6B656570, 1, 2


def packet(program, procedure, kind, serial, status=0, payload=b""):
    return struct.pack(">7I", 28 + len(payload), program, 1, procedure, kind, serial, status) + payload


class Peer(threading.Thread):
    """Answers one connection. `change` gets the number of the call and the good reply and returns what is sent."""

    def __init__(self, path, change):
        super().__init__(daemon=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.change = change
        self.pongs = 0

    def run(self):
        client, _ = self.listener.accept()
        with client, contextlib.suppress(OSError), client.makefile("rb") as source:  # load hangs up on what is wrong
            number = 0
            while len(header := source.read(28)) == 28:
                length, program, _, procedure, kind, serial, _ = struct.unpack(">7I", header)
                source.read(length - 28)
                if (program, procedure, kind) == (KEEPALIVE, PONG, 2):
                    self.pongs += 1
                    continue
                answer = self.change(number, packet(program, procedure, 1, serial, payload=b"\0\0\0\x07"))
                if answer is None:
                    break
                client.sendall(answer)
                number += 1


@pytest.fixture
def run(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("load") / "sock")  # short: a socket's path has 107 bytes

    def run_against(change, *arguments):
        peer = Peer(path, change)
        peer.start()
        done = subprocess.run([os.environ["BENCH_LOAD"], "--unix", path, "--raw-open", "--call", "small", "--calls",
                               str(CALLS), *arguments], capture_output=True, text=True, timeout=60)
        peer.join(10)
        assert not peer.is_alive()
        peer.listener.close()
        return done, json.loads(done.stdout), peer
    return run_against


def with_word(offset, value):
    return lambda reply: reply[:offset] + struct.pack(">I", value) + reply[offset + 4:]


def test_good_replies_are_counted(run):
    done, figures, _ = run(lambda number, reply: reply, "--depth", "7")
    assert done.returncode == 0, done.stderr
    assert (figures["calls"], figures["errors"], figures["lost"], figures["reply_bytes"]) == (CALLS, 0, 0, 32)


def test_order_of_replies_is_free(run):
    held = []

    def swap_pairs(_, reply):
        held.append(reply)
        return held.pop() + held.pop() if len(held) == 2 else b""
    done, figures, _ = run(swap_pairs, "--depth", "2")
    assert (done.returncode, figures["calls"]) == (0, CALLS), done.stderr


def test_pings_are_answered(run):
    ping = packet(KEEPALIVE, PING, 2, 0)
    done, figures, peer = run(lambda number, reply: ping + reply if number % 10 == 0 else reply)
    assert (done.returncode, figures["calls"], peer.pongs) == (0, CALLS, CALLS // 10), done.stderr


@pytest.mark.parametrize("wrong", [
    pytest.param(with_word(4, 0x20008087), id="program"),
    pytest.param(with_word(8, 2), id="version"),
    pytest.param(with_word(12, 59), id="procedure"),
    pytest.param(with_word(16, 2), id="type"),
    pytest.param(with_word(20, 12345), id="serial"),
    pytest.param(with_word(24, 1), id="error"),
    pytest.param(with_word(28, 8), id="payload"),
    pytest.param(with_word(0, 27), id="length-too-small"),
    pytest.param(with_word(0, 0xFFFFFFFF), id="length-too-large"),
    pytest.param(lambda reply: with_word(0, 36)(reply) + bytes(4), id="longer"),
    pytest.param(lambda reply: reply + reply, id="twice"),
    pytest.param(lambda reply: reply[:20], id="cut"),
    pytest.param(lambda reply: None, id="closed"),
])
def test_a_wrong_reply_fails_the_run(run, wrong):
    done, figures, _ = run(lambda number, reply: wrong(reply) if number == 50 else reply, "--depth", "3")
    assert done.returncode == 1
    assert figures["errors"] == 1
    assert figures["calls"] < CALLS
    assert done.stderr.startswith("load: ")
