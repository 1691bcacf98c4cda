#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Seeds for the fuzz targets from the recorded packets: corpus.py OUT makes OUT/fuzz_codec and OUT/fuzz_session.

The codec's type number is not known here, so that every payload is tried with several; libFuzzer finds the right one.
"""
import hashlib
import sys
from pathlib import Path

WIRE = Path(__file__).resolve().parent.parent / "golden/wire"
TYPE_GUESSES = 4
HEADER = 28


def packets():
    for line in (WIRE / "packets.tsv").read_text().splitlines()[1:]:
        direction, *_, digits = line.split("\t")
        yield direction, bytes.fromhex(digits)


def conversations():
    """What a client sends in each recorded conversation, joined."""
    stream = b""
    for line in (WIRE / "conversations.txt").read_text().splitlines():
        if line.startswith("#") and stream:
            yield stream
            stream = b""
        elif line.startswith("> "):
            stream += bytes.fromhex(line[2:])
    yield stream


def write(folder, data):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


def main(out):
    for number, (direction, packet) in enumerate(packets()):
        for guess in range(TYPE_GUESSES):
            write(out / "fuzz_codec", (number * TYPE_GUESSES + guess).to_bytes(2, "big") + packet[HEADER:])
        write(out / "fuzz_session", bytes([direction == "answer", number % 256]) + packet)
    for number, stream in enumerate(conversations()):
        write(out / "fuzz_session", bytes([0, number % 256]) + stream)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
