"""Cases of section 4: DEFLATE with the preset dictionary (Z)."""

import zlib
from collections.abc import Iterator

from vectors import forge
from vectors.case import (
    ON_PAPER,
    PRIVATE,
    Case,
    Map,
    bad,
    case,
    changed,
    good,
    private,
    sealed,
    shown,
    unread,
)
from vectors.forge import cbor
from vectors.keyring import PRINT

CONTENT = cbor(ON_PAPER)


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _streams()
    yield from _broken_streams()
    yield from _sizes()


def _streams() -> Iterator[Case]:
    half = len(CONTENT) // 2
    for name, why, payload in (
        ("stored", "one stored block", forge.stored(CONTENT)),
        ("two-blocks", "two stored blocks", forge.stored(CONTENT[:half], CONTENT[half:])),
        ("empty-last-block", "an empty last block", forge.stored(CONTENT, b"")),
        ("fixed-codes", "fixed Huffman codes, literals only", forge.fixed(CONTENT)),
        ("no-matches", "Huffman codes of its own", forge.deflated(CONTENT, zlib.Z_HUFFMAN_ONLY)),
        ("flushed", "a flush in the middle", _flushed(CONTENT[:half], CONTENT[half:])),
        ("padding", "ones for the bits after the end", forge.fixed(CONTENT, padding="1")),
    ):
        expected = shown(ON_PAPER, PRINT)
        code = sealed(b"\x01" + payload)
        yield case(f"valid/z1-{name}", f"another DEFLATE form: {why}", code, expected, kept="Z1 Z2")
    for name, why, payload, content in _matches():
        code = sealed(b"\x01" + payload)
        yield case(f"edge/z1-{name}", why, code, shown(content, PRINT), kept="Z1")


def _flushed(first: bytes, second: bytes) -> bytes:
    maker = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, forge.DICTIONARY)
    return (
        maker.compress(first)
        + maker.flush(zlib.Z_SYNC_FLUSH)
        + maker.compress(second)
        + maker.flush()
    )


def _matches() -> Iterator[tuple[str, str, bytes, Map]]:
    """Matches that reach into the dictionary as far as can be."""
    size = len(forge.DICTIONARY)
    content = private(forge.DICTIONARY[:10])
    before, after = cbor(content).split(forge.DICTIONARY[:10])
    stream = forge.fixed(before, (10, size + len(before)), after)
    yield "first-byte-of-dictionary", "a match with the dictionary's first bytes", stream, content
    room = 32_768 - size  # so many bytes stand before the one match with the largest distance
    content = changed(ON_PAPER, {PRIVATE: bytes(room // 10 * 10 + 1), PRIVATE - 1: b"?" * 10})
    before, after = cbor(content).split(b"?" * 10)
    place = size + len(before) - 32_768
    content = changed(content, {PRIVATE - 1: forge.DICTIONARY[place : place + 10]})
    start, end = before.split(bytes(room // 10 * 10))
    stream = forge.fixed(start + b"\0", *[(10, 1)] * (room // 10), end[1:], (10, 32_768), after)
    yield "largest-distance", "a match over 32768 bytes, into the dictionary", stream, content


def _broken_streams() -> Iterator[Case]:
    stream = forge.deflated(CONTENT)
    before_all = forge.fixed(b"", (10, len(forge.DICTIONARY) + 1), CONTENT)
    undirected = zlib.compressobj(9, zlib.DEFLATED, -15)
    for rule, name, why, payload in (
        ("Z1", "block-type-3", "a block of type 3", b"\x07" + stream[1:]),
        ("Z1", "stored-length", "a stored block whose length does not fit", _wrong_length()),
        ("Z1", "before-dictionary", "a match that begins before the dictionary", before_all),
        ("Z1", "zlib-header", "a zlib header and check sum", _zlib()),
        ("Z2", "cut", "the last byte is missing", stream[:-1]),
        ("Z2", "no-final-block", "no block is the final one", b"\x00" + forge.stored(CONTENT)[1:]),
        ("Z2", "no-end-of-block", "the block has no end", forge.fixed(CONTENT, end=False)),
        ("Z2", "byte-after", "a zero byte after the final block", stream + b"\0"),
        ("Z2", "stream-after", "another stream after the final block", stream + stream),
    ):
        code = sealed(b"\x01" + payload)
        expected = unread("UNDETERMINED", "D-BAD", PRINT)
        yield case(f"invalid/{rule.lower()}-{name}", why, code, expected, broken=rule)
    plain = undirected.compress(CONTENT) + undirected.flush()
    code = sealed(b"\x01" + plain)
    why = "compressed without the dictionary: no match reaches into it, so this is one more form"
    yield case("valid/z1-without-dictionary", why, code, shown(ON_PAPER, PRINT), kept="Z1")


def _wrong_length() -> bytes:
    good = bytearray(forge.stored(CONTENT))
    good[3] ^= 1
    return bytes(good)


def _zlib() -> bytes:
    maker = zlib.compressobj(9, zlib.DEFLATED, 15, 9, zlib.Z_DEFAULT_STRATEGY, forge.DICTIONARY)
    return maker.compress(CONTENT) + maker.flush()


def _sizes() -> Iterator[Case]:
    for size, folder in ((4096, "edge"), (4097, "edge"), (300_000, "invalid")):
        length = next(n for n in range(size, 0, -1) if len(cbor(private(bytes(n)))) == size)
        content = private(bytes(length))
        path, why = f"{folder}/z3-{size}-bytes", f"{size} bytes of content"
        yield good(path, why, content, "Z3") if size == 4096 else bad(path, why, content, "Z3")
