"""The libraries that find QR codes in a grey picture. Each gives the texts it reads.

zxing-cpp reads most, and fast; it also tells of a code that is there but cannot be read. zbar and
OpenCV's detector are here for comparison and for places that trust them more. A library that is not
installed is reported, not crashed on.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from statusqr_schema import StatusQRError

from .images import GreyImage


class Seen(NamedTuple):
    """What an engine saw: the texts, and how many codes it saw but could not read."""

    texts: tuple[str, ...]
    unreadable: int = 0


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
    # .bytes, not .text: text is adorned for people and depends on guessed character sets.
    texts = tuple(code.bytes.decode("utf-8", "replace") for code in found if code.valid)
    return Seen(texts, sum(not code.valid for code in found))


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
    return Seen(tuple(filter(None, texts)), sum(not text for text in texts))


SINGLE: Mapping[Engine, Callable[[GreyImage], Seen]] = {
    Engine.ZXING: zxing,
    Engine.ZBAR: zbar,
    Engine.OPENCV: opencv,
}
