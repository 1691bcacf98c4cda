# SPDX-License-Identifier: MIT
"""The file of recorded conversations: reads, writes and holds them.

    # NAME            a conversation; "(ro)" at the end of the line: on the read-only socket
    > HEX             the client sends these bytes
    < HEX             the server answers this packet
    !                 the server closes the connection

A line stands for one packet; two ">" in a row mean that nothing answers the first.
"""
import wire

PING = wire.frame(wire.PING, kind=wire.MESSAGE, program=wire.KEEPALIVE)
PONG = wire.frame(wire.PONG, kind=wire.MESSAGE, program=wire.KEEPALIVE)


def read(path):
    """{name: (readonly, [(mark, bytes)])}"""
    result = {}
    for line in path.read_text().splitlines():
        mark, _, rest = line.partition(" ")
        if mark == "#":
            name, readonly, _ = rest.partition(" (ro)")
            steps = []
            result[name] = (bool(readonly), steps)
        else:
            steps.append((mark, bytes.fromhex(rest)))
    return result


def write(path, conversations):
    with open(path, "w") as file:
        for name, (readonly, steps) in conversations.items():
            file.write(f"# {name}{' (ro)' if readonly else ''}\n")
            for mark, data in steps:
                file.write(f"{mark} {data.hex()}".rstrip() + "\n")


def describe(packet):
    """For a failure's report: what a person wants to read of a packet."""
    if packet is None:
        return "closed"
    _, program, version, procedure, kind, serial, status = wire.HEADER.unpack_from(packet)
    text = f"program {program:#x} v{version} procedure {procedure} type {kind} serial {serial} status {status}"
    if kind == wire.REPLY and status == wire.ERROR:
        return f"{text} {wire.decode(wire.STRUCTS['error'], packet[28:])}"
    return f"{text} {packet[28:].hex()}"


def hold(client, steps):
    """Has a recorded conversation with a server; AssertionError where it answers anything else."""
    def check(at, answer, expected):
        if answer != expected:
            raise AssertionError(f"step {at}\n got: {describe(answer)}\nwant: {describe(expected)}")

    for at, (mark, data) in enumerate(steps):
        if mark == ">":
            client.send(data)
            if at + 1 == len(steps) or steps[at + 1][0] == ">":  # nothing may come: the next packet answers a ping
                client.send(PING)
                check(at, client.receive(), PONG)
        else:
            check(at, client.receive(), data if mark == "<" else None)
