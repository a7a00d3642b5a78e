"""A CBOR writer (RFC 8949) that also writes what must be refused, as a tree asks for it.

A tree is what Python has for CBOR, but for maps, which are pairs in the order in which they are
written (a key may stand twice), and for `Raw`, which stands in the output as it is.
"""

import struct
from dataclasses import dataclass, field
from typing import TypeAlias

WIDTHS = (0, 1, 2, 4, 8)  # bytes of the argument after the first byte
_INFO = {1: 24, 2: 25, 4: 26, 8: 27}


@dataclass
class Map:
    """Pairs in the order of writing."""

    pairs: list[tuple["Node", "Node"]] = field(default_factory=list)


@dataclass
class Tag:
    """A tag around an item."""

    number: int
    content: "Node"


@dataclass(frozen=True)
class Raw:
    """Bytes that stand where an item should."""

    data: bytes


Node: TypeAlias = int | str | bytes | float | list["Node"] | Map | Tag | Raw | None


def tree(value: object) -> Node:
    """A tree of what `cbor2.loads` gives, in the same order."""
    if isinstance(value, dict):
        return Map([(tree(key), tree(item)) for key, item in value.items()])
    if isinstance(value, (list, tuple)):
        return [tree(item) for item in value]
    if value is None or isinstance(value, (int, str, bytes, float)):
        return value
    raise TypeError(type(value).__name__)


def head(major: int, argument: int, width: int | None = None) -> bytes:
    """The first bytes of an item, in the shortest form or with `width` bytes of argument."""
    if width is None:
        width = next((w for w in WIDTHS if argument < (256**w if w else 24)), 8)
    if width == 0:
        return bytes([major << 5 | argument])
    return bytes([major << 5 | _INFO[width]]) + argument.to_bytes(width)


def write(node: Node) -> bytes:
    """The bytes of a tree; only `Raw` and the order of pairs can make them irregular."""
    match node:
        case Raw(data):
            return data
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if node else b"\xf4"
        case int():
            return _integer(node)
        case float():
            return b"\xfb" + struct.pack(">d", node)
        case bytes():
            return head(2, len(node)) + node
        case str():
            data = node.encode("utf-8", "surrogatepass")
            return head(3, len(data)) + data
        case list():
            return head(4, len(node)) + b"".join(map(write, node))
        case Tag(number, content):
            return head(6, number) + write(content)
        case Map(pairs):
            return head(5, len(pairs)) + b"".join(write(k) + write(v) for k, v in pairs)


def _integer(value: int) -> bytes:
    major, argument = (0, value) if value >= 0 else (1, -1 - value)
    if argument < 2**64:
        return head(major, argument)
    size = (argument.bit_length() + 7) // 8  # a big number, RFC 8949 §3.4.3
    return bytes([0xC2 + major]) + write(argument.to_bytes(size))
