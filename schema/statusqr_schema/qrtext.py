"""The text in the QR code: the credential's bytes as one big-endian decimal number.

Digits are the densest mode of a QR code, are the same under every keyboard layout (scanners type),
are never a link, and `int()` reads them at once.
"""

from .errors import MalformedCredential

MIN_DIGITS = 100
MAX_DIGITS = 1600


def encode(credential: bytes) -> str:
    """The digits of a credential; ValueError where the code would be too large to read."""
    text = str(int.from_bytes(credential))
    if not MIN_DIGITS <= len(text) <= MAX_DIGITS:
        raise ValueError(f"{len(text)} digits, {MIN_DIGITS} to {MAX_DIGITS} are allowed")
    return text


def is_ours(text: str) -> bool:
    """Whether `text` is a credential or a part of one: ASCII digits, at least 100 of them.

    Anything else is somebody else's code (FOREIGN) and says nothing about a status.
    """
    return len(text) >= MIN_DIGITS and text.isascii() and text.isdigit()


def decode(text: str) -> bytes:
    """The bytes of a credential's digits, or MalformedCredential."""
    if not is_ours(text):
        raise MalformedCredential("not a number of at least 100 digits")
    if len(text) > MAX_DIGITS or text[0] == "0":
        raise MalformedCredential("too many digits, or a leading zero")
    number = int(text)
    return number.to_bytes((number.bit_length() + 7) // 8)
