# SPDX-License-Identifier: MIT
"""Sends mutated messages to a daemon: `mutate.py [--messages N] [--seed S]`, or `--replay FILE` what a failure printed.

The messages are the recorded ones of tests/golden/wire, changed with knowledge of their structure. Checked: each call
gets one reply or the connection is closed, the daemon lives and answers others, its memory stays within --rss-mib.
"""
import argparse
import csv
import multiprocessing
import pathlib
import random
import socket
import struct
import sys
import time

FOLDER = pathlib.Path(__file__).resolve().parent
GOLDEN = FOLDER.parent / "golden" / "wire"
sys.path[:0] = [str(FOLDER.parent / "interop"), str(FOLDER.parent / "wire")]
import conversation  # noqa: E402
import harness  # noqa: E402
import wire  # noqa: E402

BATCH = 40  # messages a connection
SERIAL = 1000
EDGES = [0, 1, 2, 3, 5, 15, 16, 17, 20, 21, 63, 64, 65, 255, 256, 1023, 1024, 1025, 2048, 2049, 16383, 16384, 16385,
         65535, 65536, 4194303, 4194304, 4194305, 8388608, 8388609, 2**24, 33554408, 2**30, 2**31 - 1, 2**31, 2**31 + 1,
         2**32 - 4, 2**32 - 1]
LENGTHS = [0, 1, 3, 4, 5, 23, 24, 27, 29, 31, 65536, 33554432, 33554435, 33554436, 33554437, 2**31 - 1, 2**31,
           2**32 - 1]
PROGRAMS = [wire.REMOTE, wire.QEMU, wire.LXC, wire.ADMIN, wire.KEEPALIVE, 0, 2**32 - 1]
# Legitimate calls that act on the host: they put it to sleep, or write or read a file that the message names.
KEPT_AWAY = {53, 54, 55, 211, 232, 233, 235, 236, 250, 334, 440, 441}


def fields_of(packet):
    """Offsets of the words that steer a decoder (counts, flags, discriminants, numbers), as far as they are known."""
    _, program, _, procedure, kind, _, _ = wire.HEADER.unpack_from(packet)
    known = {number: fields for number, fields, _ in wire.PROCEDURES.values()}
    if program == wire.REMOTE and kind == wire.CALL and procedure in known:
        encoder = wire.Encoder()
        try:
            encoder.all(known[procedure], wire.decode(known[procedure], packet[28:]).values())
            if encoder.data == packet[28:]:
                return [28 + offset for offset, mark, _ in encoder.marks if mark != "bytes"]
        except (ValueError, KeyError):
            pass  # one that was recorded because it is wrong
    return list(range(28, len(packet) - 3, 4))


def load_seeds():
    """[(packet, offsets of its fields)] of everything that a client was ever recorded to say."""
    packets = set()
    with open(GOLDEN / "packets.tsv", newline="") as file:
        packets.update(bytes.fromhex(row["hex"]) for row in csv.DictReader(file, delimiter="\t")
                       if row["direction"] == "call")
    for _, steps in conversation.read(GOLDEN / "conversations.txt").values():
        packets.update(data for mark, data in steps if mark == ">" and struct.unpack_from(">I", data)[0] == len(data))
    return [(packet, fields_of(packet)) for packet in sorted(packets) if is_harmless(packet)]


def is_harmless(packet):
    """False for what may rightly stop the daemon or touch the host."""
    _, program, _, procedure, _, _, _ = wire.HEADER.unpack_from(packet)
    if program == wire.REMOTE and procedure == 1:  # no other driver than the test driver may be opened or looked for
        decoder = wire.Decoder(packet[28:])
        try:
            return (decoder.one("opaque?") or b"").startswith(b"test:///")
        except ValueError:
            return True
    return not (program == wire.REMOTE and procedure in KEPT_AWAY)


class Mutator:
    def __init__(self, seeds, source):
        self.seeds, self.random = seeds, source

    def message(self, serial):
        """A packet whose length word is right, so that the next one is found."""
        while True:
            packet, fields = self.random.choice(self.seeds)
            packet = bytearray(packet)
            for _ in range(self.random.choice((1, 1, 1, 2, 3))):
                self.random.choice(self.CHANGES)(self, packet, fields)
            struct.pack_into(">I", packet, 0, len(packet))
            struct.pack_into(">I", packet, 20, serial)
            procedure, kind = struct.unpack_from(">II", packet, 12)
            if procedure == 2 and self.random.random() > 0.05:  # CLOSE: what follows would be for nothing
                continue
            if is_harmless(packet) and kind != wire.CALL_WITH_FDS:
                return bytes(packet)

    def last_words(self):
        """Bytes after which no packet is found any more: a wrong length, a cut, descriptors that never come."""
        packet = bytearray(self.message(0))
        choice = self.random.randrange(4)
        if choice == 0:
            struct.pack_into(">I", packet, 0, self.random.choice(LENGTHS))
        elif choice == 1:
            del packet[self.random.randrange(len(packet)):]
        elif choice == 2:
            struct.pack_into(">I", packet, 16, wire.CALL_WITH_FDS)
            packet[28:28] = struct.pack(">I", self.random.choice((0, 1, 2, 31, 32, 33, 2**31, 2**32 - 1)))
            struct.pack_into(">I", packet, 0, len(packet))
        else:
            packet = bytearray(self.random.randbytes(self.random.randrange(1, 200)))
        return bytes(packet)

    def change_field(self, packet, fields):
        fields = [at for at in fields if at + 4 <= len(packet)]
        if fields:
            at = self.random.choice(fields)
            old = struct.unpack_from(">I", packet, at)[0]
            new = self.random.choice([*EDGES, old + 1, old - 1, old + 4, old ^ 0x80000000, self.random.getrandbits(32)])
            struct.pack_into(">I", packet, at, new & 0xFFFFFFFF)

    def cut_body(self, packet, fields):
        if len(packet) > 28:
            del packet[self.random.randrange(28, len(packet)):]

    def extend_body(self, packet, fields):
        packet += self.random.randbytes(self.random.choice((1, 2, 3, 4, 8, 64, 1024)))

    def drop_word(self, packet, fields):
        if len(packet) >= 32:
            at = 28 + 4 * self.random.randrange((len(packet) - 28) // 4)
            del packet[at:at + 4]

    def add_word(self, packet, fields):
        at = 28 + 4 * self.random.randrange((len(packet) - 28) // 4 + 1)
        packet[at:at] = struct.pack(">I", self.random.choice(EDGES))

    def swap_procedure(self, packet, fields):
        struct.pack_into(">I", packet, 12, self.random.randrange(0, 460))

    def swap_body(self, packet, fields):
        packet[28:] = self.random.choice(self.seeds)[0][28:]

    def change_header(self, packet, fields):
        at, values = self.random.choice(((4, PROGRAMS), (8, (0, 1, 2, 2**32 - 1)), (12, EDGES),
                                         (16, (0, 0, 1, 2, 3, 5, 6, 7, 9, 2**32 - 1)), (24, (0, 0, 1, 2, 3, 2**31))))
        struct.pack_into(">I", packet, at, self.random.choice(values))

    def flip_bytes(self, packet, fields):
        for _ in range(self.random.choice((1, 1, 2, 4, 8))):
            if len(packet) > 28:
                packet[self.random.randrange(28, len(packet))] ^= 1 << self.random.randrange(8)

    CHANGES = [change_field, change_field, change_field, change_field, cut_body, extend_body, drop_word, add_word,
               swap_procedure, swap_body, change_header, flip_bytes, flip_bytes]


def wants_reply(packet):
    return struct.unpack_from(">I", packet, 16)[0] == wire.CALL


def say(client, packets, last):
    """Sends the packets, then the last words and the end of input. Returns how many replies came, or raises."""
    waiting = {wire.HEADER.unpack_from(packet)[5]: packet[4:16] for packet in packets if wants_reply(packet)}
    expected = len(waiting)
    try:
        client.send(b"".join(packets))
        while waiting:
            packet = client.receive_reply()
            if packet is None:
                return expected - len(waiting)
            kind, serial = struct.unpack_from(">II", packet, 16)
            if kind == wire.REPLY:
                if waiting.pop(serial) != packet[4:16]:  # KeyError: a reply to no call, or a second one
                    raise ValueError(f"reply {serial} names another program, version or procedure than the call")
            elif kind not in (wire.STREAM, wire.STREAM_HOLE):
                raise ValueError(f"a packet of type {kind}")
        client.send(last)
        client.socket.shutdown(socket.SHUT_WR)
        while client.receive() is not None:
            pass
    except ConnectionError:
        pass  # closed by the server: an answer, too
    except TimeoutError:
        raise TimeoutError(f"no reply to {len(waiting)} calls, serials {sorted(waiting)[:9]}") from None
    return expected - len(waiting)


def opening(mode):
    """What makes a connection usable: flag 1 opens it read-only; None leaves it as it is."""
    if mode is None:
        return []
    return [wire.call("AUTH_LIST"), wire.call("CONNECT_OPEN", "test:///default", mode, serial=1)]


def work(sockets, messages, seed, results):
    """One process's share. Puts (replies, "") in results, or what went wrong with the conversation to replay."""
    mutator = Mutator(load_seeds(), random.Random(seed))
    replies, sent = 0, 0
    while sent < messages:
        path, mode = sockets[mutator.random.randrange(2)], mutator.random.choice((0, 0, 0, 1, None))
        packets = [mutator.message(SERIAL + number) for number in range(BATCH)]
        last = mutator.last_words()
        try:
            with wire.Client(path) as client:
                replies += say(client, [*opening(mode), *packets], last)
        except (OSError, ValueError, KeyError) as error:
            steps = [(">", packet) for packet in [*opening(mode), *packets, last]]
            text = "\n".join(f"{mark} {data.hex()}" for mark, data in steps)
            readonly = " (ro)" if path == sockets[1] else ""
            results.put((replies, f"{type(error).__name__}: {error}\n# replay{readonly}\n{text}\n"))
            return
        sent += BATCH + 1
    results.put((replies, ""))


def is_well(daemon, rss_limit_kib):
    """What is wrong with the daemon, or None."""
    if not daemon.alive():
        return f"the daemon ended with {daemon.process.returncode}"
    with wire.Client(daemon.socket()).open() as client:  # closed again: the default connection starts anew each time
        if client.call("CONNECT_GET_TYPE") != {"type": "TEST"}:
            return "a sane call got a wrong answer"
    rss = daemon.rss_kib()
    return f"it takes {rss} KiB" if rss > rss_limit_kib else None


def run(daemon, messages, seed, workers=2, rss_limit_kib=256 * 1024):
    """Returns the number of replies; raises AssertionError with all that is needed to see the failure again."""
    sockets = [str(daemon.socket()), str(daemon.socket(readonly=True))]
    results = multiprocessing.SimpleQueue()
    rss_limit_kib += daemon.rss_kib()
    share = messages // workers
    processes = [multiprocessing.Process(target=work, args=(sockets, share, seed * 1000 + number, results))
                 for number in range(workers)]
    for process in processes:
        process.start()
    problem = None
    try:
        while not problem and any(process.is_alive() for process in processes):
            problem = is_well(daemon, rss_limit_kib)
            time.sleep(0.2)
    except (OSError, EOFError, ValueError, wire.RemoteError) as error:
        problem = f"a sane call failed: {error!r}"
    replies = 0
    for process in processes:
        process.join(2 * wire.PATIENCE_S)
        if process.is_alive():
            process.terminate()
            process.join()
        if process.exitcode:
            problem = problem or f"a sender ended with {process.exitcode}"
    while not results.empty():
        count, failure = results.get()
        replies += count
        problem = "\n".join(filter(None, (problem, failure)))
    problem = problem or is_well(daemon, rss_limit_kib)
    assert not problem, f"seed {seed}: {problem}\nThe daemon's log:\n{daemon.log()}"
    return replies


def replay(daemon, path):
    for readonly, steps in conversation.read(pathlib.Path(path)).values():
        with wire.Client(daemon.socket(readonly)) as client:
            packets = [data for _, data in steps]
            print(say(client, packets[:-1], packets[-1]), "replies")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=500000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rss-mib", type=int, default=256, help="by how much the daemon may grow")
    parser.add_argument("--replay", metavar="FILE", help="a conversation that a failure printed, from its '#' line on")
    options = parser.parse_args()
    with harness.Daemon(harness.our_daemon()) as daemon:
        if options.replay:
            replay(daemon, options.replay)
            return
        rss = daemon.rss_kib()
        replies = run(daemon, options.messages, options.seed, rss_limit_kib=options.rss_mib * 1024)
        print(f"{options.messages} messages, {replies} replies, memory {rss} -> {daemon.rss_kib()} KiB")


if __name__ == "__main__":
    main()
