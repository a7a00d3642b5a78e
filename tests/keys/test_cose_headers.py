"""What the headers of a COSE_Sign1 may say, and what is never believed although it is signed."""

from collections.abc import Mapping

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusqr_keys import Alg, KeySigner
from statusqr_keys.cose import decode1, sign1, verify1
from statusqr_schema import SignatureRefused

SIGNERS = {alg: KeySigner.generate(alg) for alg in Alg}
AAD = b"a test of ours"


def signed_by_hand(
    signer: KeySigner,
    protected: bytes,
    unprotected: Mapping[object, object] | None = None,
    payload: object = b"payload",
) -> bytes:
    """A message whose signature is good whatever its headers say."""
    body = payload if isinstance(payload, bytes) else b""
    structure = cbor2.dumps(["Signature1", protected, AAD, body])
    signature = signer.sign(structure)
    return cbor2.dumps(cbor2.CBORTag(18, [protected, unprotected or {}, payload, signature]))


def refused(message: bytes, signer: KeySigner, reason: str, alg: int | None = None) -> None:
    with pytest.raises(SignatureRefused, match=reason):
        verify1(message, signer.public_key, external_aad=AAD, alg=alg)


def test_further_headers_are_protected() -> None:
    signer = SIGNERS[Alg.ES256]
    message = sign1(b"", signer, headers={16: "application/statuslist+cwt"})
    assert verify1(message, signer.public_key).headers[16] == "application/statuslist+cwt"
    assert sign1(b"", signer, headers={1: -8})[:6] == sign1(b"", signer)[:6]  # alg is the key's own


@pytest.mark.parametrize(
    ("protected", "unprotected", "reason"),
    [
        pytest.param(cbor2.dumps({1: -7, 4: b"a"}), {4: b"b"}, "parts", id="label-in-both"),
        pytest.param(cbor2.dumps({1: -7}), {1: -7}, "parts", id="alg-in-both"),
        pytest.param(b"\xa2\x01\x26\x01\x26", {}, "cannot be decoded", id="label-twice"),
        pytest.param(cbor2.dumps({1: -7, 4: "text"}), {}, "kid", id="kid-of-text"),
        pytest.param(cbor2.dumps({1: -7, 2: [99], 99: 1}), {}, "critical", id="crit"),
        pytest.param(cbor2.dumps({1: -7, 2: [1]}), {}, "critical", id="crit-of-known-label"),
        pytest.param(b"", {}, "algorithm", id="no-header"),
        pytest.param(b"\xa0", {}, "algorithm", id="empty-map"),
        pytest.param(cbor2.dumps({1: "ES256"}), {}, "algorithm", id="alg-as-text"),
        pytest.param(cbor2.dumps({1: True}), {}, "algorithm", id="alg-true"),
        pytest.param(cbor2.dumps({1: -7.0}), {}, "algorithm", id="alg-as-float"),
        pytest.param(cbor2.dumps({1: -35}), {}, "algorithm", id="ES384"),
        pytest.param(cbor2.dumps([1, -7]), {}, "parts", id="not-a-map"),
        pytest.param(cbor2.dumps({1: -7}) + b"\0", {}, "bytes after", id="bytes-after-the-map"),
        pytest.param(b"\xff", {}, "cannot be decoded", id="not-CBOR"),
        pytest.param(cbor2.dumps({True: -7}), {}, "parts", id="label-true"),
        pytest.param(cbor2.dumps({1.0: -7}), {}, "parts", id="label-as-float"),
        pytest.param(cbor2.dumps({1: -7}), {True: 0}, "parts", id="unprotected-label-true"),
    ],
)
def test_headers_that_are_refused_although_they_are_signed(
    protected: bytes, unprotected: Mapping[object, object], reason: str
) -> None:
    signer = SIGNERS[Alg.ES256]
    refused(signed_by_hand(signer, protected, unprotected), signer, reason)


def test_the_unprotected_header_does_not_name_the_algorithm() -> None:
    signer = SIGNERS[Alg.ES256]
    message = signed_by_hand(signer, b"", {1: -7})
    refused(message, signer, "the algorithm is not the key's own")
    assert verify1(message, signer.public_key, external_aad=AAD, alg=-7).payload == b"payload"
    lying = signed_by_hand(signer, b"", {1: -8})
    assert verify1(lying, signer.public_key, external_aad=AAD, alg=-7).payload == b"payload"
    refused(message, signer, "the algorithm is not the key's own", alg=-8)


def test_an_empty_protected_map_is_signed_as_an_empty_string() -> None:
    signer = SIGNERS[Alg.ES256]
    structure = cbor2.dumps(["Signature1", b"", AAD, b"payload"])
    parts = [b"\xa0", {}, b"payload", signer.sign(structure)]
    message = cbor2.dumps(cbor2.CBORTag(18, parts))
    assert verify1(message, signer.public_key, external_aad=AAD, alg=-7).protected == b""


def test_the_former_name_of_ed25519() -> None:
    old = cbor2.dumps({1: -8})
    message = signed_by_hand(SIGNERS[Alg.ED25519], old)
    public = SIGNERS[Alg.ED25519].public_key
    assert verify1(message, public, external_aad=AAD).payload == b"payload"
    for protected in (old, cbor2.dumps({1: -19})):
        message = signed_by_hand(SIGNERS[Alg.ES256], protected)
        refused(message, SIGNERS[Alg.ES256], "the algorithm is not the key's own")


@pytest.mark.parametrize("payload", [None, "payload", 1, [b"payload"]])
def test_the_payload_is_in_the_message(payload: object) -> None:
    signer = SIGNERS[Alg.ES256]
    refused(signed_by_hand(signer, cbor2.dumps({1: -7}), payload=payload), signer, "parts")


@given(st.binary(max_size=40), st.booleans())
def test_arbitrary_headers_are_decoded_or_refused(header: bytes, protected: bool) -> None:
    parts = [header, {}] if protected else [b"", {}]
    message = b"\xd2\x84" + cbor2.dumps(parts[0]) + (b"\xa0" if protected else header) + b"\x40\x40"
    try:
        decoded = decode1(message)
    except SignatureRefused:
        return
    assert decoded.payload == decoded.signature == b""
    assert not (decoded.headers.keys() & decoded.unprotected.keys())
