"""A signer's signatures have one form: 64 bytes, and low S whatever the token does."""

from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import given
from hypothesis import strategies as st

from statusqr_keys import Alg, KeySigner, PublicKey, Signer
from statusqr_keys.cose import sign1, verify1
from statusqr_keys.signer import is_low_s, to_der, to_raw
from statusqr_schema import KeyProblem

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
HALF = 0x7FFFFFFF800000007FFFFFFFFFFFFFFFDE737D56D38BCF4279DCE5617E3192A8
SHA256 = ec.ECDSA(hashes.SHA256())

numbers = st.integers(1, ORDER - 1)


def test_every_signature_has_low_s_and_verifies() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    signer = KeySigner.of(private)
    for number in range(300):
        message = number.to_bytes(2)
        raw = signer.sign(message)
        assert len(raw) == 64
        assert int.from_bytes(raw[32:]) <= HALF
        private.public_key().verify(to_der(raw), message, SHA256)  # raises where it does not hold


def test_a_key_of_rfc_8032_signs_as_printed_there() -> None:
    """§7.1, test 2."""
    seed = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    signer = KeySigner.of(Ed25519PrivateKey.from_private_bytes(seed))
    (x,) = signer.public_key.coordinates
    assert x.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert signer.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


@given(r=numbers, s=numbers)
def test_raw_and_der(r: int, s: int) -> None:
    raw = to_raw(encode_dss_signature(r, s))
    assert decode_dss_signature(to_der(raw)) == (r, min(s, ORDER - s))
    assert len(raw) == 64
    assert is_low_s(raw)
    assert to_raw(to_der(raw)) == raw


@pytest.mark.parametrize(
    ("s", "low"), [(1, True), (HALF, True), (HALF + 1, False), (ORDER - 1, False)]
)
def test_the_edge_between_low_and_high(s: int, low: bool) -> None:
    assert is_low_s(bytes(32) + s.to_bytes(32)) is low
    assert int.from_bytes(to_raw(encode_dss_signature(1, s))[32:]) == (s if low else ORDER - s)


@dataclass(frozen=True)
class HighToken:
    """A token that always returns the high one of the two S, in DER, as some tokens do."""

    private: ec.EllipticCurvePrivateKey

    @property
    def public_key(self) -> PublicKey:
        return PublicKey(self.private.public_key())

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self.private.sign(message, SHA256))
        return to_raw(encode_dss_signature(r, max(s, ORDER - s)))


def test_a_token_with_high_s_is_made_low() -> None:
    signer: Signer = HighToken(ec.generate_private_key(ec.SECP256R1()))
    for number in range(20):
        message = sign1(number.to_bytes(2), signer)
        assert verify1(message, signer.public_key, low_s=True).payload == number.to_bytes(2)


@pytest.mark.parametrize("alg", Alg)
def test_no_secret_is_shown(alg: Alg) -> None:
    signer = KeySigner.generate(alg)
    secret = signer.private_key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for text in (repr(signer), str(signer), f"{signer}", repr([signer])):
        assert signer.public_key.kid.hex() in text
        assert "rivate" not in text
        assert not any(secret[at : at + 4].hex() in text for at in range(len(secret) - 4))


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (2**260, 1)])
def test_a_broken_token_is_named_so(r: int, s: int) -> None:
    with pytest.raises(KeyProblem, match="носител"):
        to_raw(encode_dss_signature(r, s))
