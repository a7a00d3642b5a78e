"""A pinhole camera over a sheet on a desk: where each point of the sheet falls in the frame."""

from dataclasses import dataclass
from math import cos, radians, sin

import cv2
import numpy as np
import numpy.typing as npt

from bench.reading.sheet import Floats, Sheet, Size

FOCAL = 0.83  # of the frame's width: a view 62 degrees wide
MARGIN = 2.5  # modules of paper that must be in the frame on each side of the code
FINER = 2  # points each way that are averaged for one of the frame

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pose:
    """How the sheet is held: the module's size in pixels, angles in degrees, where in the frame.

    `tilt` is away from the camera, in the direction `towards`; `roll` is around the line of sight;
    `aside` is how far from the middle the code is, in widths and heights of the frame.
    """

    module: float
    tilt: float
    towards: float
    roll: float
    aside: tuple[float, float]

    @property
    def module_seen(self) -> float:
        """The side of a module along which the tilt shortens it, pixels."""
        return self.module * cos(radians(self.tilt))


@dataclass(frozen=True)
class View:
    """A frame before it is lit: the sheet (0 ink, 255 paper), how much of each point it covers
    (0..1), and the corners of the code.
    """

    sheet: Floats
    cover: Floats
    corners: Floats


def photograph(sheet: Sheet, pose: Pose, size: Size) -> View:
    """The sheet in a frame; moved and made smaller until the whole code is inside."""
    matrix = _inside(sheet, pose, size)
    finer = np.array([[FINER, 0, (FINER - 1) / 2], [0, FINER, (FINER - 1) / 2], [0, 0, 1]])

    def taken(flat: npt.NDArray[np.uint8]) -> Floats:
        large = (size[0] * FINER, size[1] * FINER)
        seen = cv2.warpPerspective(flat, finer @ matrix, large, flags=cv2.INTER_LINEAR)
        return np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA), np.float32)

    cover = taken(np.full_like(sheet.pixels, 255)) / np.float32(255)
    return View(taken(sheet.pixels), cover, _moved(sheet.corners, matrix))


def _inside(sheet: Sheet, pose: Pose, size: Size) -> Matrix:
    module = pose.module
    while True:
        matrix = _projection(sheet, pose, module, size)
        corners = _moved(sheet.corners, matrix)
        margin = MARGIN * module
        low, high = corners.min(axis=0), corners.max(axis=0)
        room = np.array(size) - 2 * margin
        if np.all(high - low <= room):
            break
        module *= 0.97
    shift = np.maximum(margin - low, 0) - np.maximum(high + margin - np.array(size), 0)
    return np.array([[1, 0, shift[0]], [0, 1, shift[1]], [0, 0, 1]]) @ matrix


def _projection(sheet: Sheet, pose: Pose, module: float, size: Size) -> Matrix:
    focal = FOCAL * size[0]
    middle = [side * (0.5 + aside) for side, aside in zip(size, pose.aside, strict=True)]
    lens = np.array([[focal, 0, middle[0]], [0, focal, middle[1]], [0, 0, 1]])
    distance = focal * sheet.module / module
    turned = _rotation(pose)
    pose_matrix = np.column_stack((turned[:, 0], turned[:, 1], (0, 0, distance)))
    centre = sheet.centre
    to_centre = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
    return np.asarray(lens @ pose_matrix @ to_centre, np.float64)


def _rotation(pose: Pose) -> Matrix:
    """Roll around the line of sight, and a tilt around the axis that lies across `towards`."""
    axis = np.array([cos(radians(pose.towards)), sin(radians(pose.towards)), 0.0])
    tilt, _ = cv2.Rodrigues(axis * radians(pose.tilt))
    roll, _ = cv2.Rodrigues(np.array([0.0, 0.0, radians(pose.roll)]))
    return np.asarray(tilt @ roll, np.float64)


def _moved(points: Floats, matrix: Matrix) -> Floats:
    return np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], np.float32)
