# SPDX-License-Identifier: MIT
"""Emits the wire half: C structs of all messages, their field tables, the procedure enum and the call table."""
import re

BANNER = "/* SPDX-License-Identifier: MIT\n * Generated from api/ by gen/generate.py. Do not edit.\n */\n"

CTYPES = {"int": "int", "uint": "unsigned int", "hyper": "int64_t", "uhyper": "uint64_t", "double": "double",
          "char": "char", "uchar": "unsigned char", "ushort": "unsigned short", "string": "char *",
          "bytes": "unsigned char", "chars": "char", "typed": "struct typed_param"}
WIRE_MIN = {"hyper": 8, "uhyper": 8, "double": 8, "uuid": 16, "typed": 12}
# VIR_FROM_* of errors that a public function raises by itself, by what its name contains; the first that fits.
ERROR_DOMAINS = (("Snapshot", "VIR_FROM_DOMAIN_SNAPSHOT"), ("Checkpoint", "VIR_FROM_DOMAIN_CHECKPOINT"),
                 ("NodeDevice|^virNode(NumOf|List)Devices", "VIR_FROM_NODEDEV"), ("Domain", "VIR_FROM_DOMAIN"),
                 ("Storage", "VIR_FROM_STORAGE"), ("Network", "VIR_FROM_NETWORK"), ("NWFilter", "VIR_FROM_NWFILTER"),
                 ("Interface", "VIR_FROM_INTERFACE"), ("Secret", "VIR_FROM_SECRET"), ("Stream", "VIR_FROM_STREAMS"))


def error_domain(api):
    return next((domain for pattern, domain in ERROR_DOMAINS if re.search(pattern, api or "")), "VIR_FROM_DOMAIN")


def ctype(schema, kind):
    return f"struct wire_{kind}" if kind in schema.structs else CTYPES[kind]


def member(schema, field):
    """The C declaration of a field in a wire struct."""
    name = field.wire
    if field.max:
        base = ctype(schema, field.kind)
        star = "" if base.endswith("*") else " "
        return f"struct {{ uint32_t length; {base}{star}*items; }} {name};"
    if field.kind == "uuid":
        return f"unsigned char {name}[16];"
    if field.fixed:
        return f"char {name}[{field.fixed}];"
    base = ctype(schema, field.kind)
    if field.optional and field.kind != "string":
        return f"{base} *{name};"
    return f"{base}{'' if base.endswith('*') else ' '}{name};"


def form_of(field):
    if field.optional:
        return "XDR_OPTIONAL"
    return "XDR_ARRAY" if field.max and field.kind not in ("bytes", "chars") else "XDR_ONE"


def limit(schema, field):
    if field.fixed:
        return str(field.fixed)
    if not field.max:
        return "0"
    return f"LIMIT_{field.max}" if field.max in schema.consts else field.max


def wire_min(schema, fields):
    total = 0
    for field in fields:
        if form_of(field) != "XDR_ONE" or field.kind in ("bytes", "chars"):
            total += 4
        elif field.fixed:
            total += 4 * field.fixed
        elif field.kind in schema.structs:
            total += wire_min(schema, schema.structs[field.kind].fields)
        else:
            total += WIRE_MIN.get(field.kind, 4)
    return total


def dependencies(schema):
    """The structs, each after those that it holds."""
    done = []

    def visit(name):
        if name in done:
            return
        for field in schema.structs[name].fields:
            if field.kind in schema.structs:
                visit(field.kind)
        done.append(name)

    for name in schema.structs:
        visit(name)
    return done


def messages(schema):
    """(C struct name, fields) of each args, ret and event struct that is not void."""
    for entry in schema.entries:
        prefix = "" if entry.program == "remote" else entry.program + "_"
        if entry.args:
            yield f"{prefix}{entry.lower}_{'msg' if entry.form == 'event' else 'args'}", entry.args
        if entry.ret:
            yield f"{prefix}{entry.lower}_ret", entry.ret


def symbol(entry):
    prefix = "" if entry.program == "remote" else entry.program.upper() + "_"
    return f"PROC_{prefix}{entry.name}"


def limits_h(schema):
    lines = [BANNER, "#pragma once\n"]
    lines += [f"#define LIMIT_{name} {value}" for name, value in schema.consts.items()]
    return "\n".join(lines) + "\n"


def messages_h(schema):
    lines = [BANNER, "#pragma once", "#include <stdint.h>\n", '#include "wire/limits.h"', '#include "wire/xdr.h"\n']
    for name in dependencies(schema):
        lines.append(f"struct wire_{name} {{")
        lines += ["    " + member(schema, field) for field in schema.structs[name].fields]
        lines.append("};\n")
    for name, fields in messages(schema):
        lines.append(f"struct {name} {{")
        lines += ["    " + member(schema, field) for field in fields]
        lines.append("};\n")
    every = [f"wire_{name}" for name in schema.structs] + [name for name, _ in messages(schema)]
    lines += [f"extern const struct xdr_type {name}_type;" for name in every]
    return "\n".join(lines) + "\n"


def table(schema, name, fields):
    rows = []
    for field in fields:
        kind = "XDR_STRUCT" if field.kind in schema.structs else "XDR_" + field.kind.upper()
        of = f"&wire_{field.kind}_type" if field.kind in schema.structs else "NULL"
        rows.append(f"    {{ {kind}, {form_of(field)}, offsetof(struct {name}, {field.wire}), {limit(schema, field)}, {of} }},")
    return (f"static const struct xdr_field {name}_fields[] = {{\n" + "\n".join(rows) + "\n};\n"
            f"const struct xdr_type {name}_type = {{ \"{name}\", sizeof(struct {name}), {wire_min(schema, fields)}, "
            f"{len(fields)}, {name}_fields }};\n")


def messages_c(schema):
    lines = [BANNER, '#include "wire/messages.h"\n', "#include <stddef.h>\n"]
    lines += [table(schema, "wire_" + name, schema.structs[name].fields) for name in dependencies(schema)]
    lines += [table(schema, name, fields) for name, fields in messages(schema)]
    return "\n".join(lines)


def procs_h(schema):
    lines = [BANNER, "#pragma once\n", "/* Every procedure and event of every program, densely numbered. */", "enum proc {"]
    lines += [f"    {symbol(entry)}," for entry in schema.entries]
    return "\n".join(lines) + "\n    PROC_COUNT\n};\n"


CHECKS = {">=0": "CHECK_NOT_NEGATIVE", ">0": "CHECK_POSITIVE", "!=0": "CHECK_NOT_ZERO", "!=NULL": "CHECK_NOT_NULL"}


def checks(schema, entry):
    """The rows of an entry's argument checks: limits first, as the stock daemon has them before everything else."""
    args = ("" if entry.program == "remote" else entry.program + "_") + entry.lower + "_args"
    fields = {field.wire: field for field in entry.args}

    def width(name):
        field = fields[name]
        return 8 if field.kind in ("uhyper", "hyper", "string") and not field.max else 4

    rows = []
    for text in entry.attrs.get("limit", ()):
        names, limit_name = text.split("<=")
        names = names.split("*")
        kind = "CHECK_LIST_LIMIT" if re.match(r"max(ids|names|uuids|cells)$", names[0]) else "CHECK_LIMIT"
        second = f"offsetof(struct {args}, {names[1]})" if len(names) > 1 else "0"
        rows.append(f'    {{ {kind}, 4, offsetof(struct {args}, {names[0]}), {second}, LIMIT_{limit_name}, '
                    f'"{names[0]}", "{" * ".join(names)} > REMOTE_{limit_name}" }},')
    for text in entry.attrs.get("check", ()):
        match = re.match(r"(\w+)(>=0|>0|!=0|!=NULL)(?:\((\w+)\))?$", text)
        rows.append(f'    {{ {CHECKS[match[2]]}, {width(match[1])}, offsetof(struct {args}, {match[1]}), 0, 0, '
                    f'"{match[3] or match[1]}", NULL }},')
    return rows


def row(schema, entry):
    attrs = entry.attrs
    prefix = "" if entry.program == "remote" else entry.program + "_"
    args = f"{prefix}{entry.lower}_{'msg' if entry.form == 'event' else 'args'}"
    flags, cond_offset, cond_value = [], "0", "0"
    if entry.form == "event":
        flags.append("CALL_EVENT")
    needs = attrs.get("needs", "read")
    if needs != "read":
        match = re.match(r"(?:write|secure)\((flags&|source=)(\d+)\)", needs)
        if match:
            name = "flags" if match[1] == "flags&" else "source"
            flags.append("CALL_WRITE_IF_" + name.upper())
            if needs.startswith("secure"):
                flags.append("CALL_SECURE")
            cond_offset, cond_value = f"offsetof(struct {args}, {name})", match[2]
        else:
            flags.append("CALL_WRITE")
    flags += [flag for word, flag in (("high", "CALL_HIGH"), ("fast", "CALL_FAST"), ("preauth", "CALL_PREAUTH")) if word in attrs]
    stream = attrs.get("stream")
    flags += ["CALL_UPLOAD"] if stream in ("upload", "both") else []
    flags += ["CALL_DOWNLOAD"] if stream in ("download", "both") else []
    flags += [f"CALL_FDS_{way.upper()}" for way in attrs.get("fds", ())]
    uuid = "-1"
    if entry.args and entry.form != "event":
        first = entry.args[0]
        inner = schema.structs.get(first.kind)
        if inner and not first.optional and not first.max:
            path = next((f"{first.wire}.{f.wire}" for f in inner.fields if f.kind == "uuid"), None)
            nested = next((f for f in inner.fields if f.kind in ("domain", "network")), None)
            path = path or (f"{first.wire}.{nested.wire}.uuid" if nested else None)
            if path:
                uuid = f"offsetof(struct {args}, {path})"
    api = entry.public[0] if entry.public else None
    return (f"    [{symbol(entry)}] = {{ \"{entry.name}\", " + (f'"{api}"' if api else "NULL")
            + f", PROGRAM_{entry.program.upper()}, {entry.number}, {' | '.join(flags) or '0'}, {cond_offset}, {cond_value}, {uuid}, "
            f"{error_domain(api)}, {f'array_of({prefix}{entry.lower}_checks)' if checks(schema, entry) else 'NULL, 0'}, {'&' + args + '_type' if entry.args else 'NULL'}, "
            f"{'&' + prefix + entry.lower + '_ret_type' if entry.ret else 'NULL'} }},")


def calls_c(schema):
    lines = [BANNER, '#include "wire/calls.h"\n', "#include <stddef.h>\n", "#include <libvirt/virterror.h>\n",
             '#include "wire/messages.h"\n', "#define array_of(array) array, sizeof array / sizeof array[0]\n"]
    for entry in schema.entries:
        rows = checks(schema, entry)
        if rows:
            prefix = "" if entry.program == "remote" else entry.program + "_"
            lines += [f"static const struct call_check {prefix}{entry.lower}_checks[] = {{", *rows, "};"]
    lines += ["\nconst struct call_row call_rows[PROC_COUNT] = {"]
    lines += [row(schema, entry) for entry in schema.entries]
    lines.append("};\n")
    for program in schema.programs:
        entries = [entry for entry in schema.entries if entry.program == program]
        lines.append(f"static const uint16_t {program}_procs[] = {{")
        lines += [f"    [{entry.number}] = {symbol(entry)} + 1," for entry in entries]
        lines.append("};\n")
    lines += ["const struct call_row *call_row_find(uint32_t program, int32_t number)\n{",
              "    const uint16_t *procs;", "    int32_t count;", "    switch (program) {"]
    for program in schema.programs:
        lines += [f"    case PROGRAM_{program.upper()}:", f"        procs = {program}_procs;",
                  f"        count = sizeof {program}_procs / sizeof {program}_procs[0];", "        break;"]
    lines += ["    default:", "        return NULL;", "    }",
              "    return number < 0 || number >= count || !procs[number] ? NULL : &call_rows[procs[number] - 1];", "}"]
    return "\n".join(lines) + "\n"


def error_texts_c(schema):
    lines = [BANNER, '#include "wire/error_text.h"\n', "const struct error_text error_texts[] = {"]
    for number, name, bare, detailed in schema.errors:
        lines.append(f'    [{number}] = {{ "{bare}", "{detailed}" }},')
    lines += ["};", "const int error_texts_count = sizeof error_texts / sizeof error_texts[0];"]
    return "\n".join(lines) + "\n"


OUTPUTS = {"wire/limits.h": limits_h, "wire/messages.h": messages_h, "wire/messages.c": messages_c, "wire/procs.h": procs_h,
           "wire/calls.c": calls_c, "wire/error_texts.c": error_texts_c}
