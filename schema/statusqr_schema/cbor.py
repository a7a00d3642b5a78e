"""Deterministic CBOR (RFC 8949 §4.2.1), the subset that credentials use, both ways.

Allowed: integers of 64 bits, byte and text strings, arrays, maps with integer keys, true, false,
null. Refused on reading: everything that has another encoding of the same meaning (longer integers,
indefinite lengths, unsorted or repeated keys, bytes after the item), floats, tags, other simple
values, text that is not in NFC, nesting deeper than 8.

One item has one encoding, so reading is proven by writing: what was decoded must encode to the same
bytes.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import cbor2

from .errors import MalformedCredential

CborValue: TypeAlias = (
    int | str | bytes | bool | Sequence["CborValue"] | Mapping[int, "CborValue"] | None
)

MAX_DEPTH = 8
_TYPES = frozenset({int, str, bytes, bool, type(None), list, tuple, dict})


def key_order(key: int) -> tuple[bool, int]:
    """The bytewise order of encoded integer keys: 0, 1, 2, … then -1, -2, …"""
    return (key < 0, abs(key))


def encode(value: CborValue) -> bytes:
    """The one encoding of `value`; TypeError or ValueError for what is outside the subset."""
    return bytes(cbor2.dumps(_ordered(value)))


def _ordered(value: CborValue) -> CborValue:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=key_order)}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    if type(value) not in _TYPES:
        raise TypeError(f"{type(value).__name__} has no place in a credential")
    return value


def decode(data: bytes) -> CborValue:
    """The value that `data` encodes, or MalformedCredential."""
    try:
        value = cbor2.loads(
            data, max_depth=MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False
        )
        _demand_subset(value)
        # cbor2 writes integers and lengths in the shortest form and maps in the order it is given.
        same = cbor2.dumps(value) == data
    except MalformedCredential:
        raise
    except Exception as error:  # cbor2's own errors, and those of its decoders for tags
        raise MalformedCredential("CBOR that cannot be decoded") from error
    if not same:
        raise MalformedCredential("CBOR that is not in its deterministic form")
    return value  # type: ignore[no-any-return]


def _demand_subset(value: object) -> None:
    kind = type(value)
    if kind is dict:
        assert isinstance(value, dict)  # noqa: S101 - for the type checker
        keys = list(value)
        if any(type(key) is not int for key in keys) or keys != sorted(keys, key=key_order):
            raise MalformedCredential("a map whose keys are not integers in ascending order")
        for key in keys:
            _demand_subset(key)
        for item in value.values():
            _demand_subset(item)
    elif kind is list:
        assert isinstance(value, list)  # noqa: S101
        for item in value:
            _demand_subset(item)
    elif kind is str:
        assert isinstance(value, str)  # noqa: S101
        if not unicodedata.is_normalized("NFC", value):
            raise MalformedCredential("text that is not in NFC")
    elif kind is int:
        assert isinstance(value, int)  # noqa: S101
        if not -(2**64) <= value < 2**64:
            raise MalformedCredential("an integer of more than 64 bits")
    elif kind not in _TYPES:
        raise MalformedCredential(f"{kind.__name__} has no place in a credential")
