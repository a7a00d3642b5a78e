"""`statusqr-issuer load` as an operator runs it."""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from commands import PASSPHRASE, Run, write
from loads import document
from world import DATA

from statusqr_issuer import cli

RECORDS = DATA / "records.json"


@pytest.fixture
def run(
    own_store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command with the store; give exit status, stdout and stderr."""
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PASSPHRASE)

    def call(*arguments: object) -> tuple[int, str, str]:
        words = ["statusqr-issuer", *map(str, arguments), "--store", str(own_store)]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return call


def count(store: Path, table: str) -> int:
    with closing(sqlite3.connect(store / "registry.sqlite")) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def test_the_first_load_makes_the_registry(run: Run, own_store: Path) -> None:
    status, out, err = run("load", RECORDS, "--at", "2026-11-22T09:00:00+03:00")
    assert (status, err) == (0, "")
    assert out == (
        "Записей в файле: 25. Статусы: новых 25, изменено 0, прекращено 0, восстановлено 0, "
        "без изменений 0; не принято 0.\n"
    )
    assert count(own_store, "status") == 25
    status, out, _ = run("load", RECORDS, "--json")
    assert json.loads(out) == {
        "records": 25,
        "added": 0,
        "changed": 0,
        "ended": 0,
        "recovered": 0,
        "same": 25,
        "refused": 0,
        "codes_revoked": 0,
        "numbers_given": 0,
        "numbers": [],
        "dry_run": False,
    }


def test_what_falls_and_what_is_given_is_told(run: Run, own_store: Path, tmp_path: Path) -> None:
    value = document()
    assert run("load", write(tmp_path, [value]))[0] == 0
    assert run("issue", write(tmp_path, [value]), "--out", tmp_path / "out")[0] == 0
    other = document("R10")  # without a number
    changed = [document(status={"name": "Многодетная мать"}), other]
    status, out, _ = run("load", write(tmp_path, changed), "--series", "99-")
    assert status == 0
    assert "новых 1, изменено 1," in out
    assert "Отозвано печатных кодов: 1.\n" in out
    assert "Выдано номеров удостоверений: 1.\n" in out
    ended = [document(revoked={"effective_on": "2026-01-01", "reason": "Смерть Лебедевой"})]
    assert "прекращено 1," in run("load", write(tmp_path, ended))[1]
    status, _, err = run("issue", write(tmp_path, [value]), "--out", tmp_path / "out")
    assert status == 1
    assert "[STATUS_ENDED]" in err


def test_refused_records_stop_nothing_else(run: Run, own_store: Path, tmp_path: Path) -> None:
    values = [document(), document("R03", status={"name": ""}, holder={"snils": None})]
    status, out, err = run("load", write(tmp_path, values))
    assert status == 1
    assert "новых 1," in out
    assert "не принято 1." in out
    lines = err.splitlines()
    assert lines[0] == "R03: запись не принята"
    assert {line.rpartition("[")[2] for line in lines[1:]} == {
        "SNILS_MISSING]",
        "STATUS_NAME_MISSING]",
    }
    status, out, err = run("load", write(tmp_path, values), "--json")
    refused = json.loads(err)
    assert (refused["id"], refused["refused"]) == ("R03", "RECORD_REFUSED")
    assert len(refused["violations"]) == 2
    assert count(own_store, "status") == 1


def test_no_word_of_a_refused_record_is_repeated(run: Run, tmp_path: Path) -> None:
    """Every bad record, records of another person, older ones, two of one status."""
    assert run("load", RECORDS)[0] == 0
    bad = json.loads((DATA / "bad_records.json").read_text(encoding="utf-8"))["records"]
    values: list[dict[str, Any]] = [one.get("record", one) for one in bad]
    values += [document("R03", holder=document("R04")["holder"])]
    values += [document("R05", data_as_of="2020-01-01T00:00:00Z", status=EARLY)]
    values += [document("R06"), document("R06", measures_until="2040-01-01")]
    status, out, err = run("load", write(tmp_path, values))
    assert status == 1
    assert "OTHER_PERSON" in err
    assert "OLDER" in err
    assert "STATUS_TWICE" in err
    for value in [*values, document("R03")]:
        holder = value.get("holder", {})
        digits = "".join(filter(str.isdigit, holder.get("snils") or ""))
        for secret in (*map(holder.get, ("family_name", "patronymic", "snils")), digits):
            if secret and len(secret) > 3:
                assert secret not in out + err


EARLY = {"established_on": "2019-01-01"}


def test_a_dry_run_keeps_nothing(run: Run, own_store: Path, tmp_path: Path) -> None:
    status, _, err = run("load", RECORDS, "--dry-run")
    assert status == 1
    assert "реестра" in err
    assert not (own_store / "registry.sqlite").exists()
    assert run("load", write(tmp_path, [document()]))[0] == 0
    status, out, _ = run("load", RECORDS, "--dry-run")
    assert status == 0
    assert out.startswith("Пробный запуск: ничего не записано.\n")
    assert "новых 24," in out
    assert count(own_store, "status") == 1


def test_own_categories(run: Run, tmp_path: Path) -> None:
    """The account reads them later without the file: what was taken is not judged again."""
    own = tmp_path / "own.toml"
    own.write_text('[miner]\nname = "Шахтёр"\nname_en = "Miner"\n', encoding="utf-8")
    value = document(status={"category": "miner", "name": "Шахтёр"})
    assert run("load", write(tmp_path, [value]))[0] == 1
    assert run("load", write(tmp_path, [value]), "--categories", own)[0] == 0
    assert "без изменений 1;" in run("load", write(tmp_path, [value]), "--categories", own)[1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "не JSON"),
        (b"7", "нужна запись"),
        ("{}".encode("utf-16"), "не в UTF-8"),
        (b'{"a": 1, "a": 2}', "повторяется"),
    ],
)
def test_a_file_that_is_none(
    run: Run, own_store: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "records.json"
    path.write_bytes(content)
    status, out, err = run("load", path)
    assert (status, out) == (1, "")
    assert words in err
    assert not (own_store / "registry.sqlite").exists()


@pytest.mark.parametrize("series", ["76", "", " 76-", "7" * 33])
def test_a_series_that_is_none(run: Run, own_store: Path, series: str) -> None:
    status, _, err = run("load", RECORDS, "--series", series)
    assert status != 0
    assert "сери" in err
    assert not (own_store / "registry.sqlite").exists()


def test_wrong_usage(run: Run, tmp_path: Path) -> None:
    assert run("load", tmp_path / "none.json")[0] == 2
    assert run("load", RECORDS, "--at", "2026-11-22")[0] == 2


def test_a_wrong_passphrase(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("load", RECORDS)[0] == 0
    monkeypatch.setenv("STATUSQR_PASSPHRASE", "quite another passphrase")
    status, out, err = run("load", RECORDS)
    assert (status, out) == (1, "")
    assert "фраза" in err
