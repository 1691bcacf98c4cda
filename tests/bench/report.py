# SPDX-License-Identifier: MIT
"""Tables of the benchmark, on the terminal and as docs/performance.md. Only words and layout; run.py measures."""
import os
import pathlib
import platform
import statistics

METHOD = """# Performance

Written by `make bench` (`tests/bench/run.py --markdown`); do not edit, run it again.

## Method

- One run measures three servers side by side: **ours**; **stock**, the distribution's `/usr/sbin/libvirtd`; and the
  **floor**, a server that answers the same number of bytes to the same requests and knows no meaning
  (`tests/bench/echo_server.c`). What ours costs above the floor is the price of decoding, checking and doing the call.
- All are started fresh in one network namespace, the two daemons with the same configuration: no authentication, no
  TLS, every other setting at its default.
- The load generator (`tests/bench/load.c`) writes raw protocol bytes, keeps a fixed number of calls under way on each
  connection (*connections x depth*), and checks every reply: length, serial, procedure, status, and, where the answer
  cannot change, every byte. One wrong or lost reply fails the run.
- Each case is measured in {rounds} rounds of {seconds} s; in a round all servers take their turn, in rotating order.
  The table has the median of the rounds, and the median of the rounds' ratios; *spread* is (largest - smallest) /
  median of the calls a second. A difference within the spread is no difference.
- *CPU a call* is the CPU time of the server's processes, threads and helpers included, divided by the calls. The load
  generator runs on the same cores ({load_threads} of its threads), which bounds the calls a second of a fast server,
  but not its CPU a call.
- `connect` is a whole life of a connection: connect, AUTH_LIST, CONNECT_OPEN, CONNECT_CLOSE. `small` is
  CONNECT_GET_LIB_VERSION; `lookup`, `info` and `xml` ask for the test driver's domain.
- Cells with several figures read {order}.
"""


def machine():
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release()}


def short(value):
    """Three or four digits, with k and M."""
    if value is None:
        return "-"
    for limit, divisor, unit in ((1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= limit:
            value, suffix = value / divisor, unit
            break
    else:
        suffix = ""
    return (f"{value:.0f}" if value >= 1000 else f"{value:.3g}" if value >= 10 else f"{value:.2f}") + suffix


def duration(microseconds):
    return f"{microseconds:.0f}" if microseconds >= 100 else f"{microseconds:.3g}"


def ratio(figures, base, key):
    """The median of the rounds' ratios: the servers of one round met the same machine."""
    if not figures or not base:
        return "-"
    value = statistics.median(a / b for a, b in zip(figures["rounds"][key], base["rounds"][key]))
    return f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def table(header, rows, markdown):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = []
    for row in [header, *rows]:
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        lines.append("| " + " | ".join(cells) + " |" if markdown else "  ".join(cells))
    if markdown:
        lines.insert(1, "|" + "|".join("-" * (w + 1) + ("-" if i == 0 else ":") for i, w in enumerate(widths)) + "|")
    else:
        lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def calls_table(result, markdown=False):
    servers = result["servers"]
    header = ["case", "calls/s", "ours/stock", "ours/floor", "p50 us", "p99 us", "CPU us/call", "CPU ours/stock",
              "spread"]
    rows = []
    for case in result["cases"]:
        def cell(key, show=short):
            return " / ".join("FAILED" if case[name] is None else show(case[name][key]) for name in servers)

        def compare(key, base):
            return ratio(case.get("ours"), case.get(base), key)

        rows.append([case["name"], cell("calls_per_s"), compare("calls_per_s", "stock"),
                     compare("calls_per_s", "floor"), cell("p50_us", duration), cell("p99_us", duration),
                     cell("server_cpu_us", duration), compare("server_cpu_us", "stock"),
                     cell("spread", lambda value: f"{value:.0%}")])
    return table(header, rows, markdown)


def memory_table(result, markdown=False):
    held = result["held_connections"]
    header = ["resident memory, MiB", "idle", f"{held} connections", "KiB a connection", "after the run"]
    rows = []
    for name, memory in result["memory"].items():
        cells = [memory.get(key) for key in ("idle_kib", "held_kib", "end_kib")]
        mib = ["-" if value is None else f"{value / 1024:.1f}" for value in cells]
        each = "-" if cells[1] is None else f"{(cells[1] - cells[0]) / held:.1f}"
        rows.append([name, mib[0], mib[1], each, mib[2]])
    return table(header, rows, markdown)


def instructions_table(counts, markdown=False):
    return table(["instructions a call (callgrind)", *counts["cases"]],
                 [[name, *(short(value) for value in values)] for name, values in counts["servers"].items()], markdown)


def text(result):
    order = " / ".join(result["servers"])
    return f"{order}:\n\n{calls_table(result)}\n\n{memory_table(result)}"


def markdown(result):
    order = " / ".join(result["servers"])
    host = result["machine"]
    return "\n".join([
        METHOD.format(order=order, **result["settings"]),
        "## Results\n",
        f"{result['date']}, {host['cpu']}, {host['cores']} cores, Linux {host['kernel']}; {result['versions']}.\n",
        calls_table(result, True), "", memory_table(result, True), ""])
