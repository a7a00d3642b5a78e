"""A `Signer` makes raw signatures; where its private key lives is its own affair.

`KeySigner` holds a key in memory. A hardware token can stand in its place: whatever the token does,
a Signer returns ES256 signatures with low S, because a credential has one encoding only.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from statusqr_schema import KeyProblem

from .keys import Alg, PublicKey

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | Ed25519PrivateKey

# The order n of P-256 (SEC 2, §2.4.2).
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HALF_ORDER = (P256_ORDER // 2).to_bytes(32)
_ECDSA = ec.ECDSA(hashes.SHA256())


class Signer(Protocol):
    """Signs with one key. Implementations return 64 bytes: r‖s with low S, or Ed25519."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signer signs; its kid and alg are the signer's."""
        ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes over `message`; KeyProblem where the key cannot be used."""
        ...


def to_raw(der: bytes) -> bytes:
    """DER of an ECDSA signature as r‖s of 32 bytes each with low S; KeyProblem out of range."""
    r, s = decode_dss_signature(der)
    if not (0 < r < P256_ORDER and 0 < s < P256_ORDER):
        raise KeyProblem("подпись вне пределов P-256: неисправен носитель ключа")
    return r.to_bytes(32) + min(s, P256_ORDER - s).to_bytes(32)


def to_der(raw: bytes) -> bytes:
    """r‖s as DER."""
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


def is_low_s(raw: bytes) -> bool:
    """Whether S lies in the lower half: its twin n - S would be as valid to ECDSA itself."""
    return raw[32:] <= _HALF_ORDER


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A signer with its private key in memory."""

    _private: PrivateKey
    public_key: PublicKey

    @classmethod
    def of(cls, private: PrivateKey) -> "KeySigner":
        """A signer for a private key of one of the two algorithms, or KeyProblem."""
        return cls(private, PublicKey(private.public_key()))

    @classmethod
    def generate(cls, alg: Alg = Alg.ES256) -> "KeySigner":
        """A signer with a new key."""
        if alg is Alg.ED25519:
            return cls.of(Ed25519PrivateKey.generate())
        return cls.of(ec.generate_private_key(ec.SECP256R1()))

    @property
    def private_key(self) -> PrivateKey:
        """The private key, for the store that keeps it."""
        return self._private

    def sign(self, message: bytes) -> bytes:
        """64 bytes over `message`."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        return to_raw(self._private.sign(message, _ECDSA))

    def __repr__(self) -> str:
        return f"KeySigner({self.public_key.kid.hex()})"
