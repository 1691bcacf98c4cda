# SPDX-License-Identifier: MIT
"""Emits the driver vtable: one typed member a procedure, in the order of enum proc."""
from emit_wire import BANNER, symbol


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


def support_md(schema):
    lines = ["# Calls", "", "| procedure | number | public function | needs | access | blocking |", "|---|---|---|---|---|---|"]
    for entry in schema.entries:
        if entry.form == "event":
            continue
        attrs = entry.attrs
        access = " ".join(attrs.get("access", ()))
        lines.append(f"| {entry.program} {entry.name} | {entry.number} | {' '.join(entry.public)} | {attrs['needs']} | {access} | "
                     f"{'fast' if 'fast' in attrs else 'slow'} |")
    return "\n".join(lines) + "\n"


OUTPUTS = {"dispatch/driver_calls.h": driver_calls_h, "docs/calls.md": support_md}
__all__ = ["OUTPUTS", "symbol"]
