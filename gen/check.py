# SPDX-License-Identifier: MIT
"""What a schema must satisfy, and the wire structs that calls imply. One test in tests/generated/ breaks each rule."""
import re

from schema import Field, SchemaError

SCALARS = ("int", "uint", "hyper", "uhyper", "ulong", "double", "char", "uchar", "ushort")
KINDS = SCALARS + ("string", "uuid", "bytes", "chars", "typed", "typed_value", "cpumap", "device")

# Structs of the public headers that a call fills from flat reply fields: (kind, C member, wire name[, fixed])
RECORDS = {
    "virDomainInfo": (("uchar", "state"), ("ulong", "maxMem"), ("ulong", "memory"), ("ushort", "nrVirtCpu"),
                      ("uhyper", "cpuTime")),
    "virDomainControlInfo": (("uint", "state"), ("uint", "details"), ("uhyper", "stateTime")),
    "virDomainJobInfo": (("int", "type"),) + tuple(("uhyper", name) for name in (
        "timeElapsed", "timeRemaining", "dataTotal", "dataProcessed", "dataRemaining", "memTotal", "memProcessed",
        "memRemaining", "fileTotal", "fileProcessed", "fileRemaining")),
    "virDomainBlockInfo": (("uhyper", "allocation"), ("uhyper", "capacity"), ("uhyper", "physical")),
    "virStoragePoolInfo": (("uchar", "state"), ("uhyper", "capacity"), ("uhyper", "allocation"), ("uhyper", "available")),
    "virStorageVolInfo": (("char", "type"), ("uhyper", "capacity"), ("uhyper", "allocation")),
    "virNodeInfo": (("char[32]", "model"), ("ulong", "memory"), ("int", "cpus"), ("int", "mhz"), ("int", "nodes"),
                    ("int", "sockets"), ("int", "cores"), ("int", "threads")),
}


def wire_field(param, kind=None, max_=None, name=None):
    kinds = {"ulong": "uhyper", "cpumap": "bytes", "device": "string"}
    kind = kind or kinds.get(param.kind, param.kind)
    return Field(kind, name or param.wire, name or param.wire, param.where, optional=param.optional and not param.out and kind != "typed",
                 max=max_ or param.max, fixed=param.fixed)


def derive_wire(entry):
    """Fills args and ret of a call from its C signature."""
    for param in entry.params:
        where = param.where
        if not param.out:
            entry.args.append(wire_field(param))
        elif param.shape == "record":
            if param.kind not in RECORDS:
                raise SchemaError(where, f"unknown record {param.kind}; add a row to RECORDS in gen/check.py")
            for kind, member in RECORDS[param.kind]:
                match = re.match(r"char\[(\d+)\]", kind)
                wire = "char" if match else {"ulong": "uhyper"}.get(kind, kind)
                entry.ret.append(Field(wire, member, member, where, fixed=int(match[1]) if match else 0))
        elif param.shape == "list":
            entry.args.append(Field("int", "need_results", "need_results", where))
            entry.ret.append(wire_field(param))
        elif param.shape:
            if not param.count:
                raise SchemaError(where, f"{param.shape} {param.name} needs the name of its maximum: 'out names names[MAX] maxnames'")
            if param.shape != "alloc":
                entry.args.append(Field("int", param.count, param.count, where))
            entry.ret.append(wire_field(param))
            if param.shape == "params":  # the reply also says how many there are
                entry.ret.append(Field("int", param.count, param.count, where))
        else:
            entry.ret.append(wire_field(param))
    result = entry.result
    if result.kind == "count":
        if any(param.shape == "list" for param in entry.params):
            entry.ret.append(Field("int" if result.optional else "uint", "ret", "ret", entry.where))
    elif result.kind != "status":
        entry.ret.append(wire_field(result))


def check_fields(schema, fields, owner):
    seen = set()
    for item in fields:
        if item.kind not in KINDS and item.kind not in schema.structs:
            raise SchemaError(item.where, f"unknown kind '{item.kind}' of field {item.name} in {owner}")
        if item.wire in seen:
            raise SchemaError(item.where, f"field {item.wire} stands twice in {owner}")
        seen.add(item.wire)
        if item.max and item.max not in schema.consts and not item.max.isdigit():
            raise SchemaError(item.where, f"unknown limit {item.max} of field {item.name} in {owner}")
        if item.kind in ("bytes", "chars") and not (item.max or item.fixed):
            raise SchemaError(item.where, f"{item.kind} {item.name} in {owner} needs a limit: [MAX]")
        if item.fixed and item.kind != "char":
            raise SchemaError(item.where, f"[={item.fixed}] is for char only, not for {item.kind} {item.name} in {owner}")
        if item.optional and item.max:
            raise SchemaError(item.where, f"field {item.name} in {owner} cannot be both optional and an array")


def check_limits(schema, entry):
    """The fields and constants that check and limit name exist. List calls get their limit by themselves."""
    fields = {item.wire: item for item in entry.args}
    limits = entry.attrs.setdefault("limit", [])
    arrays = [item for item in entry.ret if item.max]
    for item in entry.args:
        if re.match(r"max(ids|names|uuids|cells)$", item.wire) and arrays:
            limits.append(f"{item.wire}<={arrays[0].max}")
    for text in limits + entry.attrs.get("check", []):
        for name in re.match(r"[\w*]+", text)[0].split("*"):
            if name not in fields:
                raise SchemaError(entry.where, f"'{text}' of {entry.name} names no argument")
    for text in limits:
        if text.split("<=")[1] not in schema.consts:
            raise SchemaError(entry.where, f"'{text}' of {entry.name} names no const")


def check_entry(schema, entry):
    where, attrs = entry.where, entry.attrs
    for need in ("proc", "since"):
        if need not in attrs:
            raise SchemaError(where, f"{entry.name} needs '{need}'")
    if not re.match(r"\d+\.\d+\.\d+$", attrs["since"]):
        raise SchemaError(where, f"since of {entry.name} is MAJOR.MINOR.MICRO, not '{attrs['since']}'")
    if entry.form == "event":
        for word in ("needs", "high", "low", "fast", "slow", "access"):
            if word in attrs:
                raise SchemaError(where, f"event {entry.name} cannot have '{word}'")
    else:
        if not re.match(r"(read|write(\((flags&|source=)\d+\))?|secure\(flags&\d+\))$", attrs.get("needs", "")):
            raise SchemaError(where, f"{entry.name} needs 'needs read', 'needs write', 'needs write(flags&BITS)' or 'needs secure(flags&BITS)'")
        for one, other in (("high", "low"), ("fast", "slow")):
            if (one in attrs) == (other in attrs):
                raise SchemaError(where, f"{entry.name} needs exactly one of '{one}' and '{other}'")
        for item in attrs.get("access", ()):
            if not re.match(r"[a-z_]+:[a-z_]+(\(\w+\))?$", item):
                raise SchemaError(where, f"access of {entry.name} is OBJECT:PERMISSION, not '{item}'")
    if entry.form == "call" and not entry.doc:
        raise SchemaError(where, f"public function {entry.api} needs documentation: a '##' line above it")
    check_fields(schema, entry.args, entry.name)
    check_fields(schema, entry.ret, entry.name)
    check_limits(schema, entry)


def check(schema):
    """Derives what calls imply and raises SchemaError at the first broken rule."""
    for struct in schema.structs.values():
        check_fields(schema, struct.fields, f"struct {struct.name}")
    numbers, names, apis = {}, {}, {}
    for entry in schema.entries:
        if entry.program not in schema.programs:
            raise SchemaError(entry.where, f"unknown program '{entry.program}'")
        if entry.form == "call":
            derive_wire(entry)
        check_entry(schema, entry)
        key = (entry.program, entry.number)
        for table, value, what in ((numbers, key, f"number {key[1]} of program {key[0]}"),
                                   (names, (entry.program, entry.name), f"name {entry.name}"),
                                   (apis, entry.api, f"function {entry.api}")):
            if value in table and value is not None:
                raise SchemaError(entry.where, f"{what} is taken by {table[value].name} ({table[value].where})")
            table[value] = entry
    codes = set()
    for number, name, _, _ in schema.errors:
        if number in codes:
            raise SchemaError("errors.api", f"error number {number} of {name} is taken")
        codes.add(number)
    return schema
