"""Sealed cells: AES-256-GCM, bound to the place where they stand. Pure: keys come from outside.

A cell is one byte, the version of its key, then a nonce of 12 bytes, then ciphertext and tag. The
associated data name table, column and row, so a cell that was moved does not open. Keys come in
versions: what is sealed takes the newest, what is opened the one that it names.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from statusqr_schema import RegistryProblem

KEY_BYTES = 32
_NONCE = 12
MAX_VERSION = 255


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


@dataclass(frozen=True, slots=True)
class Vault:
    """Keys by version, 1 to 255; the newest seals."""

    keys: Mapping[int, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        sizes = {len(key) for key in self.keys.values()}
        if sizes != {KEY_BYTES} or not all(1 <= version <= MAX_VERSION for version in self.keys):
            raise ValueError("keys of 32 bytes with versions from 1 to 255")

    @property
    def newest(self) -> int:
        """The version that seals."""
        return max(self.keys)

    def seal(self, plain: bytes, cell: Cell) -> bytes:
        """What is to be written into `cell`."""
        nonce = os.urandom(_NONCE)
        cipher = AESGCM(self.keys[self.newest]).encrypt(nonce, plain, cell.context)
        return bytes([self.newest]) + nonce + cipher

    def open(self, sealed: bytes, cell: Cell) -> bytes:
        """What stands in `cell`. RegistryProblem where it was changed, moved, or its key is not."""
        key = self.keys.get(sealed[0]) if sealed else None
        if key is None:
            raise RegistryProblem(
                "ячейка реестра зашифрована ключом, которого здесь нет", code="REGISTRY_KEY"
            )
        try:
            return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], cell.context)
        except (InvalidTag, ValueError) as error:
            raise RegistryProblem(
                "ячейка реестра изменена или перенесена", code="REGISTRY_DAMAGED"
            ) from error
