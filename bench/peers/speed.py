"""How fast the peers verify and sign, run in their own environment: JSON in, JSON out.

stdin: records as JSON documents. stdout: {"name": {"verify": ratio, "sign": ratio}}, each the time
of a bare P-256 operation divided by the library's, in the same run on the same payload sizes.
Each library does what its user would do: one call that decodes and verifies, one that encodes and
signs; the keys are parsed once.
"""

import json
import sys
from collections.abc import Callable, Mapping
from itertools import cycle
from pathlib import Path
from typing import Any

import claim169
import cwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSEKey
from pycose.headers import KID, Algorithm
from pycose.keys import CoseKey, EC2Key
from pycose.messages import CoseMessage, Sign1Message

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench.timing import take_turns

ALG = ec.ECDSA(hashes.SHA256())
LIFETIME = 365 * 86_400
NOW = 1_795_251_600


def main() -> None:
    """Measure all peers on the records given."""
    records = json.load(sys.stdin)
    private = ec.generate_private_key(ec.SECP256R1())
    operations = bare(private)
    for peer in (python_cwt, claim_169, py_cose):
        operations |= peer(private, records)
    times = take_turns(operations)
    peers = dict.fromkeys(name.split()[0] for name in operations if not name.startswith("bare"))
    answer = {
        peer: {act: times[f"bare {act}"] / times[f"{peer} {act}"] for act in ("verify", "sign")}
        for peer in peers
    }
    json.dump(answer, sys.stdout)


def bare(private: ec.EllipticCurvePrivateKey) -> dict[str, Callable[[], object]]:
    """P-256 over as many bytes as a credential signs, with nothing around it."""
    message = bytes(250)
    signature, public = private.sign(message, ALG), private.public_key()
    return {
        "bare verify": lambda: public.verify(signature, message, ALG),
        "bare sign": lambda: private.sign(message, ALG),
    }


def python_cwt(
    private: ec.EllipticCurvePrivateKey, records: list[dict[str, Any]]
) -> dict[str, Callable[[], object]]:
    """A CWT with the record under a private claim; `cwt.decode` checks exp against the clock."""
    key: Any = COSEKey.from_jwk(jwk(private) | {"kid": "statusqr", "alg": "ES256"})
    claims = [{4: NOW + LIFETIME, 6: NOW - LIFETIME, -65537: record} for record in records]
    tokens = cycle([cwt.encode(claim, key) for claim in claims])
    contents = cycle(claims)
    return {
        "python-cwt verify": lambda: cwt.decode(next(tokens), key),
        "python-cwt sign": lambda: cwt.encode(next(contents), key),
    }


def claim_169(
    private: ec.EllipticCurvePrivateKey, records: list[dict[str, Any]]
) -> dict[str, Callable[[], object]]:
    """Base45 text in and out; the fields that Claim 169 has: name, number, document."""
    secret = private.private_numbers().private_value.to_bytes(32)
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    meta: Any = claim169.CwtMetaInput(expires_at=NOW + LIFETIME)
    meta.issued_at = NOW - LIFETIME
    inputs: list[Any] = []
    for record in records:
        person = record["holder"]
        names = (person["family_name"], person["given_name"], person["patronymic"])
        filled: Any = claim169.Claim169Input(
            id=person["snils"], full_name=" ".join(filter(None, names))
        )
        filled.address = json.dumps(record["status"], ensure_ascii=False)
        inputs.append(filled)
    texts = cycle([claim169.encode(item, meta, sign_with_ecdsa_p256=secret) for item in inputs])
    contents = cycle(inputs)
    return {
        "claim169 verify": lambda: claim169.decode(next(texts), verify_with_ecdsa_p256=point),
        "claim169 sign": lambda: claim169.encode(next(contents), meta, sign_with_ecdsa_p256=secret),
    }


def py_cose(
    private: ec.EllipticCurvePrivateKey, records: list[dict[str, Any]]
) -> dict[str, Callable[[], object]]:
    """A bare COSE_Sign1 around the record; pycose knows no claims."""
    import cbor2

    numbers = private.private_numbers()
    x, y = (n.to_bytes(32) for n in (numbers.public_numbers.x, numbers.public_numbers.y))
    key: CoseKey = EC2Key(crv="P_256", x=x, y=y, d=numbers.private_value.to_bytes(32))

    def encode(record: Mapping[str, Any]) -> bytes:
        content = cbor2.dumps({4: NOW + LIFETIME, 6: NOW, -65537: record})
        message = Sign1Message(phdr={Algorithm: "ES256", KID: b"statusqr"}, payload=content)
        message.key = key
        encoded: bytes = message.encode()
        return encoded

    def decode(data: bytes) -> object:
        message: Any = CoseMessage.decode(data)
        message.key = key
        if not message.verify_signature():
            raise ValueError("pycose refuses its own signature")
        return cbor2.loads(message.payload)

    tokens = cycle([encode(record) for record in records])
    contents = cycle(records)
    return {
        "pycose verify": lambda: decode(next(tokens)),
        "pycose sign": lambda: encode(next(contents)),
    }


def jwk(private: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    """The private key as a JWK."""
    import base64

    numbers = private.private_numbers()
    parts = {
        "x": numbers.public_numbers.x,
        "y": numbers.public_numbers.y,
        "d": numbers.private_value,
    }
    texts = {
        name: base64.urlsafe_b64encode(value.to_bytes(32)).rstrip(b"=").decode()
        for name, value in parts.items()
    }
    return {"kty": "EC", "crv": "P-256", **texts}


if __name__ == "__main__":
    main()
