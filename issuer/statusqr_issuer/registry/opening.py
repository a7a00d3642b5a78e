"""A registry with its keys: made once, opened by every program that works with it.

A registry belongs to one key store: `meta` keeps the check values of `finder.key` and of
`registry-keys.json`. With other keys nobody would be found in it, and no name be read, so it does
not open with them; and keys that were lost are never made anew.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import insert

from statusqr_keys.finder import Finder, load_finder
from statusqr_keys.issuing_database import IssuingDatabase
from statusqr_schema import KeyProblem, RegistryProblem

from . import heads, takeover
from .database import Database
from .migrating import demand_head, migrate, revision
from .registry import VAULT, Registry, fact, unfinished
from .tables import meta
from .vault import ClosedVault
from .vault_file import VaultFile

DEFAULT_NAME: Final = "registry.sqlite"
_FINDER: Final = "finder"


def default_place(store: Path) -> str:
    """Where the registry of a store is, unless it is told otherwise."""
    return str(store / DEFAULT_NAME)


def open_registry(place: str | None, store: Path, passphrase: bytes) -> Registry:
    """The registry of a store, by default `registry.sqlite` in it.

    RegistryProblem where there is none, it has another schema, its keys are not these, or it was
    put back from a copy of files (code REGISTRY_BACK).
    """
    registry = _open(place, store, passphrase)
    try:
        demand_not_back(registry, store)
        return registry
    except BaseException:
        registry.close()
        raise


def open_sealed(place: str | None, store: Path) -> Registry:
    """The registry of a store without the passphrase: for status entries, holds and the log.

    `finder.key` suffices for those, as it does in a store without a registry. Its vault is closed.
    It opens also where it was put back from a copy of files: who gives out entries calls
    `demand_not_back`, who revokes need not wait.
    """
    return _open(place, store, None)


def demand_not_back(registry: Registry, store: Path) -> None:
    """RegistryProblem, code REGISTRY_BACK, where it knows less than was published of it."""
    with registry.reading() as view:
        heads.demand_not_back(view, store)


def _open(place: str | None, store: Path, passphrase: bytes | None) -> Registry:
    database = Database(place or default_place(store))
    try:
        registry = _registry(database, store, passphrase)
        takeover.demand_owner(registry, store)
        return registry
    except BaseException:
        database.close()
        raise


def make_registry(place: str | None, store: Path, passphrase: bytes, at: datetime) -> Registry:
    """The registry of a store, made where there is none; it takes over the store's own file.

    Safe to repeat after a crash at any point, and when two programs do it at once.
    """
    if not store.is_dir():
        raise KeyProblem("такого хранилища ключей нет: создайте ключ командой new")
    _demand_free(place or default_place(store), store)
    database = Database(place or default_place(store), new=True)
    try:
        with database.writing() as connection:
            if revision(connection) is None:
                migrate(connection)
            demand_head(connection)
        _tie(database, store, passphrase)
        registry = _registry(database, store, passphrase)
        takeover.take_over(registry, store, at)
        demand_not_back(registry, store)
        return registry
    except BaseException:
        database.close()
        raise


def _demand_free(place: str, store: Path) -> None:
    """RegistryProblem, code MOVED, where another registry has the store: none is made beside it."""
    if not (store / "issuing.sqlite").exists():
        return
    with takeover.store_failures():
        owner = IssuingDatabase(store).owner()
    if owner is None:
        return
    try:
        database = Database(place)
    except RegistryProblem as error:
        if error.code != "REGISTRY":
            raise
        raise takeover.moved() from error
    try:
        with database.reading() as connection:
            if revision(connection) is None or fact(connection, takeover.NAME) != owner:
                raise takeover.moved()
    finally:
        database.close()


def upgrade_registry(place: str) -> bool:
    """Bring the schema of a registry to this program's; whether there was work."""
    database = Database(place)
    try:
        with database.writing() as connection:
            if revision(connection) is None:
                demand_head(connection)
            return migrate(connection)
    finally:
        database.close()


def _registry(database: Database, store: Path, passphrase: bytes | None) -> Registry:
    with database.reading() as connection:
        demand_head(connection)
        finder_check, vault_checks = fact(connection, _FINDER), fact(connection, VAULT)
    if finder_check is None or vault_checks is None:
        raise unfinished()
    finder = store_finder(store, finder_check)
    vault = ClosedVault() if passphrase is None else VaultFile.open(store, passphrase).vault()
    vault.hold_to(vault_checks)
    return Registry(database, vault, finder)


def _tie(database: Database, store: Path, passphrase: bytes) -> None:
    """Tie a new registry to the keys of the store, which are on the disk before."""
    with database.reading() as connection:
        if fact(connection, VAULT) is not None:
            return
    finder = store_finder(store, None)
    vault = VaultFile.make(store, passphrase).vault()
    with database.writing() as connection:
        if fact(connection, VAULT) is None:  # another process may have been faster
            for name, value in ((_FINDER, finder.check), (VAULT, vault.checks())):
                connection.execute(insert(meta).values(name=name, value=value))


def store_finder(store: Path, check: bytes | None) -> Finder:
    """The store's finder; where the registry has no check value, its own file may have one.

    KeyProblem where its key is lost, damaged or another.
    """
    if check is None and (store / "issuing.sqlite").exists():
        with takeover.store_failures():
            return IssuingDatabase(store).finder()
    try:
        return load_finder(store, check)
    except OSError as error:
        raise KeyProblem(f"finder.key не читается или не пишется: {error.strerror}") from error
