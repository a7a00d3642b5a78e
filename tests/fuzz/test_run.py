"""The runner: a second of the real engine, and what it says where something is found."""

from pathlib import Path

import pytest

from . import run


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "OUT", tmp_path)


def test_a_short_run_tells_what_was_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.fuzz("text", 1)
    told = capsys.readouterr().out
    assert told.startswith("ok    text ")
    assert " 0 execs" not in told
    assert list((tmp_path / "text" / "corpus").iterdir())


def test_a_find_is_told_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(run.LIMITS, "text", run.Limits(megabytes=1))  # no process is so small
    assert not run.fuzz("text", 5)
    told = capsys.readouterr().out
    assert told.startswith("FOUND text ")
    assert "out-of-memory" in told
