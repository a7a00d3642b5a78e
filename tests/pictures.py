"""Pictures of codes as cameras and scanners give them, made from real symbols."""

import io
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from world import record, world

from statusqr_issuer import make_symbol

Grey = npt.NDArray[np.uint8]


@cache
def text(name: str = "R01") -> str:
    return world().picture_key.issue(record(name)).text


@cache
def code(name: str = "R01", scale: int = 8) -> Grey:
    """The symbol of a record with its quiet zone."""
    image = Image.open(io.BytesIO(make_symbol(text(name)).png(scale)))
    pixels: Grey = np.array(image.convert("L"))
    return pixels


def scene(*names: str, scale: int = 6) -> Grey:
    """Several codes side by side on grey paper."""
    codes = [code(name, scale) for name in names]
    canvas = np.full(
        (max(c.shape[0] for c in codes) + 120, sum(c.shape[1] + 60 for c in codes) + 60),
        180,
        np.uint8,
    )
    left = 60
    for picture in codes:
        canvas[60 : 60 + picture.shape[0], left : left + picture.shape[1]] = picture
        left += picture.shape[1] + 60
    return canvas


def rotated(image: Grey, degrees: float) -> Grey:
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderValue=180), np.uint8)


def noisy(image: Grey, share: float) -> Grey:
    """Pepper and salt on a share of the points."""
    rng = np.random.default_rng(653)
    result = image.copy()
    hit = rng.random(image.shape) < share
    result[hit] = rng.integers(0, 2, int(hit.sum()), dtype=np.uint8) * 255
    return result


def blurred(image: Grey, sigma: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def faint(image: Grey) -> Grey:
    """A pale code under uneven light."""
    light = np.linspace(0.35, 1.0, image.shape[1])[None, :]
    return np.asarray((110 + image * 0.25) * light, np.uint8)


def encoded(image: Grey, kind: str) -> bytes:
    output = io.BytesIO()
    Image.fromarray(image).save(output, kind, quality=85)
    return output.getvalue()
