"""The classes of frames, and how severity shows in each: 0 slight, 1 bad, in the hard set to 1.5.

Each class changes of the usual scene what it is about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import pi, radians
from typing import TypeAlias

import numpy as np

from bench.reading import harm, light
from bench.reading.camera import View
from bench.reading.codes import Code
from bench.reading.flat import scanned, screenshot
from bench.reading.scene import Scene, draw, usual, within
from bench.reading.sheet import Chance, Floats, Pixels, Size

PHOTO: Size = (4032, 3024)
LARGE = 3.5  # pixels a module at least, where another fault than size is looked at


@dataclass(frozen=True)
class How:
    """What a class is given: how severe, in the hard set or not, of which code, and its chance."""

    severity: float
    hard: bool
    code: Code
    size: Size
    number: int
    chance: Chance


Change: TypeAlias = Callable[[Scene, How], Scene]
Draw: TypeAlias = Callable[[How], Pixels]


def _clean(scene: Scene, how: How) -> Scene:
    return replace(scene, softness=0)


def _distance(scene: Scene, how: How) -> Scene:
    return replace(scene, pose=replace(scene.pose, module=3.2 - 1.6 * how.severity))


def _tilt(scene: Scene, how: How) -> Scene:
    return replace(scene, pose=replace(scene.pose, tilt=10 + 40 * how.severity))


def _rotation(scene: Scene, how: How) -> Scene:
    return replace(scene, pose=replace(scene.pose, roll=how.chance.uniform(0, 360)))


def _motion(scene: Scene, how: How) -> Scene:
    length = (0.3 + 1.3 * how.severity) * scene.module
    angle = how.chance.uniform(0, pi)
    return replace(scene, to_frame=lambda frame, view: light.moved(frame, length, angle))


def _defocus(scene: Scene, how: How) -> Scene:
    radius = (0.25 + 0.75 * how.severity) * scene.module
    return replace(scene, to_frame=lambda frame, view: light.defocused(frame, radius))


def _noise(scene: Scene, how: How) -> Scene:
    dimmed = np.float32(max(0.15, 0.9 - 0.6 * how.severity))
    return replace(scene, grain=8 + 27 * how.severity, to_frame=lambda frame, view: frame * dimmed)


def _low_contrast(scene: Scene, how: How) -> Scene:
    middle, contrast = how.chance.uniform(70, 170), max(7, 106 - 90 * how.severity)
    return replace(scene, ink=middle - contrast / 2, paper=middle + contrast / 2, grain=2.5)


def _glare(scene: Scene, how: How) -> Scene:
    return replace(
        scene,
        to_frame=lambda frame, view: light.glared(frame, how.chance, view.corners, how.severity),
    )


def _uneven(scene: Scene, how: How) -> Scene:
    shadow = how.chance.random() < 0.5
    return replace(
        scene,
        to_frame=lambda frame, view: light.unevenly_lit(
            frame, how.chance, how.severity, shadow=shadow
        ),
    )


def _jpeg(scene: Scene, how: How) -> Scene:
    return replace(scene, quality=max(8, round(90 - 70 * how.severity)))


def _inverted(scene: Scene, how: How) -> Scene:
    ink, paper = how.chance.uniform(8, 45), how.chance.uniform(170, 245)
    return replace(scene, dark=True, share=0.8, ink=ink, paper=paper)


def _moire(scene: Scene, how: How) -> Scene:
    roll, veil = radians(scene.pose.roll), 25 if how.severity > 0.5 else 0
    return replace(
        scene,
        share=0.8,
        ink=scene.ink + veil,
        to_print=lambda printed: light.moire(printed, how.chance, how.severity, roll),
    )


def _folded(scene: Scene, how: How) -> Scene:
    strength = 2 if how.hard else 1
    return replace(scene, to_sheet=lambda sheet: harm.creased(sheet, how.chance, strength))


def _webcam(scene: Scene, how: How) -> Scene:
    module, severity, angle = scene.module, how.severity, how.chance.uniform(0, pi)

    def seen(frame: Floats, view: View) -> Floats:
        frame = light.defocused(frame, (0.2 + 0.25 * severity) * module)
        frame = light.moved(frame, max(1.0, 0.5 * severity * module), angle)
        return light.dimmed_to_the_side(frame, 0.3 * severity)

    quality = max(8, round(80 - 35 * severity))
    return replace(scene, to_frame=seen, grain=4 + 10 * severity, quality=quality)


def _photo(scene: Scene, how: How) -> Scene:
    size = PHOTO if how.chance.random() < 0.5 else (PHOTO[1], PHOTO[0])
    pose = replace(scene.pose, module=how.chance.uniform(2.5, 12))
    return replace(scene, size=size, pose=within(pose, how.code, size), quality=85)


def _cropped(scene: Scene, how: How) -> Scene:
    return replace(scene, to_sheet=lambda sheet: harm.cropped(sheet, how.chance, how.severity))


def _thumb(scene: Scene, how: How) -> Scene:
    return replace(
        scene,
        to_frame=lambda frame, view: harm.held(
            frame, how.chance, view.corners, how.code.side, how.severity
        ),
    )


def _cracked(scene: Scene, how: How) -> Scene:
    return replace(
        scene, share=0.8, to_sheet=lambda sheet: harm.cracked(sheet, how.chance, how.severity)
    )


def _fold_through(scene: Scene, how: How) -> Scene:
    return replace(
        scene, to_sheet=lambda sheet: harm.folded_through(sheet, how.chance, how.severity)
    )


def _greasy(scene: Scene, how: How) -> Scene:
    return replace(
        scene,
        to_frame=lambda frame, view: harm.greasy(frame, how.chance, scene.module, how.severity),
    )


def _filmed(change: Change, at_least: float = 0.0) -> Draw:
    def drawn(how: How) -> Pixels:
        scene = usual(how.chance, how.code, how.size, at_least)
        return draw(change(scene, how), how.code, how.chance)

    return drawn


CLASSES: Mapping[str, Draw] = {
    "clean": _filmed(_clean),
    "distance": _filmed(_distance),
    "tilt": _filmed(_tilt),
    "rotation": _filmed(_rotation),
    "motion": _filmed(_motion, LARGE),
    "defocus": _filmed(_defocus, LARGE),
    "noise": _filmed(_noise, LARGE),
    "low contrast": _filmed(_low_contrast, LARGE),
    "glare": _filmed(_glare, LARGE),
    "uneven light": _filmed(_uneven, LARGE),
    "JPEG": _filmed(_jpeg, LARGE),
    "inverted": _filmed(_inverted),
    "moiré": _filmed(_moire, LARGE),
    "folded": _filmed(_folded, LARGE),
    "poor webcam": _filmed(_webcam),
    "screenshot": lambda how: screenshot(how.chance, how.code, how.severity, how.number),
    "scan": lambda how: scanned(how.chance, how.code, how.severity, how.number),
    "12 MP photo": _filmed(_photo),
    "cropped margin": _filmed(_cropped),
    "thumb over a corner": _filmed(_thumb),
    "cracked screen": _filmed(_cracked),
    "fold through the code": _filmed(_fold_through),
    "greasy glass": _filmed(_greasy),
}

# A screenshot or a scan can be worse than these only in ways that are classes of their own.
NOT_HARD = frozenset({"clean", "rotation", "inverted", "screenshot", "scan", "12 MP photo"})
HARD = tuple(name for name in CLASSES if name not in NOT_HARD)
