"""Changing the keys of the sealed cells, while other programs work with the registry.

1. A new key goes into the key file, then its check value into `meta`: from here on every writer
   seals with it (each looks into `meta` at the beginning of its turn), and readers that meet it
   look into the key file anew.
2. All cells are sealed again, some hundred in a turn. Repeated after a crash, this goes on.
3. When no cell has an older key, `meta` forgets those, and then the key file does.

`status_version` only ever grows; its triggers let one change through, for this: the sealed cell,
and only under a newer key than before. What it says is vouched for by AES-GCM, not by the trigger.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Table,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    update,
)

from . import audit
from .registry import VAULT, Registry, Work
from .tables import meta, metadata
from .vault import SEALED, Cell
from .vault_file import VaultFile

ACTOR: Final = "registry"
_BATCH: Final = 500  # cells in a turn, about 20 ms


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did."""

    version: int  # of the key that is in force now
    cells: int  # sealed again, in this run


def rotate(
    registry: Registry, file: VaultFile, at: datetime, progress: Callable[[int], object] = int
) -> Rotated:
    """Change the keys; a rotation that was broken off is ended first, and is the one done.

    `progress` is told how many cells there are so far, after each turn.
    """
    _begin(registry, file, at)
    cells = 0
    while True:
        for table, column in SEALED:
            last: tuple[Any, ...] | None = None
            while True:
                with registry.writing(ACTOR, at) as work:
                    last, done = _seal_anew(work, metadata.tables[table], column, last)
                if last is None:
                    break
                cells += done
                progress(cells)
        with registry.writing(ACTOR, at) as work:
            version = work.vault.newest
            if not any(_older(work, metadata.tables[table], column) for table, column in SEALED):
                _keep(work, work.vault.checks(version))
                audit.append(work, "keys_changed", {"version": version, "cells": cells})
                break
    file.keep_only(version)
    return Rotated(version, cells)


def _begin(registry: Registry, file: VaultFile, at: datetime) -> None:
    with registry.writing(ACTOR, at) as work:
        kept = work.connection.execute(
            select(meta.c.value).where(meta.c.name == VAULT)
        ).scalar_one()
        in_force = work.vault.newest
        oldest = min(work.vault.versions_in(bytes(kept)))
    file.keep_only(oldest)  # what a rotation that ended could not forget any more
    if oldest < in_force:
        return  # one was broken off
    if max(file.keys()) == in_force:
        file.add()
    with registry.writing(ACTOR, at) as work:
        newer = file.vault()
        _keep(work, newer.checks())
        audit.append(work, "keys_changing", {"version": newer.newest})


def _seal_anew(
    work: Work, table: Table, column: str, after: tuple[Any, ...] | None
) -> tuple[tuple[Any, ...] | None, int]:
    """The next cells of a column; the row of the last one, None where there are none left."""
    key = list(table.primary_key)
    query = select(*key, table.c[column]).where(_is_older(work, table.c[column]))
    if after is not None:
        values = [literal(value, part.type) for value, part in zip(after, key, strict=True)]
        query = query.where(tuple_(*key) > tuple_(*values))
    rows = work.connection.execute(query.order_by(*key).limit(_BATCH)).all()
    if not rows:
        return None, 0
    changed = []
    for *row, sealed in rows:
        cell = Cell.of(table.name, column, *row)
        anew = work.vault.seal(work.vault.open(bytes(sealed), cell), cell)
        changed.append({f"row_{n}": part for n, part in enumerate(row)} | {"anew": anew})
    where = [part == bindparam(f"row_{n}", type_=part.type) for n, part in enumerate(key)]
    work.connection.execute(
        update(table).where(*where).values({column: bindparam("anew")}), changed
    )
    return tuple(rows[-1][:-1]), len(rows)


def _older(work: Work, table: Table, column: str) -> bool:
    query = select(*table.primary_key).where(_is_older(work, table.c[column])).limit(1)
    return work.connection.execute(query).first() is not None


def _is_older(work: Work, column: ColumnElement[bytes]) -> ColumnElement[bool]:
    return func.substr(column, 1, 1) != literal(bytes([work.vault.newest]), column.type)


def _keep(work: Work, checks: bytes) -> None:
    work.connection.execute(update(meta).where(meta.c.name == VAULT).values(value=checks))
