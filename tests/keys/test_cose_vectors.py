"""COSE_Sign1 against the examples of the COSE working group and RFC 8392.

Every file of the collection stands in one of two tables: what `statusqr_keys.cose` is for, with the
outcome that the file demands, and what it refuses, with the reason.
"""

import base64
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest

from statusqr_keys import Alg, PublicKey
from statusqr_keys.cose import decode1, to_be_signed, verify1
from statusqr_schema import KeyProblem, SignatureRefused

EXAMPLES = Path(__file__).parents[3] / "shared" / "vectors" / "cose-wg-examples"

# file: what verify1 is told besides the message and the external_aad that the file names
PASSING: dict[str, dict[str, Any]] = {
    "CWT/A_3": {},
    "RFC8152/Appendix_C_2_1": {},
    "ecdsa-examples/ecdsa-sig-01": {},
    "eddsa-examples/eddsa-sig-01": {},
    "sign1-tests/sign-pass-01": {"alg": -7},  # alg stands in the unprotected header only
    "sign1-tests/sign-pass-02": {},
    "sign1-tests/sign-pass-03": {"tagged": False},
}
# file: the reason for which it must fail
FAILING = {
    "sign1-tests/sign-fail-01": "the tag that is expected",
    "sign1-tests/sign-fail-02": "the signature does not hold",
    "sign1-tests/sign-fail-03": "the algorithm",
    "sign1-tests/sign-fail-04": "the algorithm",
    "sign1-tests/sign-fail-06": "the signature does not hold",
    "sign1-tests/sign-fail-07": "the signature does not hold",
}
HIGH_S = frozenset({"ecdsa-examples/ecdsa-sig-01"})

# COSE_Sign1 of an algorithm that credentials do not have
OTHER_ALGORITHM = {
    "ecdsa-examples/ecdsa-sig-02": "ES384 on P-384",
    "ecdsa-examples/ecdsa-sig-03": "ES512 on P-521",
    "ecdsa-examples/ecdsa-sig-04": "ES512 on P-256",
    "eddsa-examples/eddsa-sig-02": "EdDSA on Ed448",
}
OTHER_STRUCTURE = {
    "COSE_Sign, several signers": (
        *(f"RFC8152/Appendix_C_1_{n}" for n in range(1, 5)),
        *(f"ecdsa-examples/ecdsa-0{n}" for n in range(1, 5)),
        *(f"eddsa-examples/eddsa-0{n}" for n in range(1, 3)),
        *(f"sign-tests/sign-fail-0{n}" for n in (1, 2, 3, 4, 6, 7)),
        *(f"sign-tests/sign-pass-0{n}" for n in range(1, 4)),
        *(f"x509-examples/signed-0{n}" for n in range(1, 6)),
        "sign-tests/ecdsa-01",
    ),
    "COSE_Mac": tuple(f"RFC8152/Appendix_C_5_{n}" for n in range(1, 5)),
    "COSE_Mac0": ("CWT/A_4", "CWT/A_7", "RFC8152/Appendix_C_6_1"),
    "COSE_Encrypt0": (
        *("CWT/A_5", "CWT/A_6"),
        *("RFC8152/Appendix_C_4_1", "RFC8152/Appendix_C_4_2"),
    ),
    "COSE_Encrypt": (
        "RFC8152/Appendix_B",
        *(f"RFC8152/Appendix_C_3_{n}" for n in range(1, 5)),
    ),
}
STRANGERS = [name for names in OTHER_STRUCTURE.values() for name in names]

needs_vectors = pytest.mark.needs("vectors")


def example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return document


def message(document: dict[str, Any]) -> bytes:
    return bytes.fromhex(document["output"]["cbor"])


def payload(document: dict[str, Any]) -> bytes:
    given = document["input"]
    return (
        bytes.fromhex(given["plaintext_hex"])
        if "plaintext_hex" in given
        else given["plaintext"].encode("ascii")
    )


def aad(document: dict[str, Any]) -> bytes:
    return bytes.fromhex(document["input"]["sign0"].get("external", ""))


def key(document: dict[str, Any]) -> PublicKey:
    given = document["input"]["sign0"]["key"]
    jwk = {"kty": given["kty"], "crv": given["crv"]}
    for name in ("x", "y"):
        if name in given:
            jwk[name] = given[name]
        elif f"{name}_hex" in given:
            raw = bytes.fromhex(given[f"{name}_hex"])
            jwk[name] = base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
    return PublicKey.from_jwk(jwk)


@needs_vectors
def test_every_file_stands_in_one_table() -> None:
    tables = [*PASSING, *FAILING, *OTHER_ALGORITHM, *STRANGERS]
    present = {str(path.relative_to(EXAMPLES).with_suffix("")) for path in EXAMPLES.rglob("*.json")}
    assert len(tables) == len(set(tables))
    assert set(tables) == present


@needs_vectors
@pytest.mark.parametrize("name", PASSING)
def test_a_passing_example_verifies(name: str) -> None:
    document = example(name)
    assert not document.get("fail", False)
    decoded = verify1(message(document), key(document), external_aad=aad(document), **PASSING[name])
    assert decoded.payload == payload(document)
    signed = to_be_signed(decoded.protected, decoded.payload, aad(document))
    assert signed.hex().upper() == document["intermediates"]["ToBeSign_hex"]
    with pytest.raises(SignatureRefused, match="the signature does not hold"):
        verify1(
            message(document), key(document), external_aad=aad(document) + b"\0", **PASSING[name]
        )


@needs_vectors
@pytest.mark.parametrize(("name", "reason"), FAILING.items())
def test_a_failing_example_fails_for_its_reason(name: str, reason: str) -> None:
    document = example(name)
    assert document["fail"] is True
    with pytest.raises(SignatureRefused, match=reason):
        verify1(message(document), key(document), external_aad=aad(document))


@needs_vectors
@pytest.mark.parametrize("name", PASSING)
def test_low_s_is_demanded_only_on_request(name: str) -> None:
    document = example(name)
    options = {"external_aad": aad(document), "low_s": True, **PASSING[name]}
    if name in HIGH_S:
        with pytest.raises(SignatureRefused, match="the signature does not hold"):
            verify1(message(document), key(document), **options)
    else:
        assert verify1(message(document), key(document), **options).payload == payload(document)


@needs_vectors
@pytest.mark.parametrize("name", OTHER_ALGORITHM)
def test_another_algorithm_is_refused(name: str) -> None:
    document = example(name)
    usual = key(example("ecdsa-examples/ecdsa-sig-01"))
    for known in (None, -7):  # the header's own word comes before what is known from elsewhere
        with pytest.raises(SignatureRefused, match="the algorithm is not the key's own"):
            verify1(message(document), usual, alg=known)
    if document["input"]["sign0"]["key"]["crv"] == "P-256":
        assert key(document).alg is Alg.ES256
    else:
        with pytest.raises(KeyProblem):
            key(document)


@needs_vectors
@pytest.mark.parametrize("name", STRANGERS)
def test_another_structure_is_refused(name: str) -> None:
    data = message(example(name))
    usual = key(example("ecdsa-examples/ecdsa-sig-01"))
    for tagged in (True, False):
        with pytest.raises(SignatureRefused):
            decode1(data, tagged=tagged)
        with pytest.raises(SignatureRefused):
            verify1(data, usual, tagged=tagged, alg=-7)


def test_the_signed_cwt_of_rfc_8392() -> None:
    """Appendix A.3 with the key of A.2.3, as printed in the RFC."""
    x = bytes.fromhex("143329cce7868e416927599cf65a34f3ce2ffda55a7eca69ed8919a394d42f0f")
    y = bytes.fromhex("60f7f1a780d8a783bfb7a2dd6b2796e8128dbbcef9d3d168db9529971a36e7b9")
    signed_cwt = bytes.fromhex(
        "d28443a10126a104524173796d6d657472696345434453413235365850a70175"
        "636f61703a2f2f61732e6578616d706c652e636f6d02656572696b7703781863"
        "6f61703a2f2f6c696768742e6578616d706c652e636f6d041a5612aeb0051a56"
        "10d9f0061a5610d9f007420b7158405427c1ff28d23fbad1f29c4c7c6a555e60"
        "1d6fa29f9179bc3d7438bacaca5acd08c8d4d4f96131680c429a01f85951ecee"
        "743a52b9b63632c57209120e1c9e30"
    )
    coordinates = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (x, y)]
    public = PublicKey.from_jwk(
        {"kty": "EC", "crv": "P-256", "x": coordinates[0], "y": coordinates[1]}
    )
    decoded = verify1(signed_cwt, public, low_s=True)
    assert decoded.unprotected[4] == b"AsymmetricECDSA256"
    claims = cbor2.loads(decoded.payload)
    assert claims[1] == "coap://as.example.com"
    assert (claims[4], claims[5], claims[6]) == (1444064944, 1443944944, 1443944944)
