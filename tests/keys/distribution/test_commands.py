"""`statusqr-keys publish`, `status` and `rotate` as an operator uses them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from publishing import AT, DAY, HOUR, PHRASE, YAR, Authority

from statusqr_keys import KeyState, KeyStore, KeyUse
from statusqr_keys.cli import main
from statusqr_keys.distribution import office, watching
from statusqr_keys.distribution.client import sync
from statusqr_keys.status_index import SqliteStatusIndex
from statusqr_schema import KeyProblem, PublicationFailed

Run = Callable[..., tuple[int | str | None, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The console script within this process: its exit status, and what it printed."""
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PHRASE.decode())

    def run(*arguments: str | Path) -> tuple[int | str | None, str, str]:
        monkeypatch.setattr(sys, "argv", ["statusqr-keys", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        return caught.value.code, *capsys.readouterr()

    return run


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    """A store with one print key, and a code that was issued under it."""
    folder = tmp_path / "store"
    status, _, _ = run("new", "--store", folder, "--authority", YAR, "--name", "Орган")
    assert status == 0
    SqliteStatusIndex(folder).allocate(YAR, 3)
    return folder


def test_the_first_publication_makes_what_is_missing_and_says_so(
    run: Run, store: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    status, out, err = run("publish", "--store", store, "--to", site)
    assert (status, out) == (0, "")
    (kid,) = [k.kid for k in KeyStore(store).all_keys() if k.record.use is KeyUse.STATUS]
    first, second, third = err.splitlines()
    assert first.startswith("Внимание: созданы ключи публикации")
    assert second == f"Внимание: создан ключ {kid} для списков отзыва издателя {YAR}"
    assert third.startswith("Опубликовано ")

    root = (site / "root.json").read_bytes()
    data = sync(site, root, tmp_path / "cache", datetime.now(UTC))
    assert list(data.lists) == [(YAR, 0)]
    assert data.problems == ()

    status, _, err = run("publish", "--store", store, "--to", site)
    assert status == 0
    assert "созда" not in err


def test_a_publication_that_cannot_be_written_is_one_line(
    run: Run, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    status, out, err = run("publish", "--store", store, "--to", tmp_path / "file")
    assert (status, out) == (1, "")
    assert "Ошибка [PUBLICATION]: публикация не записывается" in err
    status, _, err = run("publish", "--store", tmp_path / "none", "--to", tmp_path / "site")
    assert status == 1
    assert err.startswith("Ошибка [KEY]: такого хранилища ключей нет")


def test_status_says_what_is_due(run: Run, store: Path, tmp_path: Path) -> None:
    status, out, _ = run("status", "--store", store)
    assert status == 1
    assert "публикации ещё не было" in out
    run("publish", "--store", store, "--to", tmp_path / "site")
    status, out, _ = run("status", "--store", store)
    assert status == 0
    assert "пора" not in out
    assert len(out.splitlines()) == 7  # two keys, five roles


def test_what_is_due_and_when(authority: Authority) -> None:
    authority.publish()

    def due(late: timedelta) -> set[str]:
        return {each.what for each in office.deadlines(authority.store, AT + late) if each.due}

    assert due(DAY - HOUR) == set()
    assert due(DAY) == {"публикация (timestamp)"}
    assert due(7 * DAY) == {
        "публикация (timestamp)",
        "подписи роли status",
        "подписи роли snapshot",
    }
    assert {"подписи роли root", "подписи роли targets"} <= due(275 * DAY)
    assert len(due(2945 * DAY)) == 9


def test_a_key_is_replaced_by_one_of_the_same_scope(run: Run, store: Path) -> None:
    (old,) = KeyStore(store).all_keys()
    status, out, err = run("rotate", "--store", store, "--authority", YAR, "--use", "print")
    assert status == 0
    new = KeyStore(store).find(out.strip())
    assert new.record.scope == old.record.scope
    assert (new.issuer_id, new.record.use) == (YAR, KeyUse.PRINT)
    assert KeyStore(store).find(old.kid).record.state is KeyState.RETIRED
    assert f"Ключ {old.kid} больше не подписывает" in err
    status, _, err = run("rotate", "--store", store, "--authority", YAR, "--use", "live")
    assert status == 1
    assert "нет такого ключа" in err


def test_a_new_status_key_takes_over_at_the_next_publication(authority: Authority) -> None:
    authority.publish()
    before = authority.sync()
    office.replace_key(authority.store, YAR, KeyUse.STATUS, PHRASE, AT + HOUR)
    authority.revoked.entries[YAR, 0][6] = 1
    authority.publish(AT + HOUR)
    after = authority.sync(AT + HOUR)
    assert after.problems == ()
    assert after.lists[YAR, 0].lookup(6) == 1
    assert after.tokens[f"status/{YAR}/1.cwt"] == before.tokens[f"status/{YAR}/1.cwt"]


def test_an_issuer_without_a_status_key_cannot_publish_lists(authority: Authority) -> None:
    authority.retire(YAR, KeyUse.STATUS)
    with pytest.raises(PublicationFailed, match=f"издателя {YAR} нет действующего ключа"):
        authority.publish(AT + HOUR)
    (made,) = office.make_missing(authority.store, PHRASE, AT + HOUR)
    assert "для списков отзыва" in made
    authority.publish(AT + HOUR)
    assert authority.sync(AT + HOUR).problems == ()


def test_a_compromised_key_falls_with_all_that_it_signed(
    run: Run, store: Path, tmp_path: Path
) -> None:
    run("publish", "--store", store, "--to", tmp_path / "site")
    root = (tmp_path / "site/root.json").read_bytes()
    sync(tmp_path / "site", root, tmp_path / "cache", datetime.now(UTC))
    for key in KeyStore(store).all_keys():
        command = ("compromise", key.kid, "--store", store, "--reason", "украден ноутбук")
        status, out, err = run(*command)
        assert (status, out) == (0, "")
        assert f"Ключ {key.kid} скомпрометирован" in err
        status, _, err = run(*command)
        assert status == 1
        assert "уже объявлен" in err
    lines = (store / "key-events.jsonl").read_text().splitlines()
    assert [json.loads(line)["reason"] for line in lines] == ["украден ноутбук"] * 2
    assert (store / "key-events.jsonl").stat().st_mode & 0o777 == 0o600

    status, _, err = run("publish", "--store", store, "--to", tmp_path / "site")
    assert status == 0
    assert "создан ключ" in err  # a new one for the lists, which are signed anew with it
    data = sync(tmp_path / "site", root, tmp_path / "cache", datetime.now(UTC))
    states = sorted(key.state for key in data.trust.issuers[0].keys)
    assert states == [KeyState.ACTIVE, KeyState.COMPROMISED, KeyState.COMPROMISED]
    assert list(data.lists) == [(YAR, 0)]
    assert data.problems == ()


class Counting:
    """What a watched store does, round by round: its fingerprint, or an error."""

    def __init__(self, *rounds: object) -> None:
        self.rounds = list(rounds)
        self.published = 0

    def look(self) -> object:
        return self.rounds.pop(0)

    def publish(self) -> None:
        self.published += 1
        if self.rounds and self.rounds[0] == "full":
            self.rounds.pop(0)
            raise PublicationFailed("диск полон")

    def watch(self, publish_every: float = 1000, seen: object = None) -> int:
        watching.publish_on_change(
            self.publish,
            self.look,
            look_every=0,
            publish_every=publish_every,
            seen=seen,
            go_on=lambda: bool(self.rounds),
        )
        return self.published


def test_watching_publishes_on_change_only_and_before_it_gets_old() -> None:
    assert Counting(1, 1, 1, 1).watch() == 0
    assert Counting(1, 1, 2, 2, 3).watch() == 2
    assert Counting(1, 1, 1, 1).watch(publish_every=0) == 3
    assert Counting(1, 1).watch(seen=1) == 0
    assert Counting(2, 2).watch(seen=1) == 1  # changed while the first publication was made


def test_watching_goes_on_after_a_failure_and_tells_it_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert Counting(1, 2, "full", 2, "full", 2, 2).watch() == 3
    assert capsys.readouterr().err == "Ошибка [PUBLICATION]: диск полон\n"


def test_a_watching_publisher_notices_a_new_key(store: Path, tmp_path: Path) -> None:
    """The real command, in a process of its own."""
    script = Path(sys.executable).with_name("statusqr-keys")
    site = str(tmp_path / "site")
    command = [str(script), "publish", "--store", str(store), "--to", site, "--watch"]
    environment = {**os.environ, "STATUSQR_PASSPHRASE": PHRASE.decode()}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for _ in range(3):
            line = process.stderr.readline()
        assert line.startswith("Опубликовано")
        office.replace_key(KeyStore(store), YAR, KeyUse.PRINT, PHRASE, datetime.now(UTC))
        assert process.stderr.readline().startswith("Опубликовано")
        process.send_signal(signal.SIGTERM)
    lists = (tmp_path / "site/targets/trust").iterdir()
    document = max(lists, key=lambda path: path.stat().st_mtime_ns)
    assert len(json.loads(document.read_text())["issuers"][0]["keys"]) == 3


def test_no_such_issuer(authority: Authority) -> None:
    with pytest.raises(KeyProblem, match="нет такого ключа"):
        office.replace_key(authority.store, "nobody", KeyUse.PRINT, PHRASE, AT)


def test_the_keys_of_a_role_are_replaced_and_verifiers_follow(
    run: Run, store: Path, tmp_path: Path
) -> None:
    """The pinned root is the first one: the client walks from it to the new keys."""
    site, cache = tmp_path / "site", tmp_path / "cache"
    run("publish", "--store", store, "--to", site)
    root = (site / "root.json").read_bytes()
    for role in ("timestamp", "snapshot", "targets", "root"):
        status, _, err = run("rotate-role", role, "--store", store)
        assert status == 0
        assert f"Ключи роли {role} заменены" in err
        assert run("publish", "--store", store, "--to", site)[0] == 0
    data = sync(site, root, cache, datetime.now(UTC))
    assert data.root_version > 1
    assert data.problems == ()
    assert run("rotate-role", "mirror", "--store", store)[0] == 2


def test_a_root_of_several_keys(run: Run, store: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    first = ("publish", "--store", store, "--to", site, "--root-keys")
    status, _, err = run(*first, "2", "--root-threshold", "3")
    assert status == 1
    assert "порог подписей корня" in err
    assert run(*first, "3", "--root-threshold", "2")[0] == 0
    signed = json.loads((site / "root.json").read_text())["signed"]["roles"]["root"]
    assert (len(signed["keyids"]), signed["threshold"]) == (3, 2)
    root = (site / "root.json").read_bytes()
    assert sync(site, root, tmp_path / "cache", datetime.now(UTC)).problems == ()
