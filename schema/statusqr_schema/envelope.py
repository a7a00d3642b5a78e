"""The outer form of a credential: a tagged COSE_Sign1 (RFC 9052 §4.2) in one framing only.

::

    D2                            tag 18, COSE_Sign1
      84                          array of 4
        4D A2 01 aa 04 48 k×8     protected: {1: alg, 4: kid}; 26 is -7, ES256; 32 is -19, Ed25519
        A0                        unprotected: empty
        58 n | 59 nnnn  payload   24..65535 bytes, length in the shortest form; its first byte is
                                  the version
        58 40  signature          64 bytes

Nothing stands before, between or after these parts, so the bytes can be cut at fixed places and two
readers cannot disagree. This module knows the form; `statusqr_keys.cose` knows what it means.
"""

from dataclasses import dataclass

from .errors import MalformedCredential, NewerVersion

EXTERNAL_AAD = b"StatusQR credential"  # so that no other signed thing passes for a credential

VERSION = 1  # of format and dictionary together: the first byte of the payload
KID_LENGTH = 8
SIGNATURE_LENGTH = 64
_ALG_BYTES = {0x26: -7, 0x32: -19}
_PAYLOAD_AT = 17  # D2 84 | 4D + 13 bytes | A0


@dataclass(frozen=True, slots=True)
class Envelope:
    """A credential cut into its parts; nothing of it has been verified."""

    protected: bytes  # the encoded protected header, as signed
    alg: int  # COSE algorithm number, -7 or -19
    kid: bytes  # 8 bytes
    payload: bytes  # version byte and compressed claims
    signature: bytes  # 64 bytes


def parse(data: bytes) -> Envelope:
    """Cut `data` into its parts; MalformedCredential, or NewerVersion for a later version.

    The version is judged before alg, signature and length, which a later version may change.
    """
    if data[:5] != b"\xd2\x84\x4d\xa2\x01":
        raise MalformedCredential("not a tagged COSE_Sign1 of this form")
    if data[6:8] != b"\x04\x48" or data[16:17] != b"\xa0":
        raise MalformedCredential("headers other than alg and kid")
    start, length = _payload_span(data)
    version = data[start : start + 1]
    if not version or version == b"\0":
        raise MalformedCredential("no version byte")
    if version[0] > VERSION:
        raise NewerVersion("a version that this program does not know")
    alg = _ALG_BYTES.get(data[5])
    if alg is None:
        raise MalformedCredential("an algorithm that this version does not have")
    end = start + length
    if data[end : end + 2] != b"\x58\x40" or len(data) != end + 2 + SIGNATURE_LENGTH:
        raise MalformedCredential("the length does not fit the parts")
    return Envelope(data[3:16], alg, data[8:16], data[start:end], data[end + 2 :])


def _payload_span(data: bytes) -> tuple[int, int]:
    """Where the payload begins and how long it is; only the shortest form of the length."""
    head = data[_PAYLOAD_AT : _PAYLOAD_AT + 3]
    if head[:1] == b"\x58" and len(head) > 1 and head[1] >= 24:
        return _PAYLOAD_AT + 2, head[1]
    if head[:1] == b"\x59" and len(head) > 2 and head[1]:
        return _PAYLOAD_AT + 3, int.from_bytes(head[1:])
    raise MalformedCredential("a payload length that is not in its shortest form")
