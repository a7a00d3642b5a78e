"""The libraries that find QR codes in a grey picture. Each gives the texts it reads.

zxing-cpp reads most, and fast; it also tells of a code that is there but cannot be read. zbar and
OpenCV's detector are here for comparison and for places that trust them more. A library that is not
installed is reported, not crashed on.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from math import dist
from typing import TYPE_CHECKING, NamedTuple, cast

from statusqr_schema import StatusQRError

from .images import GreyImage

if TYPE_CHECKING:
    from zxingcpp import Barcode


class Glimpse(NamedTuple):
    """A code that is there but cannot be read: its corners, and the side of a module, in pixels.

    Where it is not `whole`, the corners are those of the part that was made out.
    """

    corners: tuple[tuple[int, int], ...]
    module: float
    whole: bool


class Seen(NamedTuple):
    """What an engine saw: the texts, and the codes that it saw but could not read."""

    texts: tuple[str, ...]
    unreadable: tuple[Glimpse, ...] = ()


class Engine(StrEnum):
    """Which library reads. `cascade` is zxing-cpp with retries on enhanced pictures."""

    CASCADE = "cascade"
    ZXING = "zxing"
    ZBAR = "zbar"
    OPENCV = "opencv"


class EngineMissing(StatusQRError):
    """The library of an engine is not installed here."""

    code = "ENGINE"


def zxing(image: GreyImage) -> Seen:
    """zxing-cpp, QR codes only (naming the format makes it ten times faster)."""
    import zxingcpp

    found = zxingcpp.read_barcodes(
        image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), return_errors=True
    )
    texts = tuple(_text(code) for code in found if code.valid and _is_usual(code))
    return Seen(texts, tuple(_glimpse(code) for code in found if not code.valid))


def zxing_again(image: GreyImage) -> tuple[str, ...]:
    """As `zxing`, for the texts only, which is a little faster."""
    import zxingcpp

    usual = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    return tuple(_text(code) for code in zxingcpp.read_barcodes(image, formats=usual))


def _text(code: "Barcode") -> str:
    # .bytes, not .text: text is adorned for people and depends on guessed character sets.
    return code.bytes.decode("utf-8", "replace")


def _version(code: "Barcode") -> str:
    extra = cast(Mapping[str, object] | None, code.extra)
    return str((extra or {}).get("Version", ""))


def _is_usual(code: "Barcode") -> bool:
    """Not a micro (`M3`) or a flat one (`R11x99`): those are never ours, and noise looks so."""
    return _version(code).isdecimal()


def _glimpse(code: "Barcode") -> Glimpse:
    at = code.position
    corners = tuple(
        (corner.x, corner.y)
        for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    )
    longest = max(map(dist, corners, corners[1:] + corners[:1]))
    modules = _modules(_version(code))
    return Glimpse(corners, max(longest / modules, 0.5), whole=_is_usual(code))


def _modules(version: str) -> int:
    """The longer side of a symbol: `12` is a QR code, `M3` a micro one, `R11x99` a flat one.

    The finder pattern of a QR code whose rest cannot be made out is often taken for the latter two.
    """
    if version.isdecimal():
        return 17 + 4 * int(version)
    if version.startswith("M"):
        return 9 + 2 * int(version[1:])
    return int(version.rpartition("x")[2] or 21)


def zbar(image: GreyImage) -> Seen:
    """zbar through pyzbar; needs Debian's libzbar0."""
    try:
        from pyzbar import pyzbar
    except ImportError as error:
        remedy = "в папке проекта pip install '.[camera]' и пакет Debian libzbar0"
        raise EngineMissing(f"движок zbar не установлен: {remedy}") from error
    try:
        found = pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])
    except ValueError:  # structured append codes, which are not ours
        return Seen(())
    return Seen(tuple(code.data.decode("utf-8", "replace") for code in found))


def opencv(image: GreyImage) -> Seen:
    """OpenCV's own detector."""
    import cv2

    found, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(image)
    if not found:
        return Seen(())
    return Seen(tuple(filter(None, texts)))


SINGLE: Mapping[Engine, Callable[[GreyImage], Seen]] = {
    Engine.ZXING: zxing,
    Engine.ZBAR: zbar,
    Engine.OPENCV: opencv,
}
