# SPDX-License-Identifier: MIT
"""Mutated messages against our daemon, OIRASE_MUTATIONS of them (500,000 unless told); and that a daemon which answers
wrongly would be found out.
"""
import os
import pathlib
import socket
import sys
import threading

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
import mutate  # noqa: E402
import harness  # noqa: E402 - mutate.py says where it is
import wire  # noqa: E402

SEED = int(os.environ.get("OIRASE_SEED", "1"))


def test_daemon_survives(monkeypatch):
    options = os.environ.get("ASAN_OPTIONS", "")
    monkeypatch.setenv("ASAN_OPTIONS", f"quarantine_size_mb=16:{options}")  # freed memory that is kept is no growth
    messages = int(os.environ.get("OIRASE_MUTATIONS", "500000"))
    with harness.Daemon(harness.our_daemon()) as daemon:
        replies = mutate.run(daemon, messages, SEED)
    assert replies > messages * 0.8  # most were sent in vain otherwise


class FakeServer(threading.Thread):
    """Answers one connection's calls with what `answers` makes of each."""

    def __init__(self, path, answers):
        super().__init__(daemon=True)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.answers = answers

    def run(self):
        connection, _ = self.listener.accept()
        pending = b""
        with connection:
            while data := connection.recv(65536):
                packets, pending = wire.split(pending + data)
                for packet in packets:
                    connection.sendall(self.answers(packet))


def good(packet):
    serial = wire.HEADER.unpack_from(packet)[5]
    return wire.frame(3, kind=wire.REPLY, serial=serial) if mutate.wants_reply(packet) else b""


@pytest.mark.parametrize("answers,error", [
    (good, None),
    (lambda packet: good(packet) * 2, KeyError),
    (lambda packet: b"", TimeoutError),
    (lambda packet: b"\0\0\0\7", ValueError),
    (lambda packet: good(packet)[:-4], TimeoutError),
    (lambda packet: wire.frame(3, kind=wire.CALL), ValueError),
    (lambda packet: good(packet).replace(b"\0\0\0\3", b"\0\0\0\4"), ValueError),
    (lambda packet: wire.frame(3, kind=wire.REPLY, serial=5), KeyError)])
def test_wrong_answers_are_noticed(monkeypatch, tmp_path_factory, answers, error):
    monkeypatch.setattr(wire, "PATIENCE_S", 0.5)
    path = str(tmp_path_factory.mktemp("fake") / "sock")
    FakeServer(path, answers).start()
    packets = [wire.call("CONNECT_GET_TYPE", serial=1000 + number) for number in range(9)]
    with wire.Client(path) as client:
        if error:
            with pytest.raises(error):
                mutate.say(client, packets, b"")
        else:
            assert mutate.say(client, packets, b"") == 9


def test_every_change_happens():
    """Each kind of change alters a message now and then, and no message could stop a daemon rightly."""
    seeds = mutate.load_seeds()
    mutator = mutate.Mutator(seeds, mutate.random.Random(SEED))
    for change in set(mutate.Mutator.CHANGES):
        changed = 0
        for packet, fields in seeds:
            copy = bytearray(packet)
            change(mutator, copy, fields)
            changed += copy != packet
        assert changed > len(seeds) / 4, change.__name__
    for number in range(20000):
        packet = mutator.message(number)
        assert mutate.is_harmless(packet) and wire.HEADER.unpack_from(packet)[5] == number
