# SPDX-License-Identifier: MIT
"""Shared fixtures for this folder."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from fixtures import *  # noqa: E402, F403 - pytest finds fixtures and hooks by their names here
