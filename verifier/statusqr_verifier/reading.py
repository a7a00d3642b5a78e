"""Codes out of pictures: `read_codes`.

The cascade: zxing-cpp on the picture as it is; then, while nothing is read or a code is seen that
cannot be read, on what surrounds such a code, enlarged and enhanced; then on the whole picture
enhanced. The orders are those measured to read most for their time (`bench/README.md`).
"""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from . import engines, images
from .engines import Engine, Glimpse, Seen
from .enhancements import ANYWHERE, NEARBY, scaled
from .images import GreyImage

Source: TypeAlias = str | PathLike[str] | bytes | npt.NDArray[np.generic]

LEAST_SIDE = 21  # modules and so pixels: what is smaller holds no code, and libraries stumble

_SURROUNDINGS = 0.3  # of its side, around a code that was seen whole
_MOST_MODULES = 85  # of a side of ours and its quiet zone: as far as a code seen in part may reach
_MOST_ENLARGED = 5.0
_MOST_PLACES = 4  # a sheet can be made to show hundreds of codes that cannot be read


def read_codes(image: Source, engine: Engine = Engine.CASCADE) -> list[str]:
    """The texts of the QR codes in a picture, each once.

    Files from strangers can be made to keep a decoder busy for hours: see `reader_process`.

    :param image: a path, the bytes of a PNG, JPEG, WebP, HEIC or PDF file, or a frame of 8 bits
        (height × width, or height × width × 3 as OpenCV gives it)
    :raises ImageRefused: where it is none of these, damaged, or too large to open safely
    :raises EngineMissing: where the engine's library is not installed
    """
    read = _cascade if engine is Engine.CASCADE else engines.SINGLE[engine]
    if isinstance(image, np.ndarray):
        pictures = iter([images.to_grey(image)])
    else:
        data = image if isinstance(image, bytes) else images.read_file(Path(image))
        pictures = images.pictures(data)
    large = (picture for picture in pictures if min(picture.shape) >= LEAST_SIDE)
    texts = (text for picture in large for text in read(picture).texts)
    return list(dict.fromkeys(texts))


def _cascade(image: GreyImage) -> Seen:
    return try_harder(image, engines.zxing(image), anywhere=True)


def try_harder(image: GreyImage, seen: Seen, *, anywhere: bool) -> Seen:
    """What a first pass saw, and what the enhancements add while a code is missing.

    They are tried around the codes that were seen but not read, and `anywhere` only if asked.
    """
    texts = dict.fromkeys(seen.texts)
    expected = max(len(texts) + len(seen.unreadable), 1)
    enhanced = _enhanced(image, seen, anywhere=anywhere)
    while len(texts) < expected and (picture := next(enhanced, None)) is not None:
        texts |= dict.fromkeys(engines.zxing_again(picture))
    return Seen(tuple(texts), seen.unreadable)


def _enhanced(image: GreyImage, seen: Seen, *, anywhere: bool) -> Iterator[GreyImage]:
    places = [(one, _surroundings(image, one)) for one in seen.unreadable[:_MOST_PLACES]]
    for pixels, enhance in NEARBY:
        for glimpse, place in places:
            if min(place.shape) >= LEAST_SIDE:
                yield enhance(scaled(place, min(pixels / glimpse.module, _MOST_ENLARGED)))
    if anywhere:
        pictures = (enhance(image) for enhance in ANYWHERE)
        yield from (picture for picture in pictures if picture is not image)


def _surroundings(image: GreyImage, glimpse: Glimpse) -> GreyImage:
    corners = np.array(glimpse.corners)
    low, high = corners.min(axis=0), corners.max(axis=0)
    around = _MOST_MODULES * glimpse.module
    if glimpse.whole:
        around = _SURROUNDINGS * float(max(high - low))
    left, top = np.maximum(low - around, 0).astype(int)
    right, bottom = np.maximum(high + around, 0).astype(int)
    return np.ascontiguousarray(image[top:bottom, left:right])
