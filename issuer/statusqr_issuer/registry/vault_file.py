"""The keys of the sealed cells, in `registry-keys.json` of the key store.

::

    {"scrypt": {"salt": "…", "n": 16384, "r": 8, "p": 1},
     "keys": {"1": "…", "2": "…"}}         # base64: nonce, then the key under AES-256-GCM

Each key is wrapped under one that scrypt (RFC 7914) derives from the store's passphrase, bound to
its version. Without this file nobody reads the names in the registry, nor in any copy of it.
"""

import base64
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from statusqr_keys.files import locked, write_atomic
from statusqr_keys.pkcs8 import BLOCK, COST, PARALLEL
from statusqr_schema import RegistryProblem
from statusqr_schema.strict_json import JsonValue, loads

from .vault import KEY_BYTES, MAX_VERSION, Vault

NAME = "registry-keys.json"
_SALT, _NONCE = 16, 12
_PARAMETERS = {"n": COST, "r": BLOCK, "p": PARALLEL}


class VaultFile:
    """The file of one store. It keeps what the passphrase gave, never the passphrase."""

    def __init__(self, store: Path, salt: bytes, wrapping: bytes) -> None:
        self._store = store
        self._salt = salt
        self._wrapping = AESGCM(wrapping)

    @classmethod
    def open(cls, store: Path, passphrase: bytes) -> Self:
        """The file that is there; RegistryProblem where it is not, or the passphrase is wrong."""
        salt, _ = _read(store)
        opened = cls(store, salt, _derive(passphrase, salt))
        opened.keys()
        return opened

    @classmethod
    def make(cls, store: Path, passphrase: bytes) -> Self:
        """The file, with a first key where there is none yet."""
        with _changing(store):
            if not (store / NAME).exists():
                salt = os.urandom(_SALT)
                cls(store, salt, _derive(passphrase, salt))._write(
                    {1: secrets.token_bytes(KEY_BYTES)}
                )
        return cls.open(store, passphrase)

    def vault(self) -> Vault:
        """A vault with all keys, which looks here again for those that it lacks."""
        return Vault(self.keys(), self.keys)

    def keys(self) -> dict[int, bytes]:
        """The keys by version."""
        salt, wrapped = _read(self._store)
        try:
            keys = {version: self._unwrap(version, sealed) for version, sealed in wrapped.items()}
        except (InvalidTag, ValueError) as error:
            message = f"неверная парольная фраза, или файл {NAME} повреждён"
            raise RegistryProblem(message, code="REGISTRY_KEY") from error
        if salt != self._salt or {len(key) for key in keys.values()} != {KEY_BYTES}:
            raise _damaged()
        return keys

    def add(self) -> int:
        """One more key; its version. It is on the disk when this returns."""
        with _changing(self._store):
            keys = self.keys()
            version = max(keys) + 1
            if version > MAX_VERSION:
                message = f"ключи реестра меняли уже {MAX_VERSION} раз: больше версий нет"
                raise RegistryProblem(message, code="REGISTRY_KEY")
            self._write(keys | {version: secrets.token_bytes(KEY_BYTES)})
        return version

    def keep_only(self, version: int) -> None:
        """Forget every key that is older than this."""
        with _changing(self._store):
            self._write({known: key for known, key in self.keys().items() if known >= version})

    def _write(self, keys: Mapping[int, bytes]) -> None:
        document: dict[str, JsonValue] = {
            "scrypt": {"salt": _text(self._salt), **_PARAMETERS},
            "keys": {str(version): _text(self._wrap(version, keys[version])) for version in keys},
        }
        write_atomic(self._store / NAME, (json.dumps(document, indent=1) + "\n").encode(), 0o600)

    def _wrap(self, version: int, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._wrapping.encrypt(nonce, key, _context(version))

    def _unwrap(self, version: int, sealed: bytes) -> bytes:
        return self._wrapping.decrypt(sealed[:_NONCE], sealed[_NONCE:], _context(version))


@contextmanager
def _changing(store: Path) -> Iterator[None]:
    """Alone with the file; what the folder refuses has a name."""
    try:
        with locked(store):
            yield
    except OSError as error:
        raise _unreachable(error) from error


def _read(store: Path) -> tuple[bytes, dict[int, bytes]]:
    """Salt and wrapped keys."""
    try:
        document = loads((store / NAME).read_text(encoding="ascii"))
    except FileNotFoundError:
        message = f"в хранилище нет {NAME}: верните его из резервной копии"
        raise RegistryProblem(message, code="REGISTRY_KEY") from None
    except OSError as error:
        raise _unreachable(error) from error
    except ValueError as error:
        raise _damaged() from error
    match document:
        case {"scrypt": {"salt": str(salt), **parameters}, "keys": Mapping() as keys} if (
            keys and parameters == _PARAMETERS
        ):
            try:
                return _bytes(salt), {int(version): _bytes(key) for version, key in keys.items()}
            except ValueError as error:
                raise _damaged() from error
        case _:
            raise _damaged()


def _derive(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt, KEY_BYTES, COST, BLOCK, PARALLEL).derive(passphrase)


def _context(version: int) -> bytes:
    return f"StatusQR registry key {version}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: JsonValue) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not a text")
    return base64.b64decode(text, validate=True)


def _damaged() -> RegistryProblem:
    return RegistryProblem(
        f"файл {NAME} повреждён: верните его из резервной копии", code="REGISTRY_KEY"
    )


def _unreachable(error: OSError) -> RegistryProblem:
    message = f"файл {NAME} не читается или не записывается: {error.strerror}"
    return RegistryProblem(message, code="REGISTRY_KEY")
