"""`statusqr-issuer publish` and `audit verify`: real registries, and what was done by hand."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import PASSPHRASE
from registries import place_of
from sqlalchemy import insert, text

from statusqr_issuer import cli
from statusqr_issuer.publishing import Publisher
from statusqr_issuer.registry import Registry, audit
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.tables import status_list
from statusqr_keys import KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_keys.cli import main as keys_main
from statusqr_keys.distribution import office, watching
from statusqr_keys.distribution.audit_head import Heads
from statusqr_keys.distribution.client import sync
from statusqr_keys.distribution.data import TrustData
from statusqr_keys.holds import CodeTarget, Note
from statusqr_keys.trust import KeyRecord
from statusqr_schema import PublicationFailed

AT = datetime.now(UTC).replace(microsecond=0)
PHRASE = PASSPHRASE.encode()
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the keys that a publication needs; to be copied, as they take time."""
    folder = tmp_path_factory.mktemp("signing") / "store"
    store, start = KeyStore(folder), AT - timedelta(days=30)
    signer = KeySigner.generate()
    record = KeyRecord(signer.public_key, KeyUse.PRINT, start, start + timedelta(days=1000))
    store.add(StoredKey("yar", "Вымышленный орган", start, record), signer, PHRASE)
    office.make_missing(store, PHRASE, AT)
    return folder


@pytest.fixture
def keys(signing: Path, store: Path) -> KeyStore:
    """The store of `registry`, with these keys."""
    shutil.copytree(signing, store, dirs_exist_ok=True)
    return KeyStore(store)


@pytest.fixture
def publisher(keys: KeyStore, registry: Registry, tmp_path: Path) -> Publisher:
    with registry.writing("anna", AT) as work:  # or the first publication would open it, and say so
        work.connection.execute(insert(status_list).values(issuer="yar", number=0, taken=0))
    return Publisher(keys, registry, PHRASE, tmp_path / "site", "anna")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process."""
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PASSPHRASE)

    def run(*arguments: object, main: Callable[[], None] = cli.main) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["statusqr", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


def tell(registry: Registry, count: int, note: str = "") -> None:
    with registry.writing("anna", AT) as work:
        for number in range(count):
            audit.append(work, "loaded", {"number": number, "note": note})


def fetched(publisher: Publisher, tmp_path: Path) -> TrustData:
    root = (publisher.folder / "metadata" / "1.root.json").read_bytes()
    return sync(publisher.folder, root, tmp_path / "cache", datetime.now(UTC))


def by_hand(registry: Registry, *commands: str) -> None:
    """What the owner of the database can do: the triggers are no obstacle."""
    with registry.database.engine.connect() as connection:
        if registry.database.sqlite:
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
            for (name,) in connection.execute(text(names)).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for command in commands:
            connection.execute(text(command))
        connection.commit()


def rewrite(registry: Registry, note: str) -> None:
    """The log anew, with right hashes throughout: only what was published tells."""
    by_hand(registry, "DELETE FROM audit")
    tell(registry, 10, note)


def verify(run: Run, publisher: Publisher, *more: object) -> tuple[int, str]:
    place = place_of(publisher.registry)
    store = publisher.keys.folder
    status, out, err = run("audit", "verify", "--store", store, "--registry", place, *more)
    return status, re.sub(r"\d\d\.\d\d\.\d{4}\s\d\d:\d\d\s\(МСК\)", "TIME", out + err).strip()


def test_the_head_goes_with_the_lists(publisher: Publisher, tmp_path: Path) -> None:
    tell(publisher.registry, 3)
    (reference, _) = RegistryIndex(publisher.registry, "anna").allocate("yar", 2)
    revocations = RegistryRevocations(publisher.registry)
    revocations.revoke(CodeTarget("yar", reference), Note("утеряна", "anna", AT))
    publisher.publish(datetime.now(UTC))
    data = fetched(publisher, tmp_path)
    with publisher.registry.reading() as view:
        head = audit.head(view)
    assert data.audit_head is not None
    assert (data.audit_head.seq, data.audit_head.hash) == (head.seq, head.hash)
    (found,) = data.lists.values()
    assert found.lookup(reference.index) == 1
    assert data.problems == ()


def test_a_list_is_published_before_a_code_names_it(
    keys: KeyStore, registry: Registry, tmp_path: Path
) -> None:
    publisher = Publisher(keys, registry, PHRASE, tmp_path / "site", "anna")
    publisher.publish(datetime.now(UTC))
    before = fetched(publisher, tmp_path).lists
    (reference,) = RegistryIndex(registry).allocate("yar", 1)
    assert before["yar", reference.list_number].lookup(reference.index) == 0


def test_the_heads_go_on(publisher: Publisher) -> None:
    for _ in range(3):
        tell(publisher.registry, 2)
        publisher.publish(datetime.now(UTC))
        publisher.publish(datetime.now(UTC))
    kept = Heads(publisher.keys.folder / "tuf").all()
    assert [each.head.seq for each in kept] == [2, 4, 6]


def test_a_log_that_is_whole(run: Run, publisher: Publisher) -> None:
    tell(publisher.registry, 3)
    told = "Журнал аудита цел: 3\u00a0записи, сверено опубликованных вершин: "
    status, out = verify(run, publisher)
    assert (status, out) == (
        0,
        f"{told}0. Без них не видно, обрезан ли его конец: опубликуйте данные (publish).",
    )
    publisher.publish(datetime.now(UTC))
    assert verify(run, publisher) == (0, f"{told}1.")
    assert verify(run, publisher, "--site", publisher.folder) == (0, f"{told}1.")
    tell(publisher.registry, 2)
    assert verify(run, publisher)[0] == 0


DAMAGE = {
    "a body": "UPDATE audit SET body = '{}' WHERE seq = 5",
    "an actor": "UPDATE audit SET actor = 'boris' WHERE seq = 5",
    "a moment": "UPDATE audit SET at = at + 1 WHERE seq = 5",
    "an act": "UPDATE audit SET act = 'x' WHERE seq = 5",
}


@pytest.mark.parametrize("command", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_changed_entry(run: Run, publisher: Publisher, command: str) -> None:
    tell(publisher.registry, 10)
    by_hand(publisher.registry, command)
    sentence = "Запись 5 журнала аудита изменена: её хеш не сходится."
    assert verify(run, publisher) == (1, sentence)


@pytest.mark.parametrize("seq", [1, 5])
def test_a_removed_entry(run: Run, publisher: Publisher, seq: int) -> None:
    tell(publisher.registry, 10)
    by_hand(publisher.registry, f"DELETE FROM audit WHERE seq = {seq}")  # noqa: S608
    sentence = f"Записи {seq} в журнале аудита нет: она удалена, а следующие есть."
    assert verify(run, publisher) == (1, sentence)


@pytest.mark.parametrize("since", [10, 4, 1])
def test_a_tail_that_was_cut(run: Run, publisher: Publisher, since: int) -> None:
    tell(publisher.registry, 10)
    publisher.publish(datetime.now(UTC))
    by_hand(publisher.registry, f"DELETE FROM audit WHERE seq >= {since}")  # noqa: S608
    sentence = (
        f"Конец журнала аудита обрезан: записей с {since} по 10 нет, хотя вершина 10 "
        "опубликована TIME."
    )
    assert verify(run, publisher) == (1, sentence)
    with pytest.raises(PublicationFailed) as failed:
        publisher.publish(datetime.now(UTC))
    assert failed.value.code == "AUDIT_BACK"


def test_a_log_that_was_written_anew(run: Run, publisher: Publisher) -> None:
    tell(publisher.registry, 6)
    publisher.publish(datetime.now(UTC))
    rewrite(publisher.registry, "иначе")
    sentence = (
        "Журнал аудита переписан: запись 6 не та, что опубликована TIME. Изменена она или одна "
        "из прежних."
    )
    assert verify(run, publisher) == (1, sentence)
    with pytest.raises(PublicationFailed) as failed:  # longer, but not the one that was known
        publisher.publish(datetime.now(UTC))
    assert failed.value.code == "AUDIT_BACK"


def test_heads_of_the_store_that_are_gone(run: Run, publisher: Publisher) -> None:
    """Whoever owns the store as well has still to reckon with what was published."""
    tell(publisher.registry, 6)
    publisher.publish(datetime.now(UTC))
    rewrite(publisher.registry, "иначе")
    (publisher.keys.folder / "tuf" / "audit-heads.jsonl").unlink()
    assert verify(run, publisher)[0] == 0
    status, out = verify(run, publisher, "--site", publisher.folder)
    assert (status, out.startswith("Журнал аудита переписан: запись 6")) == (1, True)


def test_as_json(run: Run, publisher: Publisher) -> None:
    tell(publisher.registry, 4)
    publisher.publish(datetime.now(UTC))
    status, out = verify(run, publisher, "--json")
    told = json.loads(out)
    with publisher.registry.reading() as view:
        digest = audit.head(view).hash.hex()
    assert (status, told.pop("head")) == (0, digest)
    assert told == {
        "ok": True,
        "entries": 4,
        "heads_compared": 1,
        "heads_lost": 0,
        "codes_unaccounted": 0,
        "broken": None,
    }
    by_hand(publisher.registry, "DELETE FROM audit WHERE seq > 2")
    status, out = verify(run, publisher, "--json")
    assert (status, json.loads(out)["broken"]) == (1, {"fault": "cut", "seq": 3})


def test_no_passphrase_is_needed_to_verify(
    run: Run, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(publisher.registry, 4)
    for path in publisher.keys.folder.glob("*.key"):
        path.unlink()
    monkeypatch.delenv("STATUSQR_PASSPHRASE")
    assert verify(run, publisher)[0] == 0


def test_a_site_without_a_head(run: Run, publisher: Publisher, tmp_path: Path) -> None:
    now, elsewhere = datetime.now(UTC), tmp_path / "elsewhere"
    office.publish_store(
        publisher.keys, RegistryRevocations(publisher.registry), elsewhere, PHRASE, now
    )
    status, out = verify(run, publisher, "--site", elsewhere)
    assert (status, "AUDIT_NO_HEAD" in out) == (1, True)
    status, out = verify(run, publisher, "--site", tmp_path / "nowhere")
    assert (status, "SYNC_UNREACHABLE" in out) == (1, True)


def test_after_a_restore(run: Run, publisher: Publisher) -> None:
    """Nine entries; a copy knew six of them; three heads were published, of which one is lost."""
    for _ in range(3):
        tell(publisher.registry, 3)
        publisher.publish(datetime.now(UTC))
    by_hand(publisher.registry, "DELETE FROM audit WHERE seq > 6")
    tell(publisher.registry, 1, "восстановлен из копии")
    with pytest.raises(PublicationFailed):
        publisher.publish(datetime.now(UTC))
    publisher.publish(datetime.now(UTC), "Отказ диска")
    kept = Heads(publisher.keys.folder / "tuf").all()
    assert [each.head.seq for each in kept] == [3, 6, 9, 8]
    assert kept[-1].restored is not None
    assert (kept[-1].restored.through, kept[-1].restored.reason) == (6, "Отказ диска")
    with publisher.registry.reading() as view:
        *_, last = audit.entries(view)
    assert (last.act, last.actor) == ("heads_restarted", "anna")
    assert json.loads(last.body) == {"left": 9, "reason": "Отказ диска", "through": 6}
    told = "Журнал аудита цел: 8\u00a0записей, сверено опубликованных вершин: 3. "
    lost = "Вершин, утраченных при восстановлении из копии: 1."
    assert verify(run, publisher) == (0, told + lost)
    by_hand(publisher.registry, "DELETE FROM audit WHERE seq > 5")  # what the copy did know
    status, out = verify(run, publisher)
    assert (status, out.startswith("Конец журнала аудита обрезан: записей с 6 по 8")) == (1, True)


def test_no_restore_where_none_was(publisher: Publisher) -> None:
    tell(publisher.registry, 3)
    publisher.publish(datetime.now(UTC))
    with pytest.raises(PublicationFailed) as failed:
        publisher.publish(datetime.now(UTC), "на всякий случай")
    assert failed.value.code == "AUDIT_LEADS_ON"
    with publisher.registry.reading() as view:
        assert audit.head(view).seq == 3


def test_the_commands(run: Run, signing: Path, tmp_path: Path) -> None:
    """As an operator does it: the registry takes over, and the key store publishes no more."""
    site, store = tmp_path / "site", tmp_path / "store"
    shutil.copytree(signing, store)
    assert run("publish", "--store", store, "--to", site, main=keys_main)[0] == 0
    assert run("publish", "--store", store, "--to", site)[0] == 1  # no registry yet
    assert run("registry", "new", "--store", store)[0] == 0
    status, _, err = run("publish", "--store", store, "--to", site, main=keys_main)
    assert (status, "MOVED" in err, "statusqr-issuer publish" in err) == (1, True, True)
    status, out, err = run("publish", "--store", store, "--to", site)
    assert (status, out, err.startswith("Опубликовано ")) == (0, "", True)
    assert run("audit", "verify", "--store", store, "--site", site)[0] == 0
    root = (site / "metadata" / "1.root.json").read_bytes()
    assert sync(site, root, tmp_path / "cache", datetime.now(UTC)).audit_head is not None


def test_watching(publisher: Publisher, tmp_path: Path) -> None:
    """A code that is revoked while it runs is on the list within seconds."""
    (reference,) = RegistryIndex(publisher.registry, "anna").allocate("yar", 1)
    command = [str(Path(sys.executable).with_name("statusqr-issuer")), "publish", "--watch"]
    command += ["--store", str(publisher.keys.folder), "--to", str(publisher.folder)]
    command += ["--registry", place_of(publisher.registry)]
    environment = {**os.environ, "STATUSQR_PASSPHRASE": PASSPHRASE, "LANG": "C.UTF-8"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            assert process.stderr.readline().startswith("Опубликовано ")
            target = CodeTarget("yar", reference)
            revocations = RegistryRevocations(publisher.registry)
            revocations.revoke(target, Note("утеряна", "anna", datetime.now(UTC)))
            assert process.stderr.readline().startswith("Опубликовано ")
        finally:
            process.kill()
    data = fetched(publisher, tmp_path)
    assert [found.lookup(reference.index) for found in data.lists.values()] == [1]
    with publisher.registry.reading() as view:
        assert data.audit_head is not None
        assert data.audit_head.hash == audit.head(view).hash


def test_what_is_revoked_during_the_first_publication_is_in_the_next(
    publisher: Publisher, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (reference,) = RegistryIndex(publisher.registry, "anna").allocate("yar", 1)
    revocations = RegistryRevocations(publisher.registry)
    publish_store, differs = office.publish_store, []

    def and_meanwhile(*words: Any, **more: Any) -> object:
        done = publish_store(*words, **more)
        revocations.revoke(CodeTarget("yar", reference), Note("утеряна", "anna", AT))
        return done

    def watch(once: object, look: Callable[[], object], *, seen: object = None) -> None:
        differs.append(seen is not None and look() != seen)

    monkeypatch.setattr(office, "publish_store", and_meanwhile)
    monkeypatch.setattr(watching, "publish_on_change", watch)
    words = ("--store", publisher.keys.folder, "--to", publisher.folder, "--watch")
    assert run("publish", *words, "--registry", place_of(publisher.registry))[0] == 0
    assert differs == [True]


def test_a_state_that_was_changed_past_the_log(run: Run, publisher: Publisher) -> None:
    """A revoked code made valid by hand, or a valid one invalid: the log itself is whole."""
    revoked, valid = RegistryIndex(publisher.registry, "anna").allocate("yar", 2)
    register = RegistryRevocations(publisher.registry)
    note = Note("утеряна", "anna", AT)
    register.suspend(CodeTarget("yar", revoked), note)
    register.revoke(CodeTarget("yar", revoked), note)
    register.revoke(CodeTarget("yar", valid), note)
    register.restore(CodeTarget("yar", valid), note)
    publisher.publish(datetime.now(UTC))
    assert verify(run, publisher)[0] == 0
    for code, state, wrong in ((revoked, 0, 1), (valid, 2, 2), (revoked, 1, 1), (valid, 0, 0)):
        change = f"UPDATE status_entry SET state = {state} WHERE entry = {code.index}"  # noqa: S608
        by_hand(publisher.registry, change)
        status, out = verify(run, publisher, "--json")
        assert (status, json.loads(out)["codes_unaccounted"]) == (int(wrong > 0), wrong)
        assert json.loads(out)["broken"] is None
        assert json.loads(out)["ok"] is (wrong == 0)
        assert ("в обход журнала" in verify(run, publisher)[1]) is (wrong > 0)


@pytest.mark.parametrize(
    "reason",
    [" ", "x" * 501, "строка\nвторая", "по просьбе 991-859-566 00"],
    ids=["blank", "long", "two lines", "a persons number"],
)
def test_a_reason_that_the_logs_cannot_keep(run: Run, publisher: Publisher, reason: str) -> None:
    tell(publisher.registry, 3)
    publisher.publish(datetime.now(UTC))
    by_hand(publisher.registry, "DELETE FROM audit WHERE seq > 2")
    words = ("--store", publisher.keys.folder, "--to", publisher.folder)
    place = place_of(publisher.registry)
    status, _, err = run("publish", *words, "--registry", place, "--after-restore", reason)
    assert (status, "причина" in err) == (2, True)
    assert "991-859-566" not in err
    with publisher.registry.reading() as view:
        assert audit.head(view).seq == 2


def overtaking(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> list[int]:
    """Before the first publication takes the lock something else is done; the heads tried."""
    publish_store, tried = office.publish_store, []

    def late(*words: Any, **more: Any) -> object:
        tried.append(more["head"].seq)
        if len(tried) == 1:
            meanwhile()
        return publish_store(*words, **more)

    monkeypatch.setattr(office, "publish_store", late)
    return tried


def test_who_is_overtaken_by_another_publication_goes_on(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(publisher.registry, 3)

    def another() -> None:
        tell(publisher.registry, 2)
        publisher.publish(datetime.now(UTC))

    tried = overtaking(monkeypatch, another)
    publisher.publish(datetime.now(UTC) + timedelta(seconds=5))
    assert tried == [3, 5, 5]
    assert [each.head.seq for each in Heads(publisher.keys.folder / "tuf").all()] == [5]


def test_a_log_that_is_cut_meanwhile_is_not_published(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(publisher.registry, 3)

    def another() -> None:
        tell(publisher.registry, 2)
        publisher.publish(datetime.now(UTC))
        by_hand(publisher.registry, "DELETE FROM audit WHERE seq > 3")

    overtaking(monkeypatch, another)
    with pytest.raises(PublicationFailed) as failed:
        publisher.publish(datetime.now(UTC) + timedelta(seconds=5))
    assert failed.value.code == "AUDIT_BACK"


def test_a_revocation_that_is_hidden_from_the_comparison(run: Run, publisher: Publisher) -> None:
    """Whoever makes a code valid by hand may also make its entry one that is passed over."""
    (code,) = RegistryIndex(publisher.registry, "anna").allocate("yar", 1)
    RegistryRevocations(publisher.registry).revoke(
        CodeTarget("yar", code), Note("утеряна", "anna", AT)
    )
    if not publisher.registry.database.sqlite:
        return  # PostgreSQL keeps types
    by_hand(
        publisher.registry,
        "UPDATE status_entry SET state = 0, own = 0",
        "UPDATE audit SET on_lists = 't' WHERE act = 'revoke'",
    )
    status, out = verify(run, publisher, "--json")
    assert (status, json.loads(out)["broken"]) == (1, {"fault": "changed", "seq": 2})
