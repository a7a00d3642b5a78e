"""Pictures made easier to read: what is tried where a first pass reads nothing.

Each takes a grey picture and gives another. They are in the order in which they are tried: what
reads most for its time comes first (`bench/README.md` has the figures, also of what was left out).
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .images import GreyImage

Enhancement: TypeAlias = Callable[[GreyImage], GreyImage]

# Pixels. A frame of 1080p is below; a page of a PDF is not, of which there may be twenty.
_DOUBLED_UP_TO = _REFOCUSED_UP_TO = 2_500_000
_SCALED_UP_TO = 4_000_000
_PAPER = 160  # the tone that paper gets where light is evened out


def evened_and_sharpened(image: GreyImage) -> GreyImage:
    """Shadows, lamps and screens evened out; edges that a lens has softened made hard."""
    return _sharpened(_evened(image), sigma=3, amount=2)


def local_contrast(image: GreyImage) -> GreyImage:
    """Contrast equalised tile by tile (CLAHE), its noise smoothed: pale codes, and dark ones."""
    import cv2

    equalised = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(image)
    return _grey(cv2.GaussianBlur(equalised, (0, 0), 1))


def thresholded(image: GreyImage) -> GreyImage:
    """Black and white by what lies around each point."""
    import cv2

    smooth = cv2.GaussianBlur(image, (0, 0), 1)
    method = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    return _grey(cv2.adaptiveThreshold(smooth, 255, method, cv2.THRESH_BINARY, 31, 3))


def doubled(image: GreyImage) -> GreyImage:
    """At double size, evened out and sharpened: codes that are far away."""
    return _sharpened(_double(_evened(image)), sigma=3, amount=3)


def smoothed_and_doubled(image: GreyImage) -> GreyImage:
    """Noise smoothed away first: dark rooms."""
    import cv2

    smooth = _grey(cv2.GaussianBlur(_evened(image), (0, 0), 1.5))
    return _sharpened(_double(smooth), sigma=2, amount=1.5)


def without_bright_lines(breadth: int) -> Enhancement:
    """Bright lines narrower than `breadth` points taken away: cracks and creases."""

    def without(image: GreyImage) -> GreyImage:
        import cv2

        return _grey(cv2.morphologyEx(image, cv2.MORPH_OPEN, np.ones((breadth, breadth), np.uint8)))

    return without


def without_specks(image: GreyImage) -> GreyImage:
    """The median of five points each way: specks, and rough noise."""
    import cv2

    return _grey(cv2.medianBlur(image, 5))


def dark_by_a_margin(image: GreyImage) -> GreyImage:
    """Only what is clearly darker than its surroundings is ink: what shines through a thumb."""
    import cv2

    smooth = cv2.GaussianBlur(image, (0, 0), 1.5)
    method = cv2.ADAPTIVE_THRESH_MEAN_C
    return _grey(cv2.adaptiveThreshold(smooth, 255, method, cv2.THRESH_BINARY, 61, -6))


def refocused(radius: float) -> Enhancement:
    """As if the lens had not made a disc of `radius` pixels of every point (a Wiener filter).

    A picture too large for that is given back as it is.
    """

    def refocus(image: GreyImage) -> GreyImage:
        if image.size > _REFOCUSED_UP_TO:
            return image
        shape = _fit_for_fourier(image.shape[0]), _fit_for_fourier(image.shape[1])
        below, beside = shape[0] - image.shape[0], shape[1] - image.shape[1]
        padded = np.pad(image.astype(np.float32), ((0, below), (0, beside)), mode="edge")
        sharp = np.fft.irfft2(np.fft.rfft2(padded) * _inverse_of_disc(radius, shape), shape)
        return np.clip(sharp[: image.shape[0], : image.shape[1]], 0, 255).astype(np.uint8)

    return refocus


# For a whole picture, where nobody knows yet how large the modules are.
ANYWHERE: Sequence[Enhancement] = (
    evened_and_sharpened,
    local_contrast,
    thresholded,
    without_bright_lines(3),
    doubled,
    smoothed_and_doubled,
    without_specks,
    refocused(5.5),
    refocused(3),
    refocused(7),
)

# For the surroundings of a code that was seen: brought to so many pixels a module, then enhanced.
NEARBY: Sequence[tuple[float, Enhancement]] = (
    (5, evened_and_sharpened),
    (8, without_bright_lines(5)),
    (6, dark_by_a_margin),
    (6, without_specks),
    (6, refocused(6)),
    (6, refocused(4.2)),
)


def scaled(image: GreyImage, factor: float) -> GreyImage:
    """Larger or smaller, never above the size at which enhancing takes too long."""
    import cv2

    factor = min(factor, (_SCALED_UP_TO / image.size) ** 0.5)
    method = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    return _grey(cv2.resize(image, None, fx=factor, fy=factor, interpolation=method))


def _evened(image: GreyImage) -> GreyImage:
    """Each point by the mean of what lies around it; the mean is taken at a quarter of the size."""
    import cv2

    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    around = cv2.resize(cv2.blur(small, (11, 11)), image.shape[::-1])
    return _grey(cv2.divide(image, around, scale=_PAPER))


def _sharpened(image: GreyImage, sigma: float, amount: float) -> GreyImage:
    import cv2

    blurred = cv2.GaussianBlur(image, (0, 0), sigma)
    return _grey(cv2.addWeighted(image, 1 + amount, blurred, -amount, 0))


def _double(image: GreyImage) -> GreyImage:
    import cv2

    if image.size > _DOUBLED_UP_TO:
        return image
    return _grey(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))


def _fit_for_fourier(length: int) -> int:
    import cv2

    return int(cv2.getOptimalDFTSize(length))


@lru_cache(maxsize=4)
def _inverse_of_disc(radius: float, shape: tuple[int, int]) -> npt.NDArray[np.complex64]:
    noise = 0.02  # the share of noise in the signal's power, by trial
    rows, columns = (np.minimum(np.arange(side), side - np.arange(side)) for side in shape)
    away = np.hypot(rows[:, None], columns[None, :])
    disc = np.clip(radius + 0.5 - away, 0, 1)
    blur = np.fft.rfft2(disc / disc.sum())
    return (np.conj(blur) / (np.abs(blur) ** 2 + noise)).astype(np.complex64)


def _grey(image: object) -> GreyImage:
    return np.asarray(image, dtype=np.uint8)
