"""QR symbols of credentials: one matrix of modules, drawn as SVG, PNG or terminal text.

Two writers make the matrix: segno (the default) and zxing-cpp, ten times faster. Both write numeric
mode at level M at least, and raise the level while the version stays the same.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from statusqr_schema import StatusQRError

QUIET_ZONE = 4  # modules, ISO/IEC 18004 §6.3.8
LEVELS = ("M", "Q", "H")
MODULE_MM = 0.7  # what a phone reads from a sheet on a counter; 0.5 is the least


@dataclass(frozen=True, slots=True)
class QrSymbol:
    """A symbol without its quiet zone; `rows` are the modules, dark is True."""

    rows: tuple[tuple[bool, ...], ...]
    level: str

    @property
    def version(self) -> int:
        """1..40 (ISO/IEC 18004 §6.3.1: 17 + 4 × version modules on a side)."""
        return (len(self.rows) - 17) // 4

    @property
    def side(self) -> int:
        """Modules on a side, the quiet zone included."""
        return len(self.rows) + 2 * QUIET_ZONE

    @property
    def path(self) -> str:
        """The dark modules as an SVG path, in modules, the quiet zone left free."""
        return "".join(
            f"M{start + QUIET_ZONE},{number + QUIET_ZONE}h{length}v1h-{length}z"
            for number, row in enumerate(self.rows)
            for start, length in _dark_runs(row)
        )

    def svg(self, module_mm: float = MODULE_MM) -> str:
        """An SVG in millimetres: black runs on white, edges kept sharp, a title for readers."""
        size = f"{self.side * module_mm:.2f}mm"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
            f'viewBox="0 0 {self.side} {self.side}" shape-rendering="crispEdges" role="img">'
            f"<title>QR-код подтверждения статуса</title>"
            f'<path fill="#fff" d="M0,0h{self.side}v{self.side}h-{self.side}z"/>'
            f'<path d="{self.path}"/></svg>\n'
        )

    def png(self, scale: int = 8) -> bytes:
        """A black and white PNG, `scale` pixels a module, at a resolution fit for print."""
        image = Image.new("1", (self.side, self.side), 1)
        for y, row in enumerate(self.rows):
            for x, dark in enumerate(row):
                if dark:
                    image.putpixel((x + QUIET_ZONE, y + QUIET_ZONE), 0)
        image = image.resize((self.side * scale, self.side * scale), Image.Resampling.NEAREST)
        dpi = round(scale / MODULE_MM * 25.4)
        output = io.BytesIO()
        image.save(output, "PNG", dpi=(dpi, dpi), optimize=True)
        return output.getvalue()

    def terminal(self) -> str:
        """Half blocks, two rows of modules a line, for a dark terminal: light modules are drawn."""
        margin = [False] * self.side
        rows = [margin] * QUIET_ZONE
        rows += [[False] * QUIET_ZONE + list(row) + [False] * QUIET_ZONE for row in self.rows]
        rows += [margin] * QUIET_ZONE + [[True] * self.side]  # an odd number: pad the last line
        glyphs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
        lines = zip(rows[0::2], rows[1::2], strict=False)
        return "".join(
            "".join(glyphs[pair] for pair in zip(upper, lower, strict=True)) + "\n"
            for upper, lower in lines
        )


def _dark_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    start = None
    for place, dark in enumerate((*row, False)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place - start))
            start = None
    return runs


class MissingExtra(StatusQRError):
    """A library of the extra `issuer` is not installed."""

    code = "EXTRA"

    def __init__(self, library: str) -> None:
        super().__init__(f"не установлено: {library}; в папке проекта: pip install '.[issuer]'")


class Writer(StrEnum):
    """Which library makes the matrix."""

    SEGNO = "segno"
    ZXING = "zxing"


def make_symbol(text: str, writer: Writer = Writer.SEGNO) -> QrSymbol:
    """The symbol of a credential's digits."""
    return _WRITERS[writer](text)


def _with_segno(text: str) -> QrSymbol:
    try:
        import segno
    except ImportError as error:
        raise MissingExtra("segno") from error

    code = segno.make(text, error="M", mode="numeric", boost_error=True, micro=False)
    rows = tuple(tuple(module == 1 for module in row) for row in code.matrix)
    return QrSymbol(rows, str(code.error))


def _with_zxing(text: str) -> QrSymbol:
    import numpy
    import zxingcpp

    best, reached = None, LEVELS[0]
    for level in LEVELS:
        code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
        pixels = numpy.array(code.to_image(scale=1, add_quiet_zones=False))
        if best is not None and len(pixels) > len(best):
            break
        best, reached = pixels, level
    assert best is not None  # noqa: S101 - LEVELS is not empty
    return QrSymbol(tuple(map(tuple, (best == 0).tolist())), reached)


_WRITERS: dict[Writer, Callable[[str], QrSymbol]] = {
    Writer.SEGNO: _with_segno,
    Writer.ZXING: _with_zxing,
}
