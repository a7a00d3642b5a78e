"""A backup of a registry, and a registry from a backup; also the way from SQLite to PostgreSQL.

What was done after a backup is not in it. Of that, `published` brings back what was revoked; the
rest (consents and their withdrawal, certificate numbers, holds) has to be told again, which the
command line says. A restored registry takes the store from the one it was copied from, which does
not open from then on: two books would give out one entry twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, insert, select

from statusqr_keys import KeyStore
from statusqr_keys.finder import Finder
from statusqr_schema import RegistryProblem
from statusqr_schema.days import to_instant
from statusqr_schema.strict_json import JsonValue

from . import audit, chain, heads, takeover
from .backup_file import TABLES, BackupFile, BackupWriter, Header, writing_backup
from .database import Database
from .migrating import HEAD, demand_head, migrate, revision
from .opening import store_finder
from .published import Adopted, adopt
from .registry import VAULT, Registry, Work
from .tables import audit as audit_log
from .tables import meta
from .vault_file import VaultFile

ACTOR: Final = "registry"
_BATCH: Final = 1000  # rows in memory


def back_up(registry: Registry, to: Path, at: datetime) -> dict[str, int]:
    """Write one moment of the whole registry to a new file; how many rows, by table.

    Sealed cells go as they are, so a registry of `open_sealed` will do.
    """
    with registry.reading() as view, writing_backup(to) as file:
        checks = [_value(view.connection, name) for name in ("finder", VAULT)]
        writer = BackupWriter(
            file, Header(HEAD, to_instant(at), audit.head(view), *checks), registry.finder
        )
        for table in TABLES:
            query = select(table).execution_options(yield_per=_BATCH)
            with view.connection.execute(query) as rows:
                for row in rows:
                    writer.row(table, row)
        return writer.end()


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of a backup."""

    at: int  # of the backup, epoch seconds
    rows: dict[str, int]
    adopted: Adopted


def restore(
    path: Path,
    place: str,
    store: Path,
    passphrase: bytes,
    at: datetime,
    *,
    keep_unknown: bool = False,
) -> Restored:
    """Make the registry of `store` out of a backup, where there is none yet.

    Printed codes that the backup does not know are shown as suspended, unless `keep_unknown`.
    All or nothing; safe to repeat after a crash. RegistryProblem where the file is broken, where
    the keys of the store are not those of the backup, or where there is something already.
    """
    with BackupFile(path) as backup:
        header = backup.header
        _examine(backup, header)
        finder = store_finder(store, header.finder)
        last_at = _last_moment(backup, finder)
        vault = VaultFile.open(store, passphrase).vault()
        vault.hold_to(header.vault)
        database = Database(place, new=True)
        try:
            with database.writing() as connection:
                _demand_empty(connection)
                rows = _insert(connection, backup)
                work = Work(connection, vault, finder, ACTOR, at)
                known = (header.at, last_at, heads.came_back(work, store))
                since = min(t for t in known if t is not None)
                adopted = adopt(work, KeyStore(store), since, keep_unknown=keep_unknown)
                told: dict[str, JsonValue] = {"backup_at": header.at, "seq": header.head.seq}
                told["keep_unknown"] = keep_unknown
                audit.append(work, "restored", told | adopted.told, on_lists=True)
                name = takeover.rename(work)
                # Before the end: the other way round a crash would leave a registry that does not
                # open, and may not be restored again as it is not empty.
                takeover.claim(store, name)
        finally:
            database.close()
    return Restored(header.at, rows, adopted)


def _examine(backup: BackupFile, header: Header) -> None:
    """Read all of it before anything is touched."""
    log = (row for table, row in backup.rows() if table is audit_log)
    entries = (chain.AuditEntry(**row) for row in log)
    head, broken = chain.examine(entries, [header.head])
    if broken is not None or head != header.head:
        message = "копия реестра не принята: журнал аудита в ней не сходится"
        raise RegistryProblem(message, code="REGISTRY_BACKUP")


def _last_moment(backup: BackupFile, finder: Finder) -> int | None:
    """Of the last entry of its log; the file is not forged then.

    A registry that was put back from a copy of files, and then copied, knows no more than that.
    """
    last = None
    for table, row in backup.rows(finder):
        if table is audit_log:
            last = row["at"]
    return last


def _demand_empty(connection: Connection) -> None:
    if revision(connection) is None:
        migrate(connection)
        return
    demand_head(connection)
    if any(connection.execute(select(table).limit(1)).first() for table in TABLES):
        message = "здесь уже есть реестр: копия восстанавливается только на пустое место"
        raise RegistryProblem(message)


def _insert(connection: Connection, backup: BackupFile) -> dict[str, int]:
    counts = {table.name: 0 for table in TABLES}
    for table, batch in _batches(backup.rows()):
        connection.execute(insert(table), batch)
        counts[table.name] += len(batch)
    return counts


def _batches(
    rows: Iterator[tuple[Table, dict[str, Any]]],
) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    while some := list(islice(rows, _BATCH)):
        for table in TABLES:
            if batch := [row for of, row in some if of is table]:
                yield table, batch


def _value(connection: Connection, name: str) -> bytes:
    return bytes(connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one())
