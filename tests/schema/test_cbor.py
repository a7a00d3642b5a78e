"""Deterministic CBOR: one value has one encoding, and no other bytes are read."""

import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import cbor_values

from statusqr_schema import MalformedCredential
from statusqr_schema.cbor import MAX_DEPTH, CborValue, decode, encode

NINE_DEEP: CborValue = [[[[[[[[[0]]]]]]]]]

REFUSED = {
    "nothing": "",
    "two items": "0000",
    "cut integer": "18",
    "cut text": "6261",
    "cut array": "8200",
    "cut map": "a100",
    "an array longer than memory": "9b7fffffffffffffff",
    "a string longer than memory": "5b7fffffffffffffff",
    "integer 23 in two bytes": "1817",
    "integer 255 in three bytes": "1900ff",
    "integer 65535 in five bytes": "1a0000ffff",
    "integer 2^32-1 in nine bytes": "1b00000000ffffffff",
    "negative integer in two bytes": "3817",
    "length of bytes": "580161",
    "length of text": "780161",
    "length of an array": "980100",
    "length of a map": "b8010000",
    "indefinite bytes": "5f4161ff",
    "indefinite text": "7f6161ff",
    "indefinite array": "9f00ff",
    "indefinite map": "bf0000ff",
    "a break alone": "ff",
    "reserved additional information": "1c",
    "repeated key": "a200000001",
    "unsorted keys": "a201000000",
    "negative key before a positive": "a220000000",
    "unsorted negative keys": "a221002000",
    "unsorted keys far inside": "8181a10082a10000a201000000",
    "text as a key": "a1616100",
    "bytes as a key": "a1416100",
    "true as a key": "a1f500",
    "null as a key": "a1f600",
    "an array as a key": "a1810000",
    "float": "f93c00",
    "float inside": "8100f93c00",
    "NaN": "f97e00",
    "undefined": "f7",
    "simple value 16": "f0",
    "simple value 255": "f8ff",
    "false in two bytes": "f814",
    "text that is not UTF-8": "61ff",
    "a surrogate": "63eda080",
    "text in NFD": "6365cc88",
    "bignum beyond 64 bits": "c249010000000000000000",
    "bignum that fits": "c24101",
    "negative bignum": "c349010000000000000000",
    "date": "c074323031332d30332d32315432303a30343a30305a",
    "instant": "c100",
    "decimal fraction": "c4820101",
    "bigfloat": "c5820101",
    "bigfloat of a huge exponent": "c5821b7fffffffffffffff01",
    "embedded CBOR": "d8184100",
    "shareable value": "d81c80",
    "shared reference": "82d81c80d81d00",
    "reference to itself": "d81c81d81d00",
    "reference to nothing": "d81d00",
    "fraction": "d81e820101",
    "regular expression": "d8236161",
    "set": "d901028101",
    "string references": "d90100826361616163616161",
    "self-described CBOR": "d9d9f700",
    "COSE": "d28440a04040",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_refused(data: str) -> None:
    with pytest.raises(MalformedCredential):
        decode(bytes.fromhex(data))


@pytest.mark.parametrize("container", ["81", "a100"])
def test_nesting(container: str) -> None:
    """Eight containers within each other are read, nine are not."""
    deepest = container * MAX_DEPTH + "00"
    assert encode(decode(bytes.fromhex(deepest))).hex() == deepest
    with pytest.raises(MalformedCredential):
        decode(bytes.fromhex(container + deepest))


@pytest.mark.parametrize("empty", ["80", "a0"])
def test_an_empty_container_is_a_container(empty: str) -> None:
    with pytest.raises(MalformedCredential):
        decode(bytes.fromhex("81" * MAX_DEPTH + empty))


def test_shared_references_do_not_multiply() -> None:
    """713 bytes that stand for a million items: refused without being spelt out."""
    row = b"\xd8\x1c\x98\x64"  # a shareable array of 100
    data = b"\x83" + row + b"\0" * 100 + row + b"\xd8\x1d\x00" * 100 + row + b"\xd8\x1d\x01" * 100
    tracemalloc.start()
    try:
        with pytest.raises(MalformedCredential):
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


@given(cbor_values())
def test_round_trip(value: CborValue) -> None:
    data = encode(value)
    assert decode(data) == value
    assert encode(decode(data)) == data


@given(st.dictionaries(st.integers(-300, 300), st.none(), min_size=2))
def test_the_order_of_keys_is_that_of_their_encodings(value: dict[int, CborValue]) -> None:
    written = decode(encode(value))
    assert isinstance(written, dict)
    encoded = [encode(key) for key in written]
    assert encoded == sorted(encoded)


@settings(max_examples=500)
@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_refused_or_the_one_encoding(data: bytes) -> None:
    try:
        value = decode(data)
    except MalformedCredential:
        return
    assert encode(value) == data


@settings(max_examples=500)
@given(cbor_values(), st.data())
def test_a_changed_byte_is_refused_or_another_value(value: CborValue, data: st.DataObject) -> None:
    encoded = bytearray(encode(value))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= data.draw(st.integers(1, 255))
    try:
        changed = decode(bytes(encoded))
    except MalformedCredential:
        return
    assert encode(changed) == bytes(encoded) != encode(value)


@pytest.mark.parametrize("value", [1.5, {"a": 1}, {b"a": 1, 1: 1}, {1, 2}, object(), [b"", 2.0]])
def test_what_has_no_place_is_not_written(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode(value)


@pytest.mark.parametrize(
    "value",
    [2**64, -(2**64) - 1, "е\u0308", {True: 1}, {1.5: 1}, NINE_DEEP],
    ids=["too large", "too small", "NFD", "bool as a key", "float as a key", "too deep"],
)
def test_what_would_not_be_read_is_not_written(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode(value)
