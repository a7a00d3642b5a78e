"""An address as a QR for the terminal, to be opened by a phone's camera."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

_QUIET: Final = 4  # modules on each side (ISO/IEC 18004 §6.3.8)
# Black and white by number, whatever colours the terminal has: a reader needs the light margin.
_NUMBER: Final = {False: 231, True: 16}
_PLAIN: Final = "\x1b[0m"
_Pair = tuple[bool, bool]


def address_qr(url: str) -> str:
    """Lines that end in a line feed, two rows of modules each; for ASCII addresses only.

    zxing-cpp makes the matrix, because it is there anyway as the reader (docs/adr/0006).
    """
    rows = _matrix(url)
    side = len(rows) + 2 * _QUIET
    empty = [False] * side
    framed = [empty] * _QUIET
    framed += [[False] * _QUIET + row + [False] * _QUIET for row in rows]
    framed += [empty] * (_QUIET + side % 2)  # an even number
    lines = (zip(*pair, strict=True) for pair in zip(framed[0::2], framed[1::2], strict=True))
    return "".join(_line(line) + "\n" for line in lines)


def _line(pairs: Iterable[_Pair]) -> str:
    """A cell for an upper and a lower module: a colour alone where they are alike.

    Some terminals put space between lines, filled with the ground of the cell above. Were all of
    the ground white, white lines would run through the symbol, and readers do not forgive them.
    """
    return "".join(_cells(pair, len(list(run))) for pair, run in groupby(pairs)) + _PLAIN


def _cells(pair: _Pair, number: int) -> str:
    upper, lower = pair
    glyph = " " if upper == lower else "▀"
    return f"\x1b[38;5;{_NUMBER[upper]};48;5;{_NUMBER[lower]}m" + glyph * number


def _matrix(text: str) -> list[list[bool]]:
    """The modules without the margin, dark is True."""
    import numpy
    import zxingcpp

    if not text.isascii() or not text.isprintable():
        raise ValueError("an address of other characters")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    pixels = numpy.array(code.to_image(scale=1, add_quiet_zones=False))
    return [[bool(value == 0) for value in row] for row in pixels]
