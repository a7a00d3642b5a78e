"""A small invented world for tests: an issuer, its keys, its records, and how to issue."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from statusqr_issuer import Credential, issue
from statusqr_keys import (
    Alg,
    Issuer,
    KeyRecord,
    KeySigner,
    KeyState,
    KeyUse,
    Scope,
    TrustList,
)
from statusqr_schema import (
    Disclosure,
    Presentation,
    SnilsPolicy,
    StatusRecord,
    StatusReference,
    envelope,
    qrtext,
    read_entry,
)
from statusqr_schema.cbor import encode

DATA = Path(__file__).parent / "data"
NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # 12:00 in Moscow
ENTRY = StatusReference(0, 4711)
WHOLE = Disclosure(holder_snils=SnilsPolicy.WHOLE, family_snils=SnilsPolicy.WHOLE)


@cache
def documents() -> Mapping[str, dict[str, Any]]:
    """The good records as JSON by id."""
    records = json.loads((DATA / "records.json").read_text(encoding="utf-8"))["records"]
    return {record["id"]: record for record in records}


@cache
def record(name: str = "R01") -> StatusRecord:
    """One of the good records."""
    return read_entry(documents()[name]).record


@dataclass(frozen=True)
class Key:
    """A signer and what it is entitled to."""

    signer: KeySigner
    record: KeyRecord

    @classmethod
    def fixed(cls) -> "Key":
        """Always the same Ed25519 key, whose codes are always the same: for pictures.

        Whether a weak reader reads a hard picture depends on the code in it.
        """
        signer = KeySigner.of(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
        made = cls.make(KeyUse.PRINT)
        return cls(signer, replace(made.record, key=signer.public_key))

    @classmethod
    def make(
        cls,
        use: KeyUse = KeyUse.PRINT,
        alg: Alg = Alg.ES256,
        *,
        scope: Scope | None = None,
        state: KeyState = KeyState.ACTIVE,
        valid_from: datetime = NOON - timedelta(days=700),
        valid_through: datetime = NOON + timedelta(days=700),
    ) -> "Key":
        signer = KeySigner.generate(alg)
        return cls(
            signer,
            KeyRecord(signer.public_key, use, valid_from, valid_through, state, scope or Scope()),
        )

    def with_(self, **changes: Any) -> "Key":
        """The same key described otherwise."""
        return replace(self, record=replace(self.record, **changes))

    def issue(
        self,
        what: StatusRecord | None = None,
        at: datetime = NOON,
        presentation: Presentation = Presentation.PRINT,
        **options: Any,
    ) -> Credential:
        status = ENTRY if presentation is Presentation.PRINT else None
        return issue(
            what or record(),
            self.signer,
            key=self.record,
            issued_at=at,
            presentation=presentation,
            **{"status": status, "disclosure": WHOLE, **options},
        )

    def sign_payload(self, payload: bytes) -> str:
        """QR text around any payload: what a trusted key could sign if it were misused."""
        from statusqr_keys.cose import sign1

        return qrtext.encode(sign1(payload, self.signer, external_aad=envelope.EXTERNAL_AAD))

    def sign_content(self, content: bytes) -> str:
        """QR text around any compressed content."""
        from statusqr_schema.compression import compress

        return self.sign_payload(compress(content))

    def sign_map(self, content: Mapping[int, Any]) -> str:
        """QR text around any claims map that deterministic CBOR can hold."""
        return self.sign_content(encode(content))


def trust(*keys: Key, name: str = "Вымышленный орган") -> TrustList:
    """A trust list with these keys, all of one issuer."""
    return TrustList.of([Issuer("test", name, tuple(key.record for key in keys))])


@dataclass(frozen=True)
class World:
    """One issuer with a key for each presentation."""

    print_key: Key = field(default_factory=Key.make)
    picture_key: Key = field(default_factory=Key.fixed)
    live_key: Key = field(default_factory=lambda: Key.make(KeyUse.LIVE, Alg.ED25519))

    @property
    def trust(self) -> TrustList:
        return trust(self.print_key, self.live_key, self.picture_key)


@cache
def world() -> World:
    """The world that most tests share."""
    return World()
