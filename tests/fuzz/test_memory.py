"""Bombs: little that unpacks to much is refused before it is unpacked."""

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from statusqr_schema import MalformedCredential, compression

from .payloads import bomb

TESTS = Path(__file__).parents[1]


def test_every_bomb_is_refused_within_little_memory() -> None:
    """In a process of its own, because libraries take memory that Python does not count."""
    result = subprocess.run(
        [sys.executable, "-m", "fuzz.bombs"], cwd=TESTS, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "the control broke the limit" in result.stdout


def test_inflating_holds_no_more_than_the_limit() -> None:
    payload = bomb(60_000_000)
    tracemalloc.start()
    with pytest.raises(MalformedCredential):
        compression.decompress(payload)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * compression.MAX_CONTENT + 2 * len(payload)
