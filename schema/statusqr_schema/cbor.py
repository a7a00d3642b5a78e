"""Deterministic CBOR (RFC 8949 §4.2.1), the subset that credentials use, both ways.

Allowed: integers of 64 bits, byte and text strings, arrays, maps with integer keys, true, false,
null. Refused on reading: everything that has another encoding of the same meaning (longer integers,
indefinite lengths, unsorted or repeated keys, bytes after the item), floats, tags, other simple
values, text that is not in NFC, nesting deeper than 8.

That a message is in its one form is proven by its length: of all encodings of a value the
deterministic one is the shortest, and each of its items has one shortest form only. So a message
of exactly the shortest length, with its keys in order, is that encoding.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeAlias
from unicodedata import is_normalized

import cbor2

from .errors import MalformedCredential

CborValue: TypeAlias = (
    int | str | bytes | bool | Sequence["CborValue"] | Mapping[int, "CborValue"] | None
)

MAX_DEPTH = 8


def key_order(key: int) -> tuple[bool, int]:
    """The bytewise order of encoded integer keys: 0, 1, 2, … then -1, -2, …"""
    return (key < 0, abs(key))


def encode(value: CborValue) -> bytes:
    """The one encoding of `value`; ValueError for what is outside the subset."""
    try:
        ordered = value
        try:
            _shortest_length((value,), 0)
        except MalformedCredential:  # keys in another order, or what is no list or dict
            ordered = _ordered(value)
            _shortest_length((ordered,), 0)
    except MalformedCredential as error:
        raise ValueError(str(error)) from error
    # cbor2 writes integers and lengths in the shortest form and maps in the order it is given.
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
            # The proof by length needs this: an indefinite array of 24 to 255 items is no longer
            # than the definite one.
            allow_indefinite=False,
            allow_duplicate_keys=False,
            semantic_decoders=INERT_TAGS,
            tag_hook=_refuse_tag,
        )
        shortest = _shortest_length((value,), 0)
    except MalformedCredential:
        raise
    except Exception as error:  # cbor2's own errors, and what it wraps
        raise MalformedCredential("CBOR that cannot be decoded") from error
    if shortest != len(data):
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

_NEGATIVE = 1 << 64  # where negative keys begin in the bytewise order: their major type is larger


def _shortest_length(items: Iterable[Any], depth: int) -> int:
    """Bytes of the shortest encodings of `items`, which lie within `depth` containers.

    MalformedCredential where one is outside the subset; maps must have their keys in order. One
    flat loop, the most frequent types first: every code at a checkpoint passes here item by item.
    """
    total = 0
    for item in items:
        kind = type(item)
        if kind is str:
            if not is_normalized("NFC", item):
                raise MalformedCredential("text that is not in NFC")
            length = len(item.encode())
            total += length + (1 if length < 24 else _head(length))
        elif kind is int:
            total += _head(item if item >= 0 else ~item)
        elif item is None or kind is bool:
            total += 1
        elif kind is list or kind is dict:
            if depth == MAX_DEPTH:
                raise MalformedCredential(f"nested deeper than {MAX_DEPTH}")
            if kind is dict:
                total += _keys_length(item)
                item = item.values()
            total += _head(len(item)) + _shortest_length(item, depth + 1)
        elif kind is bytes:
            total += _head(len(item)) + len(item)
        else:
            raise MalformedCredential(f"{kind.__name__} has no place in a credential")
    return total


def _keys_length(keys: Iterable[Any]) -> int:
    total, before = 0, -1
    for key in keys:
        if type(key) is not int:
            raise MalformedCredential("a map whose keys are not integers")
        argument = key if key >= 0 else ~key
        place = argument if key >= 0 else _NEGATIVE + argument
        if place <= before:
            raise MalformedCredential("a map whose keys are not in ascending order")
        before = place
        total += _head(argument)
    return total


def _head(argument: int) -> int:
    """Bytes of an item's head with this argument (RFC 8949 §3)."""
    if argument < 24:
        return 1
    if argument < 0x100:
        return 2
    if argument < 0x1_0000:
        return 3
    if argument < 0x1_0000_0000:
        return 5
    if argument < _NEGATIVE:
        return 9
    raise MalformedCredential("an integer of more than 64 bits")
