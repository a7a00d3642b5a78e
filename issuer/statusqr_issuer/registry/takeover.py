"""The registry takes over what the key store's own file `issuing.sqlite` knows of printed codes.

Two books of status entries would give one entry out twice. So the file is marked first, with the
name of the registry: from then on nobody uses it. Only then is it copied, in one transaction. A
crash in between leaves a file that is shut and a registry that is not ready; repeated, it goes on.

A registry's name is random and stands in its `meta`. `demand_owner` tells a registry that the store
belongs to from a copy or an earlier state of it.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import Table, insert, update

from statusqr_keys import hold_rows
from statusqr_keys.issuing_database import IssuingDatabase
from statusqr_schema import KeyProblem, RegistryProblem
from statusqr_schema.strict_json import JsonValue

from . import audit, vault_file
from .holds import TAKEN_OVER, describe
from .registry import Registry, Work, fact, unfinished
from .tables import hold, meta, status_entry, status_list

_ACTOR: Final = "registry"
NAME: Final = "name"  # in `meta`
_DONE = "taken_over"
_BATCH = 5000  # rows in memory
_OTHER = (
    "печатные коды этого хранилища ведёт другой реестр: укажите его (--registry или "
    "STATUSQR_REGISTRY), а если он утрачен, восстановите из копии: registry restore"
)
_NO_MARK = (
    "у этого хранилища есть реестр, а файл issuing.sqlite, где это отмечено, утрачен: верните его "
    "из копии, или укажите реестр (--registry или STATUSQR_REGISTRY) и выполните registry new"
)
_USED = (
    "файл issuing.sqlite хранилища не тот, что был при реестре: он заведён заново или взят из "
    "слишком старой копии, и реестр может не знать его кодов. Уберите его, верните прежний, если "
    "он есть, и повторите; коды, выпущенные только по этому файлу, выпустите ещё раз"
)
_COPIED: Final = {
    status_list: "SELECT issuer, number, taken FROM status_list",
    status_entry: "SELECT issuer, number, entry, certificate, person, own, state FROM status_entry",
    hold: "SELECT digest, issuer, state FROM hold",
}
_UNNAMED = "SELECT value FROM meta WHERE name = 'unnamed'"
_DIGESTS = "SELECT id, digest FROM event"


def take_over(registry: Registry, store: Path, at: datetime) -> None:
    """Make `registry` the only book of a store's printed codes; safe to repeat.

    RegistryProblem, code MOVED, where another registry is. KeyProblem where the store's file fails
    or belongs to another `finder.key`.
    """
    name = _name(registry, at)
    database = IssuingDatabase(store)
    with store_failures():
        if database.finder().check != registry.finder.check:
            raise KeyProblem("finder.key не от этого хранилища: верните его из резервной копии")
        if _is_taken_over(registry):
            _demand_unused(database)
        if database.hand_over(name) != name:
            raise moved()
        with database.reading(moved=True) as old, registry.writing(_ACTOR, at) as work:
            if fact(work.connection, _DONE) is None:
                _copy(old, work)


def demand_owner(registry: Registry, store: Path) -> None:
    """RegistryProblem, code MOVED, where the store's codes are kept in another registry.

    Code REGISTRY where its own file was never taken over to the end.
    """
    with registry.reading() as view:
        name, done = fact(view.connection, NAME), fact(view.connection, _DONE)
    with store_failures():
        owner = IssuingDatabase(store).owner()
    if owner is not None and owner != name:
        raise moved()
    if name is None or done is None or owner is None:
        raise unfinished()


def moved() -> RegistryProblem:
    """The store's codes are kept in another registry."""
    return RegistryProblem(_OTHER, code="MOVED")


def rename(work: Work) -> bytes:
    """Give a restored registry a name of its own, so that the one it was copied from is shut.

    The store follows with `claim`, at the end of the same transaction.
    """
    name = secrets.token_bytes(16)
    for key, value in ((NAME, name), (_DONE, b"restored")):
        known = update(meta).where(meta.c.name == key).values(value=value)
        if work.connection.execute(known).rowcount == 0:
            work.connection.execute(insert(meta).values(name=key, value=value))
    audit.append(work, "registry_named", {"name": name.hex()})
    return name


def claim(store: Path, name: bytes) -> None:
    """Let a store belong to the registry of that name, whatever it belonged to before.

    RegistryProblem, code ISSUING_NEW, where its own file was used without a registry: codes and
    revocations that only it knows would be forgotten.
    """
    database = IssuingDatabase(store)
    with store_failures():
        _demand_unused(database)
        while database.hand_over(name, before=database.owner()) != name:
            pass  # another was faster: the last one who restores has it


def demand_registry_if_any(store: Path) -> None:
    """RegistryProblem, code MOVED, where a store had a registry and its own file does not know.

    Then it was lost with the mark in it, and whatever is there was begun anew.
    """
    if not (store / vault_file.NAME).exists():
        return
    owner = None
    if (store / "issuing.sqlite").exists():
        with store_failures():
            owner = IssuingDatabase(store).owner()
    if owner is None:
        raise RegistryProblem(_NO_MARK, code="MOVED")


def _demand_unused(database: IssuingDatabase) -> None:
    if database.owner() is not None:
        return
    with database.reading(moved=True) as old:
        used = any(
            old.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0]  # noqa: S608
            for table in ("status_entry", "hold", "event")
        )
    if used:
        raise RegistryProblem(_USED, code="ISSUING_NEW")


def _is_taken_over(registry: Registry) -> bool:
    with registry.reading() as view:
        return fact(view.connection, _DONE) is not None


def _name(registry: Registry, at: datetime) -> bytes:
    with registry.reading() as view:
        name = fact(view.connection, NAME)
    if name is not None:
        return name
    with registry.writing(_ACTOR, at) as work:
        name = fact(work.connection, NAME)  # another process may have been faster
        if name is None:
            name = secrets.token_bytes(16)
            work.connection.execute(insert(meta).values(name=NAME, value=name))
            audit.append(work, "registry_named", {"name": name.hex()})
    return name


def _copy(old: sqlite3.Connection, work: Work) -> None:
    counts = {str(table.name): _copy_table(old, work, table) for table in _COPIED}
    (unnamed,) = old.execute(_UNNAMED).fetchone()
    for name, value in (("unnamed", unnamed), (_DONE, 1)):
        work.connection.execute(insert(meta).values(name=name, value=b"%d" % value))
    told = list(_events(old))
    audit.extend(work, told)
    audit.append(work, "store_taken_over", {**counts, "events": len(told)}, on_lists=True)


def _copy_table(old: sqlite3.Connection, work: Work, table: Table) -> int:
    rows = old.execute(_COPIED[table])
    names = [column[0] for column in rows.description]
    count = 0
    while batch := [dict(zip(names, row, strict=True)) for row in islice(rows, _BATCH)]:
        work.connection.execute(insert(table), batch)
        count += len(batch)
    return count


def _events(old: sqlite3.Connection) -> Iterator[audit.Told]:
    digests = dict(old.execute(_DIGESTS))
    for event in hold_rows.events(old, 0):
        states = (event.before, event.after, event.changes)
        where = (event.target, event.issuer_id or "", event.reference, digests[event.id])
        note: dict[str, JsonValue] = {
            "reason": event.note.reason,
            "author": event.note.author,
            "moment": event.note.moment.isoformat(),
        }
        yield audit.Told(TAKEN_OVER, note | describe(*where, *states), bool(event.changes))


@contextmanager
def store_failures() -> Iterator[None]:
    """KeyProblem where the key store's own file fails."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise KeyProblem("issuing.sqlite хранилища не читается или не записывается") from error
