"""The bytes of credentials, honest and forged, written from FORMAT.md and from nothing else.

None of this project's own encoders is used here: a mistake of theirs cannot hide in the vectors.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

DICTIONARY = (Path(__file__).parents[1] / "statusqr_schema" / "dictionary_v1.bin").read_bytes()
AAD = b"StatusQR credential"


@dataclass(frozen=True)
class Raw:
    """Bytes that stand where an item should."""

    data: bytes


@dataclass(frozen=True)
class Tag:
    """A tag around an item."""

    number: int
    content: "Node"


@dataclass(frozen=True)
class Pairs:
    """A map in the order given, with any keys; a key may stand twice."""

    pairs: tuple[tuple["Node", "Node"], ...]


Node: TypeAlias = (
    int
    | float
    | str
    | bytes
    | bool
    | Raw
    | Tag
    | Pairs
    | Sequence["Node"]
    | Mapping[int, "Node"]
    | None
)


def head(major: int, argument: int, width: int | None = None) -> bytes:
    """The head of an item, in the shortest form or with an argument of `width` bytes."""
    if width is None:
        width = next(w for w in (0, 1, 2, 4, 8) if argument < (256**w if w else 24))
    if width == 0:
        return bytes([major << 5 | argument])
    return bytes([major << 5 | 23 + width.bit_length()]) + argument.to_bytes(width)


def cbor(node: Node) -> bytes:
    """The deterministic encoding (FORMAT.md, section 5), but for what is asked to be otherwise."""
    match node:
        case Raw(data):
            return data
        case Tag(number, content):
            return head(6, number) + cbor(content)
        case Pairs(pairs):
            return head(5, len(pairs)) + b"".join(cbor(k) + cbor(v) for k, v in pairs)
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if node else b"\xf4"
        case int():
            return head(0, node) if node >= 0 else head(1, -1 - node)
        case float():
            return b"\xf9" + struct.pack(">e", node)
        case bytes():
            return head(2, len(node)) + node
        case str():
            return head(3, len(node.encode())) + node.encode()
        case Mapping():
            items = sorted((cbor(key), cbor(value)) for key, value in node.items())
            return head(5, len(items)) + b"".join(key + value for key, value in items)
        case _:
            return head(4, len(node)) + b"".join(map(cbor, node))


def deflated(content: bytes, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """Raw DEFLATE with the preset dictionary, as an issuer makes it."""
    maker = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy, DICTIONARY)
    return maker.compress(content) + maker.flush()


def stored(*blocks: bytes) -> bytes:
    """DEFLATE that compresses nothing: its length is that of the content and 5 bytes a block."""
    stream = b""
    for number, block in enumerate(blocks, start=1):
        length = len(block).to_bytes(2, "little")
        stream += bytes([number == len(blocks)]) + length + bytes(255 - b for b in length) + block
    return stream


def fixed(*parts: bytes | tuple[int, int], end: bool = True, padding: str = "0") -> bytes:
    """One final block with fixed Huffman codes: literals, and matches as (length, distance).

    A match is 3 to 10 bytes long. `padding` fills the last byte, `end` writes the end of the block.
    """
    bits = "1" + "10"  # final; block type 1, the low bit first
    for part in parts:
        if isinstance(part, bytes):
            bits += "".join(
                f"{0x30 + byte:08b}" if byte < 144 else f"{0x190 + byte - 144:09b}" for byte in part
            )
        else:
            length, distance = part
            bits += f"{length - 2:07b}" + _distance(distance)
    bits += "0000000" * end
    bits += padding * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8][::-1], 2) for at in range(0, len(bits), 8))


def _distance(distance: int) -> str:
    base = 1
    for code in range(30):
        extra = max(code // 2 - 1, 0)
        if distance < base + (1 << extra):
            return f"{code:05b}" + (f"{distance - base:0{extra}b}"[::-1] if extra else "")
        base += 1 << extra
    raise ValueError("DEFLATE reaches back 32768 bytes at most")


def payload(content: bytes) -> bytes:
    """The version byte and the compressed content; empty blocks before it where it is too short."""
    stream = deflated(content)
    while len(stream) < 23:
        stream = stored(b"", b"")[:5] + stream
    return b"\x01" + stream


def signed_bytes(protected: bytes, payload: bytes, aad: bytes = AAD) -> bytes:
    """The Sig_structure."""
    return cbor(["Signature1", protected, aad, payload])


def frame(
    protected: bytes,
    payload: bytes,
    signature: bytes,
    *,
    start: bytes = b"\xd2\x84",
    protected_head: bytes | None = None,
    unprotected: bytes = b"\xa0",
    payload_head: bytes | None = None,
    signature_head: bytes | None = None,
    end: bytes = b"",
) -> bytes:
    """COSE_Sign1 around its parts; the keywords forge what stands between them."""
    return b"".join(
        (
            start,
            head(2, len(protected)) if protected_head is None else protected_head,
            protected,
            unprotected,
            head(2, len(payload)) if payload_head is None else payload_head,
            payload,
            head(2, len(signature)) if signature_head is None else signature_head,
            signature,
            end,
        )
    )


def digits(credential: bytes) -> str:
    """The text of the QR code."""
    return str(int.from_bytes(credential))
