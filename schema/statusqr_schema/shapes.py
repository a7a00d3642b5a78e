"""Types and sizes of decoded CBOR values: each function returns its argument or refuses it."""

from collections.abc import Sequence

from .cbor import CborValue
from .errors import MalformedCredential


def text(value: CborValue, longest: int) -> str:
    """A text of 1 to `longest` characters (code points)."""
    if type(value) is not str or not 1 <= len(value) <= longest:
        raise MalformedCredential(f"not a text of 1 to {longest} characters")
    return value


def integer(value: CborValue, lowest: int, highest: int) -> int:
    """An integer within bounds; true and false are not integers."""
    if type(value) is not int or not lowest <= value <= highest:
        raise MalformedCredential(f"not an integer of {lowest} to {highest}")
    return value


def array(value: CborValue, shortest: int, longest: int) -> Sequence[CborValue]:
    """An array of `shortest` to `longest` items."""
    if type(value) is not list or not shortest <= len(value) <= longest:
        raise MalformedCredential(f"not an array of {shortest} to {longest} items")
    return value
