"""Backups: whole, from one moment, for each engine, and only for the keys that they belong to."""

import gzip
import hashlib
import hmac
import json
import random
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import postgres
import pytest
from commands import PASSPHRASE
from registries import again, place_of
from registry_rows import NAME, child, content, go, kill, names, put_everything, put_statuses
from sqlalchemy import insert, select
from world import NOON

from statusqr_issuer.registry import Registry, audit, chain
from statusqr_issuer.registry.backup import back_up, restore
from statusqr_issuer.registry.backup_file import BackupFile, BackupWriter
from statusqr_issuer.registry.database import Database
from statusqr_issuer.registry.migrating import HEAD
from statusqr_issuer.registry.opening import make_registry, open_registry, open_sealed
from statusqr_issuer.registry.rotation import rotate
from statusqr_issuer.registry.tables import meta, status_list
from statusqr_issuer.registry.tables import number as table_of_numbers
from statusqr_issuer.registry.vault_file import VaultFile
from statusqr_keys import KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_keys.finder import Finder
from statusqr_keys.trust import KeyRecord
from statusqr_schema import KeyProblem, RegistryProblem, StatusQRError

PHRASE = PASSPHRASE.encode()


@pytest.fixture(autouse=True)
def issuing_store(store: Path) -> KeyStore:
    """A restore asks the store for its issuers."""
    keys, signer = KeyStore(store), KeySigner.generate()
    term = NOON.replace(year=2026, month=1), NOON.replace(year=2030)
    record = KeyRecord(signer.public_key, KeyUse.PRINT, *term)
    keys.add(StoredKey("yar", "Вымышленный орган", NOON, record), signer, PHRASE)
    return keys


@pytest.fixture
def other_place(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the other engine than the registry's."""
    if engine == "postgres":
        yield str(tmp_path / "other.sqlite")
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.place(name)
    server.drop(name)


def fill(registry: Registry) -> None:
    with registry.writing("worker", NOON) as work:
        put_everything(work)
        put_statuses(work, 3)


def all_rows(registry: Registry) -> dict[str, list[tuple[object, ...]]]:
    with registry.reading() as view:
        return content(view)


@pytest.mark.needs("postgres")
@pytest.mark.parametrize("where", ["empty_place", "other_place"])
def test_what_comes_back_is_what_was_there(
    registry: Registry, store: Path, tmp_path: Path, where: str, request: pytest.FixtureRequest
) -> None:
    fill(registry)
    before = all_rows(registry)
    counts = back_up(registry, tmp_path / "copy", NOON)
    assert counts == {table: len(rows) for table, rows in before.items()}
    assert all(counts.values())
    target = request.getfixturevalue(where)
    done = restore(tmp_path / "copy", target, store, PHRASE, NOON)
    assert (done.rows, done.at) == (counts, int(NOON.timestamp()))
    opened = open_registry(target, store, PHRASE)
    after = all_rows(opened)
    for table in before.keys() - {"audit", "meta", "status_list"}:
        assert after[table] == before[table], table
    assert [row for row in before["audit"] if row not in after["audit"]] == []
    with opened.reading() as view:
        assert names(view) == [NAME] * 8
        assert chain.examine(audit.entries(view))[1] is None
        acts = [entry.act for entry in audit.entries(view)]
        assert acts[-2:] == ["restored", "registry_named"]
    with opened.writing("worker", NOON) as work:
        put_statuses(work, 1)
    opened.close()
    with pytest.raises(RegistryProblem) as refused:  # the store has gone over to the new one
        open_registry(place_of(registry), store, PHRASE)
    assert refused.value.code == "MOVED"


def test_nothing_personal_is_readable(registry: Registry, tmp_path: Path) -> None:
    fill(registry)
    path = tmp_path / "copy"
    back_up(registry, path, NOON)
    assert path.stat().st_mode & 0o777 == 0o600
    plain = gzip.decompress(path.read_bytes())
    assert NAME.split()[0].encode() not in plain
    for key in registry.vault._ciphers, registry.finder._key:
        assert str(key).encode() not in plain and repr(key).encode() not in plain


def test_a_backup_is_of_one_moment(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others write while the rows come."""
    fill(registry)
    before = all_rows(registry)
    other = again(registry)
    row = BackupWriter.row
    told: list[int] = []

    def and_meanwhile(*words: Any) -> None:
        if not told:
            with other.writing("other", NOON) as work:
                put_statuses(work, 4)
        told.append(1)
        row(*words)

    monkeypatch.setattr(BackupWriter, "row", and_meanwhile)
    counts = back_up(registry, tmp_path / "copy", NOON)
    other.close()
    assert counts == {table: len(rows) for table, rows in before.items()}
    assert sum(counts.values()) == len(told)
    assert len(all_rows(registry)["status"]) == 2 * counts["status"]


def test_no_file_is_overwritten(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"older")
    with pytest.raises(RegistryProblem, match="уже есть"):
        back_up(registry, tmp_path / "copy", NOON)
    with pytest.raises(RegistryProblem, match="не записывается"):
        back_up(registry, tmp_path / "absent" / "copy", NOON)
    assert (tmp_path / "copy").read_bytes() == b"older"
    assert [file.name for file in tmp_path.glob(".copy*")] == []


DAMAGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "cut": lambda lines: lines[:-1],
    "empty": lambda lines: [],
    "header only": lambda lines: lines[:1],
    "a row less": lambda lines: lines[:3] + lines[4:],
    "a row twice": lambda lines: [*lines[:3], lines[2], *lines[3:]],
    "rows swapped": lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
    "a digit": lambda lines: [lines[0].replace(b'"at":17', b'"at":18'), *lines[1:]],
    "another table": lambda lines: [lines[0], b'["nothing",1]\n', *lines[1:]],
    "no json": lambda lines: [lines[0], b"{\n", *lines[1:]],
    "no header": lambda lines: lines[1:],
    "a row too short": lambda lines: [lines[0], b'["person"]\n', *lines[1:]],
    "not base64": lambda lines: [lines[0], b'["meta","a","!"]\n', *lines[1:]],
    "more after the end": lambda lines: [*lines, b"[]\n"],
    "not a row": lambda lines: [lines[0], b"5\n", *lines[1:]],
}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_damaged_backup_changes_nothing(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str, name: str
) -> None:
    fill(registry)
    path = tmp_path / "copy"
    back_up(registry, path, NOON)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(DAMAGES[name](lines))))
    refuse(path, empty_place, store)
    open_registry(place_of(registry), store, PHRASE).close()  # still the store's


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_any_byte_of_the_file(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str
) -> None:
    path = tmp_path / "copy"
    back_up(registry, path, NOON)
    whole = path.read_bytes()
    chance = random.Random(653)  # noqa: S311
    for at in chance.sample(range(10, len(whole) - 9), 25):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        refuse(path, empty_place, store)
    for length in (*chance.sample(range(len(whole)), 10), len(whole) - 1, len(whole) - 8):
        path.write_bytes(whole[:length])
        refuse(path, empty_place, store)


def refuse(path: Path, place: str, store: Path) -> None:
    with pytest.raises(RegistryProblem) as refused:
        restore(path, place, store, PHRASE, NOON)
    assert refused.value.code in ("REGISTRY_BACKUP", "REGISTRY_VERSION")
    assert not Path(place).exists()


def signed_anew(path: Path, finder: Finder, old: bytes, new: bytes) -> None:
    """The file with `new` in place of `old`, and a MAC that fits where `finder` is the store's."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    assert sum(old in line for line in lines) > 0
    lines = [line.replace(old, new) for line in lines]
    last = json.loads(lines[-1])
    content = b"".join(lines[:-1])
    digest = hashlib.sha256(content)
    last["sha256"] = digest.hexdigest()
    last["mac"] = hmac.digest(finder.derived("registry backup"), digest.digest(), "sha256").hex()
    path.write_bytes(gzip.compress(content + json.dumps(last).encode() + b"\n"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_changed_log_is_found(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str
) -> None:
    """Also where somebody has the keys of the store."""
    fill(registry)
    path = tmp_path / "copy"
    back_up(registry, path, NOON)
    signed_anew(path, registry.finder, b'"worker"', b'"forger"')
    with BackupFile(path) as backup:
        assert len(list(backup.rows(registry.finder))) > 0
    with pytest.raises(RegistryProblem, match="журнал") as refused:
        restore(path, empty_place, store, PHRASE, NOON)
    assert refused.value.code == "REGISTRY_BACKUP"


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_forged_row_is_found(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str
) -> None:
    """A code that was revoked is made valid: the log does not show it, the MAC does."""
    fill(registry)
    path = tmp_path / "copy"
    back_up(registry, path, NOON)
    signed_anew(path, Finder(bytes(32)), b",1,1,null]", b",0,0,null]")
    with pytest.raises(RegistryProblem, match="не с ключами") as refused:
        restore(path, empty_place, store, PHRASE, NOON)
    assert refused.value.code == "REGISTRY_BACKUP"
    assert not Path(empty_place).exists()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_backup_needs_no_passphrase(registry: Registry, store: Path, tmp_path: Path) -> None:
    fill(registry)
    sealed = open_sealed(place_of(registry), store)
    counts = back_up(sealed, tmp_path / "copy", NOON)
    sealed.close()
    assert counts == {table: len(rows) for table, rows in all_rows(registry).items()}


def test_only_where_there_is_nothing(
    registry: Registry, store: Path, tmp_path: Path, place: str
) -> None:
    back_up(registry, tmp_path / "copy", NOON)
    fill(registry)
    before = all_rows(registry)
    with pytest.raises(RegistryProblem, match="уже есть реестр"):
        restore(tmp_path / "copy", place, store, PHRASE, NOON)
    assert all_rows(registry) == before
    open_registry(place, store, PHRASE).close()


def test_only_with_the_keys_that_it_belongs_to(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str
) -> None:
    fill(registry)
    back_up(registry, tmp_path / "copy", NOON)
    other = tmp_path / "other store"
    other.mkdir()
    make_registry(None, other, PHRASE, NOON).close()
    wrong: list[tuple[Path, bytes, type[StatusQRError]]] = [
        (other, PHRASE, KeyProblem),  # another finder.key
        (store, b"another passphrase", RegistryProblem),
        (tmp_path, PHRASE, KeyProblem),  # no keys at all
    ]
    for folder, phrase, kind in wrong:
        with pytest.raises(kind):
            restore(tmp_path / "copy", empty_place, folder, phrase, NOON)
    (store / "registry-keys.json").write_bytes((other / "registry-keys.json").read_bytes())
    with pytest.raises(RegistryProblem) as refused:
        restore(tmp_path / "copy", empty_place, store, PHRASE, NOON)
    assert refused.value.code == "REGISTRY_KEY"


def test_of_another_version_of_the_program(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str
) -> None:
    path = tmp_path / "copy"
    back_up(registry, path, NOON)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    for old, new in ((f'"schema":"{HEAD}"', '"schema":"0653"'), ('"made_at"', '"born_at"')):
        head = lines[0].decode().replace(old, new)
        assert head != lines[0].decode()
        path.write_bytes(gzip.compress(head.encode() + b"".join(lines[1:])))
        with pytest.raises(RegistryProblem) as refused:
            restore(path, empty_place, store, PHRASE, NOON)
        assert refused.value.code == "REGISTRY_VERSION"


def test_a_backup_from_before_a_change_of_keys_needs_the_key_file_of_then(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str, key_file: VaultFile
) -> None:
    fill(registry)
    back_up(registry, tmp_path / "copy", NOON)
    before = (store / "registry-keys.json").read_bytes()
    rotate(registry, key_file, NOON)
    with pytest.raises(RegistryProblem) as refused:
        restore(tmp_path / "copy", empty_place, store, PHRASE, NOON)
    assert refused.value.code == "REGISTRY_KEY"
    (store / "registry-keys.json").write_bytes(before)
    restore(tmp_path / "copy", empty_place, store, PHRASE, NOON)
    opened = open_registry(empty_place, store, PHRASE)
    with opened.reading() as view:
        assert names(view) == [NAME] * 8
    opened.close()


RESTORE = """
from statusqr_issuer.registry import backup
insert, done = backup._insert, []
def slowly(connection, file):
    print("begun", flush=True)
    found = insert(connection, file)
    print("rows", flush=True)
    sys.stdin.readline()
    return found
claim = backup.takeover.claim
def claimed(*words):
    claim(*words)
    print("claimed", flush=True)
    sys.stdin.readline()
backup._insert, backup.takeover.claim = slowly, claimed
backup.restore(Path(sys.argv[4]), place, store, passphrase, now)
"""


@pytest.mark.parametrize("lines", [1, 2, 3])
def test_killed_anywhere_it_can_be_done_again(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str, lines: int
) -> None:
    fill(registry)
    path = tmp_path / "copy"
    back_up(registry, path, NOON)
    process = child(RESTORE, empty_place, store, str(path), opening=False)
    go([process])
    if lines == 3:
        go([process])
    assert len(kill(process, after=lines)) >= lines
    restore(path, empty_place, store, PHRASE, NOON)
    opened = open_registry(empty_place, store, PHRASE)
    assert len(all_rows(opened)["status"]) == 4
    opened.close()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_lists_are_closed_and_one_number_is_left_out(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str
) -> None:
    fill(registry)
    back_up(registry, tmp_path / "copy", NOON)
    done = restore(tmp_path / "copy", empty_place, store, PHRASE, NOON)
    assert (done.adopted.lists, done.adopted.codes) == (2, 0)
    database = Database(empty_place)
    with database.reading() as connection:
        rows = connection.execute(select(status_list).order_by(status_list.c.number)).all()
        kept = connection.execute(select(meta.c.name)).scalars().all()
    assert rows == [("yar", 0, 2, True, True), ("yar", 1, 0, True, True)]
    assert {"finder", "vault", "name"} <= set(kept)
    database.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
def test_rows_do_not_gather_in_memory(
    registry: Registry, store: Path, tmp_path: Path, empty_place: str
) -> None:
    """Six times as many rows take no more memory."""
    peaks = []
    for number, rows in enumerate((2500, 12_500)):
        with registry.database.writing() as connection:
            first = number * 100_000
            values = [{"series": "76-", "number": first + n, "given_at": 0} for n in range(rows)]
            connection.execute(insert(table_of_numbers), values)
            del values
        tracemalloc.start()
        back_up(registry, tmp_path / f"copy {number}", NOON)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
    tracemalloc.start()
    restore(tmp_path / "copy 1", empty_place, store, PHRASE, NOON)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20
