"""Frame after frame: memory and open files stay as they are."""

from pathlib import Path

import pytest
from bench import reading_long
from bench.reading_long import HOUR, Growth, State


def check(growth: Growth) -> None:
    assert growth.wrong == 0
    assert growth.read > growth.frames / 10  # it did read; a quarter of the frames has a code
    assert max(growth.files, growth.child_files) <= 0
    assert max(growth.resident, growth.child_resident) < 8 * 1024  # KB


def test_some_minutes_of_frames() -> None:
    check(reading_long.run(2_000, warm_up=1_000))


@pytest.mark.long
def test_an_hour_of_frames() -> None:
    check(reading_long.run(HOUR))


def test_what_is_watched_is_there() -> None:
    before = State.of()
    with Path("/proc/self/statm").open("rb"):
        held = bytearray(64 * 2**20)
        held[:: 2**12] = b"x" * (64 * 2**8)
        after = State.of()
    assert after.files == before.files + 1
    assert after.resident - before.resident > 60 * 1024
