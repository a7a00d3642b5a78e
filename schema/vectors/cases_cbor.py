"""Cases of section 5: deterministic CBOR (C)."""

import struct
from collections.abc import Iterator

from vectors import forge
from vectors.case import (
    EXP,
    EXP_CLAIM,
    MINIMAL,
    ON_PAPER,
    PRESENTATION,
    RECORD,
    Case,
    Map,
    bad,
    changed,
    good,
    private,
    with_record,
)
from vectors.forge import Node, Pairs, Raw, Tag, cbor

CONTENT = cbor(ON_PAPER)
_OUT_OF_ORDER = Pairs(((1, 0), (0, 0)))
_NFC, _NFD = "\u0439\u0451", "\u0438\u0306\u0435\u0308"  # й and ё, whole and in parts


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _kept()
    yield from _broken()


def _nested(depth: int, *, maps: bool = False) -> Node:
    value: Node = 0
    for _ in range(depth):
        value = {0: value} if maps else [value]
    return value


def _kept() -> Iterator[Case]:
    key = -(2**64)
    for folder, name, why, rules, content in (
        ("edge", "c8-arrays-8", "seven arrays in the claims map", "C8", private(_nested(7))),
        (
            "edge",
            "c8-maps-8",
            "seven maps in the claims map",
            "C8",
            private(_nested(7, maps=True)),
        ),
        (
            "edge",
            "c2-integers",
            "integers at the edges of every length",
            "C2 L10",
            private([0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**64 - 1]),
        ),
        (
            "edge",
            "c2-negative-integers",
            "negative integers at the edges of every length",
            "C2 L10",
            private([-1, -24, -25, -256, -257, -65536, -65537, -(2**32), -(2**32) - 1, -(2**64)]),
        ),
        (
            "edge",
            "c5-keys",
            "keys of every length, in order",
            "C5 L10 R16",
            changed(
                with_record({0: 1, 13: 1, 24: 1, 256: 1, 2**64 - 1: 1, -1: 1, -25: 1, key: 1}),
                {0: 1, 7: 1, 2**64 - 1: 1, -1: 1, -256: 1, key: 1},
            ),
        ),
        ("valid", "c7-supplementary", "characters of four bytes", "C7", with_record({4: "𠀀😀"})),
        ("valid", "c7-nul", "a control character is text", "C7", with_record({4: "\0\u202e!"})),
        ("edge", "c8-empty-8", "seven arrays, the last empty", "C8", private([[[[[[[]]]]]]])),
        ("valid", "c7-unassigned", "never assigned", "C7", with_record({4: "\ufdd0\U0010ffff"})),
        ("valid", "c7-nfc", "composed letters", "C7", with_record({4: _NFC})),
        ("valid", "c6-simple", "false, true and null", "C6", private([False, True, None])),
        (
            "valid",
            "c4-inner",
            "a map in a map, with integer keys",
            "C4 C5",
            private({0: {-1: b""}}),
        ),
    ):
        yield good(f"{folder}/{name}", why, content, rules)


def _replaced(old: bytes, new: bytes, content: Map = ON_PAPER) -> bytes:
    """The encoded claims, where `old` stands once, with `new` for it."""
    data = cbor(content)
    assert data.count(old) == 1  # noqa: S101
    return data.replace(old, new)


def _broken() -> Iterator[Case]:
    exp = b"\x04" + cbor(EXP)
    rows: tuple[tuple[str, str, str, Map | bytes], ...] = (
        ("C1", "nothing", "a stream of no bytes", forge.cbor(Raw(b""))),
        ("C1", "byte-after", "a byte after the item", CONTENT + b"\0"),
        ("C1", "item-cut", "the last byte is missing", CONTENT[:-1]),
        ("C1", "reserved-head", "a head with the reserved value 28", private(Raw(b"\x1c"))),
        ("C1", "break-alone", "a break outside of anything", private(Raw(b"\xff"))),
        ("C1", "map-counts-more", "a map that announces one pair more", b"\xa6" + CONTENT[1:]),
        ("C2", "integer-2-bytes", "0 in two bytes", private(Raw(b"\x18\x00"))),
        ("C2", "integer-23", "23 in two bytes", private(Raw(b"\x18\x17"))),
        (
            "C2",
            "integer-9-bytes",
            "exp in nine bytes",
            _replaced(exp, b"\x04\x1b" + EXP.to_bytes(8)),
        ),
        ("C2", "negative-integer", "-1 in two bytes", private(Raw(b"\x38\x00"))),
        ("C2", "key", "the key 4 in two bytes", _replaced(exp, b"\x18" + exp)),
        ("C2", "text", "the length of a text", with_record({4: Raw(b"\x78\x01a")})),
        ("C2", "bytes", "the length of a byte string", private(Raw(b"\x58\x01a"))),
        ("C2", "array", "the length of an array", private(Raw(b"\x98\x01\x00"))),
        ("C2", "map", "the length of the claims map", b"\xb8\x05" + CONTENT[1:]),
        ("C2", "inner-map", "the length of an unknown map", private(Raw(b"\xb9\x00\x00"))),
        ("C3", "claims", "the claims of indefinite length", b"\xbf" + CONTENT[1:] + b"\xff"),
        ("C3", "array", "an array of indefinite length", with_record({6: Raw(b"\x9f\x00\xff")})),
        ("C3", "text", "a text of indefinite length", with_record({4: Raw(b"\x7f\x61a\xff")})),
        ("C3", "bytes", "bytes of indefinite length", private(Raw(b"\x5f\x41a\xff"))),
        ("C4", "text", "a text for a key", private(Pairs((("a", 0),)))),
        ("C4", "bytes", "a byte string for a key", private(Pairs(((b"a", 0),)))),
        ("C4", "null", "null for a key", private(Pairs(((None, 0),)))),
        ("C4", "true", "true for the key 1 of the holder", _record_with_key(True)),
        ("C4", "float", "1.0 for the key 1 of the holder", _record_with_key(1.0)),
        ("C4", "array", "an array for a key", private(Pairs((([1], 0),)))),
        ("C5", "order", "1 before 0, below an unknown claim", private(_OUT_OF_ORDER)),
        ("C5", "claims-order", "iat before exp", _reordered((6, 4, PRESENTATION))),
        ("C5", "negative-order", "-2 before -1", private(Pairs(((-2, 0), (-1, 0))))),
        ("C5", "negative-first", "-1 before 0", private(Pairs(((-1, 0), (0, 0))))),
        ("C5", "twice", "a key twice with the same value", private(Pairs(((0, 0), (0, 0))))),
        ("C5", "exp-twice", "exp twice: which one counts?", _reordered((4, 4, 6))),
        ("C6", "tagged-day", "a day with its tag", with_record({5: Tag(100, 20000)})),
        ("C6", "bignum", "1 as a big number", private(Tag(2, b"\x01"))),
        ("C6", "bignum-65-bits", "2^64 as a big number", private(Tag(2, b"\x01" + bytes(8)))),
        ("C6", "self-described", "the tag of CBOR around all", cbor(Tag(55799, Raw(CONTENT)))),
        ("C6", "cwt-tag", "the tag of a CWT around all", cbor(Tag(61, Raw(CONTENT)))),
        ("C6", "unknown-tag", "a tag that nobody knows", private(Tag(65000, 0))),
        ("C6", "shared", "a tag of shared values", private([Tag(28, [0]), Tag(29, 0)])),
        ("C6", "float-half", "1.0 in two bytes", private(1.0)),
        ("C6", "float-exp", "exp as a floating-point number", _float_exp()),
        ("C6", "nan", "not a number", private(Raw(b"\xf9\x7e\x00"))),
        ("C6", "undefined", "undefined", private(Raw(b"\xf7"))),
        ("C6", "simple-0", "the simple value 0", private(Raw(b"\xe0"))),
        ("C6", "simple-32", "the simple value 32", private(Raw(b"\xf8\x20"))),
        ("C6", "false-2-bytes", "false in two bytes", private(Raw(b"\xf8\x14"))),
        ("C7", "byte-ff", "a byte that UTF-8 never has", with_record({4: Raw(b"\x61\xff")})),
        ("C7", "cut", "a letter cut in the middle", with_record({4: Raw(b"\x61\xd0")})),
        (
            "C7",
            "overlong",
            "a letter in more bytes than it needs",
            with_record({4: Raw(b"\x62\xc1\xa1")}),
        ),
        ("C7", "surrogate", "a surrogate", with_record({4: Raw(b"\x63\xed\xa0\x80")})),
        ("C7", "nfd", "decomposed letters in the name", with_record({4: _NFD})),
        ("C7", "nfd-unknown", "decomposed letters below an unknown claim", private([_NFD])),
        (
            "C7",
            "nfkc-only",
            "the ohm sign, whose NFC is another letter",
            with_record({4: "\u2126"}),
        ),
        ("C8", "far-too-deep", "2000 arrays", private(Raw(b"\x81" * 2000 + b"\x00"))),
    )
    for rule, name, why, content in rows:
        yield bad(f"invalid/{rule.lower()}-{name}", why, content, rule)
    empty: Node = [[[[[[[[]]]]]]]]
    for name, value in (
        ("arrays", _nested(8)),
        ("maps", _nested(8, maps=True)),
        ("empty", empty),
    ):
        why = f"eight deep in the claims map: {name}"
        yield bad(f"edge/c8-{name}-9", why, private(value), "C8")


def _record_with_key(key: Node) -> bytes:
    pairs = [(key if number == 1 else number, value) for number, value in MINIMAL.items()]
    return cbor(changed(ON_PAPER, {RECORD: Pairs(tuple(pairs))}))


def _reordered(first: tuple[int, ...]) -> bytes:
    """The claims with these keys first, in this order, and the others after them."""
    pairs: list[tuple[Node, Node]] = [(key, ON_PAPER[key]) for key in first]
    order = (4, 6, RECORD, RECORD - 1, PRESENTATION)
    pairs += [(key, ON_PAPER[key]) for key in order if key not in first]
    return cbor(Pairs(tuple(pairs)))


def _float_exp() -> Map:
    exact = EXP // 2**20 * 2**20
    return changed(ON_PAPER, {EXP_CLAIM: Raw(b"\xfa" + struct.pack(">f", exact))})
