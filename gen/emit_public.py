# SPDX-License-Identifier: MIT
"""Emits the public face of libvirt.so.0: headers, version script, stubs of calls, accessors of handles, and the
functions that this build does not have yet."""
import re

from check import RECORDS
from emit_dispatch import struct_of
from emit_wire import BANNER, symbol
from public import HANDLE_TYPES, join

HEADERS = ("libvirt-common.h", "libvirt-host.h", "libvirt-domain.h", "libvirt-domain-checkpoint.h",
           "libvirt-domain-snapshot.h", "libvirt-event.h", "libvirt-interface.h", "libvirt-network.h",
           "libvirt-nodedev.h", "libvirt-nwfilter.h", "libvirt-secret.h", "libvirt-storage.h", "libvirt-stream.h",
           "virterror.h")
# What a header needs before it, beside the C library.
NEEDS = {"libvirt-common.h": (), "libvirt-host.h": ("libvirt-common.h",), "virterror.h": ("libvirt.h",),
         "libvirt-domain-checkpoint.h": ("libvirt-domain.h",), "libvirt-domain-snapshot.h": ("libvirt-domain.h",)}


OPENING = ["#ifdef __cplusplus", 'extern "C" {', "#endif", "#ifdef __GNUC__", "#pragma GCC visibility push(default)",
           "#endif", ""]
CLOSING = ["", "#ifdef __GNUC__", "#pragma GCC visibility pop", "#endif", "#ifdef __cplusplus", "}", "#endif", ""]


def guard(name):
    return "LIBVIRT_" + re.sub(r"\W", "_", name.replace("libvirt-", "").upper())


def enum_value(text):
    """Bit 31 as the int that `1 << 31` gives: an enumerator is an int in C."""
    return "(-2147483647 - 1)" if text == "2147483648" else text


def enum_lines(name, rows):
    values = [(line.split()[0], enum_value(line.split()[1])) for line, _ in rows]
    plain = [(key, value) for key, value in values if not key.endswith("_LAST")]
    lines = ["typedef enum {"]
    lines += [f"    {key} = {value}{',' if i + 1 < len(plain) else ''}" for i, (key, value) in enumerate(plain)]
    lasts = [f"    , {key} = {value}" for key, value in values if key.endswith("_LAST")]
    if lasts:
        lines += ["#ifdef VIR_ENUM_SENTINELS"] + lasts + ["#endif"]
    return lines + [f"}} {name};", ""]


def struct_lines(name, tag, rows):
    lines, union = [f"typedef struct {tag} {name};", f"struct {tag} {{"], None
    for line, _ in rows:
        depth = len(line) - len(line.lstrip())
        if union and depth == 4:
            lines.append(f"    }} {union};")
            union = None
        if line.strip().startswith("union "):
            union = line.split()[1]
            lines.append("    union {")
        else:
            lines.append(f"{line};")
    if union:
        lines.append(f"    }} {union};")
    return lines + ["};", ""]


def type_lines(form, name, detail):
    if form == "handle":
        return [f"typedef struct _{name} {name};"]
    if form == "struct":
        return struct_lines(name, *detail)
    if form == "type":
        return [f"typedef {join(detail, name)};"]
    if form == "callback":
        result, args = detail
        text = ", ".join(join(kind, arg) for kind, arg in args) or "void"
        return [f"typedef {join(result, f'(*{name})')}({text});"]
    return [f"VIR_EXPORT_VAR {join(detail[0], name)};"]


def wrap_doc(text, width=116):
    words, lines, line = text.split(), [], "/*"
    for word in words:
        if len(line) + 1 + len(word) > width:
            lines.append(line)
            line = " *"
        line += " " + word
    return lines + [line + " */"]


VERB_DOCS = {"free": "Drops a reference; the handle ends with the last one. Returns 0 or -1.",
             "ref": "Takes another reference, which needs a Free of its own. Returns 0 or -1.",
             "name": "The name; it belongs to the handle.", "extra": "A text that belongs to the handle.",
             "number": "The type, or -1 on error.",
             "id": "Id of the running domain, as the handle knows it; (unsigned int)-1 when it is not running.",
             "uuid": "Stores VIR_UUID_BUFLEN raw bytes. Returns 0 or -1.",
             "uuid_string": "Stores the text form, VIR_UUID_STRING_BUFLEN bytes. Returns 0 or -1.",
             "connect": "The connection of the handle, with no reference of its own.",
             "parent": "The object that it belongs to, with no reference of its own."}


def function_lines(functions):
    """Prototypes with their documentation; what this build does not have comes last."""
    lines, functions = [], sorted(functions, key=lambda function: function.name)
    for function in functions:
        if function.form != "later":
            doc = function.doc or VERB_DOCS[function.verb]
            lines += ["", *wrap_doc(f"{doc} Since {function.since}."), f"{function.prototype};"]
    later = [f"{function.prototype};" for function in functions if function.form == "later"]
    return lines + (["", "/* Not in this build yet: these fail with VIR_ERR_NO_SUPPORT. */", *later] if later else [])


def header_text(model, name):
    header = model.public.headers[name]
    needs = NEEDS.get(name, ("libvirt-host.h",))
    lines = [BANNER, f"#ifndef {guard(name)}", f"#define {guard(name)}", ""]
    lines += ["#include <sys/types.h>"] if name == "libvirt-common.h" else []
    lines += [f"#include <libvirt/{need}>" for need in needs] + [""]
    if name == "libvirt-common.h":
        lines += ["#ifndef VIR_DEPRECATED", "#define VIR_DEPRECATED __attribute__((__deprecated__))", "#endif",
                  "#define VIR_EXPORT_VAR extern", ""]
    lines += OPENING
    lines += [f"#define {macro}{params} {text}" for macro, params, text in header.macros] + [""]
    for enum, rows in header.enums:
        lines += enum_lines(enum, rows)
    for form, type_name, detail in header.types:
        lines += type_lines(form, type_name, detail)
    lines += function_lines(header.functions)
    lines += CLOSING + [f"#endif /* {guard(name)} */"]
    return "\n".join(lines) + "\n"


def version_key(version):
    return tuple(int(part) for part in version.split("."))


def symbols(public):
    """version -> names, of all that the library exports."""
    nodes = {}
    for function in public.functions():
        nodes.setdefault(function.since, []).append(function.name)
    for name, (_, since) in public.variables():
        nodes.setdefault(since, []).append(name)
    return nodes


def libvirt_map(model):
    nodes = symbols(model.public)
    lines, previous = ["# Generated from api/ by gen/generate.py. Do not edit."], None
    for version in sorted(nodes, key=version_key):
        lines += [f"LIBVIRT_{version} {{", "    global:"]
        lines += [f"        {name};" for name in sorted(nodes[version])]
        lines += ["    local:", "        *;"] if previous is None else []
        lines += ["}" + (f" LIBVIRT_{previous}" if previous else "") + ";", ""]
        previous = version
    return "\n".join(lines)


def kind_symbol(handle):
    name = handle.removeprefix("vir")
    return "HANDLE_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def handle_kinds_h(model):
    lines = [BANNER, "#pragma once\n", "enum handle_kind {"]
    lines += [f"    {kind_symbol(handle)}," for handle in model.public.handles]
    return "\n".join(lines) + "\n    HANDLE_KINDS,\n    HANDLE_NONE = HANDLE_KINDS,\n};\n"


def handle_kinds_c(model):
    lines = [BANNER, "#include <libvirt/libvirt.h>", "#include <libvirt/virterror.h>\n", '#include "lib/handle.h"\n',
             "const struct handle_class handle_classes[HANDLE_KINDS] = {"]
    lines += [f"    [{kind_symbol(handle)}] = {{ {code}, {domain or 0} }},"
              for handle, (code, domain) in model.public.handles.items()]
    return "\n".join(lines) + "\n};\n"


SOURCE_HEAD = [BANNER, "#include <libvirt/libvirt.h>", "#include <libvirt/virterror.h>", "#include <string.h>\n"]


def own_handle(function):
    """The handle that a function takes first, as (kind symbol, argument)."""
    if function.args and function.args[0][0].removesuffix("Ptr") in HANDLE_NAMES:
        return kind_symbol(function.args[0][0].removesuffix("Ptr")), function.args[0][1]
    return "HANDLE_NONE", "NULL"


HANDLE_NAMES = {kind.removesuffix("Ptr") for kind in HANDLE_TYPES.values()} | {"virConnect", "virStream"}


def failure(kind):
    return {"void": "", "int": "-1"}.get(kind, "NULL" if kind.endswith("*") or kind.endswith("Ptr") else "0")


def later_c(model):
    lines = SOURCE_HEAD + ['#include "lib/stub.h"\n', '#pragma GCC diagnostic ignored "-Wunused-parameter"\n']
    for function in model.public.functions():
        if function.form != "later":
            continue
        kind, handle = own_handle(function)
        value = failure(function.result)
        lines += [function.prototype, "{",
                  f"    stub_later(__func__, {model.public.headers[function.header].error_domain}, {kind}, {handle});"]
        lines += [f"    return {value};"] if value else []
        lines += ["}", ""]
    return "\n".join(lines)


ACCESS = {"free": "handle_free_api", "ref": "handle_ref_api", "name": "handle_name_api", "extra": "handle_extra_api",
          "number": "handle_number_api", "uuid": "handle_uuid_api", "uuid_string": "handle_uuid_string_api",
          "connect": "handle_connect_api", "parent": "handle_parent_api", "id": "handle_id_api"}


def accessors_c(model):
    lines = SOURCE_HEAD + ['#include "lib/handle.h"\n']
    for function in model.public.functions():
        if function.form == "access":
            kind, handle = own_handle(function)
            rest = "".join(f", {name}" for _, name in function.args[1:])
            domain = model.public.headers[function.header].error_domain
            lines += [function.prototype, "{",
                      f"    return {ACCESS[function.verb]}(__func__, {domain}, {kind}, {handle}{rest});", "}", ""]
    return "\n".join(lines)


def condition(rule, arg, words):
    """The call of a stub_* check for one `check` line."""
    when = " || ".join(f"type == {word}" for word in words if word.startswith("VIR_DOMAIN_METADATA"))
    text = {"nonzero": f'stub_nonzero(&stub, {arg} != 0, "{arg}")',
            "positive": f'stub_positive(&stub, {arg} > 0, "{arg}")',
            "nonnegative": f'stub_nonnegative(&stub, {arg} >= 0, "{arg}")', "kib": f"stub_kib(&stub, {arg})",
            "null": f'stub_null(&stub, {arg}, "{arg}")', "nonnull": f'stub_nonnull(&stub, {arg}, "{arg}")',
            "oneline": f'stub_oneline(&stub, {arg}, "{arg}")'}.get(rule)
    if rule == "exclusive":
        return f'stub_exclusive(&stub, flags, {words[0]}, "{words[0]}", {words[1]}, "{words[1]}")'
    if rule == "accompanies":
        text = f'stub_nonnull(&stub, {arg}, "{arg}")'
        when = f"({when}) && {words[0]}" if when else words[0]
    return f"(({when}) ? {text} : 0)" if when else text


TABLE_RULES = {">=0": "nonnegative", ">0": "positive", "!=0": "nonzero", "!=NULL": "nonnull"}


def kind_of(field):
    """The handle kind of a field that travels as an object."""
    return kind_symbol(HANDLE_TYPES[field.kind].removesuffix("Ptr"))


class Stub:
    """One stub: what it checks, what it sends, what it makes of the answer."""

    def __init__(self, model, function, entry):
        self.model, self.function, self.entry = model, function, entry
        self.init, self.fill, self.done, self.checks = [], [], [], []
        self.value = "0"
        for param in entry.params:
            self.param(param)
        self.result()
        for arg, rule, words, _ in model.public.checks.get(function.name, ()):
            self.checks.append(condition(rule, arg, words))
        self.table_checks()
        if function.name in model.public.after:
            self.after(*model.public.after[function.name])

    def after(self, what, arg, where):
        """What success changes in the handle, as stock's handle shows it."""
        handle = own_handle(self.function)[1]
        text = f"handle_set_id({handle}, -1);" if what == "inactive" else f"object_rename({handle}, {arg});"
        if where:
            self.done.append(f"if ({'' if where == 'local' else '!'}stub.conn->local)")
            text = "    " + text
        self.done.append(text)

    def table_checks(self):
        """The checks of the call table: here too, they name the public argument and save the round trip."""
        params = self.entry.params
        names = {param.wire: param.name for param in params} | {param.count: param.count for param in params}
        for text in self.entry.attrs.get("check", ()):
            field, rule = re.match(r"(\w+)(>=0|>0|!=0|!=NULL)", text).groups()
            name = names.get(field)
            line = name and condition(TABLE_RULES[rule], name, ())
            if line and line not in self.checks:
                self.checks.append(line)

    def nonnull(self, name):
        self.checks.append(f'stub_nonnull(&stub, {name}, "{name}")')

    def param(self, param):
        name, wire = param.name, param.wire
        if param.shape == "record":
            self.nonnull(name)
            for kind, field in RECORDS[param.kind]:
                if kind.startswith("char["):
                    self.done.append(f"memcpy({name}->{field}, ret.{field}, sizeof {name}->{field});")
                    self.done.append(f"{name}->{field}[sizeof {name}->{field} - 1] = '\\0';")
                else:
                    self.done.append(f"{name}->{field} = ret.{field};")
        elif param.shape == "list":
            self.init.append(f".need_results = {name} != NULL")
            self.value = f"{name} ? (int)ret.{wire}.length : (int)ret.ret"
            self.done.append(f"if (stub_objects(&stub, {kind_of(param)}, ret.{wire}.items, ret.{wire}.length, (void ***){name}) < 0)")
            self.done.append("    goto end;")
        elif param.shape in ("names", "ids"):
            self.checks.append(condition("nonnegative", param.count, ()))
            self.checks.append(f'({param.count} != 0 ? stub_nonnull(&stub, {name}, "{name}") : 0)')
            self.init.append(f".{param.count} = {param.count}")
            self.value = f"stub_{param.shape}(&stub, ret.{wire}.items, ret.{wire}.length, {name}, {param.count})"
        elif param.shape == "alloc":
            self.nonnull(name)
            self.nonnull(param.count)
            self.done.append(f"if (typed_params_from_wire(ret.{wire}.items, ret.{wire}.length, {name}) < 0)")
            self.done.append("    goto end;")
            self.done.append(f"*{param.count} = (int)ret.{wire}.length;")
        elif param.shape:  # params, values: the caller's array, or with room for none only the count
            if param.shape == "values":
                self.nonnull(name)
            self.nonnull(param.count)
            rule = "positive" if param.shape == "values" else "nonnegative"
            self.checks.append(f'stub_{rule}(&stub, *{param.count} {">" if rule == "positive" else ">="} 0, "*{param.count}")')
            if param.shape == "params":
                self.checks.append(f'(*{param.count} != 0 ? stub_nonnull(&stub, {name}, "{name}") : 0)')
            self.fill.append(f"args.{param.count} = *{param.count};")
            if any(item.wire == "flags" for item in self.entry.args):
                self.fill.append("args.flags |= VIR_TYPED_PARAM_STRING_OKAY;")
            total = f"ret.{param.count}" if param.shape == "params" else f"(int)ret.{wire}.length"
            self.done.append(f"if (stub_params(ret.{wire}.items, ret.{wire}.length, {total}, {name}, {param.count}) < 0)")
            self.done.append("    goto end;")
        elif param.out:
            if param.optional:
                self.done.append(f"if ({name})")
                self.done.append(f"    *{name} = ret.{wire};")
            else:
                self.nonnull(name)
                self.done.append(f"*{name} = ret.{wire};")
        elif param.kind in HANDLE_TYPES:
            if name != self.function.args[0][1]:
                self.checks.append(f"stub_handle(&stub, {kind_of(param)}, {name})")
            self.fill.append(f"object_to_wire({kind_of(param)}, {name}, &args.{wire});")
        elif param.kind == "device":
            self.fill.append(f"args.{wire} = object_of({name})->name;")
        elif param.kind == "uuid":
            self.nonnull(name)
            self.fill.append(f"memcpy(args.{wire}, {name}, sizeof args.{wire});")
        elif param.kind == "cpumap":
            self.nonnull(name)
            self.init.append(f".{wire} = {{ .length = (uint32_t){param.count}, .items = {name} }}")
        elif param.kind == "typed":
            if param.optional:  # none is allowed
                self.checks.append(condition("nonnegative", param.count, ()))
                self.checks.append(f'({param.count} != 0 ? stub_nonnull(&stub, {name}, "{name}") : 0)')
            else:
                self.nonnull(name)
                self.checks.append(condition("positive", param.count, ()))
            self.checks.append(f"stub_typed(&stub, {name}, {param.count}, (struct xdr_array *)&args.{wire})")
        else:
            if param.kind == "string" and not param.optional:
                self.nonnull(name)
            cast = "(char *)" if param.kind == "string" else ""
            self.init.append(f".{wire} = {cast}{name}")

    def result(self):
        result = self.entry.result
        if result.kind in ("status", "count"):
            return
        if result.kind == "string":
            self.value = f"stub_string(&stub, ret.{result.wire})"
        elif result.kind in HANDLE_TYPES:
            self.value = f"object_from_wire({kind_of(result)}, stub.conn, &ret.{result.wire})"
        else:
            self.value = f"ret.{result.wire}"

    def lines(self):
        function, entry = self.function, self.entry
        kind, handle = own_handle(function)
        domain = self.model.public.headers[function.header].error_domain
        out = [function.prototype, "{", "    struct stub stub;"]
        if entry.args:
            out.append(f"    {struct_of(entry, 'args', True)} args = {{ {', '.join(self.init) or '0'} }};")
        if entry.ret:
            out.append(f"    {struct_of(entry, 'ret', True)} ret;")
        out.append(f"    {join(function.result, 'result')} = {failure(function.result)};")
        checks = [f"stub_begin(&stub, __func__, {domain}, {symbol(entry)}, {kind}, {handle}) < 0"]
        checks += [f"{check} < 0" for check in self.checks]
        out.append("    if (" + " ||\n        ".join(checks) + ")")
        out.append("        goto end;")
        out += ["    " + line for line in self.fill]
        args, ret = "&args" if entry.args else "NULL", "&ret" if entry.ret else "NULL"
        out.append(f"    if (stub_call(&stub, {args}, {ret}) < 0)")
        out.append("        goto end;")
        out += ["    " + line for line in self.done]
        out.append(f"    result = {self.value};")
        return out + ["end:", "    stub_end(&stub);", "    return result;", "}", ""]


def stubs_c(model):
    entries = {entry.api: entry for entry in model.entries if entry.form == "call"}
    lines = SOURCE_HEAD + ['#include "lib/connect.h"', '#include "lib/convert.h"', '#include "lib/stub.h"',
                           '#include "lib/typed_params.h"',
                           '#include "wire/messages.h"\n']
    for function in model.public.functions():
        if function.form == "call":
            lines += Stub(model, function, entries[function.name]).lines()
    return "\n".join(lines)


def header_emitter(name):
    return lambda model: header_text(model, name)


OUTPUTS = {**{f"include/libvirt/{name}": header_emitter(name) for name in HEADERS}, "lib/libvirt.map": libvirt_map,
           "lib/handle_kinds.h": handle_kinds_h, "lib/handle_kinds.c": handle_kinds_c, "lib/accessors.c": accessors_c,
           "lib/later.c": later_c, "lib/stubs.c": stubs_c}
