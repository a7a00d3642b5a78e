"""Short inputs that mean much: what a reader must not unpack. Run as a program, under a limit.

::

    PYTHONPATH=tests python -m fuzz.bombs

It allows itself little more memory than it has by then, and puts every bomb before the readers.
The last line tells whether a reader without a limit would have broken it, or nothing is proven.
"""

import resource
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from world import NOON

from statusqr_schema import MalformedCredential, cbor, claims, compression

from . import messages, payloads, wire
from .cases import digits
from .judge import VERIFIER
from .keys import ring

SPARE = 48 * 2**20  # bytes
ENDLESS = 120  # seconds of processor time for what takes one; some bombs would take years
INFLATED = 60_000_000  # about as much as DEFLATE can put into a payload of 65,535 bytes


def cbor_bombs() -> dict[str, bytes]:
    """CBOR that claims much, repeats much, or goes deep."""
    heads = {
        f"{major}:{length}": wire.head(major, length, 8)
        for major in (2, 3, 4, 5)
        for length in (10**8, 2**32, 2**62, 2**64 - 1)
    }
    in_arrays = {f"{name} in arrays": b"\x81" * 7 + data for name, data in heads.items()}
    # Arrays of references (tag 29) to the array before (shared, tag 28), which is such an array …
    laughs = [b"\xd8\x1c\x98\x60" + (b"\xd8\x1d" + bytes([n])) * 96 for n in range(6)]
    return {
        **heads,
        **in_arrays,
        "deep": b"\x81" * 4000,
        "very deep": b"\x81" * 1_000_000,
        "deep maps": b"\xa1\x00" * 2000,
        "tags": b"\xc1" * 4000,
        "indefinite": b"\x9f" * 4000,
        "laughs": b"\x87\xd8\x1c\x80" + b"".join(laughs),
        "strings again": b"\xd9\x01\x00\x98\xc8" + b"\x58\x80" + b"x" * 128 + b"\xd8\x19\x00" * 199,
        "a big number": b"\xc2\x59\xff\xff" + b"\xff" * 65_535,
        "a decimal": b"\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",
        "a big float": b"\xc5\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",
        "a pattern": b"\xd8\x23\x69(((a)*)*)*",
        "many nulls": b"\x99\xff\xff" + b"\xf6" * 65_535,
    }


def refused(read: Callable[[bytes], object], data: bytes) -> bool:
    """Whether it is refused as malformed; any other error goes on."""
    try:
        read(data)
    except MalformedCredential:
        return True
    return False


@dataclass(frozen=True)
class Bomb:
    """One payload or CBOR item, and the code that carries it under a good signature."""

    name: str
    data: bytes
    read: Callable[[bytes], object]
    text: str


def prepared() -> list[Bomb]:
    """All bombs, made while there is memory for it."""
    made = [
        Bomb(f"{size} zeros", payload, compression.decompress, _text(payload))
        for size, payload in ((n, payloads.bomb(n)) for n in (4097, 10**6, INFLATED))
    ]
    return made + [
        Bomb(name, data, claims.decode, _text(payloads.usual(data)))
        for name, data in cbor_bombs().items()
    ]


def _text(payload: bytes) -> str:
    return digits(messages.genuine(ring()[1], payload))


def set_off(bombs: list[Bomb]) -> None:
    """Each before each reader; an error that is none of ours goes through."""
    for bomb in bombs:
        assert refused(bomb.read, bomb.data), bomb.name
        refused(cbor.decode, bomb.data)  # a long list of nulls is good CBOR
        assert VERIFIER.check(bomb.text, NOON).findings, bomb.name


def main() -> int:
    """0 where every bomb was refused within the memory, and the control was not."""
    bombs = prepared()
    resource.setrlimit(resource.RLIMIT_CPU, (ENDLESS, ENDLESS))
    set_off(bombs)  # all that is loaded late is loaded, and caches are filled
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    limit = pages * resource.getpagesize() + SPARE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    set_off(bombs)
    largest = next(bomb for bomb in bombs if bomb.name == f"{INFLATED} zeros")
    try:
        zlib.decompressobj(-15, compression.dictionary()).decompress(largest.data[1:])
    except MemoryError:
        sys.stdout.write(f"{len(bombs)} bombs refused; the control broke the limit\n")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
