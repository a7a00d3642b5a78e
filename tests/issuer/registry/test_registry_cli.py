"""`statusqr-issuer registry …` as an operator runs it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import PASSPHRASE
from registry_rows import NAME, names, put_statuses
from sqlalchemy import text
from world import NOON

from statusqr_issuer import cli
from statusqr_issuer.registry.database import Database
from statusqr_issuer.registry.opening import open_registry

PHRASE = PASSPHRASE.encode()
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    own_store: Path,
    empty_place: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Run a command of `registry`; exit status, stdout and stderr."""
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("STATUSQR_REGISTRY", empty_place)

    def run(command: str, *words: object) -> tuple[int, str, str]:
        line = ["statusqr-issuer", "registry", command, *map(str, words)]
        monkeypatch.setattr(sys, "argv", [*line, "--store", str(own_store)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


def fill(place: str, store: Path) -> None:
    opened = open_registry(place, store, PHRASE)
    with opened.writing("worker", NOON) as work:
        put_statuses(work, 3)
    opened.close()


def read(place: str, store: Path) -> list[str]:
    opened = open_registry(place, store, PHRASE)
    with opened.reading() as view:
        found = names(view)
    opened.close()
    return found


def test_the_life_of_a_registry(
    call: Call, empty_place: str, own_store: Path, tmp_path: Path
) -> None:
    assert call("new") == (
        0,
        "Реестр готов. Его ключи в файле registry-keys.json хранилища: сохраните копию отдельно.\n",
        "",
    )
    assert call("new")[0] == 0
    assert call("upgrade") == (0, "Таблицы реестра уже этой версии.\n", "")
    fill(empty_place, own_store)
    status, out, err = call("rotate")
    assert (status, err) == (0, "")
    assert "Действует ключ 2; зашифровано заново ячеек: 6." in out
    copy = tmp_path / "copy"
    status, out, err = call("backup", "--to", copy)
    assert status == 0 and "(статусов: 3)" in out
    for warned in ("Ключей в копии нет", "registry-keys.json", "finder.key", "парольную фразу"):
        assert warned in err
    status, out, err = call("backup", "--to", copy)
    assert (status, out) == (1, "") and "уже есть" in err
    status, out, err = call("restore", copy)
    assert (status, out) == (1, "") and "уже есть реестр" in err
    place = str(tmp_path / "restored.sqlite")
    status, out, err = call("restore", copy, "--registry", place)
    assert status == 0
    assert "Реестр восстановлен таким, каким был " in out and " МСК" in out
    assert "Списков отзыва закрыто: 1." in out
    assert "снова отозванных: 0." in out
    for warned in ("statusqr-issuer load", "согласия", "номера удостоверений", "не открывается"):
        assert warned in err
    assert read(place, own_store) == [NAME] * 6
    status, _, err = call("rotate")
    assert status == 1 and "[MOVED]" in err


def test_an_upgrade_that_is_due(call: Call, empty_place: str) -> None:
    Database(empty_place, new=True).close()
    status, out, err = call("upgrade")
    assert (status, out) == (1, "") and "[REGISTRY_VERSION]" in err and "registry new" in err
    assert call("new")[0] == 0
    database = Database(empty_place)
    with database.writing() as connection:
        connection.execute(text("UPDATE schema_revision SET version_num = '0653'"))
    database.close()
    for command in ("upgrade", "rotate", "new"):
        status, out, err = call(command)
        assert (status, out) == (1, "")
        assert "[REGISTRY_VERSION]" in err and "обновите" in err


def test_nothing_there(call: Call, tmp_path: Path) -> None:
    place = str(tmp_path / "absent.sqlite")
    for words in (["rotate"], ["backup", "--to", tmp_path / "copy"], ["upgrade"]):
        status, out, err = call(*words, "--registry", place)
        assert (status, out) == (1, "") and "registry new" in err
    assert list(tmp_path.glob("absent*")) == [] and not (tmp_path / "copy").exists()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_wrong_passphrase(
    call: Call, empty_place: str, own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("new")[0] == 0
    monkeypatch.setenv("STATUSQR_PASSPHRASE", "another passphrase")
    status, out, err = call("rotate")
    assert (status, out) == (1, "") and "[REGISTRY_KEY]" in err and "парольная фраза" in err


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_as_a_program(own_store: Path, empty_place: str) -> None:
    """Nothing on stderr, nothing of a library's log."""
    line = [str(Path(sys.executable).with_name("statusqr-issuer")), "registry", "new"]
    run = subprocess.run(
        [*line, "--store", str(own_store)],
        env={"STATUSQR_PASSPHRASE": PASSPHRASE, "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert (own_store / "registry.sqlite").exists()
