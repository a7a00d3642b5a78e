"""What a printed code can be found by later, kept as keyed digests only.

The file `finder.key` of the store holds 32 random bytes. Whoever gets hold of the database without
it can neither read nor guess whose codes are in it: numbers of certificates and persons are few
enough to be tried one by one, but not under an unknown key (HMAC-SHA256, RFC 2104).

The database keeps a check value of the key. A key that was lost or replaced is an error, never a
fresh start: under another key no revocation would be found again.
"""

import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from statusqr_schema import KeyProblem, Snils

from .files import locked, write_atomic

KEY_BYTES = 32
_DIGEST_BYTES = 16  # of the 32: chance collisions are out of reach, and the indexes are half as big


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose code it is: the certificate's number and the holder, where there are any."""

    certificate: str | None = field(default=None, repr=False)
    person: Snils | None = None


class Finder:
    """Digests under one key. The same number always has the same digest."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @property
    def check(self) -> bytes:
        """By which the key is known again; it tells nothing about the key."""
        return self._digest("check", "")

    def certificate(self, number: str) -> bytes:
        """The digest of a certificate's number; spaces at the edge and doubled do not count."""
        return self._digest("certificate", unicodedata.normalize("NFC", " ".join(number.split())))

    def person(self, snils: Snils) -> bytes:
        """The digest of a person."""
        return self._digest("person", f"{snils.number:011d}")

    def status(self, source: str) -> bytes:
        """The digest of what a register knows a status by."""
        return self._digest("status", unicodedata.normalize("NFC", source))

    def digests(self, identity: Identity) -> tuple[bytes | None, bytes | None]:
        """Those of the certificate and the person."""
        certificate, person = identity.certificate, identity.person
        return (
            None if certificate is None else self.certificate(certificate),
            None if person is None else self.person(person),
        )

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for something else than finding; it tells nothing about this one."""
        return hmac.digest(self._key, f"key\0{purpose}".encode(), "sha256")

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{text}".encode(), "sha256")[:_DIGEST_BYTES]


def load_finder(store: Path, check: bytes | None) -> Finder:
    """The finder of a store, made where the database has no `check` of one yet.

    KeyProblem where its key is lost, damaged or another. OSError where the folder refuses.
    """
    path = store / "finder.key"
    key = _read(path)
    if key is None and check is None:
        with locked(store):
            key = _read(path)  # another process may have been faster
            if key is None:
                key = secrets.token_bytes(KEY_BYTES)
                write_atomic(path, key, 0o600)
    if key is None:
        raise KeyProblem("в хранилище нет finder.key: верните его из резервной копии")
    finder = Finder(key)
    if len(key) != KEY_BYTES or not hmac.compare_digest(check or finder.check, finder.check):
        raise KeyProblem("finder.key не от этого хранилища: верните его из резервной копии")
    return finder


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
