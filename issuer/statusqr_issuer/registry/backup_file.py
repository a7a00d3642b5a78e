"""The file of a backup: JSON lines under gzip, the same for each engine.

::

    {"format": "statusqr-registry", "schema": "0001", "at": …, "seq": …, "hash": …,
     "finder": …, "vault": …, "columns": {"person": ["id", "digest", "made_at"], …}}
    ["person", "0f…", "…", 1760000000]          # a row: its table, then its columns in that order
    …
    {"rows": {"person": 1, …}, "sha256": "…", "mac": "…"}

Bytes are in base64, UUIDs in hex. Sealed cells stay sealed: the keys are not in it. The digest is
of all that stands before, not compressed, and finds damage. The MAC of it, HMAC-SHA256 (RFC 2104)
under a key that `finder.key` gives, finds forgery: a revocation less, a consent more.
"""

import base64
import gzip
import hashlib
import hmac
import json
import os
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import LargeBinary, Table, Uuid

from statusqr_keys.finder import Finder
from statusqr_schema import RegistryProblem
from statusqr_schema.strict_json import JsonValue, loads

from .chain import Head
from .migrating import HEAD
from .tables import metadata

_FORMAT: Final = "statusqr-registry"
_LEVEL: Final = 3  # sealed cells cannot be compressed
_LONGEST: Final = 2**24  # bytes of a line
TABLES: Final = metadata.sorted_tables  # a table after those that it refers to


@dataclass(frozen=True, slots=True)
class Header:
    """Of which registry and moment a backup is."""

    schema: str
    at: int  # epoch seconds
    head: Head  # of its audit log
    finder: bytes
    vault: bytes


class BackupWriter:
    """Takes the rows of one table after the other."""

    def __init__(self, file: gzip.GzipFile, header: Header, finder: Finder) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._finder = finder
        self._rows: Counter[str] = Counter()
        self._line(
            {
                "format": _FORMAT,
                "schema": header.schema,
                "at": header.at,
                "seq": header.head.seq,
                "hash": header.head.hash.hex(),
                "finder": header.finder.hex(),
                "vault": header.vault.hex(),
                "columns": _columns(),
            }
        )

    def row(self, table: Table, values: Sequence[object]) -> None:
        """One row, its values in the order of the columns."""
        told: list[Any] = [table.name, *map(_to_json, values)]
        self._rows[table.name] += 1
        self._line(told)

    def end(self) -> dict[str, int]:
        """The last line; how many rows there are, by table."""
        rows = {table.name: self._rows[table.name] for table in TABLES}
        digest = self._digest
        last = {"rows": rows, "sha256": digest.hexdigest(), "mac": _mac(self._finder, digest)}
        self._file.write(json.dumps(last).encode() + b"\n")
        return rows

    def _line(self, value: JsonValue) -> None:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._digest.update(line)
        self._file.write(line)


@contextmanager
def writing_backup(path: Path) -> Iterator[gzip.GzipFile]:
    """A file that only its owner reads, there once it is whole. It replaces none."""
    descriptor, name = -1, ""
    try:
        if path.exists():
            raise RegistryProblem("такой файл уже есть: копия не пишется поверх другой")
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as file:
                yield file
            raw.flush()
            os.fsync(raw.fileno())
        os.link(name, path)  # fails where a file has come up meanwhile
        _sync(path.parent)
    except OSError as error:
        raise RegistryProblem(f"копия не записывается: {error.strerror}") from error
    finally:
        if name:
            Path(name).unlink()


class BackupFile:
    """A backup to read, more than once. RegistryProblem, code REGISTRY_BACKUP, for a broken one."""

    def __init__(self, path: Path) -> None:
        try:
            self._raw = path.open("rb")
        except OSError as error:
            raise _broken(f"файл не открывается ({error.strerror})") from error

    def __enter__(self) -> "BackupFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    @property
    def header(self) -> Header:
        """The first line."""
        return next(self._lines())[0]

    def rows(self, finder: Finder | None = None) -> Iterator[tuple[Table, dict[str, Any]]]:
        """All rows. Only at their end it is known that the file was whole.

        With the store's finder also that it was written with its key: RegistryProblem otherwise.
        """
        lines = self._lines(finder)
        next(lines)
        for _, told in lines:
            match told:
                case [str(name), *values] if name in metadata.tables:
                    yield _row(metadata.tables[name], values)
                case _:
                    raise _broken("в нём чужая строка")

    def _lines(self, finder: Finder | None = None) -> Iterator[tuple[Header, JsonValue]]:
        digest, rows = hashlib.sha256(), Counter[str]()
        header = None
        lines = self._raw_lines()
        for line in lines:
            told = _parse(line)
            if header is None:
                header = _header(told)
            elif isinstance(told, dict):
                counted = {table.name: rows[table.name] for table in TABLES}
                mac = told.pop("mac", None)
                if told != {"rows": counted, "sha256": digest.hexdigest()}:
                    raise _broken("контрольная сумма не сходится")
                if finder is not None and mac != _mac(finder, digest):
                    raise _forged()
                if next(lines, None) is not None:  # asked, so that the archive's end is read too
                    raise _broken("за концом есть ещё что-то")
                return
            elif isinstance(told, list) and told:
                rows[str(told[0])] += 1
            digest.update(line)
            yield header, told
        raise _broken("конца нет")

    def _raw_lines(self) -> Iterator[bytes]:
        self._raw.seek(0)
        try:
            with gzip.GzipFile(fileobj=self._raw, mode="rb") as file:
                while line := file.readline(_LONGEST):
                    yield line
        except (OSError, EOFError, zlib.error) as error:
            raise _broken("архив повреждён или обрезан") from error


def _mac(finder: Finder, digest: "hashlib._Hash") -> str:
    return hmac.digest(finder.derived("registry backup"), digest.digest(), "sha256").hex()


def _header(told: JsonValue) -> Header:
    match told:
        case {
            "format": "statusqr-registry",
            "schema": str(schema),
            "at": int(at),
            "seq": int(seq),
            "hash": str(head),
            "finder": str(finder),
            "vault": str(vault),
            "columns": columns,
        }:
            if schema != HEAD or columns != _columns():
                message = "копия от другой версии программы: восстановите её той же версией"
                raise RegistryProblem(message, code="REGISTRY_VERSION")
            try:
                digests = bytes.fromhex(finder), bytes.fromhex(vault)
                return Header(schema, at, Head(seq, bytes.fromhex(head)), *digests)
            except ValueError as error:
                raise _broken("заголовок не читается") from error
        case _:
            raise _broken("это не копия реестра")


def _row(table: Table, values: Sequence[JsonValue]) -> tuple[Table, dict[str, Any]]:
    try:
        pairs = zip(table.columns, values, strict=True)
        return table, {column.name: _from_json(column.type, value) for column, value in pairs}
    except (ValueError, TypeError, AttributeError) as error:
        raise _broken(f"строка таблицы {table.name} не читается") from error


def _to_json(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode("ascii")
    return value.hex if isinstance(value, UUID) else value


def _from_json(kind: object, value: Any) -> object:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    return UUID(hex=value) if isinstance(kind, Uuid) else value


def _columns() -> dict[str, JsonValue]:
    return {table.name: [column.name for column in table.columns] for table in TABLES}


def _parse(line: bytes) -> JsonValue:
    try:
        return loads(line.decode("utf-8"))
    except ValueError as error:
        raise _broken("строка не читается") from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _broken(what: str) -> RegistryProblem:
    return RegistryProblem(f"копия реестра повреждена: {what}", code="REGISTRY_BACKUP")


def _forged() -> RegistryProblem:
    message = "копия реестра не принята: её записали не с ключами этого хранилища, или изменили"
    return RegistryProblem(message, code="REGISTRY_BACKUP")
