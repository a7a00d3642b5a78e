"""Public keys: the two algorithms, their JWK form, and the kid.

ES256 is ECDSA on P-256 with SHA-256 (COSE alg -7), Ed25519 is alg -19 (RFC 9864). A kid is the
first 8 bytes of the SHA-256 COSE Key Thumbprint (RFC 9679).
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from statusqr_schema import KeyProblem
from statusqr_schema.cbor import encode
from statusqr_schema.envelope import KID_LENGTH


class Alg(IntEnum):
    """COSE algorithm numbers of credentials."""

    ES256 = -7
    ED25519 = -19

    @property
    def label(self) -> str:
        """The name as it is written: `ES256`, `Ed25519`."""
        return "ES256" if self is Alg.ES256 else "Ed25519"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that has been checked: on its curve, not of small order."""

    key: ec.EllipticCurvePublicKey | Ed25519PublicKey
    alg: Alg = field(init=False, compare=False)  # the one algorithm that this key signs with
    kid: bytes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        alg = Alg.ES256
        if isinstance(self.key, Ed25519PublicKey):
            _refuse_small_order(self.key.public_bytes_raw())
            alg = Alg.ED25519
        elif not isinstance(getattr(self.key, "curve", None), ec.SECP256R1):
            raise KeyProblem("ключ не на кривой P-256")
        object.__setattr__(self, "alg", alg)
        object.__setattr__(self, "kid", self._thumbprint()[:KID_LENGTH])

    @property
    def coordinates(self) -> tuple[bytes, ...]:
        """x and y of a P-256 key (32 bytes each), or the 32 bytes of an Ed25519 key."""
        if isinstance(self.key, Ed25519PublicKey):
            return (self.key.public_bytes_raw(),)
        point = self.key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return point[1:33], point[33:]

    def _thumbprint(self) -> bytes:
        """The COSE Key Thumbprint (RFC 9679 §3, the required members); a kid is its start."""
        if self.alg is Alg.ED25519:
            thumbprint = encode({1: 1, -1: 6, -2: self.coordinates[0]})
        else:
            x, y = self.coordinates
            thumbprint = encode({1: 2, -1: 1, -2: x, -3: y})
        return hashlib.sha256(thumbprint).digest()

    def to_jwk(self) -> dict[str, str]:
        """The public JWK (RFC 7517, RFC 8037) without optional members."""
        if self.alg is Alg.ED25519:
            return {"kty": "OKP", "crv": "Ed25519", "x": _to_base64url(self.coordinates[0])}
        x, y = map(_to_base64url, self.coordinates)
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> "PublicKey":
        """Load a public JWK, or KeyProblem. Private members and unknown types are refused."""
        match dict(jwk):
            case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y), **rest} if not rest:
                point = b"\x04" + _from_base64url(x) + _from_base64url(y)
                try:
                    return cls(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
                except ValueError as error:
                    raise KeyProblem("точка не лежит на кривой P-256") from error
            case {"kty": "OKP", "crv": "Ed25519", "x": str(x), **rest} if not rest:
                return cls(Ed25519PublicKey.from_public_bytes(_from_base64url(x)))
        raise KeyProblem("нужен открытый JWK: EC P-256 (x, y) или OKP Ed25519 (x)")


def _to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_base64url(text: str) -> bytes:
    try:
        data = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyProblem("координата ключа не в base64url") from error
    if len(data) != 32 or _to_base64url(data) != text:
        raise KeyProblem("координата ключа не из 32 байтов")
    return data


# y of the points of order 1, 2, 4 and 8 on edwards25519. Under such a key one signature fits every
# message, and libraries accept the key without a word.
_P = 2**255 - 19
_EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _EIGHTH, _P - _EIGHTH})


def _refuse_small_order(raw: bytes) -> None:
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P or y in _SMALL_ORDER_Y:
        raise KeyProblem("слабый ключ Ed25519 (малого порядка)")
