#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures our daemon, the stock daemon and a bare echo server in one run, with one load generator, in interleaved
rounds, and prints one table (method: report.py). Exit status 1 when a server failed or gave one wrong reply.
"""
import argparse
import datetime
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys

import instructions
import report
import servers
from servers import Failure

STOCK = pathlib.Path("/usr/sbin/libvirtd")
HELD_CONNECTIONS = 256
# name of the call, connections, depth
SHAPES = [("small", 1, 1), ("small", 1, 16), ("small", 16, 16), ("small", HELD_CONNECTIONS, 1), ("lookup", 16, 16),
          ("info", 16, 16), ("xml", 16, 16), ("connect", 4, 1)]


def load_command(options, server, transport, shape):
    call, connections, depth = shape
    where = ["--unix", str(server.socket)] if transport == "unix" else ["--tcp", str(server.port)]
    raw = ["--raw-open"] if server.raw else []
    pids = [part for pid in server.pids() for part in ("--server-pid", str(pid))]
    return [str(options.load), *where, *raw, *pids, "--call", call, "--connections", str(connections), "--depth",
            str(depth), "--threads", str(options.load_threads)]


def load(options, server, transport, shape, *amount, timeout=120):
    """One run of the load generator: its figures, a dict."""
    if not server.alive():
        raise Failure(f"{server.name} is not running any more")
    done = subprocess.run([*load_command(options, server, transport, shape), *amount], capture_output=True, text=True,
                          timeout=timeout)
    if done.returncode != 0:
        reason = done.stderr.strip() or done.stdout
        raise Failure(f"{server.name}, {transport} {shape[0]} {shape[1]}x{shape[2]}: {reason}")
    return json.loads(done.stdout)


def held_rss_kib(options, server):
    """The resident memory while connections are open and idle."""
    command = [*load_command(options, server, "unix", ("small", HELD_CONNECTIONS, 1)), "--hold"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as holder:
        ready = holder.stdout.readline() == "ready\n"
        rss = server.rss_kib() if ready else None
        _, trouble = holder.communicate()
    if not ready:
        raise Failure(f"{server.name}, {HELD_CONNECTIONS} connections: {trouble.strip()}")
    return rss


class Bench:
    """All servers of one run, and what went wrong so far."""

    def __init__(self, options):
        self.options = options
        self.daemons = {}
        self.floors = {}  # by reply size
        self.reply_sizes = {}  # by call
        self.failures = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in [*self.daemons.values(), *self.floors.values()]:
            problem = server.stop()
            if problem:
                self.fail(f"{server.name}: {problem}")

    def fail(self, reason):
        self.failures.append(str(reason))
        print(f"FAILED: {reason}", file=sys.stderr)

    def start(self):
        for name in ("ours", "stock"):
            program = getattr(self.options, name)
            if program:
                self.daemons[name] = servers.start_daemon(name, program)
        self.floor(28)

    def names(self):
        return [*self.daemons, "floor"]

    def floor(self, reply_bytes):
        if reply_bytes not in self.floors:
            self.floors[reply_bytes] = servers.start_floor(self.options.echo_server, reply_bytes)
        return self.floors[reply_bytes]

    def reply_size(self, call):
        """The length of the daemons' reply, which the floor's is made equal to. Stock's, where both are there."""
        if call not in self.reply_sizes:
            self.reply_sizes[call] = 28
            if call != "connect":
                for server in reversed(self.daemons.values()):
                    try:
                        figures = load(self.options, server, "unix", (call, 1, 1), "--calls", "1")
                        self.reply_sizes[call] = figures["reply_bytes"]
                        break
                    except Failure as failure:
                        self.fail(failure)
        return self.reply_sizes[call]

    def memory(self, key, measure):
        for name, server in [*self.daemons.items(), ("floor", self.floor(28))]:
            try:
                if server.alive():
                    self.memories.setdefault(name, {})[key] = measure(server)
            except Failure as failure:
                self.fail(failure)

    def measure(self):
        options = self.options
        self.memories = {}
        self.memory("idle_kib", lambda server: server.rss_kib())
        self.memory("held_kib", lambda server: held_rss_kib(options, server))

        cases = [(f"{transport} {call} {connections}x{depth}", transport, (call, connections, depth))
                 for transport in ("unix", "tcp") for call, connections, depth in SHAPES]
        cases = [case for case in cases if options.only in case[0]]
        samples = {case[0]: {name: [] for name in self.names()} for case in cases}
        for turn in range(options.rounds):
            for title, transport, shape in cases:
                order = self.names()
                for name in order[turn % len(order):] + order[:turn % len(order)]:
                    server = self.daemons.get(name) or self.floor(self.reply_size(shape[0]))
                    try:
                        figures = load(options, server, transport, shape, "--seconds", str(options.seconds))
                        samples[title][name].append(figures)
                    except (Failure, subprocess.TimeoutExpired) as failure:
                        self.fail(failure)
                progress(f"round {turn + 1}/{options.rounds}: {title}")
        progress("")
        self.memory("end_kib", lambda server: server.rss_kib())
        return [{"name": title, **{name: summary(rounds, options.rounds) for name, rounds in by_name.items()}}
                for title, by_name in samples.items()]


def progress(what):
    if sys.stderr.isatty():
        print(f"\r\033[K{what}", end="", file=sys.stderr, flush=True)


def summary(rounds, expected):
    """The medians of all figures of a case, and the figures of the rounds; None when a round failed."""
    if len(rounds) < expected:
        return None
    values = {key: [figures[key] for figures in rounds] for key in rounds[0]}
    rates = values["calls_per_s"]
    return {**{key: statistics.median(value) for key, value in values.items()},
            "spread": (max(rates) - min(rates)) / statistics.median(rates), "rounds": values}


def version_of(program):
    done = subprocess.run([str(program), "--version"], capture_output=True, text=True, timeout=20)
    return (done.stdout.strip() or done.stderr.strip() or "unknown version").splitlines()[0]


def measure(options):
    """The whole benchmark: prints it, writes the files asked for, returns the failures."""
    with Bench(options) as bench:
        bench.start()
        result = {
            "date": datetime.date.today().isoformat(),
            "machine": report.machine(),
            "versions": ", ".join(f"{name}: {version_of(getattr(options, name))}" for name in bench.daemons),
            "settings": {"rounds": options.rounds, "seconds": options.seconds, "load_threads": options.load_threads},
            "servers": bench.names(),
            "held_connections": HELD_CONNECTIONS,
            "cases": bench.measure(),
            "memory": bench.memories,
        }
    print(report.text(result))
    if options.json:
        options.json.write_text(json.dumps({**result, "failures": bench.failures}, indent=1) + "\n")
    if options.markdown and bench.failures:
        print(f"{options.markdown} is left as it was: a run with failures is no record", file=sys.stderr)
    elif options.markdown:
        options.markdown.write_text(report.markdown(result))
    return bench.failures


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="build directory")
    parser.add_argument("--ours", type=pathlib.Path, help="our daemon, if not BUILD/src/daemon/libvirtd")
    parser.add_argument("--no-ours", action="store_true", help="measure without our daemon")
    parser.add_argument("--no-stock", action="store_true", help="measure without the stock daemon")
    parser.add_argument("--quick", action="store_true", help="one short round: does it work?")
    parser.add_argument("--rounds", type=int, help="rounds a case (3)")
    parser.add_argument("--seconds", type=float, help="length of a measurement (1)")
    parser.add_argument("--only", default="", metavar="TEXT", help='only cases whose name contains this: "unix small"')
    parser.add_argument("--load-threads", type=int, default=max(1, (os.cpu_count() or 1) // 2),
                        help="threads of the load generator (half of the cores)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="write the report, docs/performance.md")
    parser.add_argument("--instructions", action="store_true", help="count instructions a call under callgrind instead")
    options = parser.parse_args()

    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (0.2 if options.quick else 1.0)
    options.load = options.build / "tests/bench/load"
    options.echo_server = options.build / "tests/bench/echo_server"
    options.ours = None if options.no_ours else options.ours or options.build / "src/daemon/libvirtd"
    options.stock = None if options.no_stock else STOCK
    if not options.ours and not options.stock:
        parser.error("without any daemon there is nothing to measure")
    for name in ("load", "echo_server", "ours", "stock"):
        program = getattr(options, name)
        if program and not program.is_file():
            parser.error(f"there is no {program}" + (f"; --no-{name} measures without" if "_" not in name else ""))
        setattr(options, name, program and program.resolve())
    return options


def main():
    options = parse_arguments()
    servers.isolate()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return 1 if (instructions.measure(options, load) if options.instructions else measure(options)) else 0
    except Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
