"""A code as a page draws it: packed modules for the live code, a path for the others."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from ..qr import Writer, make_symbol

# One level and one mask: to try them all takes nine times as long. Which mask it is makes no
# difference to a reader here, for compressed and signed digits look like chance under each.
_LEVEL: Final = "M"
_MASK: Final = 3


@dataclass(frozen=True, slots=True)
class Packed:
    """The modules row by row, eight to a byte, dark is 1; in base64. `side` has no quiet zone."""

    side: int
    modules: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """An SVG path within a square of `side` modules, the quiet zone included."""

    side: int
    path: str


def packed(text: str) -> Packed:
    """The symbol of a code's digits, made as quickly as it can be."""
    import numpy
    import zxingcpp

    kind = zxingcpp.BarcodeFormat.QRCode
    code = zxingcpp.create_barcode(text, kind, ec_level=_LEVEL, data_mask=_MASK)
    pixels = numpy.array(code.to_image(scale=1, add_quiet_zones=False))
    return Packed(len(pixels), b64encode(numpy.packbits(pixels == 0).tobytes()).decode("ascii"))


def drawn(text: str) -> Drawn:
    """The symbol of a code's digits at the best level, for a page without scripts."""
    symbol = make_symbol(text, Writer.ZXING)
    return Drawn(symbol.side, symbol.path)
