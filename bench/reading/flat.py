"""Pictures without a camera: a screenshot, and a page on the glass of a scanner."""

import cv2
import numpy as np

from bench.reading import light
from bench.reading.codes import Code
from bench.reading.sheet import Chance, Pixels, certificate, whole

DPI = (100, 150, 200, 300)
MILLIMETRES = (45, 60, 80)  # a side of the printed code
PAGE_MM = 210


def screenshot(chance: Chance, code: Code, severity: float, number: int) -> Pixels:
    """Part of a page on a screen, 2 to 6 pixels a module; each third a PNG, the others JPEGs.

    One in four is of a screen with light letters on a dark ground.
    """
    fine = 8
    sheet = certificate(chance, code, fine, share=0.8)
    pixels = 255 - sheet.pixels if chance.random() < 0.25 else sheet.pixels
    small = light.resized(pixels, chance.uniform(2.0, 6.0) / fine)
    small = small[: round(small.shape[1] * 2.1)]
    if number % 3 == 0:
        return small
    return light.jpeg(small.astype(np.float32), round(90 - 60 * severity))


def scanned(chance: Chance, code: Code, severity: float, number: int) -> Pixels:
    """A page at 100 to 300 dpi, up to 4 degrees askew, some upside down or sideways, some in two
    tones only.
    """
    dpi, millimetres = DPI[number % len(DPI)], MILLIMETRES[number // len(DPI) % len(MILLIMETRES)]
    fine = 12
    sheet = certificate(chance, code, fine, share=millimetres / PAGE_MM)
    module = dpi / 25.4 * millimetres / code.side
    page = light.resized(sheet.pixels, module / fine)
    height, width = page.shape
    degrees = chance.uniform(-4, 4) + chance.choice((0, 0, 90, 180))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(
        page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(250.0,)
    ).astype(np.float32)
    blurred = light.soft(turned, 0.3 + 0.5 * severity)
    ink = np.float32(30 + 40 * severity)
    toned = ink + blurred * ((245 - ink) / 255)
    seen = light.grained(toned, chance, 3 + 8 * severity)
    if chance.random() < 0.3:
        seen = np.where(seen > 140 + chance.uniform(-25, 25), 255, 0).astype(np.float32)
    return light.jpeg(whole(seen).astype(np.float32), round(90 - 50 * severity))
