#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads api/, checks it, and writes what derives from it. Python's standard library only."""
import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import check  # noqa: E402
import emit_dispatch  # noqa: E402
import emit_public  # noqa: E402
import emit_wire  # noqa: E402
import public  # noqa: E402
import schema  # noqa: E402

OUTPUTS = {**emit_wire.OUTPUTS, **emit_dispatch.OUTPUTS, **emit_public.OUTPUTS}


def part_of(name):
    return name.rpartition("/")[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api", default=str(Path(__file__).resolve().parent.parent / "api"))
    parser.add_argument("--part", default=None, help="write the outputs of this folder only, flat into --out")
    parser.add_argument("--out", default=None, help="root of the generated tree; without it the schema is only checked")
    parser.add_argument("--list", default=None, metavar="PART", help="print the file names of a folder's outputs")
    options = parser.parse_args()
    if options.list:
        print("\n".join(Path(name).name for name in OUTPUTS if part_of(name) == options.list))
        return 0
    try:
        model = check.check(schema.load(options.api))
        model.public = public.load(options.api, model)
    except schema.SchemaError as error:
        print(error, file=sys.stderr)
        return 1
    if options.out:
        for name, emit in OUTPUTS.items():
            if options.part and part_of(name) != options.part:
                continue
            path = Path(options.out) / (Path(name).name if options.part else name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(emit(model))
    return 0


if __name__ == "__main__":
    sys.exit(main())
