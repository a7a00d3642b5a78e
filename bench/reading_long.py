"""An hour at a checkpoint, faster than it passes: whether memory and open files stay flat.

Frames of a camera (with a code, with one that is hard to read, and mostly without) are read one
after the other; every 25th as a JPEG by the process behind the wall as well, as a browser posts it.
"""

import gc
import resource
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from bench.reading import frames
from bench.reading.light import resized
from bench.reading.sheet import Pixels
from bench.table import Aim, Cell, Section
from statusqr_verifier.frames import read_frame
from statusqr_verifier.reader_process import SafeReader

HOUR = 25 * 3600  # frames of a camera that gives 25 a second
PATIENT = 300.0  # seconds: here nothing is given up because a machine is slow
_POSTED = 25  # every so manieth
_WARM_UP = 2_000  # so that both processes have seen each frame
_MOST_GROWTH_KB = 8 * 1024
_SHOWN = ("clean", "rotation", "tilt", "uneven light", "glare", "cracked screen", "poor webcam")


@dataclass(frozen=True)
class State:
    """Of a process: memory that it holds, KB, and open file descriptors."""

    resident: int
    files: int

    @classmethod
    def of(cls, process: int | str = "self") -> "State":
        """What Linux tells of a process."""
        folder = Path("/proc") / str(process)
        pages = int((folder / "statm").read_text(encoding="ascii").split()[1])
        open_files = len(list((folder / "fd").iterdir()))
        return cls(pages * resource.getpagesize() // 1024, open_files)


@dataclass(frozen=True)
class Growth:
    """What became more between the warming up and the end, here and in the child; what was read."""

    frames: int
    read: int
    wrong: int
    resident: int
    files: int
    child_resident: int
    child_files: int
    seconds: float


def measure(count: int = HOUR) -> Section:
    """Growth over an hour's frames."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        growth = run(count)
    finally:
        cv2.setNumThreads(threads)
    rows: list[Sequence[Cell]] = [
        ("frames", growth.frames, growth.frames // _POSTED),
        ("texts read", growth.read, None),
        ("texts that were not there", growth.wrong, None),
        ("memory grown, KB", growth.resident, growth.child_resident),
        ("open files grown", growth.files, growth.child_files),
        ("seconds that it took", growth.seconds, None),
    ]
    return Section(
        "An hour of frames",
        f"{growth.frames:,} frames, as a camera gives in {growth.frames / 25 / 60:.0f} minutes at "
        f"25 a second, of 640 × 480 to 1280 × 720; every {_POSTED}th was also read as a JPEG by "
        f"the process behind the wall. Growth after {_WARM_UP} frames.",
        ("figure", "this process", "the process behind the wall"),
        rows,
        [
            Aim(
                "memory grown, KB",
                max(growth.resident, growth.child_resident),
                most=_MOST_GROWTH_KB,
            ),
            Aim("open files grown", max(growth.files, growth.child_files), most=0),
            Aim("texts that were not there", growth.wrong, most=0),
        ],
    )


def run(count: int, warm_up: int = _WARM_UP) -> Growth:
    """Read `count` frames after `warm_up` others."""
    with SafeReader(PATIENT, frame_seconds=PATIENT) as reader:
        shown = list(_frames())
        read = _Count(reader)
        for one in islice(cycle(shown), warm_up):
            read.frame(*one)
        child = _child_of(reader)
        before, child_before = _settled(), State.of(child)
        read.texts = read.wrong = 0
        start = perf_counter()
        for one in islice(cycle(shown), count):
            read.frame(*one)
        seconds = perf_counter() - start
        after, child_after = _settled(), State.of(child)
    return Growth(
        count,
        read.texts,
        read.wrong,
        after.resident - before.resident,
        after.files - before.files,
        child_after.resident - child_before.resident,
        child_after.files - child_before.files,
        seconds,
    )


class _Count:
    """Reads frames, and counts what was read and what was not there."""

    def __init__(self, reader: SafeReader) -> None:
        self.texts = self.wrong = self._frames = 0
        self._reader = reader

    def frame(self, pixels: Pixels, jpeg: bytes, text: str | None) -> None:
        """Read it here, and some of them there as well."""
        self._frames += 1
        readings = [read_frame(pixels)]
        if self._frames % _POSTED == 0:
            readings.append(self._reader.read_frame(jpeg))
        for found in (found for reading in readings for found in reading.texts):
            self.texts += 1
            self.wrong += found != text


def _frames() -> Iterator[tuple[Pixels, bytes, str | None]]:
    """Each with its JPEG and its text: three without a code for one with."""
    for number, kind in enumerate(_SHOWN):
        name = frames.Name(kind, number)
        yield _given(frames.draw(name), name.code.text)
        for more in range(3):
            yield _given(frames.empty(3 * number + more), None)


def _given(grey: Pixels, text: str | None) -> tuple[Pixels, bytes, str | None]:
    if grey.shape[0] > 720:
        grey = resized(grey, 0.5)
    colours = np.repeat(grey[:, :, None], 3, axis=2)
    _, data = cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return colours, data.tobytes(), text


def _child_of(reader: SafeReader) -> int:
    process = reader.frame_process
    if process is None:
        raise ValueError("no frame has been read yet")
    return process


def _settled() -> State:
    gc.collect()
    return State.of()
