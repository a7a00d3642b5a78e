"""The reader of pictures: refused as no picture, or the texts of its codes.

A PNG whose bytes change is refused for its check sums before anything of it is decoded, so they are
put right again after most mutations.
"""

import struct
import zlib
from collections.abc import Callable

from statusqr_schema import ImageRefused
from statusqr_verifier import read_codes

_PNG = b"\x89PNG\r\n\x1a\n"


def one_input(data: bytes) -> None:
    try:
        texts = read_codes(data)
    except ImageRefused as refusal:
        assert refusal.message
        return
    assert len(set(texts)) == len(texts)
    assert all(type(text) is str for text in texts)


def mutate(data: bytes, max_size: int, seed: int, blind: Callable[[bytes, int], bytes]) -> bytes:
    changed = blind(data, max_size)
    return with_check_sums(changed) if seed % 8 and changed.startswith(_PNG) else changed


def with_check_sums(data: bytes) -> bytes:
    """A PNG with the check sum of each chunk put right, as far as its chunks can be followed."""
    result = bytearray(data)
    at = len(_PNG)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        struct.pack_into(">I", result, end, zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return bytes(result)
