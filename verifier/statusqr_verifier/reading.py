"""Codes out of pictures: `read_codes`.

The cascade, in the order measured to read most for its time: zxing-cpp on the picture as it is;
then, while nothing is read or a code is seen that cannot be read, after a median filter, sharpened
at double size, with local contrast (CLAHE), and with an adaptive threshold.
"""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from . import engines, images
from .engines import Engine, Seen
from .images import GreyImage

Source: TypeAlias = str | PathLike[str] | bytes | npt.NDArray[np.generic]

_DOUBLE_UP_TO = 4_000_000  # pixels; larger pictures are sharpened at their own size


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
    # A symbol has 21 modules at least: what is smaller holds none, and libraries stumble over it.
    large = (picture for picture in pictures if min(picture.shape) >= 21)
    texts = (text for picture in large for text in read(picture).texts)
    return list(dict.fromkeys(texts))


def _cascade(image: GreyImage) -> Seen:
    seen = engines.zxing(image)
    texts = dict.fromkeys(seen.texts)
    expected = max(len(texts) + seen.unreadable, 1)
    for enhance in _ENHANCEMENTS:
        if len(texts) >= expected:
            break
        texts |= dict.fromkeys(engines.zxing(enhance(image)).texts)
    return Seen(tuple(texts))


def _median(image: GreyImage) -> GreyImage:
    import cv2

    return _grey(cv2.medianBlur(image, 3))


def _sharpened_double(image: GreyImage) -> GreyImage:
    import cv2

    large = image
    if image.size <= _DOUBLE_UP_TO:
        large = _grey(cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    return _grey(cv2.addWeighted(large, 2.5, cv2.GaussianBlur(large, (0, 0), 2), -1.5, 0))


def _local_contrast(image: GreyImage) -> GreyImage:
    import cv2

    return _grey(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(image))


def _adaptive_threshold(image: GreyImage) -> GreyImage:
    import cv2

    method = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    return _grey(cv2.adaptiveThreshold(image, 255, method, cv2.THRESH_BINARY, 51, 7))


def _grey(image: object) -> GreyImage:
    return np.asarray(image, dtype=np.uint8)


_ENHANCEMENTS: tuple[Callable[[GreyImage], GreyImage], ...] = (
    _median,
    _sharpened_double,
    _local_contrast,
    _adaptive_threshold,
)
