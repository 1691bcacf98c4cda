# SPDX-License-Identifier: MIT
"""Rules of the tree itself: file sizes, licence lines, layers, one place for each call."""
import os
import re
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ["OIRASE_BUILD"])
CODE = (".c", ".h", ".py", ".api")
LAYERS = ("base", "wire", "rpc", "transport", "xml", "dispatch", "drivers", "lib", "daemon", "virsh")


def code_files():
    for folder in ("api", "gen", "include", "src", "tests"):
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.suffix in CODE and "__pycache__" not in path.parts:
                yield path


def test_files_are_short():
    long = {str(path.relative_to(SOURCE)): lines for path in code_files()
            if (lines := len(path.read_text().splitlines())) > 800}
    assert not long


def test_sources_name_their_licence():
    missing = [str(path.relative_to(SOURCE)) for path in code_files()
               if path.suffix != ".api" and "SPDX-License-Identifier: MIT" not in path.read_text()[:300]]
    assert not missing


def allowed_layers():
    text = (SOURCE / "src/meson.build").read_text()
    return {name: re.findall(r"'(\w+)'", uses) for name, uses in re.findall(r"^  '(\w+)': \[(.*)\],$", text, re.M)}


def test_layers_table_points_down():
    allowed = allowed_layers()
    assert list(allowed) == list(LAYERS)
    for layer, uses in allowed.items():
        assert all(LAYERS.index(use) < LAYERS.index(layer) for use in uses)


@pytest.mark.parametrize("layer", LAYERS)
def test_upward_include_does_not_compile(layer, tmp_path):
    """A header of a layer that this one may not use is out of the compiler's sight; its own is in sight."""
    allowed = allowed_layers()[layer]
    roots = [f"-I{BUILD}/src/layers/{layer}/{kind}" for kind in ("source", "build")]

    def compiles(header):
        done = subprocess.run(["gcc", "-E", "-std=gnu11", *roots, f"-I{BUILD}/include", "-I/usr/include/libxml2", "-x", "c", "-"],
                              input=f'#include "{header}"\n', capture_output=True, text=True, cwd=tmp_path)
        return done.returncode == 0

    for other in LAYERS:
        headers = sorted((SOURCE / "src" / other).glob("*.h"))
        if not headers:
            continue
        header = f"{other}/{headers[0].name}"
        assert compiles(header) == (other == layer or other in allowed), header


def test_one_place_for_each_call():
    """grep for a call's name in api/ finds one entry, which says all there is to know of it."""
    for name in ("virDomainSuspend", "virConnectListAllDomains", "virDomainGetXMLDesc"):
        entries = [line for path in (SOURCE / "api").rglob("*.api") for line in path.read_text().splitlines()
                   if re.match(rf"(call|wire|hand|later)\b.*\b{name}\(", line)]
        assert len(entries) == 1, entries
