#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the include directory of one layer: links to the folders that it may use, and to no others.

layers.py SOURCE_DIR BUILD_DIR LAYER ALLOWED... prints nothing; BUILD_DIR/layers/LAYER/{source,build} are made anew.
"""
import os
import shutil
import sys

source, build, layer, *allowed = sys.argv[1:]
root = os.path.join(build, "layers", layer)
shutil.rmtree(root, ignore_errors=True)
for kind, base in (("source", source), ("build", build)):
    os.makedirs(os.path.join(root, kind))
    for name in [layer] + allowed:
        os.makedirs(os.path.join(base, name), exist_ok=True)
        os.symlink(os.path.join(base, name), os.path.join(root, kind, name))
