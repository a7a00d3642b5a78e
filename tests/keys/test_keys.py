"""Public keys: the kid by the letter of RFC 9679, the JWK form, and keys that are refused."""

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from statusqr_keys import Alg, KeySigner, PublicKey
from statusqr_schema import KeyProblem

# The example key of RFC 9679 and its thumbprint.
RFC_X = bytes.fromhex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d")
RFC_Y = bytes.fromhex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c")
RFC_THUMBPRINT = "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


EC_JWK = {"kty": "EC", "crv": "P-256", "x": base64url(RFC_X), "y": base64url(RFC_Y)}
OKP_JWK = {  # the public key of RFC 8037 appendix A.2
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


def thumbprint(key: PublicKey) -> str:
    """RFC 9679 §3: SHA-256 of the required members, in CBOR written out by hand."""
    if key.alg is Alg.ES256:  # {1: 2 (EC2), -1: 1 (P-256), -2: x, -3: y}
        x, y = key.coordinates
        encoded = b"\xa4\x01\x02\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y
    else:  # {1: 1 (OKP), -1: 6 (Ed25519), -2: x}
        (x,) = key.coordinates
        encoded = b"\xa3\x01\x01\x20\x06\x21\x58\x20" + x
    return hashlib.sha256(encoded).hexdigest()


def test_the_example_of_rfc_9679() -> None:
    key = PublicKey.from_jwk(EC_JWK)
    assert key.coordinates == (RFC_X, RFC_Y)
    assert thumbprint(key) == RFC_THUMBPRINT
    assert key.kid.hex() == RFC_THUMBPRINT[:16]


@pytest.mark.parametrize("alg", Alg)
def test_the_kid_is_the_start_of_the_thumbprint(alg: Alg) -> None:
    keys = [KeySigner.generate(alg).public_key for _ in range(20)]
    assert [key.kid.hex() for key in keys] == [thumbprint(key)[:16] for key in keys]
    assert {(key.alg, len(key.kid)) for key in keys} == {(alg, 8)}


@pytest.mark.parametrize("alg", Alg)
def test_a_jwk_there_and_back(alg: Alg) -> None:
    for _ in range(20):
        key = KeySigner.generate(alg).public_key
        again = PublicKey.from_jwk(key.to_jwk())
        assert (again.alg, again.coordinates, again.kid) == (alg, key.coordinates, key.kid)


@pytest.mark.parametrize(("jwk", "label"), [(EC_JWK, "ES256"), (OKP_JWK, "Ed25519")])
def test_a_jwk_is_written_as_it_is_read(jwk: dict[str, str], label: str) -> None:
    key = PublicKey.from_jwk(jwk)
    assert key.to_jwk() == jwk
    assert key.alg.label == label


def off_the_curve() -> str:
    return base64url(bytes([RFC_Y[0] ^ 1]) + RFC_Y[1:])


def last_bits_set(text: str) -> str:
    """The same 32 bytes to a careless decoder: two bits of the last character stand for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


SLASHED = base64url(b"\xff" * 31 + b"\x0f").replace("_", "/")

REFUSED: dict[str, dict[Any, Any]] = {
    "private P-256 key": {**EC_JWK, "d": base64url(bytes(32))},
    "private Ed25519 key": {**OKP_JWK, "d": base64url(bytes(32))},
    "kty missing": {name: EC_JWK[name] for name in ("crv", "x", "y")},
    "crv missing": {name: EC_JWK[name] for name in ("kty", "x", "y")},
    "x missing": {name: EC_JWK[name] for name in ("kty", "crv", "y")},
    "y missing": {name: EC_JWK[name] for name in ("kty", "crv", "x")},
    "empty": {},
    "P-384": {**EC_JWK, "crv": "P-384"},
    "secp256k1": {**EC_JWK, "crv": "secp256k1"},
    "Ed448": {**OKP_JWK, "crv": "Ed448"},
    "X25519": {**OKP_JWK, "crv": "X25519"},
    "EC type with an Edwards curve": {**EC_JWK, "crv": "Ed25519"},
    "OKP type with P-256": {**OKP_JWK, "crv": "P-256"},
    "Ed25519 with a y": {**OKP_JWK, "y": OKP_JWK["x"]},
    "RSA": {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    "symmetric": {"kty": "oct", "k": "AQAB"},
    "extra member": {**EC_JWK, "kid": "11"},
    "extra member that is harmless": {**OKP_JWK, "use": "sig"},
    "off the curve": {**EC_JWK, "y": off_the_curve()},
    "point at zero": {**EC_JWK, "x": base64url(bytes(32)), "y": base64url(bytes(32))},
    "coordinate beyond the field": {**EC_JWK, "x": base64url(b"\xff" * 32)},
    "padded": {**EC_JWK, "x": EC_JWK["x"] + "="},
    "bits that mean nothing": {**EC_JWK, "x": last_bits_set(EC_JWK["x"])},
    "bits that mean nothing, Ed25519": {**OKP_JWK, "x": last_bits_set(OKP_JWK["x"])},
    "alphabet of base64": {**OKP_JWK, "x": SLASHED},
    "line break": {**OKP_JWK, "x": OKP_JWK["x"] + "\n"},
    "not ASCII": {**OKP_JWK, "x": "Ж" * 43},
    "half a character": {**OKP_JWK, "x": "\ud800" * 43},
    "empty coordinate": {**OKP_JWK, "x": ""},
    "short coordinate": {**EC_JWK, "y": base64url(RFC_Y[:31])},
    "long coordinate": {**EC_JWK, "y": base64url(b"\0" + RFC_Y)},
    "coordinate as a number": {**EC_JWK, "x": int.from_bytes(RFC_X)},
    "coordinate as bytes": {**OKP_JWK, "x": OKP_JWK["x"].encode()},
    "name that is not text": {**OKP_JWK, 1: "x"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_jwk_that_is_refused(name: str) -> None:
    with pytest.raises(KeyProblem) as caught:
        PublicKey.from_jwk(REFUSED[name])
    assert caught.value.code == "KEY"


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1()])
def test_another_curve_is_refused(curve: ec.EllipticCurve) -> None:
    private = ec.generate_private_key(curve)
    with pytest.raises(KeyProblem, match="P-256"):
        PublicKey(private.public_key())
    with pytest.raises(KeyProblem, match="P-256"):
        KeySigner.of(private)
