"""The signed payload: one version byte, then raw DEFLATE (RFC 1951) with the version's dictionary.

The version byte names the format and the dictionary together: both are frozen for ever with it.
Raw DEFLATE has no header or check sum; the signature does their work, and it is checked first.
"""

import zlib
from functools import cache
from importlib.resources import files

from .envelope import VERSION
from .errors import MalformedCredential

MAX_CONTENT = 4096  # bytes after inflating
_WINDOW = -15  # raw DEFLATE with a window of 32 KB
# Level 9 of memory makes no code smaller, but its blocks of 128 KB cost 65 page faults a copy.
_MEMORY = 8


@cache
def dictionary() -> bytes:
    """The preset dictionary of version 1."""
    return files(__package__).joinpath("dictionary_v1.bin").read_bytes()


@cache
def _primed() -> "zlib._Compress":
    return zlib.compressobj(
        9, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, dictionary()
    )


def compress(content: bytes) -> bytes:
    """Version byte and compressed content; ValueError where a reader would refuse the size."""
    if len(content) > MAX_CONTENT:
        raise ValueError(f"{len(content)} bytes of content, at most {MAX_CONTENT} are allowed")
    compressor = _primed().copy()  # priming costs more than compressing
    return bytes([VERSION]) + compressor.compress(content) + compressor.flush()


def decompress(payload: bytes) -> bytes:
    """The content of a payload; never holds more than MAX_CONTENT + 1 bytes of it."""
    if payload[:1] != bytes([VERSION]):
        raise MalformedCredential("a payload of another version")
    inflater = zlib.decompressobj(_WINDOW, dictionary())
    try:
        content = inflater.decompress(payload[1:], MAX_CONTENT + 1)
    except zlib.error as error:
        raise MalformedCredential("compressed data that cannot be inflated") from error
    if len(content) > MAX_CONTENT:
        raise MalformedCredential(f"more than {MAX_CONTENT} bytes of content")
    if not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
        raise MalformedCredential("compressed data that are cut, or followed by other bytes")
    return content
