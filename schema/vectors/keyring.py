"""The keys of the test vectors, and trust lists of them.

A private key is the SHA-256 of a text that stands here, so all the world can sign with it.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from vectors.forge import cbor

ES256, ED25519 = -7, -19
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ECDSA = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # RFC 6979

Entry: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Key:
    """A key pair by its label."""

    label: str
    alg: int = ES256

    @property
    def seed(self) -> bytes:
        """The private key: the scalar of P-256, or the 32 bytes of Ed25519."""
        return hashlib.sha256(f"StatusQR test vectors: {self.label}".encode()).digest()

    @cached_property
    def _private(self) -> ec.EllipticCurvePrivateKey | Ed25519PrivateKey:
        if self.alg == ED25519:
            return Ed25519PrivateKey.from_private_bytes(self.seed)
        return ec.derive_private_key(int.from_bytes(self.seed), ec.SECP256R1())

    @cached_property
    def coordinates(self) -> tuple[bytes, ...]:
        """x and y, or the one coordinate of Ed25519."""
        if isinstance(self._private, Ed25519PrivateKey):
            return (self._private.public_key().public_bytes_raw(),)
        numbers = self._private.public_key().public_numbers()
        return numbers.x.to_bytes(32), numbers.y.to_bytes(32)

    @property
    def kid(self) -> bytes:
        """The first 8 bytes of the thumbprint (J7)."""
        return kid_of(*self.coordinates)

    @property
    def protected(self) -> bytes:
        """The protected header."""
        return cbor({1: self.alg, 4: self.kid})

    def sign(self, message: bytes) -> bytes:
        """64 bytes; ES256 with low S."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        r, s = decode_dss_signature(self._private.sign(message, _ECDSA))
        return r.to_bytes(32) + min(s, P256_ORDER - s).to_bytes(32)


def kid_of(*coordinates: bytes) -> bytes:
    """The kid of a key with these coordinates: two for P-256, one for Ed25519."""
    if len(coordinates) == 2:
        x, y = coordinates
        return hashlib.sha256(cbor({1: 2, -1: 1, -2: x, -3: y})).digest()[:8]
    return hashlib.sha256(cbor({1: 1, -1: 6, -2: coordinates[0]})).digest()[:8]


def jwk_of(*coordinates: bytes) -> dict[str, str]:
    """The public JWK of a key with these coordinates."""
    texts = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in coordinates]
    if len(texts) == 2:
        return {"kty": "EC", "crv": "P-256", "x": texts[0], "y": texts[1]}
    return {"kty": "OKP", "crv": "Ed25519", "x": texts[0]}


PRINT = Key("print")
PRINT_ED = Key("print, Ed25519", ED25519)
LIVE = Key("live", ED25519)
LIVE_ES = Key("live, ES256")
SCOPED = Key("scoped", ED25519)
RETIRED = Key("retired")
COMPROMISED = Key("compromised", ED25519)
STATUS = Key("status lists", ED25519)
STRANGER = Key("in no trust list")


def entry(key: Key, use: str = "print", scope: Entry | None = None, **changes: Any) -> Entry:
    """A key in a trust list."""
    anything: Entry = {"categories": [], "regions": [], "authorities": []}
    return {
        "kid": key.kid.hex(),
        "use": use,
        "state": "active",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_through": "2028-12-31T23:59:59Z",
        "scope": anything | (scope or {}),
        "jwk": jwk_of(*key.coordinates),
    } | changes


def issuer(*keys: Entry, **changes: Any) -> Entry:
    """An issuer in a trust list."""
    return {
        "id": "demo",
        "name": "Вымышленный орган",
        "status_lists": None,
        "keys": list(keys),
    } | changes


def listed(*issuers: Entry, **changes: Any) -> Entry:
    """The document of a trust list."""
    return {
        "type": "statusqr-trust-list",
        "version": 1,
        "published": None,
        "issuers": list(issuers),
    } | changes


def as_text(document: Any) -> str:
    """The text of a document."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def trust(*keys: Entry) -> str:
    """The text of a trust list with these keys, all of one issuer."""
    return as_text(listed(issuer(*keys)))
