"""Symbols: two writers, one quality; every drawing is read back."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from world import record, world

from statusqr_issuer import QrSymbol, Writer, make_symbol
from statusqr_issuer.qr import LEVELS, QUIET_ZONE
from statusqr_verifier import read_codes

# Digits that fit at level M, by version (ISO/IEC 18004, table 7).
CAPACITY_M = {8: 365, 9: 432, 10: 513, 11: 604}


def digits(number: int) -> str:
    return ("1234567890" * 160)[:number]


@pytest.mark.parametrize("writer", Writer)
@pytest.mark.parametrize(("version", "capacity"), CAPACITY_M.items())
def test_numeric_mode_at_level_m_is_used_to_its_capacity(
    writer: Writer, version: int, capacity: int
) -> None:
    full = make_symbol(digits(capacity), writer)
    assert (full.version, full.level) == (version, "M")
    assert make_symbol(digits(capacity + 1), writer).version == version + 1


@pytest.mark.parametrize("number", [100, 150, 260, 261, 310, 400, 444, 460, 559, 700, 1600])
def test_both_writers_make_symbols_of_the_same_quality(number: int) -> None:
    one, two = (make_symbol(digits(number), writer) for writer in Writer)
    assert (one.version, one.level) == (two.version, two.level)
    assert one.level in LEVELS


def test_the_level_is_raised_while_the_version_stays() -> None:
    levels = {make_symbol(digits(number)).level for number in range(100, 400, 7)}
    assert levels >= {"M", "Q"}


@pytest.mark.parametrize("writer", Writer)
def test_png(writer: Writer) -> None:
    symbol = make_symbol(world().print_key.issue().text, writer)
    image = Image.open(io.BytesIO(symbol.png(8)))
    assert image.size == (symbol.side * 8, symbol.side * 8)
    assert image.mode == "1"
    dpi = image.info["dpi"][0]
    assert 8 / dpi * 25.4 == pytest.approx(0.7, rel=0.01)  # millimetres a module
    pixels = np.array(image)
    margin = QUIET_ZONE * 8
    for edge in (pixels[:margin], pixels[-margin:], pixels[:, :margin], pixels[:, -margin:]):
        assert edge.all()
    assert not pixels[margin, margin]  # the finder pattern begins right after it
    assert read_codes(symbol.png(3)) == [world_text(symbol)]


def world_text(symbol: QrSymbol) -> str:
    (text,) = read_codes(symbol.png(10))
    return text


def test_svg_is_plain_and_sized_for_print() -> None:
    symbol = make_symbol(world().print_key.issue().text)
    svg = symbol.svg()
    (width,) = re.findall(r'width="([\d.]+)mm"', svg)
    assert float(width) == pytest.approx(symbol.side * 0.7)
    assert "<title>" in svg
    assert not re.search("href|script|style|font", svg)
    dark = sum(int(length) for length in re.findall(r"h(\d+)v1", svg))
    assert dark == sum(map(sum, symbol.rows))


def test_terminal_text_is_read_back() -> None:
    """Each character is two modules, one above the other; drawn as pixels, it is a code again."""
    made = world().print_key.issue(record("R20"))
    lines = make_symbol(made.text).terminal().splitlines()
    light = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
    rows = [[light[c][half] for c in line] for line in lines for half in (0, 1)]
    pixels = np.kron(np.array(rows, np.uint8), np.ones((6, 6), np.uint8))
    assert read_codes(pixels) == [made.text]
