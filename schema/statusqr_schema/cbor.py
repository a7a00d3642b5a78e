"""Deterministic CBOR (RFC 8949 §4.2.1), the subset that credentials use, both ways.

Allowed: integers of 64 bits, byte and text strings, arrays, maps with integer keys, true, false,
null. Refused on reading: everything that has another encoding of the same meaning (longer integers,
indefinite lengths, unsorted or repeated keys, bytes after the item), floats, tags, other simple
values, text that is not in NFC, nesting deeper than 8.

One item has one encoding, so reading is proven by writing: what was decoded must encode to the same
bytes.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn, TypeAlias

import cbor2

from .errors import MalformedCredential

CborValue: TypeAlias = (
    int | str | bytes | bool | Sequence["CborValue"] | Mapping[int, "CborValue"] | None
)

MAX_DEPTH = 8
_SIMPLE = frozenset({bytes, bool, type(None)})


def key_order(key: int) -> tuple[bool, int]:
    """The bytewise order of encoded integer keys: 0, 1, 2, … then -1, -2, …"""
    return (key < 0, abs(key))


def encode(value: CborValue) -> bytes:
    """The one encoding of `value`; ValueError for what is outside the subset."""
    ordered = _ordered(value)
    try:
        _demand_subset(ordered)
    except MalformedCredential as error:
        raise ValueError(str(error)) from error
    return bytes(cbor2.dumps(ordered))


def _ordered(value: CborValue) -> CborValue:
    if isinstance(value, Mapping):
        try:
            keys = sorted(value, key=key_order)
        except TypeError as error:
            raise ValueError("a map whose keys are not integers") from error
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    return value


def decode(data: bytes) -> CborValue:
    """The value that `data` encodes, or MalformedCredential."""
    try:
        value: CborValue = cbor2.loads(
            data,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            semantic_decoders=INERT_TAGS,
            tag_hook=_refuse_tag,
        )
        _demand_subset(value)
        # cbor2 writes integers and lengths in the shortest form and maps in the order it is given.
        same = cbor2.dumps(value) == data
    except MalformedCredential:
        raise
    except Exception as error:  # cbor2's own errors, and what it wraps
        raise MalformedCredential("CBOR that cannot be decoded") from error
    if not same:
        raise MalformedCredential("CBOR that is not in its deterministic form")
    return value


def _refuse_tag(*_: object) -> NoReturn:
    raise MalformedCredential("a tag has no place in a credential")


# Tags that cbor2 would otherwise act on: dates, big numbers, shared references (which make a short
# message mean a huge one), regular expressions, sets, addresses. All others reach the tag hook.
INERT_TAGS: Mapping[int, Callable[..., NoReturn]] = dict.fromkeys(
    (
        *(0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100),
        *(256, 258, 260, 261, 1004, 43000, 55799),
    ),
    _refuse_tag,
)


def _demand_subset(value: object, depth: int = 1) -> None:
    kind = type(value)
    if kind is str:
        if not unicodedata.is_normalized("NFC", value):  # type: ignore[arg-type]
            raise MalformedCredential("text that is not in NFC")
    elif kind is int:
        if not -(2**64) <= value < 2**64:  # type: ignore[operator]
            raise MalformedCredential("an integer of more than 64 bits")
    elif isinstance(value, (dict, list)):
        if depth > MAX_DEPTH:
            raise MalformedCredential(f"nested deeper than {MAX_DEPTH}")
        if isinstance(value, dict):
            _demand_keys(list(value))
        for item in value.values() if isinstance(value, dict) else value:
            _demand_subset(item, depth + 1)
    elif kind not in _SIMPLE:
        raise MalformedCredential(f"{kind.__name__} has no place in a credential")


def _demand_keys(keys: list[object]) -> None:
    for key in keys:
        if type(key) is not int:
            raise MalformedCredential("a map whose keys are not integers")
        _demand_subset(key)
    if keys != sorted(keys, key=key_order):  # type: ignore[arg-type]
        raise MalformedCredential("a map whose keys are not in ascending order")
