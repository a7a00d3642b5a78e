"""The QR of an address in a terminal: drawn as terminals draw it, and read back."""

import re

import numpy
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from statusqr_web.address_qr import address_qr

URL = "https://192.0.2.7:8653/"
CODE = "https://checkpoint.local:8653/#sqr_" + "A1b2" * 10 + "xyz"
Colour = tuple[int, int, int]
DARK: tuple[Colour, Colour] = ((30, 30, 46), (205, 214, 244))  # background, text
LIGHT: tuple[Colour, Colour] = ((253, 246, 227), (88, 110, 117))
NUMBERED: dict[int, Colour] = {16: (0, 0, 0), 231: (255, 255, 255)}


def drawn(text: str, theme: tuple[Colour, Colour], above: int = 0, below: int = 0) -> Image.Image:
    """As a terminal would: glyphs of 9 × 18 pixels, and space above and below them in the cell."""
    lines = text.splitlines()
    columns = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines) + 6
    height = above + 18 + below
    image = Image.new("RGB", (9 * columns, height * (len(lines) + 4)), theme[0])
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        ground, ink = theme
        x, y = 0, height * (row + 2) + above
        for escape, glyph in re.findall(r"\x1b\[([0-9;]*)m|(.)", line):
            if not glyph:
                ink, ground = _colours(escape, theme)
                continue
            draw.rectangle((x, y - above, x + 8, y + 17 + below), fill=ground)
            if glyph in "▀█":
                draw.rectangle((x, y, x + 8, y + 8), fill=ink)
            if glyph in "▄█":
                draw.rectangle((x, y + 9, x + 8, y + 17), fill=ink)
            x += 9
    return image


def _colours(escape: str, theme: tuple[Colour, Colour]) -> tuple[Colour, Colour]:
    """Ink and ground after an SGR sequence of 256 colours, or after its end."""
    if escape == "0":
        return theme[1], theme[0]
    given = re.fullmatch(r"38;5;(\d+);48;5;(\d+)", escape)
    assert given
    return NUMBERED[int(given[1])], NUMBERED[int(given[2])]


def read(image: Image.Image) -> list[str]:
    """Only dark on light: some readers do not invert."""
    pixels: NDArray[numpy.uint8] = numpy.array(image.convert("L"))
    return [each.text for each in zxingcpp.read_barcodes(pixels, try_invert=False)]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("below", [0, 2, 4])
@pytest.mark.parametrize("url", [URL, CODE])
def test_it_is_read_from_a_terminal(url: str, below: int, theme: tuple[Colour, Colour]) -> None:
    assert read(drawn(address_qr(url), theme, below=below)) == [url]


@pytest.mark.parametrize(("above", "below"), [(0, 0), (1, 1), (2, 0), (2, 2), (0, 4)])
@pytest.mark.parametrize("url", [URL, CODE])
def test_it_is_read_by_a_camera_despite_space_between_the_lines(
    url: str, above: int, below: int
) -> None:
    """Space above the glyphs leaves thin false lines; no camera is sharp enough to see them."""
    seen = drawn(address_qr(url), DARK, above, below).filter(ImageFilter.GaussianBlur(2.5))
    assert read(seen) == [url]


def test_the_quiet_zone_is_white_on_all_sides() -> None:
    pixels = numpy.array(drawn(address_qr(URL), DARK).convert("L"))
    dark_rows, dark_columns = numpy.nonzero(pixels == 0)
    top, left = dark_rows.min(), dark_columns.min()
    bottom, right = dark_rows.max(), dark_columns.max()
    around = pixels[top - 36 : bottom + 37, left - 36 : right + 37].copy()  # four modules
    around[36:-36, 36:-36] = 255
    assert (around == 255).all()


def test_it_fits_a_terminal_of_80_by_24() -> None:
    lines = address_qr("https://checkpoint.local:8653/").splitlines()
    assert len(lines) <= 24
    assert all(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= 80 for line in lines)
    assert all(line.endswith("\x1b[0m") for line in lines)  # the shell is left as it was


@pytest.mark.parametrize("url", ["https://пост/", "https://a/\x1b[2J", "a\n"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match="other characters"):
        address_qr(url)
