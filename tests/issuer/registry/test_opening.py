"""A registry and the keys of its store belong together."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import PASSPHRASE
from registries import place_of
from registry_rows import NAME, child, done, go, names, put_statuses
from sqlalchemy import delete, select
from world import NOON

from statusqr_issuer.registry import Registry
from statusqr_issuer.registry.database import Database
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.migrating import migrate
from statusqr_issuer.registry.opening import (
    default_place,
    make_registry,
    open_registry,
    open_sealed,
)
from statusqr_issuer.registry.tables import meta
from statusqr_issuer.registry.vault_file import VaultFile
from statusqr_keys.finder import Identity, load_finder
from statusqr_keys.holds import CertificateTarget, Note
from statusqr_keys.issuing_database import IssuingDatabase
from statusqr_keys.status_index import SqliteStatusIndex
from statusqr_schema import KeyProblem, RegistryProblem, StatusQRError

PHRASE = PASSPHRASE.encode()
ATTEMPTS: list[Callable[[str, Path], Registry]] = [
    lambda place, store: open_registry(place, store, PHRASE),
    lambda place, store: make_registry(place, store, PHRASE, NOON),
]


@pytest.fixture
def new_store(tmp_path: Path) -> Path:
    folder = tmp_path / "new store"
    folder.mkdir()
    return folder


def test_made_once_and_opened_again(empty_place: str, new_store: Path) -> None:
    made = make_registry(empty_place, new_store, PHRASE, NOON)
    with made.writing("worker", NOON) as work:
        put_statuses(work, 2)
    made.close()
    for attempt in ATTEMPTS:
        opened = attempt(empty_place, new_store)
        with opened.reading() as view:
            assert names(view) == [NAME] * 4
            assert view.finder.check == made.finder.check
        opened.close()


def test_by_default_it_lies_in_the_store(new_store: Path) -> None:
    make_registry(None, new_store, PHRASE, NOON).close()
    assert Path(default_place(new_store)).stat().st_mode & 0o777 == 0o600
    open_registry("", new_store, PHRASE).close()


def test_no_registry(new_store: Path, empty_place: str) -> None:
    with pytest.raises(RegistryProblem, match="registry new"):
        open_registry(None, new_store, PHRASE)
    Database(empty_place, new=True).close()
    with pytest.raises(RegistryProblem, match="registry new") as refused:
        open_registry(empty_place, new_store, PHRASE)
    assert refused.value.code == "REGISTRY_VERSION"
    assert list(new_store.iterdir()) == []


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem):
        make_registry(None, tmp_path / "absent", PHRASE, NOON)


def lose(name: str) -> Callable[[Path, Path], None]:
    def act(store: Path, _: Path) -> None:
        (store / name).unlink()

    return act


def swap(name: str) -> Callable[[Path, Path], None]:
    def act(store: Path, other: Path) -> None:
        shutil.copy(other / name, store / name)

    return act


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lose("registry-keys.json"), "REGISTRY_KEY"),
        (swap("registry-keys.json"), "REGISTRY_KEY"),
        (lose("finder.key"), "KEY"),
        (swap("finder.key"), "KEY"),
    ],
)
def test_keys_that_are_lost_or_others_are_never_made_anew(
    place: str, store: Path, new_store: Path, act: Callable[[Path, Path], None], code: str
) -> None:
    make_registry(None, new_store, PHRASE, NOON).close()
    act(store, new_store)
    left = sorted(file.name for file in store.iterdir())
    for attempt in ATTEMPTS:
        with pytest.raises(StatusQRError, match="резервной копии") as refused:
            attempt(place, store)
        assert refused.value.code == code
        assert sorted(file.name for file in store.iterdir()) == left


def test_a_wrong_passphrase(place: str, store: Path) -> None:
    with pytest.raises(RegistryProblem, match="парольная фраза") as refused:
        open_registry(place, store, b"another passphrase")
    assert refused.value.code == "REGISTRY_KEY"


def test_a_finder_that_cannot_be_read(place: str, store: Path) -> None:
    (store / "finder.key").unlink()
    (store / "finder.key").mkdir()
    with pytest.raises(KeyProblem, match="finder"):
        open_registry(place, store, PHRASE)


def test_one_store_has_one_registry(registry: Registry, store: Path, tmp_path: Path) -> None:
    with pytest.raises(RegistryProblem) as refused:
        make_registry(str(tmp_path / "second.sqlite"), store, PHRASE, NOON)
    assert refused.value.code == "MOVED"
    open_registry(place_of(registry), store, PHRASE).close()


def test_the_finder_of_the_store_is_the_registrys(new_store: Path) -> None:
    """Codes that were printed before are found by the same digests."""
    SqliteStatusIndex(new_store).allocate("yar", 1, Identity("76-000001"))
    before = IssuingDatabase(new_store).finder().check
    made = make_registry(None, new_store, PHRASE, NOON)
    assert made.finder.check == before
    made.close()


def test_a_lost_finder_is_not_made_anew_for_codes_that_were_printed(new_store: Path) -> None:
    SqliteStatusIndex(new_store).allocate("yar", 1, Identity("76-000001"))
    (new_store / "finder.key").unlink()
    with pytest.raises(KeyProblem):
        make_registry(None, new_store, PHRASE, NOON)


def only_file(place: str, store: Path) -> None:
    Database(place, new=True).close()


def only_tables(place: str, store: Path) -> None:
    database = Database(place, new=True)
    with database.writing() as connection:
        migrate(connection)
    database.close()


def tables_and_keys(place: str, store: Path) -> None:
    only_tables(place, store)
    load_finder(store, None)
    VaultFile.make(store, PHRASE)


def not_taken_over(place: str, store: Path) -> None:
    made = make_registry(place, store, PHRASE, NOON)
    with made.database.writing() as connection:
        connection.execute(delete(meta).where(meta.c.name.not_in(["finder", "vault", "name"])))
    made.close()


@pytest.mark.parametrize("so_far", [only_file, only_tables, tables_and_keys, not_taken_over])
def test_what_was_broken_off_is_ended(
    empty_place: str, new_store: Path, so_far: Callable[[str, Path], None]
) -> None:
    so_far(empty_place, new_store)
    with pytest.raises(RegistryProblem, match="registry new"):
        open_registry(empty_place, new_store, PHRASE)
    make_registry(empty_place, new_store, PHRASE, NOON).close()
    open_registry(empty_place, new_store, PHRASE).close()


def test_a_registry_that_is_not_tied_to_keys_is_not_written_to(
    registry: Registry,
) -> None:
    with registry.database.writing() as connection:
        connection.execute(delete(meta).where(meta.c.name == "vault"))
    with pytest.raises(RegistryProblem, match="registry new"), registry.writing("worker", NOON):
        pass


def test_two_programs_make_it_at_once(empty_place: str, new_store: Path) -> None:
    program = """
opened = make_registry(place, store, passphrase, now)
print(opened.finder.check.hex(), opened.vault.checks().hex())
"""
    programs = [child(program, empty_place, new_store, opening=False) for _ in range(3)]
    go(programs)
    assert len(set(done(programs))) == 1
    opened = open_registry(empty_place, new_store, PHRASE)
    with opened.reading() as view:
        found = view.connection.execute(select(meta.c.name)).scalars().all()
    assert len(found) == len(set(found))
    opened.close()


def test_without_the_passphrase_names_stay_sealed(registry: Registry, store: Path) -> None:
    """Holds and entries need `finder.key` only."""
    with registry.writing("worker", NOON) as work:
        put_statuses(work, 1)
    sealed = open_sealed(place_of(registry), store)
    RegistryIndex(sealed).allocate("yar", 1, Identity("1"))
    target, note = CertificateTarget("1"), Note("утрачено", "anna", NOON)
    assert len(RegistryRevocations(sealed).revoke(target, note).changes) == 1
    assert len(RegistryRevocations(registry).events()) == 1
    with pytest.raises(RegistryProblem) as refused, sealed.reading() as view:
        names(view)
    assert refused.value.code == "REGISTRY_KEY"
    with pytest.raises(RegistryProblem) as refused, sealed.writing("worker", NOON) as work:
        put_statuses(work, 1)
    assert refused.value.code == "REGISTRY_KEY"
    sealed.close()
    (store / "finder.key").write_bytes(bytes(32))
    with pytest.raises(KeyProblem):
        open_sealed(place_of(registry), store)
