# SPDX-License-Identifier: MIT
"""The schema language of api/*.api: its model, its lexer and its parser.

    # comment
    ## documentation of the entry that follows
    program remote                              procedures below belong to this program
    const DOMAIN_LIST_MAX 16384
    struct domain(string name, uuid uuid, int id)
    error 42 VIR_ERR_NO_DOMAIN "Domain not found" "Domain not found: %s"
    call virDomainSuspend(domain dom) -> status
        proc 34 DOMAIN_SUSPEND  since 0.0.3  needs write  access domain:suspend  low  slow
    wire DOMAIN_CREATE(domain dom) -> ()        no public function maps to it one to one
        proc 9  since 0.3.0  needs write  access domain:start  low  slow
        public virDomainCreate
    event DOMAIN_EVENT_LIFECYCLE(domain dom, int event, int detail)
        proc 107  since 0.5.0

Beside these a call may have `check FIELD>=0` (or >0, !=0, !=NULL; in parentheses the name that errors use) and
`limit FIELD<=CONST` (or FIELD*FIELD<=CONST): arguments that are refused before a driver sees them.

A field is `KIND[?] NAME[=WIRENAME][ [MAX] | [=COUNT] ]`. A `call` lists its parameters in the order of the C prototype;
`out` marks results. HACKING.md explains the kinds, gen/check.py the rules.
The public headers have a grammar of their own: gen/public.py.
"""
import re
from dataclasses import dataclass, field as dataclass_field
from pathlib import Path


class SchemaError(Exception):
    """A mistake in a schema file. Its text starts with file:line."""

    def __init__(self, where, text):
        super().__init__(f"{where}: {text}")


@dataclass
class Field:
    kind: str               # int, string, domain, ...
    name: str               # in C
    wire: str               # in the wire struct
    where: str              # file:line
    optional: bool = False  # KIND?
    max: str = None         # [MAX]: an array, or the bound of bytes/chars
    fixed: int = 0          # [=N]: exactly N characters
    out: bool = False       # a result of a call
    shape: str = None       # of an out parameter: list, names, ids, record
    count: str = None       # the C parameter that tells how many the caller has room for


@dataclass
class Entry:
    form: str               # call, wire, event
    name: str               # procedure name, e.g. DOMAIN_SUSPEND
    where: str
    doc: str = ""
    program: str = "remote"
    api: str = None         # public function of a call
    params: list = dataclass_field(default_factory=list)   # of a call, in C order
    result: Field = None    # of a call; kind status, count or a value
    args: list = dataclass_field(default_factory=list)     # wire struct
    ret: list = dataclass_field(default_factory=list)
    attrs: dict = dataclass_field(default_factory=dict)
    public: list = dataclass_field(default_factory=list)

    @property
    def number(self):
        return int(self.attrs["proc"])

    @property
    def lower(self):
        return self.name.lower()


@dataclass
class Struct:
    name: str
    fields: list
    where: str


@dataclass
class Schema:
    programs: dict = dataclass_field(default_factory=dict)  # name -> (number, version)
    consts: dict = dataclass_field(default_factory=dict)
    structs: dict = dataclass_field(default_factory=dict)
    errors: list = dataclass_field(default_factory=list)    # (number, name, bare, detailed)
    entries: list = dataclass_field(default_factory=list)


FIELD = re.compile(r"(?P<kind>[a-z_][a-z0-9_]*)(?P<opt>\?)?\s+(?P<name>\w+)(?P<nopt>\?)?(?:=(?P<wire>\w+))?"
                   r"(?:\[(?:=(?P<fixed>\d+)|(?P<max>\w+))\])?(?:\s+(?P<count>\w+))?$")
SHAPES = ("list", "names", "ids", "record", "params", "values", "alloc")
SHAPE_KINDS = {"names": "string", "ids": "int", "params": "typed", "values": "typed", "alloc": "typed"}
FLAGS = ("high", "low", "fast", "slow", "preauth")
VALUED = ("since", "needs", "filter", "stream")
LISTED = {"access": re.compile(r"[a-z_]+:"), "fds": re.compile(r"(in|out)$"), "check": re.compile(r"\w+(>=0|>0|!=0|!=NULL)"),
          "limit": re.compile(r"\w+(\*\w+)?<=\w+$")}


def split_list(text):
    return [part.strip() for part in text.split(",") if part.strip()]


def parse_field(text, where, in_call=False):
    out = in_call and text.startswith("out ")
    shape = None
    if out:
        text = text[4:]
        head, _, rest = text.partition(" ")
        if head in SHAPES:
            shape = head
            if head in SHAPE_KINDS:
                text = f"{SHAPE_KINDS[head]} {rest}"
            elif head == "record":
                text = rest
                match = re.match(r"(vir\w+)\s+(\w+)$", text)
                if not match:
                    raise SchemaError(where, f"a record is 'out record TYPE NAME', not '{text}'")
                return Field(match[1], match[2], match[2], where, out=True, shape="record")
            else:
                text = rest
    match = FIELD.match(text)
    if not match:
        raise SchemaError(where, f"not a field: '{text}' (expected KIND NAME, KIND? NAME, KIND NAME[MAX] or KIND NAME[=COUNT])")
    return Field(match["kind"], match["name"], match["wire"] or match["name"], where,
                 optional=bool(match["opt"] or match["nopt"]), max=match["max"], fixed=int(match["fixed"] or 0),
                 out=out, shape=shape, count=match["count"])


def parse_fields(text, where, in_call=False):
    if not (text.startswith("(") and text.endswith(")")):
        raise SchemaError(where, f"expected a list of fields in parentheses, found '{text}'")
    parts = split_list(text[1:-1])
    if in_call and parts and parts[0] == "conn":
        parts = parts[1:]
    return [parse_field(part, where, in_call) for part in parts]


def split_head(text, where):
    """'NAME(fields) -> result' as its three parts."""
    match = re.match(r"(\w+)\s*(\([^()]*\))\s*(?:->\s*(.+))?$", text)
    if not match:
        raise SchemaError(where, f"expected NAME(fields) -> result, found '{text}'")
    return match[1], match[2], match[3]


def parse_result(text, where):
    if text is None:
        raise SchemaError(where, "a call needs a result: '-> status', '-> count' or '-> KIND NAME'")
    if text in ("status", "count", "int count"):  # int count: the reply's count is signed
        kind = text.split()[-1]
        return Field(kind, kind, kind, where, optional=text.startswith("int "))
    return parse_field(text, where)


class Parser:
    def __init__(self):
        self.schema = Schema()

    def parse_file(self, path):
        program, doc, entry = "remote", [], None
        for number, line in enumerate(Path(path).read_text().splitlines(), 1):
            where = f"{Path(path).name}:{number}"
            if line.startswith("##"):
                doc.append(line[2:].strip())
                continue
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if line[0].isspace():
                if entry is None:
                    raise SchemaError(where, "an indented line belongs to a call, wire or event, and there is none above it")
                self.attributes(entry, line.split(), where)
                continue
            word, _, rest = line.partition(" ")
            rest = rest.strip()
            entry = None
            if word == "program":
                if rest not in self.schema.programs and self.schema.programs:
                    raise SchemaError(where, f"unknown program '{rest}'; add a defprogram line")
                program = rest
            elif word in ("call", "wire", "event"):
                entry = self.entry(word, rest, where, program, " ".join(doc))
                self.schema.entries.append(entry)
            elif word in ("defprogram", "const", "struct", "error"):
                getattr(self, "do_" + word)(rest, where)
            else:
                raise SchemaError(where, f"unknown word '{word}' (expected call, wire, event, struct, const, error, program)")
            doc = []

    def entry(self, form, rest, where, program, doc):
        name, fields, result = split_head(rest, where)
        entry = Entry(form, name, where, doc=doc, program=program)
        if form == "call":
            entry.api = name
            entry.public = [name]
            entry.params = parse_fields(fields, where, in_call=True)
            entry.result = parse_result(result, where)
        else:
            entry.args = parse_fields(fields, where)
            if form == "wire":
                if result is None:
                    raise SchemaError(where, "a wire entry needs its reply: '-> (fields)', '-> ()' when it is empty")
                entry.ret = parse_fields(result, where)
            elif result is not None:
                raise SchemaError(where, "an event has no reply")
        return entry

    def attributes(self, entry, words, where):
        attrs = entry.attrs
        while words:
            word = words.pop(0)
            if word in attrs:
                raise SchemaError(where, f"'{word}' stands twice in {entry.name}")
            if word == "proc":
                if not words or not words[0].isdigit():
                    raise SchemaError(where, "proc needs a number")
                attrs["proc"] = words.pop(0)
                if entry.form == "call":
                    if not words or not re.match(r"[A-Z][A-Z0-9_]+$", words[0]):
                        raise SchemaError(where, f"the proc of call {entry.name} needs a procedure name, such as 'proc 34 DOMAIN_SUSPEND'")
                    entry.name = words.pop(0)
            elif word in FLAGS:
                attrs[word] = True
            elif word in VALUED:
                if not words:
                    raise SchemaError(where, f"'{word}' needs a value")
                attrs[word] = words.pop(0)
            elif word in LISTED:
                attrs[word] = []
                while words and LISTED[word].match(words[0]):
                    attrs[word].append(words.pop(0))
                if not attrs[word]:
                    raise SchemaError(where, f"'{word}' of {entry.name} has no value that it understands")
            elif word == "public":
                entry.public, words = words, []
            else:
                raise SchemaError(where, f"unknown attribute '{word}' of {entry.name}")

    def do_defprogram(self, rest, where):
        words = rest.split()
        if len(words) != 3:
            raise SchemaError(where, "expected 'defprogram NAME NUMBER VERSION'")
        self.schema.programs[words[0]] = (int(words[1], 0), int(words[2]))

    def do_const(self, rest, where):
        match = re.match(r"([A-Z][A-Z0-9_]*) (\d+)$", rest)
        if not match:
            raise SchemaError(where, "expected 'const NAME NUMBER'")
        if match[1] in self.schema.consts:
            raise SchemaError(where, f"const {match[1]} is defined twice")
        self.schema.consts[match[1]] = int(match[2])

    def do_struct(self, rest, where):
        name, fields, result = split_head(rest, where)
        if result:
            raise SchemaError(where, "a struct has no result")
        if name in self.schema.structs:
            raise SchemaError(where, f"struct {name} is defined twice")
        self.schema.structs[name] = Struct(name, parse_fields(fields, where), where)

    def do_error(self, rest, where):
        match = re.match(r'(\d+) (VIR_\w+) "([^"]*)" "([^"]*)"$', rest)
        if not match:
            raise SchemaError(where, "expected 'error NUMBER NAME \"text\" \"text with %s\"'")
        if match[4].count("%s") != 1:
            raise SchemaError(where, f"the second text of {match[2]} needs exactly one %s")
        self.schema.errors.append((int(match[1]), match[2], match[3], match[4]))


def load(directory):
    """The schema of all api/*.api files, derived parts filled in, not yet checked."""
    parser = Parser()
    paths = sorted(Path(directory).glob("*.api"), key=lambda path: (path.name != "types.api", path.name))
    if not paths:
        raise SchemaError(directory, "no *.api files here")
    for path in paths:
        parser.parse_file(path)
    return parser.schema
