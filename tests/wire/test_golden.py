# SPDX-License-Identifier: MIT
"""The recorded packets and the wire client agree: each is whole, decodes with nothing left over, encodes to itself."""
import csv
import pathlib

import pytest
import wire

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "wire" / "packets.tsv"
KNOWN = {number: (arguments, results) for number, arguments, results in wire.PROCEDURES.values()}


def recorded():
    with open(GOLDEN, newline="") as file:
        return [(row["direction"], row["type"], row["status"], bytes.fromhex(row["hex"]))
                for row in csv.DictReader(file, delimiter="\t")]


def layout(direction, kind, status, packet):
    """The fields of the packet's body, or None where the client does not know the procedure."""
    _, program, _, procedure, _, _, _ = wire.HEADER.unpack_from(packet)
    if status == "ERROR" and direction == "answer":
        return wire.STRUCTS["error"]
    if program == wire.REMOTE and kind == "MESSAGE":
        return wire.EVENTS.get(procedure)
    if program == wire.REMOTE and kind in ("CALL", "REPLY") and procedure in KNOWN:
        return KNOWN[procedure][kind == "REPLY"]
    return None


def test_packets_are_whole():
    for direction, _, _, packet in recorded():
        assert wire.split(packet) == ([packet], b""), packet.hex()
        assert direction in ("call", "answer")


@pytest.mark.parametrize("direction", ["call", "answer"])
def test_decode_and_encode(direction):
    seen = 0
    for way, kind, status, packet in recorded():
        fields = layout(way, kind, status, packet)
        if way != direction or fields is None:
            continue
        values = wire.decode(fields, packet[28:])
        if "char[" not in fields:
            assert wire.encode(fields, *values.values()) == packet[28:], packet.hex()
        seen += 1
    assert seen > 100
