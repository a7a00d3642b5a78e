"""What peers accept and must be refused; signed by a trusted key where a signature is needed."""

import zlib
from typing import Any

import cbor2
import pytest
from world import NOON, Key, record, trust, world

from statusqr_keys import Alg, KeyUse
from statusqr_keys.signer import P256_ORDER
from statusqr_schema import claims, compression, envelope, qrtext
from statusqr_verifier import Reason, Verdict, Verifier


def reasons(text: str, key: Key | None = None) -> list[Reason]:
    """The reasons, checked without the last barrier that turns faults into MALFORMED."""
    report = Verifier(trust(key or world().print_key)).check(text, NOON)
    assert report.verdict is not Verdict.VALID
    return [finding.reason for finding in report.findings]


def content() -> bytes:
    return claims.encode(world().print_key.issue().claims)


def as_map() -> dict[int, Any]:
    decoded: dict[int, Any] = cbor2.loads(content())
    return dict(decoded)


def text_of(data: bytes) -> str:
    return str(int.from_bytes(data))


def test_the_signed_content_of_these_tests_is_valid_when_left_alone() -> None:
    verifier = Verifier(world().trust)
    assert verifier.check(world().print_key.sign_content(content()), NOON).findings == ()
    assert verifier.check(world().print_key.sign_map(as_map()), NOON).findings == ()


def test_high_s_twin() -> None:
    data = world().print_key.issue().data
    twin = data[:-32] + (P256_ORDER - int.from_bytes(data[-32:])).to_bytes(32)
    assert reasons(text_of(twin)) == [Reason.BAD_SIGNATURE]


def test_extra_unprotected_header() -> None:
    protected, _, payload, signature = cbor2.loads(world().print_key.issue().data).value
    data = b"\xd2" + cbor2.dumps([protected, {3: 0}, payload, signature])
    assert reasons(text_of(data)) == [Reason.MALFORMED]


def test_extra_protected_header() -> None:
    from statusqr_keys.cose import sign1

    payload = compression.compress(content())
    data = sign1(
        payload, world().print_key.signer, external_aad=envelope.EXTERNAL_AAD, headers={3: 60}
    )
    assert reasons(text_of(data)) == [Reason.MALFORMED]


@pytest.mark.parametrize("wrap", [b"\xd8\x3d\xd2", b"", b"\xd8\x12", b"\xd2\xd2"])
def test_other_tags(wrap: bytes) -> None:
    data = wrap + world().print_key.issue().data[1:]
    assert reasons(text_of(data)) == [Reason.MALFORMED]


def test_bytes_after_the_message() -> None:
    assert reasons(text_of(world().print_key.issue().data + b"\0")) == [Reason.MALFORMED]


def test_longer_forms_of_the_lengths() -> None:
    data = world().print_key.issue().data
    assert data[17] == 0x58
    longer = data[:17] + b"\x59\x00" + data[18:]
    assert reasons(text_of(longer)) == [Reason.MALFORMED]
    indefinite = b"\xd2\x9f" + data[2:] + b"\xff"
    assert reasons(text_of(indefinite)) == [Reason.MALFORMED]


def test_junk_after_the_compressed_data() -> None:
    payload = compression.compress(content()) + b"junk"
    assert reasons(world().print_key.sign_payload(payload)) == [Reason.MALFORMED]


def test_junk_after_the_claims() -> None:
    assert reasons(world().print_key.sign_content(content() + b"\0")) == [Reason.MALFORMED]


def test_compressed_data_without_an_end() -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=compression.dictionary())
    open_ended = compressor.compress(content()) + compressor.flush(zlib.Z_SYNC_FLUSH)
    assert reasons(world().print_key.sign_payload(b"\x01" + open_ended)) == [Reason.MALFORMED]


def test_a_bomb() -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = compressor.compress(bytes(400_000)) + compressor.flush()
    assert reasons(world().print_key.sign_payload(b"\x01" + bomb)) == [Reason.MALFORMED]


def test_one_byte_more_than_may_be_inflated() -> None:
    padded = as_map()
    padded[-70000] = b"\0" * 4096
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=compression.dictionary())
    squeezed = compressor.compress(cbor2.dumps(padded)) + compressor.flush()
    assert reasons(world().print_key.sign_payload(b"\x01" + squeezed)) == [Reason.MALFORMED]


def test_duplicate_exp() -> None:
    encoded = content()
    twice = bytes([encoded[0] + 1]) + b"\x04\x1a\x7f\xff\xff\xff" + encoded[1:]
    assert reasons(world().print_key.sign_content(twice)) == [Reason.MALFORMED]


@pytest.mark.parametrize(
    "exp", [float("inf"), float("nan"), 1.8e9, "1800000000", None, True, -1, 2**64, 2**40]
)
def test_exp_of_other_types_and_ranges(exp: object) -> None:
    encoded = cbor2.dumps({**as_map(), 4: exp})
    assert reasons(world().print_key.sign_content(encoded)) == [Reason.MALFORMED]


@pytest.mark.parametrize("claim", [4, 6, -65537, -65538, -65539])
def test_a_required_claim_is_missing(claim: int) -> None:
    rest = {key: value for key, value in as_map().items() if key != claim}
    assert reasons(world().print_key.sign_map(rest)) == [Reason.MALFORMED]


def test_unsorted_claims() -> None:
    backwards = dict(reversed(as_map().items()))
    assert reasons(world().print_key.sign_content(cbor2.dumps(backwards))) == [Reason.MALFORMED]


def test_a_lifetime_longer_than_the_presentation_allows() -> None:
    longer = as_map()
    longer[4] = longer[6] + 400 * 86_400 + 1
    assert reasons(world().print_key.sign_map(longer)) == [Reason.MALFORMED]


def test_another_protocol_signed_with_the_same_key() -> None:
    from statusqr_keys.cose import sign1

    payload = compression.compress(content())
    for aad in (b"", b"StatusQR status list"):
        text = qrtext.encode(sign1(payload, world().print_key.signer, external_aad=aad))
        assert reasons(text) == [Reason.BAD_SIGNATURE]


def test_the_algorithm_of_another_key_type() -> None:
    data = bytearray(world().print_key.issue().data)
    data[5] = 0x32  # Ed25519 named over an ES256 key
    assert reasons(text_of(bytes(data))) == [Reason.BAD_SIGNATURE]
    data[5] = 0x27  # EdDSA (-8), which credentials do not use
    assert reasons(text_of(bytes(data))) == [Reason.MALFORMED]


def test_ed25519_with_other_s() -> None:
    key = Key.make(KeyUse.PRINT, Alg.ED25519)
    data = key.issue(record("R20")).data
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(data[-32:], "little") + order
    assert reasons(text_of(data[:-32] + s.to_bytes(32, "little")), key) == [Reason.BAD_SIGNATURE]


@pytest.mark.parametrize(
    ("version", "reason"),
    [(0, Reason.MALFORMED), (2, Reason.NEWER_VERSION), (255, Reason.NEWER_VERSION)],
)
def test_other_versions(version: int, reason: Reason) -> None:
    payload = bytes([version]) + compression.compress(content())[1:]
    assert reasons(world().print_key.sign_payload(payload)) == [reason]
