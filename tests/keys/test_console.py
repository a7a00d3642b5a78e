"""What the command lines share: how they end, and how days and moments are read."""

import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import typer

from statusqr_keys import KeyRecord, KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_keys.console import new_app, parse_day, parse_moment, run
from statusqr_schema import IssueRefused, RecordRefused, RuleViolation, StatusQRError

NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (StatusQRError("что-то не так"), "Ошибка [STATUSQR]: что-то не так\n"),
        (StatusQRError("иначе", code="OWN_CODE"), "Ошибка [OWN_CODE]: иначе\n"),
        (IssueRefused("срок вышел"), "Ошибка [ISSUE_REFUSED]: срок вышел\n"),
        (
            RecordRefused([RuleViolation("R1", "holder.snils", "не тот вид")]),
            "Ошибка [RECORD_REFUSED]: holder.snils: не тот вид [R1]\n",
        ),
    ],
)
def test_an_error_of_ours_is_one_line(
    error: StatusQRError, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def application() -> None:
        raise error

    with pytest.raises(SystemExit) as caught:
        run(application)
    assert caught.value.code == 1
    assert capsys.readouterr() == ("", line)


def test_any_other_error_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run(lambda: 1 // 0)


def test_an_application_without_surprises(monkeypatch: pytest.MonkeyPatch) -> None:
    app = new_app("Help.")

    @app.command()
    def command() -> None:
        raise IssueRefused("срок вышел")

    monkeypatch.setattr(sys, "argv", ["program"])
    with pytest.raises(SystemExit) as caught:
        run(app)
    assert caught.value.code == 1


def closed_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def test_a_reader_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = closed_pipe()
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with pytest.raises(SystemExit) as caught:
        run(lambda: os.write(writer, b"output"))
    os.close(writer)
    assert caught.value.code
    assert sys.stderr.closed  # so that the interpreter says nothing about it at its end


def test_the_program_is_quiet_when_its_reader_has_gone(tmp_path: Path) -> None:
    signer = KeySigner.generate()
    record = KeyRecord(signer.public_key, KeyUse.PRINT, NOON, NOON)
    KeyStore(tmp_path).add(StoredKey("a", "N", NOON, record), signer, b"a good passphrase")
    program = Path(sys.executable).with_name("statusqr-keys")
    writer = closed_pipe()
    done = subprocess.run(
        [program, "list", "--store", tmp_path],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writer)
    assert done.returncode > 0
    assert done.stderr == b""


def test_a_day_begins_at_midnight_in_moscow() -> None:
    assert parse_day("2026-11-21") == datetime(2026, 11, 20, 21, tzinfo=UTC)
    assert parse_day("2024-02-29").utcoffset() == timedelta(hours=3)


@pytest.mark.parametrize("text", ["", "21.11.2026", "2026-02-29", "2026-11-21T00:00", "завтра"])
def test_a_day_that_is_none(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="нужен день вида"):
        parse_day(text)


def test_a_moment_keeps_its_zone() -> None:
    moment = parse_moment("2026-11-21T12:00:00+03:00")
    assert moment == NOON
    assert moment.utcoffset() == timedelta(hours=3)
    assert parse_moment("2026-11-21T09:00:00Z") == NOON
    assert parse_moment("2026-11-21T09:00-10:00").tzinfo == timezone(timedelta(hours=-10))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-11-21T12:00:00", "нужен часовой пояс"),
        ("2026-11-21", "нужен часовой пояс"),
        ("2026-11-21T25:00:00Z", "нужно время вида"),
        ("сейчас", "нужно время вида"),
        ("", "нужно время вида"),
    ],
)
def test_a_moment_that_is_none(text: str, message: str) -> None:
    with pytest.raises(typer.BadParameter, match=message):
        parse_moment(text)
