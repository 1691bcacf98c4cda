# SPDX-License-Identifier: MIT
"""The public face of the library against Debian's: the API description of libvirt-dev, its headers, its symbols.

Needs libvirt-dev (facts and headers), gcc, g++, objdump, and OIRASE_BUILD for what is built.
"""
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "gen"))

import check  # noqa: E402
import emit_public  # noqa: E402
import public  # noqa: E402
import schema  # noqa: E402

STOCK_API = Path("/usr/share/libvirt/api/libvirt-api.xml")


def load(directory):
    model = check.check(schema.load(directory))
    model.public = public.load(directory, model)
    return model


@pytest.fixture(scope="module")
def model():
    return load(SOURCE / "api")


@pytest.fixture(scope="module")
def stock():
    return ElementTree.parse(STOCK_API).getroot().find("symbols")


@pytest.fixture(scope="module")
def headers(model, tmp_path_factory):
    """A directory with our public headers."""
    root = tmp_path_factory.mktemp("include")
    (root / "libvirt").mkdir()
    for name, emit in emit_public.OUTPUTS.items():
        if name.startswith("include/"):
            (root / name.removeprefix("include/")).write_text(emit(model))
    (root / "libvirt/libvirt.h").write_text((SOURCE / "include/libvirt/libvirt.h").read_text())
    return root


def squeeze(kind):
    return re.sub(r"\s+", "", kind)


def stock_args(element):
    return [squeeze(arg.get("type")) for arg in element.findall("arg")]


def test_functions_have_stock_prototypes(model, stock):
    ours = {function.name: (function.header, squeeze(function.result), [squeeze(kind) for kind, _ in function.args])
            for function in model.public.functions()}
    theirs = {element.get("name"): (element.get("file") + ".h", squeeze(element.find("return").get("type")),
                                    stock_args(element))
              for element in stock.findall("function")}
    assert ours == theirs


def enumerators(header):
    for name, rows in header.enums:
        yield from ((line.split()[0], (name, line.split()[1])) for line, _ in rows)


def test_enumerations(model, stock):
    ours = {}
    for header in model.public.headers.values():
        for key, (kind, value) in enumerators(header):
            ours[key] = (header.name, kind, value)
    theirs = {element.get("name"): (element.get("file") + ".h", element.get("type"), element.get("value"))
              for element in stock.findall("enum")}
    assert ours == theirs


def test_macros(model, stock):
    """Names and parameters of all; the text of strings. Numbers are compared after compilation."""
    def parameters(text):
        return [word.strip() for word in text.strip("()").split(",")] if text else []
    ours = {name: (header.name, parameters(params), text if text.startswith('"') else None)
            for header in model.public.headers.values() for name, params, text in header.macros}
    theirs = {element.get("name"): (element.get("file") + ".h", parameters(element.get("params")),
                                    f'"{element.get("string")}"' if element.get("string") is not None else None)
              for element in stock.findall("macro")}
    assert ours == theirs


def test_types(model, stock):
    """Every struct, handle, pointer type, callback and variable, in its header, and none more."""
    ours = {(name, header.name) for header in model.public.headers.values() for _, name, _ in header.types}
    ours |= {(name, header.name) for header in model.public.headers.values() for name, _ in header.enums}
    theirs = {(element.get("name"), element.get("file") + ".h")
              for tag in ("struct", "typedef", "functype", "variable") for element in stock.findall(tag)}
    assert ours == theirs


def test_callbacks_have_stock_prototypes(model, stock):
    ours = {name: (squeeze(detail[0]), [squeeze(kind) for kind, _ in detail[1]])
            for header in model.public.headers.values() for form, name, detail in header.types if form == "callback"}
    theirs = {element.get("name"): (squeeze(element.find("return").get("type")), stock_args(element))
              for element in stock.findall("functype")}
    assert ours == theirs


def compile_header(headers, path, compiler):
    return subprocess.run([*compiler, "-pedantic", "-Wall", "-Wextra", "-Werror", "-I", headers, "-fsyntax-only", path],
                          capture_output=True, text=True)


@pytest.mark.parametrize("language", ["c99", "c11", "c++11", "c++20"])
@pytest.mark.parametrize("name", emit_public.HEADERS + ("libvirt.h",))
def test_header_stands_alone(headers, tmp_path, name, language):
    source = tmp_path / ("t.cc" if "++" in language else "t.c")
    source.write_text(f"#define VIR_ENUM_SENTINELS\n#include <libvirt/{name}>\n#include <libvirt/{name}>\n")
    done = compile_header(headers, source, ["g++" if "++" in language else "gcc", f"-std={language}"])
    assert done.returncode == 0, done.stderr


def layout_program(model):
    """A program that prints the size of every struct, the place of every member, every enumerator and number."""
    lines = ["#define VIR_ENUM_SENTINELS", "#include <stddef.h>", "#include <stdio.h>", "#include <libvirt/libvirt.h>",
             "#include <libvirt/virterror.h>", "int main(void)", "{"]
    for header in model.public.headers.values():
        for form, name, detail in header.types:
            if form != "struct":
                continue
            lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
            for line, _ in detail[1]:
                member = re.search(r"(\w+)(\[\w+\])?$", line)[1]
                path = member if len(line) - len(line.lstrip()) == 4 else f"value.{member}"
                lines.append(f'printf("{name}.{path} %zu %zu\\n", offsetof({name}, {path}), '
                             f"sizeof((({name} *)0)->{path}));")
        lines += [f'printf("{key} %d\\n", (int){key});' for key, _ in enumerators(header)]
        lines += [f'printf("{name} %lld\\n", (long long){name});' for name, params, text in header.macros
                  if not params and not text.startswith('"') and not name.startswith("_vir")]
    lines += ["unsigned char map[4] = { 0x12, 0x34, 0x56, 0x78 }, copy[2];", "int i;",
              "virNodeInfo node = { .nodes = 2, .sockets = 3, .cores = 4, .threads = 5 };",
              "for (i = 0; i < 16; i++)",
              '    printf("cpu %d %d %d\\n", i, !!VIR_CPU_USABLE(map, 2, 1, i), VIR_CPU_MAPLEN(i));',
              "VIR_USE_CPU(map, 9); VIR_UNUSE_CPU(map, 1); VIR_COPY_CPUMAP(map, 2, 1, copy);",
              'printf("%x %x %x\\n", map[0], map[1], copy[1]);',
              'printf("%d %d\\n", VIR_NODEINFO_MAXCPUS(node), LIBVIR_CHECK_VERSION(9, 0, 0));',
              "return 0;", "}"]
    return "#include <string.h>\n" + "\n".join(lines) + "\n"


def run_layout(model, directory, include):
    source, program = directory / "layout.c", directory / "layout"
    source.write_text(layout_program(model))
    subprocess.run(["gcc", "-std=c11", "-I", include, "-o", program, source], check=True)
    return subprocess.run([program], check=True, capture_output=True, text=True).stdout


def test_layout_is_stock(model, headers, tmp_path):
    stock_directory = tmp_path / "stock"
    stock_directory.mkdir()
    ours = run_layout(model, tmp_path, headers)
    assert len(ours.splitlines()) > 1000
    assert ours == run_layout(model, stock_directory, "/usr/include")


def golden_symbols():
    return (SOURCE / "tests/golden/symbols.txt").read_text().split("\n")[:-1]


def test_version_script_is_the_golden(model):
    nodes = emit_public.symbols(model.public)
    ours = {f"LIBVIRT_{version} {name}" for version, names in nodes.items() for name in names}
    assert ours == set(golden_symbols())


def test_version_nodes_are_one_chain(model):
    text = emit_public.libvirt_map(model)
    nodes = re.findall(r"^LIBVIRT_([\d.]+) \{", text, re.M)
    parents = re.findall(r"^\}(?: LIBVIRT_([\d.]+))?;", text, re.M)
    assert nodes == sorted(nodes, key=emit_public.version_key) and len(nodes) == 99
    assert parents == [""] + nodes[:-1]


def exported(path):
    text = subprocess.run(["objdump", "-T", path], check=True, capture_output=True, text=True).stdout
    rows = re.finditer(r"^\S+ .{7} (\S+)\s+\S+\s+\(?(\S+?)\)?\s+(\S+)$", text, re.M)
    return {f"{match[2]} {match[3]}" for match in rows if match[1] not in ("*UND*", "*ABS*")}


def test_library_exports_the_golden():
    assert exported(Path(os.environ["OIRASE_BUILD"]) / "src/lib/libvirt.so.0") == set(golden_symbols())


def test_golden_is_stock():
    names = {symbol for symbol in exported("/usr/lib/x86_64-linux-gnu/libvirt.so.0") if "PRIVATE" not in symbol}
    assert names == set(golden_symbols())


GOOD = """header libvirt-host.h VIR_FROM_DOMAIN
handle virConnect VIR_ERR_INVALID_CONN
type virConnectPtr virConnect *
later int virConnectX(virConnectPtr conn) since 1.0.0
"""
# A line that breaks one rule, and what the error says. Each stands behind the five lines that load() writes above it.
BAD = [("wrong virX", "unknown word 'wrong'"),
       ("header libvirt-host.h", "expected 'header NAME.h VIR_FROM_X'"),
       ("header libvirt-host.h VIR_FROM_NONE", "has the error domain VIR_FROM_DOMAIN elsewhere"),
       ("macro X", "expected 'macro NAME TEXT'"),
       ("    VIR_X 1", "belongs to an enum or a struct"),
       ("handle virX", "expected 'handle TYPE VIR_ERR_X'"),
       ("struct virX", "expected 'struct TYPE TAG'"),
       ("callback void virX", "expected 'TYPE NAME(ARGS)'"),
       ("later int virX(void)", "expected 'since MAJOR.MINOR.MICRO'"),
       ("later int virX(void) since soon", "expected 'since MAJOR.MINOR.MICRO'"),
       ("later virX(void) since 1.0.0", "expected 'TYPE NAME'"),
       ("access eat int virX(void) since 1.0.0", "unknown verb 'eat'"),
       ("check virConnectX conn", "expected 'check FUNCTION ARG RULE'"),
       ("check virConnectX flags exclusive A", "rule exclusive takes 2 words"),
       ("check virConnectX conn nonnull", "has no generated stub to check in"),
       ("after virConnectX later", "expected 'after FUNCTION inactive'"),
       ("after virConnectX renamed", "or 'after FUNCTION renamed=ARG'"),
       ("later int virConnectX(void) since 1.0.0", "stands at libvirt-host.api:4 too"),
       ("hand int virConnectY(void) since 1.0.0", "needs documentation")]


def write_schema(directory, text, exceptions="", call=""):
    (directory / "public").mkdir()
    (directory / "types.api").write_text("defprogram remote 0x20008086 1\n" + call)
    (directory / "public/libvirt-host.api").write_text(text)
    (directory / "public/exceptions.api").write_text(exceptions)
    return directory


def test_good_schema_loads(tmp_path):
    assert [function.name for function in load(write_schema(tmp_path, GOOD)).public.functions()] == ["virConnectX"]


@pytest.mark.parametrize("line,text", BAD)
def test_bad_schema(tmp_path, line, text):
    with pytest.raises(schema.SchemaError) as caught:
        load(write_schema(tmp_path, GOOD + "\n" + line + "\n"))
    assert str(caught.value).startswith("libvirt-host.api:6: ") and text in str(caught.value)


def test_hand_written_function_has_a_reason(tmp_path):
    with pytest.raises(schema.SchemaError, match="virConnectY is by hand and needs a reason in exceptions.api"):
        load(write_schema(tmp_path, GOOD + "## Documented.\nhand int virConnectY(void) since 1.0.0\n"))


def test_header_comes_first(tmp_path):
    with pytest.raises(schema.SchemaError, match=r"libvirt-host.api:1: the first line of a file is"):
        load(write_schema(tmp_path, "macro X 1\n"))


@pytest.mark.parametrize("text,error", [("virConnectX\n", "virConnectX needs a reason"),
                                        ("virGone no reason\n", "virGone is not a function written by hand"),
                                        ("virA x\nvirA y\n", "virA stands twice")])
def test_bad_exceptions(tmp_path, text, error):
    with pytest.raises(schema.SchemaError, match=r"exceptions.api:\d: " + error):
        load(write_schema(tmp_path, GOOD, text))


CALL = """## Documented.
call virConnectQ(conn, {args}) -> status
    proc 1 CONNECT_Q  since 1.0.0  needs read  high  fast
"""


def test_argument_of_check_exists(tmp_path):
    with pytest.raises(schema.SchemaError, match="virConnectQ has no argument b"):
        load(write_schema(tmp_path, GOOD + "check virConnectQ b nonzero\n", "", CALL.format(args="int a")))


def test_kind_without_a_c_type(tmp_path):
    with pytest.raises(schema.SchemaError, match=r"types.api:\d: a public function cannot have the kind 'hyper_x'"):
        load(write_schema(tmp_path, GOOD, "", "struct hyper_x(int a)\n"
                          + CALL.format(args="hyper_x a")))


def test_call_needs_its_header(tmp_path):
    with pytest.raises(schema.SchemaError, match="virConnectListAllDomains belongs to libvirt-domain.h"):
        call = CALL.format(args="uint a").replace("virConnectQ", "virConnectListAllDomains")
        load(write_schema(tmp_path, GOOD, "", call))


def test_public_function_of_wire_entry_exists(tmp_path):
    wire = "wire CONNECT_W() -> ()\n    proc 1  since 1.0.0  needs read  high  fast\n    public virConnectGone\n"
    with pytest.raises(schema.SchemaError, match="virConnectGone is in no public header"):
        load(write_schema(tmp_path, GOOD, "", wire))


# Where we differ on purpose: stock crashes on NULL, or forgets that renaming needs write access.
STOCK_CRASHES = {"virConnectSetIdentity", "virDomainFDAssociate", "virDomainGetLaunchSecurityInfo",
                 "virDomainSetLaunchSecurityState"}
STOCK_FORGETS = {"virDomainGetInterfaceParameters device=None", "virDomainRename read-only"}


def errors_of(library, names):
    done = subprocess.run(["/usr/bin/python3", Path(__file__).parent / "public_errors.py", library, STOCK_API, *names],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return dict(line.split("\t", 1) for line in done.stdout.splitlines())


NOT_SUPPORTED, INVALID = "(3,", "(8,"
# Combinations of arguments that stock's public function refuses and ours leaves to whoever answers the call.
CHECKED_BEHIND_THE_CALL = {"virDomainBlockRebase", "virDomainCoreDumpWithFormat", "virDomainGetBlockInfo",
                           "virDomainSetInterfaceParameters", "virDomainSetLifecycleAction"}


def test_errors_are_stock(model):
    names = [function.name for function in model.public.functions() if function.form == "call"]
    # These end the domain that the others need.
    names = sorted(names, key=lambda name: name in ("virDomainShutdown", "virDomainDestroy", "virDomainUndefine"))
    ours = errors_of(Path(os.environ["OIRASE_BUILD"]) / "src/lib/libvirt.so.0", names)
    stock = errors_of("/usr/lib/x86_64-linux-gnu/libvirt.so.0", names)
    assert len(ours) > 500 and ours.keys() == stock.keys()
    # What our local driver does not answer cannot be compared, but for the arguments that stock refuses before any driver.
    different = {what for what in ours if ours[what] != stock[what]
                 and not (ours[what].startswith(NOT_SUPPORTED) and not stock[what].startswith((NOT_SUPPORTED, INVALID)))
                 and what.split()[0] not in CHECKED_BEHIND_THE_CALL}
    assert {what for what in different if stock[what] == "crash"} == {f"{name} NULL handle" for name in STOCK_CRASHES}
    assert {what for what in different if stock[what] != "crash"} == STOCK_FORGETS
