"""Shared fixtures, and the marker `needs`.

A test marked `needs(tool)` is skipped, with the remedy, where that package or folder is absent.
STATUSQR_STRICT=1 (set in CI) turns the skip into a failure for what can be installed.
"""

import os
from ctypes.util import find_library
from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[2] / "shared" / "vectors"

# name: (is it there, remedy, can CI install it)
TOOLS = {
    "zbar": (find_library("zbar") is not None, "sudo apt-get install libzbar0", True),
    "vectors": (VECTORS.is_dir(), f"put the public test vectors into {VECTORS}", False),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        present, remedy, installable = TOOLS[mark.args[0]]
        if not present:
            strict = installable and os.environ.get("STATUSQR_STRICT")
            (pytest.fail if strict else pytest.skip)(f"{mark.args[0]} is absent; remedy: {remedy}")
