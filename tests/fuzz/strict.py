"""A reader of the credential's subset of CBOR, written from the format and from nothing else.

`status.cddl` says in words what is allowed: integers and lengths in their shortest form, definite
lengths, integer keys in ascending bytewise order, text in UTF-8 and NFC, no floats and no tags, no
simple value but false, true and null, eight levels of arrays and maps, nothing after the one item.
Here each rule is checked while reading; our own `cbor.decode` proves the same by writing again.
"""

import unicodedata

DEEPEST = 8
_SIMPLE = {20: False, 21: True, 22: None}


class Refused(Exception):
    """Not allowed, and why."""


def read(data: bytes) -> object:
    """The one item that `data` is, or Refused."""
    value, end = _item(data, 0, 1)
    if end != len(data):
        raise Refused("bytes after the item")
    return value


def _item(data: bytes, at: int, depth: int) -> tuple[object, int]:
    major, argument, at = _head(data, at)
    match major:
        case 0:
            return argument, at
        case 1:
            return -1 - argument, at
        case 2 | 3:
            if argument > len(data) - at:
                raise Refused("a string that is cut")
            part, at = data[at : at + argument], at + argument
            return (part if major == 2 else _text(part)), at
        case 7 if argument in _SIMPLE:
            return _SIMPLE[argument], at
        case 6 | 7:
            raise Refused("a tag, a float or another simple value")
        case _:
            pass
    if depth > DEEPEST:
        raise Refused("too deep")
    return _array(data, at, depth, argument) if major == 4 else _map(data, at, depth, argument)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    if at >= len(data):
        raise Refused("an item that is cut")
    major, info = data[at] >> 5, data[at] & 31
    if info < 24:
        return major, info, at + 1
    if info > 27 or major == 7:
        raise Refused("an indefinite length, a float or a reserved form")
    width = 1 << (info - 24)
    argument = int.from_bytes(data[at + 1 : at + 1 + width])
    if at + 1 + width > len(data) or argument < (24 if width == 1 else 256 ** (width // 2)):
        raise Refused("a number that is cut, or not in its shortest form")
    return major, argument, at + 1 + width


def _text(part: bytes) -> str:
    try:
        text = part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not UTF-8") from error
    if unicodedata.normalize("NFC", text) != text:
        raise Refused("not NFC")
    return text


def _array(data: bytes, at: int, depth: int, length: int) -> tuple[list[object], int]:
    items = []
    for _ in range(length):
        item, at = _item(data, at, depth + 1)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, depth: int, length: int) -> tuple[dict[int, object], int]:
    items: dict[int, object] = {}
    last = b""
    for _ in range(length):
        start = at
        key, at = _item(data, at, depth + 1)
        if type(key) is not int or data[start:at] <= last:
            raise Refused("a key that is no integer, or out of order")
        last = data[start:at]
        items[key], at = _item(data, at, depth + 1)
    return items, at
