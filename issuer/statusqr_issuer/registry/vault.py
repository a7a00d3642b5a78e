"""Sealed cells: AES-256-GCM, bound to the place where they stand. Pure: keys come from outside.

A cell is one byte, the version of its key, then a nonce of 12 bytes, then ciphertext and tag. The
associated data name table, column and row, so a cell that was moved does not open. Keys come in
versions: what is sealed takes the one that is in force (the newest), what is opened the one that it
names. While keys are being changed (`rotation`), a running program asks anew for those it lacks.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from statusqr_schema import RegistryProblem

KEY_BYTES = 32
MAX_VERSION = 255
_NONCE = 12
_CHECK_BYTES: Final = 16

# Where sealed cells stand: table, column. Their row is the primary key, in the order of the table.
SEALED: Final = (("status", "entry"), ("status_version", "entry"))


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a sealed value stands. `row` is the primary key of the row, without personal data."""

    table: str
    column: str
    row: str

    @classmethod
    def of(cls, table: str, column: str, *row: UUID | int) -> "Cell":
        """A cell in the row with this primary key."""
        return cls(table, column, "/".join(str(part) for part in row))

    @property
    def context(self) -> bytes:
        """The associated data."""
        return f"{self.table}.{self.column}:{self.row}".encode()


class Vault:
    """Keys by version, 1 to 255; the newest seals. `reload` gives the keys as they are now."""

    def __init__(
        self, keys: Mapping[int, bytes], reload: Callable[[], Mapping[int, bytes]] | None = None
    ) -> None:
        sizes = {len(key) for key in keys.values()}
        if sizes != {KEY_BYTES} or not all(1 <= version <= MAX_VERSION for version in keys):
            raise ValueError("keys of 32 bytes with versions from 1 to 255")
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self._checks = {version: _check(key) for version, key in keys.items()}
        self._reload = reload
        self._newest = max(keys)

    @property
    def newest(self) -> int:
        """The version that seals."""
        return self._newest

    def seal(self, plain: bytes, cell: Cell) -> bytes:
        """What is to be written into `cell`."""
        nonce = os.urandom(_NONCE)
        cipher = self._ciphers[self._newest].encrypt(nonce, plain, cell.context)
        return bytes([self._newest]) + nonce + cipher

    def open(self, sealed: bytes, cell: Cell) -> bytes:
        """What stands in `cell`. RegistryProblem where it was changed, moved, or its key is not."""
        if not sealed:
            raise RegistryProblem("в ячейке реестра пусто", code="REGISTRY_DAMAGED")
        key = self._cipher(sealed[0])
        try:
            return key.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], cell.context)
        except (InvalidTag, ValueError) as error:
            raise RegistryProblem(
                "ячейка реестра изменена или перенесена", code="REGISTRY_DAMAGED"
            ) from error

    def checks(self, *versions: int) -> bytes:
        """By which keys are known again (by default all): a byte and 16 each, and no more of them.

        `hold_to` takes them, `versions_in` tells whose they are.
        """
        wanted = sorted(versions or self._checks)
        return b"".join(bytes([version]) + self._checks[version] for version in wanted)

    @staticmethod
    def versions_in(checks: bytes) -> tuple[int, ...]:
        """The versions that check values are of."""
        return tuple(checks[:: 1 + _CHECK_BYTES])

    def hold_to(self, checks: bytes) -> None:
        """Seal with the newest of the versions in `checks`.

        RegistryProblem where a key that they name is not here, or is another.
        """
        size = 1 + _CHECK_BYTES
        parts = [checks[at : at + size] for at in range(0, len(checks), size)]
        for part in parts:
            self._cipher(part[0])
            if not hmac.compare_digest(self._checks[part[0]], part[1:]):
                raise _other_keys()
        self._newest = max(part[0] for part in parts)

    def _cipher(self, version: int) -> AESGCM:
        if version not in self._ciphers and self._reload is not None:
            newer = Vault(self._reload())
            # None is forgotten: an older view may still need it.
            self._ciphers = newer._ciphers | self._ciphers
            self._checks = newer._checks | self._checks
        if version not in self._ciphers:
            raise _other_keys()
        return self._ciphers[version]


class ClosedVault(Vault):
    """Of a registry that was opened without the passphrase: it neither seals nor opens."""

    def __init__(self) -> None:
        super().__init__({1: os.urandom(KEY_BYTES)})

    def seal(self, plain: bytes, cell: Cell) -> bytes:
        """RegistryProblem."""
        raise _closed()

    def open(self, sealed: bytes, cell: Cell) -> bytes:
        """RegistryProblem."""
        raise _closed()

    def hold_to(self, checks: bytes) -> None:
        """Any: none of them is used."""


def _check(key: bytes) -> bytes:
    return hmac.digest(key, b"StatusQR registry key", hashlib.sha256)[:_CHECK_BYTES]


def _closed() -> RegistryProblem:
    message = "реестр открыт без парольной фразы: имена в нём не читаются и не записываются"
    return RegistryProblem(message, code="REGISTRY_KEY")


def _other_keys() -> RegistryProblem:
    message = "registry-keys.json не от этого реестра: верните его из резервной копии"
    return RegistryProblem(message, code="REGISTRY_KEY")
