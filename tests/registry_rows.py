"""Rows of a registry, put in as they are: for tests of the engine, which knows no rules."""

import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from commands import PASSPHRASE
from sqlalchemy import insert, select

from statusqr_issuer.registry import View, Work, audit
from statusqr_issuer.registry.backup_file import TABLES
from statusqr_issuer.registry.tables import (
    consent,
    credential,
    hold,
    message,
    number,
    person,
    status,
    status_entry,
    status_list,
    status_version,
)
from statusqr_issuer.registry.vault import Cell

NAME = "Лебедева Ольга"


def put_statuses(work: Work, count: int) -> list[UUID]:
    """Statuses of one new person, each with its first version; their cells hold NAME."""
    owner, text = uuid4(), NAME.encode()
    work.connection.execute(
        insert(person).values(id=owner, digest=secrets.token_bytes(16), made_at=work.instant)
    )
    made = [uuid4() for _ in range(count)]
    common = {"person_id": owner, "category": "large-family", "valid_from": 20000, "version": 1}
    common |= {"changed_at": work.instant, "loaded_at": work.instant}
    rows = [
        common
        | {"id": id, "source": secrets.token_bytes(16)}
        | {"entry": work.vault.seal(text, Cell.of("status", "entry", id))}
        for id in made
    ]
    versions = [
        {"status_id": id, "version": 1, "change": "added", "at": work.instant}
        | {"entry": work.vault.seal(text, Cell.of("status_version", "entry", id, 1))}
        for id in made
    ]
    work.connection.execute(insert(status), rows)
    work.connection.execute(insert(status_version), versions)
    audit.append(work, "put", {"statuses": count})
    return made


def put_everything(work: Work) -> None:
    """A row in every table, empty columns and full ones."""
    (made,) = put_statuses(work, 1)
    owner = work.connection.execute(select(status.c.person_id)).scalars().first()
    at, digest = work.instant, secrets.token_bytes(16)
    entry = {"issuer": "yar", "number": 0, "entry": 5}
    rows: list[tuple[Any, dict[str, object]]] = [
        (status_list, {"issuer": "yar", "number": 0, "taken": 2}),
        (status_entry, entry | {"certificate": digest, "own": 1, "state": 1}),
        (status_entry, entry | {"entry": 6, "person": digest}),
        (
            credential,
            entry
            | {"id": uuid4(), "status_id": made, "profile": "full"}
            | {"issued_at": at, "expires_at": at + 1},
        ),
        (hold, {"digest": digest, "issuer": "", "state": 1}),
        (
            consent,
            {"id": uuid4(), "person_id": owner, "version": "1", "text_digest": digest * 2}
            | {"given_at": at, "withdrawn_at": None},
        ),
        (message, {"id": uuid4(), "person_id": owner, "kind": "status-added", "at": at}),
        (number, {"series": "76-", "number": 1, "given_at": at}),
    ]
    for table, row in rows:
        work.connection.execute(insert(table).values(**row))
    audit.append(work, "filled", {})


def names(view: View) -> list[str]:
    """What the sealed cells say."""
    found = [
        view.vault.open(bytes(row.entry), Cell.of("status", "entry", row.id))
        for row in view.connection.execute(select(status.c.id, status.c.entry))
    ]
    found += [
        view.vault.open(bytes(row.entry), Cell.of("status_version", "entry", row[0], row[1]))
        for row in view.connection.execute(
            select(status_version.c.status_id, status_version.c.version, status_version.c.entry)
        )
    ]
    return [text.decode() for text in found]


def content(view: View) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    return {
        table.name: sorted(
            (
                tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                for row in view.connection.execute(select(table))
            ),
            key=repr,
        )
        for table in TABLES
    }


OPENED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from statusqr_issuer.registry import audit
from statusqr_issuer.registry.opening import make_registry, open_registry
from statusqr_issuer.registry.vault_file import VaultFile
place, store, passphrase = sys.argv[1], Path(sys.argv[2]), sys.argv[3].encode()
now = datetime(2026, 11, 21, tzinfo=UTC)
"""


def child(
    program: str, place: str, store: Path, *words: str, opening: bool = True
) -> "subprocess.Popen[str]":
    """A process that runs `program` once it is told `go`; `registry` is open in it."""
    begin = "registry = open_registry(place, store, passphrase)\n" if opening else ""
    whole = f"{OPENED}{begin}print('ready', flush=True)\ninput()\n{program}"
    process = subprocess.Popen(
        [sys.executable, "-c", whole, place, str(store), PASSPHRASE, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(processes: Sequence["subprocess.Popen[str]"]) -> None:
    """Let them run."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def done(processes: Sequence["subprocess.Popen[str]"]) -> list[str]:
    """What they have printed, once all have ended well."""
    told = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return told


def kill(process: "subprocess.Popen[str]", after: int) -> list[str]:
    """Kill it once it has printed so many lines; all that it has printed, whole lines only."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(after)]
    process.kill()
    lines += process.stdout.readlines()
    process.communicate(timeout=120)
    return [line.strip() for line in lines if line.endswith("\n")]
