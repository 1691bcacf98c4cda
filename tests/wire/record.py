# SPDX-License-Identifier: MIT
"""Records tests/golden/wire again from the stock programs: `record.py [--samples WIRE_SAMPLES.tsv]`.

packets.tsv gets what the stock virsh and bindings and the stock daemon say to each other (a proxy listens), and the
packets of the samples file; conversations.txt gets the stock daemon's answers to cases.py.
"""
import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
GOLDEN = FOLDER.parent / "golden" / "wire"
sys.path[:0] = [str(FOLDER), str(FOLDER.parent / "interop")]
import cases  # noqa: E402
import conversation  # noqa: E402
import fixtures  # noqa: E402
import harness  # noqa: E402
import proxy  # noqa: E402
import virsh_scripts  # noqa: E402
import wire  # noqa: E402

VARIANTS = 4  # how many different packets of the same direction, procedure, type and status are kept
SIZE_MAX = 8192
KINDS = ["CALL", "REPLY", "MESSAGE", "STREAM", "CALL_WITH_FDS", "REPLY_WITH_FDS", "STREAM_HOLE"]
STATES = ["OK", "ERROR", "CONTINUE"]
PLACES = (59, 7)  # replies that tell this machine's name or processor


def record_case(daemon, name, steps):
    readonly = name in cases.READONLY_SOCKET
    result = []
    with fixtures.fresh_default(daemon), wire.Client(daemon.socket(readonly)) as client:
        for data, outcome in steps:
            if data:
                client.send(data)
                result.append((">", data))
            if outcome == cases.NOTHING:
                client.send(conversation.PING)
                assert client.receive() == conversation.PONG, name
                continue
            packet = client.receive(within_s=5)
            if (packet is None) != (outcome == cases.CLOSE):
                print(f"{name}: {outcome} was expected, {conversation.describe(packet)} came", file=sys.stderr)
            result.append(("!", b"") if packet is None else ("<", packet))
            if packet is None:
                break
    return readonly, result


def record_conversations(daemon):
    result = {}
    for name, steps in cases.cases.items():
        try:
            result[name] = record_case(daemon, name, steps)
        except TimeoutError:
            print(f"{name}: silence where something was expected", file=sys.stderr)
    return result


def record_packets(daemon, directory):
    """Everything that passes between the stock clients and the stock daemon."""
    for name, text in virsh_scripts.FILES.items():
        (directory / name).write_text(text, encoding="utf-8")
    environment = harness.environment(directory)
    seen = []
    for readonly in (False, True):
        with proxy.Proxy(daemon.socket(readonly), directory / "proxy") as between:
            uri = f"test+unix:///default?socket={directory}/proxy"
            for script in virsh_scripts.SCRIPTS.values():
                with fixtures.fresh_default(daemon):
                    for line in script:
                        subprocess.run([harness.STOCK_VIRSH, "-c", uri, *line], cwd=directory, env=environment,
                                       capture_output=True, stdin=subprocess.DEVNULL)
            for arguments in ["readonly"] if readonly else [], ["readonly"]:
                with fixtures.fresh_default(daemon):
                    subprocess.run([harness.PYTHON, "-B", FOLDER.parent / "interop" / "api_steps.py", uri, *arguments],
                                   env=environment, capture_output=True, cwd=directory, check=True)
            seen += [({">": "call", "<": "answer"}[way], packet) for way, packet in between.packets()]
    return seen


def read_samples(path):
    with open(path, newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield "call" if row["direction"].startswith("client") else "answer", bytes.fromhex(row["hex"])


def write_packets(path, packets):
    kept = {}
    for direction, packet in packets:
        _, program, _, procedure, kind, _, status = wire.HEADER.unpack_from(packet)
        group = kept.setdefault((direction, program, procedure, kind, status), {})
        if len(packet) <= SIZE_MAX and len(group) < VARIANTS and not (
                direction == "answer" and program == wire.REMOTE and procedure in PLACES):
            group.setdefault(packet[28:], packet)  # the serial alone makes no other packet
    with open(path, "w") as file:
        file.write("direction\tprogram\tnumber\ttype\tstatus\thex\n")
        for (direction, program, procedure, kind, status), group in sorted(kept.items()):
            for packet in group.values():
                file.write(f"{direction}\t{program:#x}\t{procedure}\t{KINDS[kind]}\t{STATES[status]}\t{packet.hex()}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", help="a table with the columns direction and hex, whose packets are taken too")
    options = parser.parse_args()
    GOLDEN.mkdir(parents=True, exist_ok=True)
    with harness.Daemon(harness.STOCK_DAEMON) as daemon, tempfile.TemporaryDirectory() as directory:
        conversation.write(GOLDEN / "conversations.txt", record_conversations(daemon))
        packets = record_packets(daemon, pathlib.Path(directory))
    write_packets(GOLDEN / "packets.tsv", [*(read_samples(options.samples) if options.samples else []), *packets])


if __name__ == "__main__":
    main()
