"""A frame to be made, and the making: a sheet, before a camera, in some light, through a JPEG."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bench.reading import light
from bench.reading.camera import Pose, View, photograph
from bench.reading.codes import Code
from bench.reading.sheet import QUIET_ZONE, Chance, Floats, Pixels, Sheet, Size, certificate, desk


@dataclass(frozen=True)
class Scene:
    """The pose, the tones of ink and paper (0..255), and what happens on the way to the sensor."""

    size: Size
    pose: Pose
    ink: float
    paper: float
    share: float = 0.36  # of the code in the page's width
    dark: bool = False  # light modules on a dark ground
    grain: float = 3.0
    softness: float = 0.45
    quality: int = 92  # of its JPEG
    to_sheet: Callable[[Sheet], Sheet] = lambda sheet: sheet
    to_print: Callable[[Floats], Floats] = lambda printed: printed
    to_frame: Callable[[Floats, View], Floats] = lambda frame, view: frame

    @property
    def module(self) -> float:
        """The side of a module as it is seen, pixels."""
        return self.pose.module_seen


def usual(chance: Chance, code: Code, size: Size, at_least: float = 0.0) -> Scene:
    """What every frame has: a hand that is not quite straight, a desk, a little noise.

    A module has 3.2 to 8 pixels, or `at_least` so many, as far as the frame has room for them.
    """
    pose = Pose(
        module=max(at_least, chance.uniform(3.2, 8)),
        tilt=chance.uniform(0, 12),
        towards=chance.uniform(0, 360),
        roll=chance.uniform(-10, 10),
        aside=(chance.uniform(-0.06, 0.06), chance.uniform(-0.06, 0.06)),
    )
    ink, paper = chance.uniform(20, 50), chance.uniform(190, 235)
    return Scene(size, within(pose, code, size), ink, paper, grain=chance.uniform(2, 4))


def within(pose: Pose, code: Code, size: Size) -> Pose:
    """The pose, not so near that the code and its quiet zone would outgrow the frame."""
    room = 0.9 * size[1] / (code.side + 2 * QUIET_ZONE)
    return replace(pose, module=min(pose.module, room))


def draw(scene: Scene, code: Code, chance: Chance) -> Pixels:
    """The frame as it comes out of the camera, in grey."""
    texture = max(3, round(2 * scene.pose.module))  # finer than the frame, so that it is averaged
    sheet = certificate(chance, code, texture, share=scene.share)
    if scene.dark:
        sheet = sheet.with_(255 - sheet.pixels)
    view = photograph(scene.to_sheet(sheet), scene.pose, scene.size)
    tones = scene.ink + scene.to_print(view.sheet) * np.float32((scene.paper - scene.ink) / 255)
    frame = tones * view.cover + desk(chance, scene.size) * (1 - view.cover)
    frame = scene.to_frame(np.asarray(frame, np.float32), view)
    if scene.softness:
        frame = light.soft(frame, scene.softness)
    return light.jpeg(light.grained(frame, chance, scene.grain), scene.quality)
