# SPDX-License-Identifier: MIT
"""Emits the driver vtable, one typed member a procedure in the order of enum proc, and the pages about calls."""
import re
from pathlib import Path

from emit_wire import BANNER


def struct_of(entry, part, present):
    prefix = "" if entry.program == "remote" else entry.program + "_"
    return f"struct {prefix}{entry.lower}_{part}" if present else "void"


def member_name(entry):
    return ("" if entry.program == "remote" else entry.program + "_") + entry.lower


def driver_calls_h(schema):
    lines = [BANNER, "#pragma once", '#include "wire/calls.h"', '#include "wire/messages.h"\n', "struct call;\n",
             "/* What a driver answers; NULL = not supported. Outputs live in the call's arena. 0, or -1 with the error set. */",
             "struct driver_calls {"]
    for entry in schema.entries:
        if entry.form == "event":
            lines.append(f"    void (*{member_name(entry)}_unused)(void);")
            continue
        args, ret = struct_of(entry, "args", entry.args), struct_of(entry, "ret", entry.ret)
        lines.append(f"    int (*{member_name(entry)})(struct call *call, const {args} *args, {ret} *ret);")
    lines += ["};\n", "_Static_assert(sizeof(struct driver_calls) == PROC_COUNT * sizeof(void (*)(void)),",
              '               "a driver vtable is indexed by enum proc");']
    return "\n".join(lines) + "\n"


def calls_of(schema):
    return [entry for entry in schema.entries if entry.form != "event"]


def answered_by_drivers():
    """{driver: the vtable members that its sources set}."""
    root = Path(__file__).resolve().parent.parent / "src/drivers"
    return {folder.name: set(re.findall(r"^\s*\.(\w+) = \w+,", "\n".join(path.read_text() for path in folder.glob("*.[ch]")), re.M))
            for folder in sorted(root.iterdir()) if folder.is_dir()}


def support_md(schema):
    """Which driver answers which call."""
    drivers = answered_by_drivers()
    lines = ["# Support matrix", "", "`yes`: the driver answers; `-`: \"not supported\".", "",
             "| procedure | public function | since | " + " | ".join(drivers) + " |", "|---|---|---|" + "---|" * len(drivers)]
    for entry in calls_of(schema):
        answers = " | ".join("yes" if member_name(entry) in members else "-" for members in drivers.values())
        lines.append(f"| {entry.program} {entry.number} {entry.name} | {' '.join(entry.public)} | {entry.attrs['since']} | {answers} |")
    return "\n".join(lines) + "\n"


def access_md(schema):
    """Who may make which call, and whether it may block."""
    lines = ["# Access", "", "`needs write`: refused on a read-only connection. Permissions are `object:permission`, in parentheses the flag",
             "that asks for one. `fast` calls are answered on the I/O thread, `slow` ones by a worker.", "",
             "| procedure | needs | access | filter | blocking |", "|---|---|---|---|---|"]
    for entry in calls_of(schema):
        attrs = entry.attrs
        lines.append(f"| {entry.program} {entry.name} | {attrs['needs']} | {' '.join(attrs.get('access', ()))} | "
                     f"{attrs.get('filter', '')} | {'fast' if 'fast' in attrs else 'slow'} |")
    return "\n".join(lines) + "\n"


OUTPUTS = {"dispatch/driver_calls.h": driver_calls_h, "docs/support.md": support_md, "docs/access.md": access_md}
