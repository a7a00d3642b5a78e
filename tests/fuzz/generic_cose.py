"""The same messages before libraries of strangers: a second opinion on COSE, CBOR and signatures.

cborx decodes (not cbor2, which our own code uses), pycose puts the Sig_structure together, and the
package ecdsa verifies both algorithms in Python of its own (not OpenSSL, which our own code uses).

pycose 1.1 is older than RFC 9864 and does not know alg -19, so it is registered here. Its own
`CoseMessage.decode` cannot read what cbor2 6 gives for the inside of a tag: it gets decoded parts.
"""

from typing import Any

import cborx
import ecdsa
from pycose.algorithms import CoseAlgorithm
from pycose.keys.curves import P256, Ed25519
from pycose.keys.ec2 import EC2Key
from pycose.keys.okp import OKPKey
from pycose.messages.sign1message import Sign1Message

from statusqr_keys import Alg, PublicKey


def decode(data: bytes) -> object:
    """The value of CBOR without repeated keys; cborx's own errors.

    Without `canonical`, which in cborx 0.2 means the order of RFC 7049, short keys first.
    """
    value: object = cborx.loads(data, duplicate_keys="error", max_depth=16)
    return value


def accepted(message: bytes, key: PublicKey, external_aad: bytes) -> bytes | None:
    """The payload where `key` signed the message, None where the libraries refuse it in any way."""
    their_key = _key(key)
    try:
        tagged = cborx.loads(message, duplicate_keys="error", tag_hook=lambda _, tag: tag)
        if not isinstance(tagged, cborx.CBORTag) or tagged.tag != Sign1Message.cbor_tag:
            return None
        parsed: Any = Sign1Message.from_cose_obj(list(tagged.value), True)
        parsed.external_aad = external_aad
        parsed.key = their_key
        return bytes(parsed.payload) if parsed.verify_signature() else None
    except Exception:  # these libraries raise errors of many kinds; all of them are a refusal
        return None


def _key(key: PublicKey) -> EC2Key | OKPKey:
    if key.alg is Alg.ED25519:
        return OKPKey(crv=Ed25519, x=key.coordinates[0])
    return EC2Key(crv=P256, x=key.coordinates[0], y=key.coordinates[1])


def _verify_ed25519(key: OKPKey, data: bytes, signature: bytes) -> bool:
    return bool(ecdsa.VerifyingKey.from_string(key.x, ecdsa.Ed25519).verify(signature, data))


_Ed25519 = CoseAlgorithm.register_attribute()(
    type(
        "_Ed25519",
        (CoseAlgorithm,),
        {
            "identifier": -19,
            "fullname": "Ed25519",
            "get_key_type": classmethod(lambda cls: OKPKey),
            "verify": staticmethod(_verify_ed25519),
        },
    )
)
