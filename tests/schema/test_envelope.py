"""The framing of a credential: these bytes in these places, and nothing else."""

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusqr_schema import MalformedCredential, NewerVersion
from statusqr_schema.envelope import Envelope, parse

ES256, ED25519 = 0x26, 0x32
KID, SIGNATURE = bytes(range(8)), bytes(range(64, 128))


def frame(payload: bytes, alg: int = ES256) -> bytes:
    """A credential as cbor2 writes a tagged COSE_Sign1; cbor2 knows nothing of our framing."""
    protected = cbor2.dumps({1: {ES256: -7, ED25519: -19}[alg], 4: KID})
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, SIGNATURE]))


def filled(length: int) -> bytes:
    """A payload of version 1."""
    return (b"\x01" + bytes(length))[:length]


SHORT, LONG = frame(filled(100)), frame(filled(300), ED25519)
LENGTHS = [24, 25, 100, 255, 256, 257, 300, 4096, 65535]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(("alg", "number"), [(ES256, -7), (ED25519, -19)])
def test_an_independent_encoder_makes_the_same_form(length: int, alg: int, number: int) -> None:
    payload = bytes((i + 1) % 251 for i in range(length))
    data = frame(payload, alg)
    protected = bytes([0xA2, 0x01, alg, 0x04, 0x48]) + KID
    assert parse(data) == Envelope(protected, number, KID, payload, SIGNATURE)


@pytest.mark.parametrize("length", [0, 1, 23, 65536])
def test_other_lengths_of_the_payload(length: int) -> None:
    with pytest.raises(MalformedCredential):
        parse(frame(filled(length)))


def framing(data: bytes) -> list[int]:
    """The places of the bytes that are not key id, payload or signature, and of the version."""
    head = 20 if data[17] == 0x58 else 21
    return [*range(8), *range(16, head), len(data) - 66, len(data) - 65]


@pytest.mark.parametrize("data", [SHORT, LONG], ids=["58", "59"])
def test_every_change_of_a_framing_byte_is_refused(data: bytes) -> None:
    for place in framing(data):
        for value in range(256):
            changed = data[:place] + bytes([value]) + data[place + 1 :]
            if value == data[place]:
                continue
            if place == 5 and value in (ES256, ED25519):
                assert parse(changed).alg == {ES256: -7, ED25519: -19}[value]
                continue
            with pytest.raises(MalformedCredential):
                parse(changed)


@pytest.mark.parametrize("data", [SHORT, LONG], ids=["58", "59"])
def test_every_other_byte_is_carried_unread(data: bytes) -> None:
    for place in set(range(len(data))) - set(framing(data)):
        changed = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
        parts = parse(changed)
        assert parts != parse(data)
        assert b"".join((parts.kid, parts.payload, parts.signature)) in (
            changed[8:16] + changed[19:-66] + changed[-64:],
            changed[8:16] + changed[20:-66] + changed[-64:],
        )


@pytest.mark.parametrize("data", [SHORT, LONG, frame(filled(24))], ids=["58", "59", "shortest"])
def test_nothing_is_missing_and_nothing_follows(data: bytes) -> None:
    for length in range(len(data)):
        with pytest.raises(MalformedCredential):
            parse(data[:length])
    for extra in (b"\0", b"\xf6", data):
        with pytest.raises(MalformedCredential):
            parse(data + extra)
        with pytest.raises(MalformedCredential):
            parse(extra + data)


HEAD = frame(filled(24))[:17]
TAIL = b"\x58\x40" + SIGNATURE


@pytest.mark.parametrize(
    "payload",
    [
        b"\x58\x17" + filled(23),
        b"\x57" + filled(23),
        b"\x59\x00\x64" + filled(100),
        b"\x59\x00\xff" + filled(255),
        b"\x5a\x00\x00\x00\x64" + filled(100),
        b"\x5a\x00\x01\x00\x00" + filled(65536),
        b"\x5f\x58\x64" + filled(100) + b"\xff",
        b"\x78\x64" + filled(100),
        b"\xf6",
        b"\x59\x01",
        b"",
    ],
    ids=lambda payload: payload[:5].hex() or "none",
)
def test_one_form_of_the_length_only(payload: bytes) -> None:
    with pytest.raises(MalformedCredential):
        parse(HEAD + payload + TAIL)
    with pytest.raises(MalformedCredential):
        parse(HEAD + payload)


@pytest.mark.parametrize(
    "parts",
    [
        [b"", {}, filled(100), SIGNATURE],
        [cbor2.dumps({1: -7}), {}, filled(100), SIGNATURE],
        [cbor2.dumps({1: -7, 4: KID}), {4: KID}, filled(100), SIGNATURE],
        [cbor2.dumps({1: -7, 4: KID, 16: "x"}), {}, filled(100), SIGNATURE],
        [cbor2.dumps({1: -7, 4: KID + b"\0"}), {}, filled(100), SIGNATURE],
        [cbor2.dumps({1: -8, 4: KID}), {}, filled(100), SIGNATURE],
        [cbor2.dumps({1: -35, 4: KID}), {}, filled(100), SIGNATURE],
        [cbor2.dumps({1: -7, 4: KID}), {}, filled(100), SIGNATURE[:-1]],
        [cbor2.dumps({1: -7, 4: KID}), {}, filled(100), SIGNATURE * 2],
        [cbor2.dumps({1: -7, 4: KID}), {}, filled(100)],
        [cbor2.dumps({1: -7, 4: KID}), {}, filled(100), SIGNATURE, b""],
    ],
)
def test_other_sign1_messages(parts: list[object]) -> None:
    with pytest.raises(MalformedCredential):
        parse(cbor2.dumps(cbor2.CBORTag(18, parts)))


@pytest.mark.parametrize("tag", [16, 17, 61, 98])
def test_other_cose_messages(tag: int) -> None:
    message = cbor2.loads(SHORT).value
    with pytest.raises(MalformedCredential):
        parse(cbor2.dumps(cbor2.CBORTag(tag, message)))
    with pytest.raises(MalformedCredential):
        parse(cbor2.dumps(message))


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda rest: HEAD + rest))
def test_arbitrary_bytes(data: bytes) -> None:
    try:
        parts = parse(data)
    except MalformedCredential:
        return
    assert cbor2.loads(data).value == [parts.protected, {}, parts.payload, parts.signature]


LATER = frame(b"\x02" + bytes(99))


@pytest.mark.parametrize(
    "data",
    [
        LATER,
        frame(b"\xff" + bytes(299), ED25519),
        LATER[:5] + b"\x20" + LATER[6:],
        LATER[:-66],
        LATER[:-1],
        LATER + b"\0",
    ],
    ids=["2", "255", "other alg", "no signature", "shorter signature", "longer signature"],
)
def test_a_later_version_is_told_whatever_else_it_changes(data: bytes) -> None:
    with pytest.raises(NewerVersion):
        parse(data)


def test_version_0_is_none() -> None:
    with pytest.raises(MalformedCredential, match="no version byte") as caught:
        parse(frame(bytes(100)))
    assert not isinstance(caught.value, NewerVersion)
