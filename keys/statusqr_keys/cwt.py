"""CWT claims sets (RFC 8392) with text keys within, and bounds on CBOR that others wrote.

The claims of a credential have one encoding only (`statusqr_schema.cbor`). Neither RFC 8392 nor
RFC 9052 asks for that, so here any valid CBOR is read, longer heads and indefinite lengths too:
what was signed are the bytes, not their meaning.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

import cbor2

from statusqr_schema import SignatureRefused
from statusqr_schema.cbor import INERT_TAGS

ClaimValue: TypeAlias = (
    int | str | bytes | Sequence["ClaimValue"] | Mapping[int | str, "ClaimValue"]
)
Head: TypeAlias = tuple[int, int | None]

MAX_ITEMS = 1000  # of a status list about ten; 1 MB of empty maps would take 70 MB of memory
MAX_DEPTH = 16

_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}  # bytes of the argument after the first byte
_STRINGS = (2, 3)  # major types whose content follows the head


def encode_claims(claims: Mapping[int, ClaimValue]) -> bytes:
    """Deterministic CBOR (RFC 8949 §4.2.1) of claims whose keys are integers or short texts."""
    # cbor2 sorts shorter keys first (§4.2.3); for integers and texts of up to 23 bytes of one type
    # in one map that is the bytewise order too.
    return bytes(cbor2.dumps(claims, canonical=True))


def decode_claims(data: bytes) -> Mapping[object, object]:
    """The claims map in `data`, its keys integers and texts, or SignatureRefused.

    Tags have no place in the claims we know; a tagged value in another claim is read as None.
    """
    heads_of(data)
    stream = io.BytesIO(data)
    try:
        claims: object = cbor2.load(
            stream, max_depth=MAX_DEPTH, allow_duplicate_keys=False, semantic_decoders=_TAGS
        )
    except Exception as error:  # cbor2's own errors, and those of its decoders
        raise SignatureRefused("claims that cannot be decoded") from error
    if stream.tell() != len(data):
        raise SignatureRefused("bytes after the claims")
    if not isinstance(claims, Mapping) or not has_plain_keys(claims):
        raise SignatureRefused("the claims are not a map with integer and text keys")
    return claims


def has_plain_keys(value: Mapping[object, object]) -> bool:
    """Whether all keys are integers and texts; to Python, true and 1.0 would be found as 1."""
    return all(type(key) in (int, str) for key in value)


def _tagged(_value: object, _immutable: bool) -> None:
    """What stands for a tagged value: cbor2 must not act on it."""


_TAGS: Mapping[int, Callable[[object, bool], None]] = dict.fromkeys(INERT_TAGS, _tagged)


def heads_of(data: bytes) -> list[Head]:
    """The heads of all items in CBOR, in order, or SignatureRefused where there are too many.

    What decoded CBOR takes in memory is bounded by its length and this number. Nothing else is
    checked: that the items fit together is for the decoder to say.
    """
    heads = list(islice(_heads(data), MAX_ITEMS + 1))
    if len(heads) > MAX_ITEMS:
        raise SignatureRefused(f"more than {MAX_ITEMS} items")
    return heads


def _heads(data: bytes) -> Iterator[Head]:
    """Major type and argument (RFC 8949 §3); None where the length is indefinite."""
    at = 0
    while at < len(data):
        major, info = data[at] >> 5, data[at] & 31
        content = at + 1 + _WIDTHS.get(info, 0)
        argument = int.from_bytes(data[at + 1 : content]) if info in _WIDTHS else info
        yield major, argument if info < 28 else None
        at = content + argument if major in _STRINGS and info < 28 else content
