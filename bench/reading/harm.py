"""What happens to a code on paper or on a screen before it is shown, and to the glass before it.

Those of a sheet move its points: `_looked_up` asks where each point of the new sheet was before.
"""

from math import cos, pi, radians, sin

import cv2
import numpy as np

from bench.reading.light import defocused
from bench.reading.sheet import QUIET_ZONE, Chance, Floats, Sheet


def creased(sheet: Sheet, chance: Chance, strength: float) -> Sheet:
    """One or two shallow folds across the code: behind each the paper leans and is shaded."""
    across, along = sheet.from_centre()
    side = sheet.module * sheet.modules
    light = np.ones_like(across)
    lean = chance.uniform(0.02, 0.10) * strength
    for _ in range(chance.integers(1, 3)):
        angle = chance.choice((0, pi / 2)) + chance.normal(0, 0.12)
        towards = across * cos(angle) + along * sin(angle)
        beside = along * cos(angle) - across * sin(angle)
        beyond = towards - chance.uniform(-0.35, 0.35) * side
        behind = np.maximum(beyond, 0)
        leans = lean * chance.choice((-1, 1))
        light *= 1 + chance.uniform(-0.30, 0.12) * (beyond > 0)
        light *= 1 - 0.35 * np.exp(-((beyond / (0.006 * side)) ** 2))
        stretched, sheared = leans * behind, 0.5 * leans * behind * beside / side
        across = across + stretched * cos(angle) - sheared * sin(angle)
        along = along + stretched * sin(angle) + sheared * cos(angle)
    return _looked_up(sheet, across, along, light)


def folded_through(sheet: Sheet, chance: Chance, severity: float) -> Sheet:
    """Folded sharply through the code and half opened again: one part stands up from the other.

    The standing part leans by 5 to 25 degrees, in the hard set to 35; along the
    crease the ink is rubbed off.
    """
    across, along = sheet.from_centre()
    side = sheet.module * sheet.modules
    lean, angle = radians(5 + 20 * severity), chance.uniform(0, 2 * pi)
    away = side * chance.uniform(3, 5) * chance.choice((-1, 1))  # of the camera; leans to or from
    crease = chance.uniform(-0.25, 0.25) * side
    towards = across * cos(angle) + along * sin(angle) - crease
    beside = along * cos(angle) - across * sin(angle)
    seen = np.maximum(towards, 0)
    # A point at t on the standing part is seen at t·cos / (1 + t·sin / away): solved for t.
    behind = seen / np.maximum(cos(lean) - seen * sin(lean) / away, 0.05)
    beside = beside * (1 + behind * sin(lean) / away)
    was = np.where(towards > 0, behind, towards) + crease
    light = 1 - chance.uniform(0.15, 0.45) * (towards > 0)
    rubbed = np.abs(towards) < sheet.module * (0.1 + 0.25 * severity)
    old_across = was * cos(angle) - beside * sin(angle)
    old_along = was * sin(angle) + beside * cos(angle)
    folded = _looked_up(sheet, old_across, old_along, light)
    return folded.with_(np.where(rubbed, np.maximum(folded.pixels, 190), folded.pixels))


def cracked(sheet: Sheet, chance: Chance, severity: float) -> Sheet:
    """The glass of a telephone, hit over the code: splinters a little shifted, with white edges."""
    across, along = sheet.from_centre()
    side = sheet.module * sheet.modules
    across = across - np.float32(chance.uniform(-0.45, 0.45) * side)
    along = along - np.float32(chance.uniform(-0.45, 0.45) * side)
    hit = sheet.from_centre()[0][0, 0] - across[0, 0], sheet.from_centre()[1][0, 0] - along[0, 0]
    away, angle = np.hypot(across, along), np.arctan2(along, across)
    angle += (0.06 * np.sin(away * np.float32(14 / side) + chance.uniform(0, 6))).astype(np.float32)
    rays = np.sort(chance.uniform(-pi, pi, 4 + int(5 * severity)))
    rings = np.sort(chance.uniform(0.08, 0.9, 1 + int(2 * severity))) * side
    sector, ring = np.searchsorted(rays, angle), np.searchsorted(rings, away)
    shifts = chance.normal(0, 0.15 * severity * sheet.module, (2, len(rays) + 1, len(rings) + 1))
    shifts = shifts.astype(np.float32)
    moved = _looked_up(
        sheet,
        across + hit[0] + shifts[0][sector, ring],
        along + hit[1] + shifts[1][sector, ring],
        np.ones_like(across),
    )
    breadth = sheet.module * (0.06 + 0.14 * severity)
    edges = np.zeros(across.shape, bool)
    for ray in rays:
        turn = np.abs((angle - ray + pi) % (2 * pi) - pi)
        edges |= away * np.sin(np.minimum(turn, pi / 2)) < breadth
    for radius in rings:
        edges |= np.abs(away - radius) < breadth
    return moved.with_(np.where(edges, np.float32(chance.uniform(180, 240)), moved.pixels))


def cropped(sheet: Sheet, chance: Chance, severity: float) -> Sheet:
    """The margin is cut off, on one side by severity, on the others less; what lies behind is dark.

    At severity 0 the quiet zone is whole, at 1 it is gone, above the outermost modules go as well.
    """
    left, top = sheet.corners[0]
    right, bottom = sheet.corners[2]
    narrowest = QUIET_ZONE * (1 - severity)
    kept = chance.uniform(narrowest, QUIET_ZONE, 4)
    kept[chance.integers(4)] = narrowest
    margins = np.rint(kept * sheet.module).astype(int)
    behind = chance.normal(chance.uniform(25, 110), 4, sheet.pixels.shape)
    rows = slice(int(top) - margins[0], int(bottom) + margins[1])
    columns = slice(max(0, int(left) - margins[2]), int(right) + margins[3])
    behind[rows, columns] = sheet.pixels[rows, columns]
    return sheet.with_(behind)


def held(frame: Floats, chance: Chance, corners: Floats, modules: int, severity: float) -> Floats:
    """A thumb over a corner: over the edge of a finder pattern, or deep over the fourth corner."""
    rows, columns = np.indices(frame.shape, dtype=np.float32)
    place = int(chance.choice((2, 2, 0, 1, 3)))  # 2: lower right, the one without a finder pattern
    side = float(np.linalg.norm(corners[1] - corners[0]))
    module, radius = side / modules, side * 0.17
    inwards = corners.mean(axis=0) - corners[place]
    inwards = inwards / np.linalg.norm(inwards)
    depth = 2 + 14 * severity if place == 2 else -3 + 5 * severity
    tip = corners[place] + inwards * (depth * module - radius)
    x, y = columns - tip[0], rows - tip[1]
    before = np.maximum(-(x * inwards[0] + y * inwards[1]), 0)  # along the thumb, to the hand
    beside = np.hypot(x + before * inwards[0], y + before * inwards[1])
    cover = np.clip((radius - beside) / 2 + 0.5, 0, 1)
    shape = 1 - 0.35 * np.clip(beside / radius, 0, 1) ** 2
    skin = chance.uniform(110, 190) * shape
    return np.asarray(frame * (1 - cover) + skin * cover, np.float32)


def greasy(frame: Floats, chance: Chance, module: float, severity: float) -> Floats:
    """Fingermarks on the lens or on the glass: patches that blur, and shine through the ink."""
    height, width = frame.shape
    lumps = chance.normal(0, 1, (5, 8)).astype(np.float32)
    patches = np.asarray(cv2.resize(lumps, (width, height), interpolation=cv2.INTER_CUBIC))
    streaks = chance.normal(0, 1, (height // 6 + 2, 6)).astype(np.float32)
    across = cv2.resize(streaks, (width, height), interpolation=cv2.INTER_LINEAR)
    patches = patches + np.float32(0.4) * np.asarray(across, np.float32)
    cover = np.clip((patches - 0.6 + 1.2 * severity) * 1.5, 0, 1)
    smeared = defocused(frame, (0.2 + 0.45 * severity) * module)
    veil = 20 + 60 * severity
    smeared = veil + smeared * ((255 - veil) / 255)
    return np.asarray(frame * (1 - cover) + smeared * cover, np.float32)


def _looked_up(sheet: Sheet, across: Floats, along: Floats, light: Floats) -> Sheet:
    """The sheet whose points were that far from the code's centre before, in that light."""
    x, y = across + sheet.centre[0], along + sheet.centre[1]
    maps = x.astype(np.float32), y.astype(np.float32)
    moved = cv2.remap(sheet.pixels, *maps, cv2.INTER_LINEAR, borderValue=(255.0,))
    return sheet.with_(moved * light)
