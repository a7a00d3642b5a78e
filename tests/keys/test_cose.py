"""COSE_Sign1 as an attacker would bend it: nothing passes but what the key signed."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_keys import Alg, KeySigner
from statusqr_keys.cose import sign1, to_be_signed, verify1
from statusqr_schema import SignatureRefused

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SIGNERS = {alg: KeySigner.generate(alg) for alg in Alg}
OTHERS = {alg: KeySigner.generate(alg) for alg in Alg}
AAD = b"a test of ours"

algs = pytest.mark.parametrize("alg", Alg)


def refused(message: bytes, signer: KeySigner, reason: str) -> None:
    with pytest.raises(SignatureRefused, match=reason):
        verify1(message, signer.public_key, external_aad=AAD)


@given(alg=st.sampled_from(Alg), payload=st.binary(max_size=400), aad=st.binary(max_size=400))
def test_what_is_signed_verifies(alg: Alg, payload: bytes, aad: bytes) -> None:
    signer = SIGNERS[alg]
    message = sign1(payload, signer, external_aad=aad)
    decoded = verify1(message, signer.public_key, external_aad=aad, low_s=True)
    assert decoded.payload == payload
    assert decoded.headers == {1: int(alg), 4: signer.public_key.kid}
    assert not decoded.unprotected
    with pytest.raises(SignatureRefused):
        verify1(message, OTHERS[alg].public_key, external_aad=aad)
    with pytest.raises(SignatureRefused):
        verify1(message, signer.public_key, external_aad=aad + b"\0")


@pytest.mark.parametrize("length", [0, 1, 23, 24, 255, 256, 65535, 65536, 70000])
def test_the_signed_structure_is_that_of_the_standard(length: int) -> None:
    part = bytes(length)
    expected = cbor2.dumps(["Signature1", b"\xa0", part, part])
    assert to_be_signed(b"\xa0", part, part) == expected


@algs
def test_a_key_of_the_other_algorithm_is_refused(alg: Alg) -> None:
    (other,) = set(Alg) - {alg}
    message = sign1(b"payload", SIGNERS[alg], external_aad=AAD)
    refused(message, SIGNERS[other], "the algorithm is not the key's own")


@algs
def test_no_flipped_bit_is_accepted(alg: Alg) -> None:
    signer = SIGNERS[alg]
    message = sign1(b"one message", signer, external_aad=AAD)
    verify1(message, signer.public_key, external_aad=AAD, low_s=True)
    for bit in range(len(message) * 8):
        flipped = bytearray(message)
        flipped[bit // 8] ^= 0x80 >> bit % 8
        for tagged in (True, False):
            with pytest.raises(SignatureRefused):
                verify1(bytes(flipped), signer.public_key, external_aad=AAD, tagged=tagged)


@algs
def test_nothing_may_be_missing_or_follow(alg: Alg) -> None:
    message = sign1(b"payload", SIGNERS[alg], external_aad=AAD)
    for length in range(len(message)):
        refused(message[:length], SIGNERS[alg], "cannot be decoded|tag|parts")
    for tail in (b"\0", b"\xf6", message):
        refused(message + tail, SIGNERS[alg], "bytes after the message")


def test_the_tag_is_there_exactly_when_it_is_expected() -> None:
    signer = SIGNERS[Alg.ES256]
    message = sign1(b"payload", signer)
    assert verify1(message[1:], signer.public_key, tagged=False).payload == b"payload"
    for data, tagged in ((message, False), (message[1:], True), (b"\xd2" + message, True)):
        with pytest.raises(SignatureRefused):
            verify1(data, signer.public_key, tagged=tagged)


def test_the_high_s_twin_is_refused_where_low_s_is_demanded() -> None:
    signer = SIGNERS[Alg.ES256]
    message = sign1(b"payload", signer)
    s = int.from_bytes(message[-32:])
    assert s <= P256_ORDER // 2
    twin = message[:-32] + (P256_ORDER - s).to_bytes(32)
    assert verify1(twin, signer.public_key).payload == b"payload"
    with pytest.raises(SignatureRefused, match="the signature does not hold"):
        verify1(twin, signer.public_key, low_s=True)


@algs
@pytest.mark.parametrize("cut", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length(alg: Alg, cut: int) -> None:
    parts = list(cbor2.loads(sign1(b"payload", SIGNERS[alg], external_aad=AAD)).value)
    parts[3] = (parts[3] * 2)[:cut]
    message = cbor2.dumps(cbor2.CBORTag(18, parts))
    refused(message, SIGNERS[alg], "the signature does not hold")


def test_the_same_numbers_in_more_bytes() -> None:
    parts = list(cbor2.loads(sign1(b"payload", SIGNERS[Alg.ES256], external_aad=AAD)).value)
    parts[3] = parts[3][:32] + b"\0" + parts[3][32:]
    message = cbor2.dumps(cbor2.CBORTag(18, parts))
    refused(message, SIGNERS[Alg.ES256], "the signature does not hold")


@pytest.mark.parametrize("numbers", [(0, 0), (0, 1), (1, 0), (P256_ORDER, 1), (2**256 - 1,) * 2])
def test_numbers_outside_the_order(numbers: tuple[int, int]) -> None:
    parts = list(cbor2.loads(sign1(b"payload", SIGNERS[Alg.ES256], external_aad=AAD)).value)
    parts[3] = b"".join(number.to_bytes(32) for number in numbers)
    message = cbor2.dumps(cbor2.CBORTag(18, parts))
    refused(message, SIGNERS[Alg.ES256], "the signature does not hold")


@given(st.binary(max_size=80), st.booleans())
def test_arbitrary_bytes_are_refused_and_nothing_else(data: bytes, tagged: bool) -> None:
    for message in (data, b"\xd2\x84" + data, b"\xd2\x84\x40\xa0" + data):
        with pytest.raises(SignatureRefused):
            verify1(message, SIGNERS[Alg.ES256].public_key, tagged=tagged)
