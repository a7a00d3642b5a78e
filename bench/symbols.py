"""QR writers side by side on the digits of real credentials: milliseconds, and one version for all.

Ours are two: segno and zxing-cpp behind `make_symbol`, which raises the level while the version
stays. Bare, a library is asked for level M and for what it likes to give: a matrix or its image.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from itertools import cycle
from types import ModuleType

import qrcode
import segno
import zxingcpp
from qrcode.image.svg import SvgPathImage

from bench.documents import issued
from bench.table import Cell, Section
from bench.timing import Operation, take_turns
from statusqr_issuer import Writer, make_symbol

QRCODEGEN: ModuleType = import_module("qrcodegen")  # it has no types, so its import has none
ROUNDS = 25
MASK = 0  # one of eight: choosing the best is most of the work of a writer in Python

Draw = Callable[[str], object]


def measure() -> Section:
    """CPU milliseconds of a matrix and of an SVG, and the versions, one row a writer."""
    texts = [job.credential.text for job in issued()]
    versions = {name: [version(text) for text in texts] for name, version in VERSIONS.items()}
    usual = versions[next(iter(versions))]
    if any(found != usual for found in versions.values()):
        raise AssertionError("the writers do not give the same versions")
    operations = {f"matrix, {name}": _each(draw, texts) for name, draw in MATRICES.items()}
    operations |= {f"SVG, {name}": _each(draw, texts) for name, draw in DRAWINGS.items()}
    times = take_turns(operations, rounds=ROUNDS, seconds_a_turn=0.03)
    fastest = times["matrix, StatusQR, zxing-cpp"]
    rows: list[Sequence[Cell]] = []
    for name in MATRICES:
        matrix, svg = times[f"matrix, {name}"], times.get(f"SVG, {name}")
        rows.append((name, matrix * 1000, svg * 1000 if svg else None, matrix / fastest))
    digits = sorted(map(len, texts))
    middle = digits[len(digits) // 2]
    return Section(
        "Symbols",
        f"{len(digits)} credentials of {digits[0]} to {digits[-1]} digits, median {middle}; "
        f"CPU, median of {ROUNDS} turns. Every writer gives the same versions, {min(usual)} to "
        f"{max(usual)}. StatusQR's raise the level of error correction as far as the version "
        "allows; the bare ones stay at M, but for the second segno.",
        ("writer", "matrix, ms", "SVG, ms", "matrix, × StatusQR with zxing-cpp"),
        rows,
    )


def _zxing(text: str) -> zxingcpp.Barcode:
    return zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")


def _zxing_image(text: str) -> zxingcpp.Image:
    return _zxing(text).to_image(scale=1, add_quiet_zones=False)


def _segno(text: str, *, boost: bool = False, mask: int | None = None) -> segno.QRCode:
    return segno.make(text, error="M", mode="numeric", boost_error=boost, mask=mask, micro=False)


def _segno_svg(code: segno.QRCode) -> bytes:
    output = io.BytesIO()
    code.save(output, kind="svg")
    return output.getvalue()


def _qrcode(text: str) -> "qrcode.QRCode[SvgPathImage]":
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, image_factory=SvgPathImage
    )
    code.add_data(text)
    code.make(fit=True)
    return code


def _qrcodegen(text: str) -> object:
    segments = [QRCODEGEN.QrSegment.make_numeric(text)]
    level = QRCODEGEN.QrCode.Ecc.MEDIUM
    return QRCODEGEN.QrCode.encode_segments(segments, level, boostecl=False)


def _version_of_qrcodegen(text: str) -> int:
    version: int = QRCODEGEN.QrCode.get_version(_qrcodegen(text))
    return version


MATRICES: Mapping[str, Draw] = {
    "StatusQR, zxing-cpp": lambda text: make_symbol(text, Writer.ZXING),
    "StatusQR, segno": lambda text: make_symbol(text, Writer.SEGNO),
    "zxing-cpp": _zxing_image,
    "segno": _segno,
    "segno, level raised": lambda text: _segno(text, boost=True),
    "segno, mask given": lambda text: _segno(text, mask=MASK),
    "qrcode": lambda text: _qrcode(text).modules,
    "qrcodegen": _qrcodegen,
}
DRAWINGS: Mapping[str, Draw] = {
    "StatusQR, zxing-cpp": lambda text: make_symbol(text, Writer.ZXING).svg(),
    "StatusQR, segno": lambda text: make_symbol(text, Writer.SEGNO).svg(),
    "zxing-cpp": lambda text: _zxing(text).to_svg(),
    "segno": lambda text: _segno_svg(_segno(text)),
    "segno, level raised": lambda text: _segno_svg(_segno(text, boost=True)),
    "segno, mask given": lambda text: _segno_svg(_segno(text, mask=MASK)),
    "qrcode": lambda text: _qrcode(text).make_image().to_string(),
}
VERSIONS: Mapping[str, Callable[[str], int]] = {
    "StatusQR, zxing-cpp": lambda text: make_symbol(text, Writer.ZXING).version,
    "StatusQR, segno": lambda text: make_symbol(text, Writer.SEGNO).version,
    "zxing-cpp": lambda text: (_zxing_image(text).shape[0] - 17) // 4,
    "segno": lambda text: int(_segno(text).version),
    "qrcode": lambda text: int(_qrcode(text).version),
    "qrcodegen": _version_of_qrcodegen,
}


def _each(draw: Draw, texts: Sequence[str]) -> Operation:
    waiting = cycle(texts)
    return lambda: draw(next(waiting))
