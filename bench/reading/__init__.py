"""How often and how fast codes are read from degraded frames, by class and reader.

The frames are drawn (`frames.py`) from a seed: real credentials on a sheet or a screen, before a
camera, in 23 classes of faults, at 640 × 480 to 1920 × 1080, and photos of 12 megapixels. A frame
counts as read where exactly the text in it comes back, and nothing else.
"""

from collections.abc import Iterator, Sequence
from statistics import median

import cv2
import numpy as np

from bench.reading import frames
from bench.reading.contestants import CASCADE, FRAME, READERS, REPEATS, Seen, look
from bench.table import Aim, Cell, Section

HD = (1280, 720)
PHOTO = "12 MP photo"
_COLUMNS = ("frames", "count", *READERS, "ceiling")


def measure() -> Section:
    """Shares read, milliseconds, and texts that were not there."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return table(
            list(_looked_at(hard=False)), list(_looked_at(hard=True)), list(_looked_at_empty())
        )
    finally:
        cv2.setNumThreads(threads)


def _looked_at(*, hard: bool) -> Iterator[Seen]:
    for name in frames.names(hard=hard):
        yield look(name.kind, frames.draw(name), name.code.text)


def _looked_at_empty() -> Iterator[Seen]:
    for number in range(frames.EMPTY):
        yield look("empty", frames.empty(number), None)


def table(normal: Sequence[Seen], hard: Sequence[Seen], empty: Sequence[Seen]) -> Section:
    """The section of what was seen in the three sets."""
    rows: list[Sequence[Cell]] = []
    for title, seen in (("normal", normal), ("hard", hard)):
        kinds = dict.fromkeys(one.kind for one in seen)
        rows += [_shares(f"{title}: {k}", [one for one in seen if one.kind == k]) for k in kinds]
        rows.append(_shares(f"{title}: all", seen))
    all_normal, all_hard = (_shares("", seen) for seen in (normal, hard))
    hd = [one for one in normal if one.size == HD and one.read(CASCADE)]
    idle = [one for one in empty if one.size == HD]
    photos = [one for one in normal if one.kind == PHOTO]
    everything = [*normal, *hard, *empty]
    rows += [
        _milliseconds("ms: normal, median", normal, 50),
        _milliseconds("ms: normal, 95 of 100 within", normal, 95),
        _milliseconds("ms: hard, median", hard, 50),
        _milliseconds("ms: hard, 95 of 100 within", hard, 95),
        _milliseconds("ms: 720p with a readable code, 95 of 100 within", hd, 95),
        _milliseconds("ms: 720p without a code, median", idle, 50),
        _milliseconds("ms: photo of 12 MP, the slowest", photos, 100),
        ("texts that were not there", len(everything), *_wrong(everything), None),
        _hinted("hints: normal, % of those not read", normal),
        _hinted("hints: hard, % of those not read", hard),
        ("hints: without a code", len(empty), *_hints(sum(bool(one.hint) for one in empty))),
    ]
    at = {name: place for place, name in enumerate(_COLUMNS)}
    gap = float(all_hard[at["ceiling"]] or 0) - float(all_hard[at[CASCADE]] or 0)
    return Section(
        "Reading",
        f"Percent of frames from which exactly the code's text was read; seed {frames.SEED}. "
        "Each reader alone; the cascade is what reads files (`read_codes`), the frame reader what "
        "reads a camera (`read_frame`): it tries again only where a code is seen that cannot be "
        "read. The ceiling is what any of them reads, or zxing-cpp after any single enhancement. "
        f"CPU milliseconds on one thread, the best of {REPEATS}; the frame reader is given three "
        "colours, the others grey. What was tried for the cascade: `bench/README.md`.",
        _COLUMNS,
        rows,
        [
            Aim("normal set: % read by the cascade", float(all_normal[at[CASCADE]] or 0), least=98),
            Aim("hard set: points of the cascade below the ceiling", gap, most=3),
            Aim("720p with a readable code: ms, 95 of 100 within", _ms(hd, FRAME, 95), most=33),
            Aim("720p without a code: ms, median", _ms(idle, FRAME, 50), most=5),
            Aim("photo of 12 MP: ms of the first pass, slowest", _ms(photos, FIRST, 100), most=150),
            Aim(
                "texts that were not there: cascade and frame reader",
                _all_wrong(everything),
                most=0,
            ),
        ],
    )


FIRST = "zxing-cpp"


def _shares(title: str, seen: Sequence[Seen]) -> Sequence[Cell]:
    counts = [sum(one.read(reader) for one in seen) for reader in READERS]
    counts.append(sum(one.reachable for one in seen))
    return (title, len(seen), *(round(100 * count / len(seen), 1) for count in counts))


def _milliseconds(title: str, seen: Sequence[Seen], percent: float) -> Sequence[Cell]:
    return (title, len(seen), *(_ms(seen, reader, percent) for reader in READERS), None)


def _ms(seen: Sequence[Seen], reader: str, percent: float) -> float:
    times = [one.seconds[reader] * 1000 for one in seen]
    return round(median(times) if percent == 50 else float(np.percentile(times, percent)), 2)


def _wrong(seen: Sequence[Seen]) -> Sequence[Cell]:
    return [sum(one.wrong(reader) for one in seen) for reader in READERS]


def _all_wrong(seen: Sequence[Seen]) -> float:
    return sum(one.wrong(CASCADE) + one.wrong(FRAME) for one in seen)


def _hinted(title: str, seen: Sequence[Seen]) -> Sequence[Cell]:
    unread = [one for one in seen if not one.read(FRAME)]
    share = 100 * sum(one.hint is not None for one in unread) / max(len(unread), 1)
    return (title, len(unread), *_hints(round(share, 1)))


def _hints(figure: float) -> Sequence[Cell]:
    return [figure if name == FRAME else None for name in (*READERS, "ceiling")]
