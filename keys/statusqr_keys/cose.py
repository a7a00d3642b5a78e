"""COSE_Sign1 (RFC 9052 §4.2, §4.4), usable on its own.

The caller says what the context demands: the external_aad, whether the tag must be there, and
whether ES256 signatures must have low S (a rule of credentials, not of COSE).

    message = sign1(payload, signer, external_aad=b"my application")
    payload = verify1(message, signer.public_key, external_aad=b"my application")

The algorithm is taken from the protected header, or from the caller where the header names none;
never from the unprotected header, which an attacker may write.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias, TypeGuard

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from statusqr_schema import SignatureRefused
from statusqr_schema.cbor import INERT_TAGS, encode

from .keys import Alg, PublicKey
from .signer import Signer, is_low_s, to_der

ALG, CRIT, KID = 1, 2, 4  # header labels, RFC 9052 §3.1
EDDSA = -8  # RFC 9053 §2.2, deprecated by RFC 9864 but still met; for Ed25519 keys only

Headers: TypeAlias = Mapping[object, object]
_ECDSA = ec.ECDSA(hashes.SHA256())


@dataclass(frozen=True, slots=True)
class Sign1:
    """A decoded COSE_Sign1; nothing of it has been verified."""

    protected: bytes  # as on the wire; empty where the header is empty
    headers: Headers  # the decoded protected header
    unprotected: Headers
    payload: bytes
    signature: bytes


def sign1(
    payload: bytes,
    signer: Signer,
    *,
    external_aad: bytes = b"",
    headers: Mapping[int, str | int] | None = None,
) -> bytes:
    """A tagged COSE_Sign1 with protected `{1: alg, 4: kid, **headers}` and nothing unprotected."""
    key = signer.public_key
    protected = encode({**(headers or {}), ALG: int(key.alg), KID: key.kid})
    signature = signer.sign(to_be_signed(protected, payload, external_aad))
    # tag 18, an array of 4, the second of which is the empty map
    return b"\xd2\x84" + _bstr(protected) + b"\xa0" + _bstr(payload) + _bstr(signature)


def verify1(
    message: bytes,
    key: PublicKey,
    *,
    external_aad: bytes = b"",
    low_s: bool = False,
    tagged: bool = True,
    alg: int | None = None,
) -> Sign1:
    """The decoded message if `key` signed it, else SignatureRefused.

    `alg` is the algorithm known from elsewhere, for messages whose protected header has none.
    """
    decoded = decode1(message, tagged=tagged)
    named = decoded.headers.get(ALG, alg)
    allowed = (int(key.alg), EDDSA) if key.alg is Alg.ED25519 else (int(key.alg),)
    if type(named) is not int or named not in allowed:
        raise SignatureRefused("the algorithm is not the key's own")
    if not isinstance(decoded.headers.get(KID, b""), bytes):
        raise SignatureRefused("a kid that is not a byte string")  # RFC 9052 §3.1
    if CRIT in decoded.headers:
        raise SignatureRefused("critical headers that are not understood")
    signed = to_be_signed(decoded.protected, decoded.payload, external_aad)
    if not verify_raw(key, decoded.signature, signed, low_s=low_s):
        raise SignatureRefused("the signature does not hold")
    return decoded


def decode1(message: bytes, *, tagged: bool = True) -> Sign1:
    """Cut a COSE_Sign1 into its parts, or SignatureRefused."""
    match _decode_whole(message):
        case cbor2.CBORTag(tag=18, value=parts) if tagged:
            pass
        case [*parts] if not tagged:
            pass
        case _:
            raise SignatureRefused("not a COSE_Sign1 with the tag that is expected")
    match parts:
        case [bytes(protected), Mapping() as unprotected, bytes(payload), bytes(signature)]:
            headers = _decode_whole(protected) if protected else {}
            if _are_headers(headers) and _are_headers(unprotected, taken=headers):
                return Sign1(
                    protected if headers else b"",  # RFC 9052 §3: an empty map is signed as h''
                    MappingProxyType(headers),
                    MappingProxyType(unprotected),
                    payload,
                    signature,
                )
        case _:
            pass
    raise SignatureRefused("the parts are not those of a COSE_Sign1")


def _are_headers(value: object, taken: Headers = MappingProxyType({})) -> TypeGuard[Headers]:
    """A map with integer or text labels (to Python, true and 1.0 are 1) that are not taken yet."""
    return isinstance(value, Mapping) and all(
        type(label) in (int, str) and label not in taken for label in value
    )


def _decode_whole(data: bytes) -> object:
    stream = io.BytesIO(data)
    try:
        value: object = cbor2.load(
            stream, max_depth=16, allow_duplicate_keys=False, semantic_decoders=INERT_TAGS
        )
    except Exception as error:  # cbor2's own errors, and those of its decoders for tags
        raise SignatureRefused("CBOR that cannot be decoded") from error
    if stream.tell() != len(data):
        raise SignatureRefused("bytes after the message")
    return value


def to_be_signed(protected: bytes, payload: bytes, external_aad: bytes) -> bytes:
    """The encoded Sig_structure of RFC 9052 §4.4."""
    return b"\x84\x6aSignature1" + _bstr(protected) + _bstr(external_aad) + _bstr(payload)


def _bstr(data: bytes) -> bytes:
    length = len(data)
    if length < 24:
        return bytes([0x40 + length]) + data
    if length < 256:
        return bytes([0x58, length]) + data
    if length < 65536:
        return b"\x59" + length.to_bytes(2) + data
    return encode(data)


def verify_raw(key: PublicKey, signature: bytes, message: bytes, *, low_s: bool) -> bool:
    """Whether `signature` (64 bytes, r‖s or Ed25519) over `message` is the key's own."""
    if len(signature) != 64:
        return False
    try:
        if isinstance(key.key, Ed25519PublicKey):
            key.key.verify(signature, message)
        elif low_s and not is_low_s(signature):
            return False
        else:
            key.key.verify(to_der(signature), message, _ECDSA)
    except InvalidSignature:
        return False
    return True
