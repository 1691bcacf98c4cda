# SPDX-License-Identifier: MIT
"""The fixtures of the interop folder."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))
from fixtures import *  # noqa: E402, F403 - pytest finds fixtures and hooks by their names here
