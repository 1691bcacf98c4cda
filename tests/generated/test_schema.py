# SPDX-License-Identifier: MIT
"""The generator as a language tool: every rule of gen/schema.py and gen/check.py is broken once and must say so with file,
line and reason; the same input gives the same output; and the wire layout and the access rules are the recorded ones.

After an intended change: OIRASE_UPDATE_GOLDEN=1 pytest tests/generated/test_schema.py, and review the difference.
"""
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent.parent
GOLDEN = SOURCE / "tests/golden"
sys.path.insert(0, str(SOURCE / "gen"))

import check  # noqa: E402
import emit_wire  # noqa: E402
import schema  # noqa: E402

PROLOGUE = """\
defprogram remote 0x20008086 1
defprogram qemu 0x20008087 1
const LIST_MAX 16
struct domain(string name, uuid uuid, int id)
"""
TAIL = "since 1.0.0  needs read  high  fast"
GOOD = f"""\
wire GOOD(int number) -> (string text)
    proc 1  {TAIL}
## Says so.
call virGood(conn, domain dom, out names names[LIST_MAX] maxnames) -> count
    proc 2 SAY_SO  since 1.0.0  needs write(flags&3)  low  slow  access domain:read connect:write(x)  limit maxnames<=LIST_MAX
event HAPPENED(domain dom)
    proc 3  since 1.0.0
"""

# One row a rule: what is appended to PROLOGUE (its first line is line 5 of bad.api), the whole message.
RULES = [
    ("call f(conn, out record domain info) -> status", "bad.api:5: a record is 'out record TYPE NAME', not 'domain info'"),
    ("wire F(int) -> ()", "bad.api:5: not a field: 'int' (expected KIND NAME, KIND? NAME, KIND NAME[MAX] or KIND NAME[=COUNT])"),
    ("wire F(int a) -> int b", "bad.api:5: expected a list of fields in parentheses, found 'int b'"),
    ("wire F", "bad.api:5: expected NAME(fields) -> result, found 'F'"),
    ("call virF(conn)", "bad.api:5: a call needs a result: '-> status', '-> count' or '-> KIND NAME'"),
    ("    proc 5", "bad.api:5: an indented line belongs to a call, wire or event, and there is none above it"),
    ("program xen", "bad.api:5: unknown program 'xen'; add a defprogram line"),
    ("cal virF(conn) -> status",
     "bad.api:5: unknown word 'cal' (expected call, wire, event, struct, const, error, program)"),
    ("wire F(int a)", "bad.api:5: a wire entry needs its reply: '-> (fields)', '-> ()' when it is empty"),
    ("event E(int a) -> ()", "bad.api:5: an event has no reply"),
    ("wire F() -> ()\n    proc 1  since 1.0.0  since 1.0.0", "bad.api:6: 'since' stands twice in F"),
    ("wire F() -> ()\n    proc one", "bad.api:6: proc needs a number"),
    ("call virF(conn) -> status\n    proc 5  since 1.0.0",
     "bad.api:6: the proc of call virF needs a procedure name, such as 'proc 34 DOMAIN_SUSPEND'"),
    ("wire F() -> ()\n    proc 5  since", "bad.api:6: 'since' needs a value"),
    ("wire F() -> ()\n    proc 5  access read", "bad.api:6: 'access' of F has no value that it understands"),
    ("wire F() -> ()\n    proc 5  fastest", "bad.api:6: unknown attribute 'fastest' of F"),
    ("defprogram xen 7", "bad.api:5: expected 'defprogram NAME NUMBER VERSION'"),
    ("const max 5", "bad.api:5: expected 'const NAME NUMBER'"),
    ("const LIST_MAX 17", "bad.api:5: const LIST_MAX is defined twice"),
    ("struct s(int a) -> (int b)", "bad.api:5: a struct has no result"),
    ("struct domain(int a)", "bad.api:5: struct domain is defined twice"),
    ("error 1 VIR_ERR_X broken", "bad.api:5: expected 'error NUMBER NAME \"text\" \"text with %s\"'"),
    ('error 1 VIR_ERR_X "broken" "broken: %s and %s"', "bad.api:5: the second text of VIR_ERR_X needs exactly one %s"),
    (f"## Doc.\ncall virF(conn, out record virNoInfo info) -> status\n    proc 5 FF  {TAIL}",
     "bad.api:6: unknown record virNoInfo; add a row to RECORDS in gen/check.py"),
    (f"## Doc.\ncall virF(conn, out names names[LIST_MAX]) -> count\n    proc 5 FF  {TAIL}",
     "bad.api:6: names names needs the name of its maximum: 'out names names[MAX] maxnames'"),
    (f"wire F(integer a) -> ()\n    proc 5  {TAIL}", "bad.api:5: unknown kind 'integer' of field a in F"),
    ("struct s(integer a)", "bad.api:5: unknown kind 'integer' of field a in struct s"),
    (f"wire F(int a, uint a) -> ()\n    proc 5  {TAIL}", "bad.api:5: field a stands twice in F"),
    (f"wire F() -> (int a[NO_MAX])\n    proc 5  {TAIL}", "bad.api:5: unknown limit NO_MAX of field a in F"),
    (f"wire F(bytes a) -> ()\n    proc 5  {TAIL}", "bad.api:5: bytes a in F needs a limit: [MAX]"),
    (f"wire F(int a[=3]) -> ()\n    proc 5  {TAIL}", "bad.api:5: [=3] is for char only, not for int a in F"),
    (f"wire F(int? a[3]) -> ()\n    proc 5  {TAIL}", "bad.api:5: field a in F cannot be both optional and an array"),
    (f"wire F(int a) -> ()\n    proc 5  {TAIL}  check b>0", "bad.api:5: 'b>0' of F names no argument"),
    (f"wire F(int a) -> ()\n    proc 5  {TAIL}  limit a<=NO_MAX", "bad.api:5: 'a<=NO_MAX' of F names no const"),
    ("wire F() -> ()\n    since 1.0.0", "bad.api:5: F needs 'proc'"),
    ("wire F() -> ()\n    proc 5", "bad.api:5: F needs 'since'"),
    ("wire F() -> ()\n    proc 5  since 9", "bad.api:5: since of F is MAJOR.MINOR.MICRO, not '9'"),
    ("event E(int a)\n    proc 5  since 1.0.0  fast", "bad.api:5: event E cannot have 'fast'"),
    ("wire F() -> ()\n    proc 5  since 1.0.0  high  fast",
     "bad.api:5: F needs 'needs read', 'needs write', 'needs write(flags&BITS)' or 'needs secure(flags&BITS)'"),
    ("wire F() -> ()\n    proc 5  since 1.0.0  needs write(flags)  high  fast",
     "bad.api:5: F needs 'needs read', 'needs write', 'needs write(flags&BITS)' or 'needs secure(flags&BITS)'"),
    ("wire F() -> ()\n    proc 5  since 1.0.0  needs read  fast", "bad.api:5: F needs exactly one of 'high' and 'low'"),
    ("wire F() -> ()\n    proc 5  since 1.0.0  needs read  high  fast  slow", "bad.api:5: F needs exactly one of 'fast' and 'slow'"),
    (f"wire F() -> ()\n    proc 5  {TAIL}  access domain:read-it", "bad.api:5: access of F is OBJECT:PERMISSION, not 'domain:read-it'"),
    (f"call virF(conn) -> status\n    proc 5 FF  {TAIL}", "bad.api:5: public function virF needs documentation: a '##' line above it"),
    (f"wire F() -> ()\n    proc 5  {TAIL}\nwire G() -> ()\n    proc 5  {TAIL}",
     "bad.api:7: number 5 of program remote is taken by F (bad.api:5)"),
    (f"wire F() -> ()\n    proc 5  {TAIL}\nwire F() -> ()\n    proc 6  {TAIL}", "bad.api:7: name F is taken by F (bad.api:5)"),
    (f"## D.\ncall virF(conn) -> status\n    proc 5 FF  {TAIL}\n## D.\ncall virF(conn) -> status\n    proc 6 GG  {TAIL}",
     "bad.api:9: function virF is taken by FF (bad.api:6)"),
    ('error 1 VIR_ERR_A "a" "a: %s"\nerror 1 VIR_ERR_B "b" "b: %s"', "errors.api: error number 1 of VIR_ERR_B is taken"),
]
# Rules that no schema file can break: directories without one, and guards behind other guards.
UNREACHABLE = ("no *.api files here", "unknown program '{entry.program}'")


def load(directory):
    return check.check(schema.load(directory))


def write(tmp_path, text):
    (tmp_path / "bad.api").write_text(PROLOGUE + text + "\n")
    return tmp_path


def broken(tmp_path, text):
    with pytest.raises(schema.SchemaError) as caught:
        load(write(tmp_path, text))
    return caught


@pytest.mark.parametrize("text, message", RULES, ids=[message.partition(": ")[2][:40] for _, message in RULES])
def test_broken_rule(tmp_path, text, message):
    assert str(broken(tmp_path, text).value) == message


def test_every_rule_is_broken_once(tmp_path):
    """The lines that raise SchemaError, against those that the rows above reached."""
    reached = set()
    for text, _ in RULES:
        frame = broken(tmp_path, text).traceback[-1]
        reached.add((frame.path.name, frame.lineno + 1))
    for path in (SOURCE / "gen/schema.py", SOURCE / "gen/check.py"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if "raise SchemaError(" in line and not any(text in line for text in UNREACHABLE):
                assert (path.name, number) in reached, f"no row of RULES breaks {path.name}:{number}: {line.strip()}"


def test_good_schema_passes(tmp_path):
    model = load(write(tmp_path, GOOD))
    call = model.entries[1]
    assert (call.name, call.api, call.number) == ("SAY_SO", "virGood", 2)
    assert [field.wire for field in call.args] == ["dom", "maxnames"]
    assert [(field.wire, field.max) for field in call.ret] == [("names", "LIST_MAX")]


def test_empty_directory(tmp_path):
    with pytest.raises(schema.SchemaError, match=r"no \*\.api files here"):
        schema.load(tmp_path)


def generate(out, seed):
    subprocess.run([sys.executable, SOURCE / "gen/generate.py", "--out", out], check=True,
                   env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"})
    return {path.relative_to(out): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_output_is_deterministic(tmp_path):
    first, second = generate(tmp_path / "a", "1"), generate(tmp_path / "b", "2")
    assert first == second
    assert Path("wire/messages.c") in first


def test_mistake_is_printed_and_is_a_failure(tmp_path):
    done = subprocess.run([sys.executable, SOURCE / "gen/generate.py", "--api", write(tmp_path, "wire F")], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "bad.api:5: expected NAME(fields) -> result, found 'F'\n"


def layout(model):
    """One line a struct: name, then its fields in order with kind, form and limit."""
    def text(field):
        limit = f"{field.max}={model.consts[field.max]}" if field.max in model.consts else field.max
        return f"{field.kind}{'?' if field.optional else ''} {field.wire}" + (
            f"[{limit}]" if field.max else f"[={field.fixed}]" if field.fixed else "")

    structs = [(f"struct {struct.name}", struct.fields) for struct in model.structs.values()]
    structs += list(emit_wire.messages(model))
    return [f"{name}: {', '.join(text(field) for field in fields)}" for name, fields in structs]


def access(model):
    """One line a procedure: program, number, name, needs, access checks, and what else decides who may call it when."""
    lines = []
    for entry in model.entries:
        if entry.form == "event":
            continue
        rest = entry.attrs.get("access", []) + (["preauth"] if "preauth" in entry.attrs else [])
        rest += [f"filter={entry.attrs['filter']}"] if "filter" in entry.attrs else []
        number = f"{model.programs[entry.program][0]:#010x}"
        lines.append(" ".join([number, str(entry.number), entry.name, entry.attrs["needs"], *rest]))
    return lines


@pytest.mark.parametrize("name, emit", [("layout.txt", layout), ("access.txt", access)])
def test_golden(name, emit):
    head = f"# Recorded by tests/generated/test_schema.py ({emit.__doc__.rstrip('.')}). Do not edit.\n"
    text = head + "\n".join(emit(load(SOURCE / "api"))) + "\n"
    path = GOLDEN / name
    if os.environ.get("OIRASE_UPDATE_GOLDEN"):
        path.write_text(text)
    expected = path.read_text().splitlines()
    changed = [line for line in text.splitlines() if line not in set(expected)]
    missing = [line for line in expected if line not in set(text.splitlines())]
    assert not changed and not missing
    assert text.splitlines() == expected


def test_numbers_are_those_of_the_protocol():
    """Every procedure up to the newest of 9.0.0 is there, none twice, and newer ones are marked as newer."""
    model = load(SOURCE / "api")
    numbers = [entry.number for entry in model.entries if entry.program == "remote"]
    assert sorted(numbers) == list(range(1, max(numbers) + 1))
    assert max(numbers) >= 443
    for entry in model.entries:
        since = tuple(map(int, re.split(r"\.", entry.attrs["since"])))
        assert entry.program != "remote" or (since > (9, 0, 0)) == (entry.number > 443), entry.where
