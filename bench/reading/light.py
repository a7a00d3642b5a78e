"""What light, lens and sensor do to a frame. Tones are 0..255, lengths pixels, angles radians."""

from math import ceil, cos, pi, sin

import cv2
import numpy as np
import numpy.typing as npt

from bench.reading.sheet import Chance, Floats, Pixels, Size, whole

_FINER = 5  # points each way that are averaged for one point of a kernel


def defocused(frame: Floats, radius: float) -> Floats:
    """Out of focus: every point becomes a disc."""
    reach = ceil(radius) + 1
    points = (np.arange((2 * reach + 1) * _FINER) + 0.5) / _FINER - reach - 0.5
    disc = (np.hypot(points[:, None], points[None, :]) <= radius + 0.2).astype(np.float32)
    size = (2 * reach + 1, 2 * reach + 1)
    kernel = cv2.resize(disc, size, interpolation=cv2.INTER_AREA)
    return _filtered(frame, np.asarray(kernel, np.float32))


def moved(frame: Floats, length: float, angle: float) -> Floats:
    """The hand moves: every point becomes a line of that length."""
    reach = ceil(length / 2) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for way in np.linspace(-length / 2, length / 2, 8 * reach + 1):
        x, y = reach + way * cos(angle), reach + way * sin(angle)
        left, top = int(x), int(y)
        right_share, low_share = x - left, y - top
        kernel[top, left] += (1 - right_share) * (1 - low_share)
        kernel[top, left + 1] += right_share * (1 - low_share)
        kernel[top + 1, left] += (1 - right_share) * low_share
        kernel[top + 1, left + 1] += right_share * low_share
    return _filtered(frame, kernel)


def soft(frame: Floats, sigma: float) -> Floats:
    """The lens is not perfectly sharp."""
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), sigma), np.float32)


def _filtered(frame: Floats, kernel: Floats) -> Floats:
    kernel = kernel / kernel.sum()
    return np.asarray(cv2.filter2D(frame, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)


def grained(frame: Floats, chance: Chance, sigma: float) -> Floats:
    """Noise of a sensor: `sigma` where it is bright, half in the dark; partly in blotches."""
    fine = chance.standard_normal(frame.shape, dtype=np.float32)
    blotches = soft(chance.standard_normal(frame.shape, dtype=np.float32), 0.8)
    strength = np.sqrt((np.clip(frame, 0, 255) + 60) / 260) * np.float32(sigma)
    return np.asarray(frame + strength * (0.7 * fine + 0.5 * blotches), np.float32)


def unevenly_lit(frame: Floats, chance: Chance, severity: float, *, shadow: bool) -> Floats:
    """Light falls off to one side; or the edge of a shadow lies across as well."""
    across, along = _grid(frame)
    angle = chance.uniform(0, 2 * pi)
    way = across * np.float32(cos(angle)) + along * np.float32(sin(angle))
    falls = np.float32(min(0.95, 0.35 + 0.5 * severity))
    light = np.asarray(1 - falls * (way + 1) / 2, np.float32)
    if shadow:
        dimmed = np.float32(max(0.12, 0.65 - 0.35 * severity))
        shaded = np.where(way > chance.uniform(-0.2, 0.2), light * dimmed, light)
        light = soft(np.asarray(shaded, np.float32), 2 + 6 * chance.random())
    return np.asarray(frame * light, np.float32)


def dimmed_to_the_side(frame: Floats, share: float) -> Floats:
    """A window at one side: at the other, light is less by `share`."""
    across, _ = _grid(frame)
    return np.asarray(frame * (1 - np.float32(share) * (across + 1) / 2), np.float32)


def glared(frame: Floats, chance: Chance, corners: Floats, severity: float) -> Floats:
    """Lamps mirrored in the paper: one spot on the code, two where it is severe."""
    rows, columns = np.indices(frame.shape, dtype=np.float32)
    side = float(np.linalg.norm(corners[1] - corners[0]))
    bright = frame.copy()
    for _ in range(2 if severity > 0.5 else 1):
        x, y = corners.mean(axis=0) + chance.uniform(-0.35, 0.35, 2) * side
        radius = side * (0.05 + 0.16 * severity) * chance.uniform(0.8, 1.2)
        longer = chance.uniform(0.6, 1.6)
        away = ((columns - x) / (radius * longer)) ** 2 + ((rows - y) * longer / radius) ** 2
        bright += 330 * np.exp(-away)
    return np.asarray(np.minimum(bright, 252), np.float32)


def moire(sheet: Floats, chance: Chance, severity: float, roll: float) -> Floats:
    """Points of a screen against points of a sensor: broad waves, and a fine lattice."""
    rows, columns = np.indices(sheet.shape, dtype=np.float32)
    strength = np.float32(0.12 + 0.38 * severity)
    angle = roll + 0.035
    across = np.asarray(columns * cos(angle) + rows * sin(angle), np.float32)
    along = np.asarray(rows * cos(angle) - columns * sin(angle), np.float32)
    bend = np.asarray(6 * np.sin(along * (2 * pi / (0.7 * sheet.shape[0]))), np.float32)
    broad, fine = chance.uniform(5, 40), chance.uniform(1.3, 2.6)
    waves = _wave(across + bend, broad) * (0.2 + 0.8 * _wave(along - bend, 1.3 * broad))
    lattice = _wave(across, fine) * _wave(along, fine)
    return np.asarray(sheet * (1 - strength * waves) * (1 - strength / 2 * lattice), np.float32)


def _wave(way: npt.NDArray[np.floating], period: float) -> Floats:
    return np.asarray(0.5 + 0.5 * np.sin(way * np.float32(2 * pi / period)), np.float32)


def _grid(frame: Floats) -> tuple[Floats, Floats]:
    """-1..1 from left to right and from top to bottom."""
    height, width = frame.shape
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    along = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return across, along


def jpeg(frame: Floats, quality: int) -> Pixels:
    """As a camera's JPEG of that quality (1..100) gives it back."""
    _, data = cv2.imencode(".jpg", whole(frame), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def resized(pixels: Pixels, factor: float) -> Pixels:
    """Smaller, each point the mean of those that it stands for."""
    size: Size = (round(pixels.shape[1] * factor), round(pixels.shape[0] * factor))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
