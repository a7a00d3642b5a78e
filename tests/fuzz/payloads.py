"""Payloads: a version byte and DEFLATE around content, well made and otherwise."""

import zlib
from collections.abc import Callable
from random import Random

from .oracle import DICTIONARY


def deflated(
    content: bytes, level: int = 9, strategy: int = zlib.Z_DEFAULT_STRATEGY, primed: bool = True
) -> bytes:
    """Raw DEFLATE, with the dictionary of the format or without one."""
    if primed:
        packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy, DICTIONARY)
    else:
        packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    return packer.compress(content) + packer.flush()


def usual(content: bytes) -> bytes:
    """As an issuer packs it."""
    return b"\x01" + deflated(content)


def plain(content: bytes) -> bytes:
    """Without the dictionary: good under every dictionary that the format may still get."""
    return b"\x01" + deflated(content, primed=False)


def bomb(size: int) -> bytes:
    """A payload of `size` zeros."""
    return usual(bytes(size))


def _version(rng: Random, content: bytes) -> bytes:
    return rng.choice((b"", b"\x00", b"\x02", b"\xff")) + usual(content)[1:]


def _other_stream(rng: Random, content: bytes) -> bytes:
    """Good streams that no issuer of ours makes: stored, fixed codes, without the dictionary."""
    strategy = rng.choice((zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_DEFAULT_STRATEGY))
    return b"\x01" + deflated(content, rng.choice((0, 1, 6)), strategy, rng.random() < 0.5)


def _several_blocks(rng: Random, content: bytes) -> bytes:
    empty = b"\x00\x00\x00\xff\xff" * rng.choice((1, 2, 20))  # stored blocks of no bytes
    return b"\x01" + empty + deflated(content)


def _cut(rng: Random, content: bytes) -> bytes:
    data = usual(content)
    return data[: rng.randrange(len(data))]


def _not_closed(rng: Random, content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
    return b"\x01" + packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)


def _followed(rng: Random, content: bytes) -> bytes:
    return usual(content) + rng.choice((b"\0", b"\xff" * 9, deflated(content), deflated(b"")))


def _wrapped(rng: Random, content: bytes) -> bytes:
    """In the wrapping of zlib or of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, rng.choice((15, 31)))
    return b"\x01" + packer.compress(content) + packer.flush()


def _bombed(rng: Random, content: bytes) -> bytes:
    return usual(content + bytes(rng.choice((1, 4097, 10_000, 400_000))))


def _bytes_changed(rng: Random, content: bytes) -> bytes:
    data = bytearray(usual(content))
    for _ in range(rng.randrange(1, 4)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


HOSTILE: tuple[Callable[[Random, bytes], bytes], ...] = (
    _version,
    _other_stream,
    _several_blocks,
    _cut,
    _not_closed,
    _followed,
    _wrapped,
    _bombed,
    _bytes_changed,
)
