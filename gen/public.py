# SPDX-License-Identifier: MIT
"""The public headers as api/public/*.api describes them: grammar, parser, and the prototypes that `call` entries imply.

    header libvirt-domain.h VIR_FROM_DOMAIN     the file that all below belongs to; domain of its functions' errors
    macro NAME[(PARAMS)] TEXT
    enum TYPE                                   indented lines: NAME VALUE, where a value is a number or another name
    handle virDomain VIR_ERR_X [VIR_FROM_X]     an opaque type; error of a wrong pointer, domain if not the function's
    struct TYPE TAG                             indented lines: C members; `union NAME` opens a deeper level
    type NAME C-TYPE
    callback RESULT NAME(ARGS)
    variable TYPE NAME since X.Y.Z
    access VERB RESULT NAME(ARGS) since X.Y.Z   generated: VERB is free, ref, name, uuid, ... of a handle
    hand RESULT NAME(ARGS) since X.Y.Z          written in src/lib, with a reason in exceptions.api
    later RESULT NAME(ARGS) since X.Y.Z         not in this build: the stub raises VIR_ERR_NO_SUPPORT
    check FUNCTION ARG RULE [WORDS]             an argument check of a generated stub, beside the NULL checks
    after FUNCTION inactive [WHERE]             success leaves the domain handle without an id ...
    after FUNCTION renamed=ARG [WHERE]          ... or gives it a new name; WHERE: only when local, only when remote

`since` is the version node of the symbol. Functions that a `call` entry describes do not stand here.
"""
import re
from dataclasses import dataclass, field as dataclass_field
from pathlib import Path

from schema import SchemaError

VERBS = ("id", "free", "ref", "name", "extra", "number", "uuid", "uuid_string", "connect", "parent")
RULES = {"nonzero": 0, "positive": 0, "nonnegative": 0, "kib": 0, "null": None, "nonnull": None, "oneline": None,
         "accompanies": None, "exclusive": 2}
# The header of a derived prototype: the first expression that its name matches.
HEADER_OF = (("^virNode(NumOf|List)Devices$", "libvirt-nodedev.h"), (r"Snapshot", "libvirt-domain-snapshot.h"), (r"Checkpoint", "libvirt-domain-checkpoint.h"),
             (r"NodeDevice", "libvirt-nodedev.h"), (r"Domain", "libvirt-domain.h"),
             (r"StoragePool|StorageVol", "libvirt-storage.h"), (r"Network", "libvirt-network.h"),
             (r"NWFilter", "libvirt-nwfilter.h"), (r"Interface", "libvirt-interface.h"),
             (r"Secret", "libvirt-secret.h"),
             (r"Stream", "libvirt-stream.h"), (r"Save|Restore", "libvirt-domain.h"), (r"", "libvirt-host.h"))
VALUE_TYPES = {"int": "int", "uint": "unsigned int", "ulong": "unsigned long", "hyper": "long long",
               "uhyper": "unsigned long long", "string": "const char *", "uuid": "const unsigned char *",
               "device": "virNodeDevicePtr"}
HANDLE_TYPES = {"domain": "virDomainPtr", "network": "virNetworkPtr", "network_port": "virNetworkPortPtr",
                "storage_pool": "virStoragePoolPtr", "storage_vol": "virStorageVolPtr",
                "node_device": "virNodeDevicePtr",
                "interface": "virInterfacePtr", "secret": "virSecretPtr", "nwfilter": "virNWFilterPtr",
                "nwfilter_binding": "virNWFilterBindingPtr", "snapshot": "virDomainSnapshotPtr",
                "checkpoint": "virDomainCheckpointPtr"}


@dataclass
class Function:
    form: str               # access, hand, later, call
    result: str             # C type
    name: str
    args: list              # (C type, name)
    since: str
    where: str
    header: str
    verb: str = None        # of access
    doc: str = ""

    @property
    def prototype(self):
        args = ", ".join(join(kind, name) for kind, name in self.args) or "void"
        return f"{join(self.result, self.name)}({args})"


@dataclass
class Header:
    name: str
    error_domain: str
    macros: list = dataclass_field(default_factory=list)    # (name, params or "", text)
    enums: list = dataclass_field(default_factory=list)     # (type, [(name, value)])
    types: list = dataclass_field(default_factory=list)     # (form, name, detail), in order of declaration
    functions: list = dataclass_field(default_factory=list)


@dataclass
class Public:
    headers: dict = dataclass_field(default_factory=dict)
    handles: dict = dataclass_field(default_factory=dict)   # virDomain -> (error code, its domain or None)
    checks: dict = dataclass_field(default_factory=dict)    # function -> [(argument, rule, words, where)]
    after: dict = dataclass_field(default_factory=dict)     # function -> (what, argument, where)
    exceptions: dict = dataclass_field(default_factory=dict)    # function -> (reason, where)

    def functions(self):
        for header in self.headers.values():
            yield from header.functions

    def variables(self):
        for header in self.headers.values():
            yield from ((name, detail) for form, name, detail in header.types if form == "variable")


def join(kind, name):
    return kind + name if kind.endswith("*") or kind.endswith("const") and kind.startswith("char") else f"{kind} {name}"


def split_declaration(text, where):
    """'const char *name' as ('const char *', 'name')."""
    match = re.match(r"(.*?[\s*])(\w+)$", text.strip())
    if not match:
        raise SchemaError(where, f"expected 'TYPE NAME', found '{text}'")
    kind = match[1].strip()
    return ("char **const " if kind == "char **const" else kind), match[2]


def split_prototype(text, where):
    match = re.match(r"(.*?)\((.*)\)$", text)
    if not match:
        raise SchemaError(where, f"expected 'TYPE NAME(ARGS)', found '{text}'")
    result, name = split_declaration(match[1], where)
    args = [] if match[2] == "void" else [split_declaration(arg, where) for arg in match[2].split(",")]
    return result, name, args


class Parser:
    def __init__(self):
        self.public = Public()
        self.header = None
        self.block = None       # list that indented lines extend
        self.doc = []

    def parse_file(self, path):
        self.header = self.block = None
        for number, line in enumerate(Path(path).read_text().splitlines(), 1):
            where = f"{Path(path).name}:{number}"
            if line.startswith("##"):
                self.doc.append(line[2:].strip())
                continue
            if not line.strip() or line.startswith("#"):
                continue
            if line[0].isspace():
                if self.block is None:
                    raise SchemaError(where, "an indented line belongs to an enum or a struct above it")
                self.block.append((line, where))
                continue
            self.block = None
            word, _, rest = line.partition(" ")
            handler = getattr(self, "do_" + word, None)
            if not handler:
                raise SchemaError(where, f"unknown word '{word}' (gen/public.py lists them)")
            if word != "header" and not self.header:
                raise SchemaError(where, "the first line of a file is 'header NAME.h VIR_FROM_X'")
            handler(rest.strip(), where)
            self.doc = []

    def do_header(self, rest, where):
        match = re.match(r"(\S+\.h) (VIR_FROM_\w+)$", rest)
        if not match:
            raise SchemaError(where, "expected 'header NAME.h VIR_FROM_X'")
        self.header = self.public.headers.setdefault(match[1], Header(match[1], match[2]))
        if self.header.error_domain != match[2]:
            raise SchemaError(where, f"{match[1]} has the error domain {self.header.error_domain} elsewhere")

    def do_macro(self, rest, where):
        match = re.match(r"(\w+)(\([\w, ]*\))? (.+)$", rest)
        if not match:
            raise SchemaError(where, "expected 'macro NAME TEXT' or 'macro NAME(PARAMS) TEXT'")
        self.header.macros.append((match[1], match[2] or "", match[3]))

    def do_enum(self, rest, where):
        self.block = []
        self.header.enums.append((rest, self.block))

    def do_handle(self, rest, where):
        match = re.match(r"(vir\w+) (VIR_ERR_\w+)(?: (VIR_FROM_\w+))?$", rest)
        if not match:
            raise SchemaError(where, "expected 'handle TYPE VIR_ERR_X' or 'handle TYPE VIR_ERR_X VIR_FROM_X'")
        self.public.handles[match[1]] = (match[2], match[3])
        self.header.types.append(("handle", match[1], None))

    def do_struct(self, rest, where):
        words = rest.split()
        if len(words) != 2:
            raise SchemaError(where, "expected 'struct TYPE TAG'")
        self.block = []
        self.header.types.append(("struct", words[0], (words[1], self.block)))

    def do_type(self, rest, where):
        name, _, kind = rest.partition(" ")
        self.header.types.append(("type", name, kind))

    def do_callback(self, rest, where):
        result, name, args = split_prototype(rest, where)
        self.header.types.append(("callback", name, (result, args)))

    def since(self, rest, where):
        text, found, version = rest.rpartition(" since ")
        if not found or not re.match(r"\d+\.\d+\.\d+$", version):
            raise SchemaError(where, "expected 'since MAJOR.MINOR.MICRO' at the end")
        return text, version

    def do_variable(self, rest, where):
        text, since = self.since(rest, where)
        kind, name = split_declaration(text, where)
        self.header.types.append(("variable", name, (kind, since)))

    def function(self, form, rest, where, verb=None):
        text, since = self.since(rest, where)
        result, name, args = split_prototype(text, where)
        doc = " ".join(self.doc)
        self.header.functions.append(Function(form, result, name, args, since, where, self.header.name, verb, doc))

    def do_hand(self, rest, where):
        self.function("hand", rest, where)

    def do_later(self, rest, where):
        self.function("later", rest, where)

    def do_access(self, rest, where):
        verb, _, rest = rest.partition(" ")
        if verb not in VERBS:
            raise SchemaError(where, f"unknown verb '{verb}' (expected {', '.join(VERBS)})")
        self.function("access", rest, where, verb)

    def do_check(self, rest, where):
        words = rest.split()
        if len(words) < 3 or words[2] not in RULES:
            raise SchemaError(where, f"expected 'check FUNCTION ARG RULE', RULE one of {', '.join(RULES)}")
        count = RULES[words[2]]
        if count is not None and len(words) != 3 + count:
            raise SchemaError(where, f"rule {words[2]} takes {count} words behind it")
        self.public.checks.setdefault(words[0], []).append((words[1], words[2], words[3:], where))

    def do_after(self, rest, where):
        match = re.match(r"(vir\w+) (inactive|renamed(?==))(?:=(\w+))?(?: (local|remote))?$", rest)
        if not match:
            raise SchemaError(where, "expected 'after FUNCTION inactive' or 'after FUNCTION renamed=ARG'")
        self.public.after[match[1]] = (match[2], match[3], match[4])

    def parse_exceptions(self, path):
        for number, line in enumerate(Path(path).read_text().splitlines(), 1):
            where = f"{Path(path).name}:{number}"
            if not line.strip() or line.startswith("#"):
                continue
            name, _, reason = line.partition(" ")
            if not reason.strip():
                raise SchemaError(where, f"{name} needs a reason")
            if name in self.public.exceptions:
                raise SchemaError(where, f"{name} stands twice")
            self.public.exceptions[name] = (reason.strip(), where)


def header_of(name):
    return next(header for expression, header in HEADER_OF if re.search(expression, name))


def param_types(param):
    """The C parameters of one parameter of a call."""
    kind, name = param.kind, param.name
    if param.shape == "record":
        return [(kind + "Ptr", name)]
    if param.shape == "list":
        return [(HANDLE_TYPES[kind] + " **", name)]
    if param.shape == "names":
        return [("char **const ", name), ("int", param.count)]
    if param.shape == "ids":
        return [("int *", name), ("int", param.count)]
    if param.shape in ("params", "values", "alloc"):
        return [("virTypedParameterPtr *" if param.shape == "alloc" else "virTypedParameterPtr", name), ("int *", param.count)]
    if kind == "cpumap":
        return [("unsigned char *", name), ("int", param.count)]
    if kind == "typed":
        return [("virTypedParameterPtr", name), ("int", param.count)]
    if param.out:
        return [(VALUE_TYPES[kind] + " *", name)]
    return [(HANDLE_TYPES.get(kind) or VALUE_TYPES[kind], name)]


def result_type(entry):
    kind = entry.result.kind
    if kind in ("status", "count"):
        return "int"
    if kind == "string":
        return "char *"
    return HANDLE_TYPES.get(kind) or VALUE_TYPES[kind]


def derive(public, schema):
    """Adds the functions that `call` entries describe to their headers."""
    for entry in schema.entries:
        if entry.form != "call":
            continue
        takes_conn = not (entry.params and not entry.params[0].out and entry.params[0].kind in (*HANDLE_TYPES, "device"))
        args = [("virConnectPtr", "conn")] if takes_conn else []
        try:
            for param in entry.params:
                args += param_types(param)
            result = result_type(entry)
        except KeyError as kind:
            raise SchemaError(entry.where, f"a public function cannot have the kind {kind}: use 'wire'") from None
        header = header_of(entry.api)
        if header not in public.headers:
            raise SchemaError(entry.where, f"{entry.api} belongs to {header}, which api/public/ does not have")
        public.headers[header].functions.append(
            Function("call", result, entry.api, args, entry.attrs["since"], entry.where, header, None, entry.doc))


def check(public, schema):
    seen = {}
    for function in public.functions():
        if function.name in seen:
            raise SchemaError(function.where, f"function {function.name} stands at {seen[function.name].where} too")
        seen[function.name] = function
        if function.form == "hand" and not function.doc:
            raise SchemaError(function.where, f"{function.name} needs documentation: a '##' line above it")
        if function.form == "hand" and function.name not in public.exceptions:
            raise SchemaError(function.where, f"{function.name} is by hand and needs a reason in exceptions.api")
    for name, (_, where) in public.exceptions.items():
        if name not in seen or seen[name].form != "hand":
            raise SchemaError(where, f"{name} is not a function written by hand")
    for name, checks in public.checks.items():
        for arg, _, _, where in checks:
            if name not in seen or seen[name].form != "call":
                raise SchemaError(where, f"{name} has no generated stub to check in")
            if arg not in [have for _, have in seen[name].args]:
                raise SchemaError(where, f"{name} has no argument {arg}")
    for entry in schema.entries:
        for api in entry.public:
            if entry.program == "remote" and api not in seen:
                raise SchemaError(entry.where, f"public function {api} is in no public header")


def load(directory, schema):
    """The public face of a checked schema."""
    parser = Parser()
    folder = Path(directory) / "public"
    for path in sorted(folder.glob("*.api")):
        if path.name == "exceptions.api":
            parser.parse_exceptions(path)
        else:
            parser.parse_file(path)
    derive(parser.public, schema)
    check(parser.public, schema)
    return parser.public
