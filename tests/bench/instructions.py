# SPDX-License-Identifier: MIT
"""Counts the instructions that a server spends on one call, under valgrind's callgrind: unlike time, a figure that
does not depend on what else the machine does. Each server lives twice, answering M and then 2M calls, so that its
start and end cancel out.
"""
import pathlib
import shutil
import tempfile

import report
import servers
from servers import Failure

PATIENCE_S = 120
CALLS, QUICK_CALLS = 4000, 500
SHAPES = [("small", 1, 1), ("small", 1, 16)]


def total(start, measure_load, calls):
    """Instructions of a server's main process over a life in which it answers that many calls."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        server = start(["valgrind", "--tool=callgrind", f"--callgrind-out-file={scratch}/%p"])
        try:
            measure_load(server, calls)
        finally:
            problem = server.stop()
        if problem:
            raise Failure(f"{server.name} under callgrind: {problem}")
        for line in (pathlib.Path(scratch) / str(server.process.pid)).read_text().splitlines():
            if line.startswith("totals:"):
                return int(line.split()[1])
    raise Failure(f"{server.name}: callgrind wrote no total")


def measure(options, load):
    """Prints instructions a call of all servers; returns the failures."""
    if not shutil.which("valgrind"):
        raise Failure("valgrind is not installed")
    calls = QUICK_CALLS if options.quick else CALLS
    starts = {name: (lambda wrapper, name=name: servers.start_daemon(name, getattr(options, name), wrapper, PATIENCE_S))
              for name in ("ours", "stock") if getattr(options, name)}
    starts["floor"] = lambda wrapper: servers.start_floor(options.echo_server, 36, wrapper, PATIENCE_S)
    result = {name: [] for name in starts}
    for name, start in starts.items():
        for shape in SHAPES:
            def measure_load(server, amount, shape=shape):
                load(options, server, "unix", shape, "--calls", str(amount), timeout=10 * PATIENCE_S)
            once, twice = (total(start, measure_load, amount) for amount in (calls, 2 * calls))
            result[name].append((twice - once) / calls)
    titles = [f"{call} {connections}x{depth}" for call, connections, depth in SHAPES]
    print(report.instructions_table({"cases": titles, "servers": result}))
    return []
