"""What the tests of `scan` share: codes that are good today, frames, recordings, the command."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import IO

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from typer.testing import CliRunner
from world import Key, record, trust

from statusqr_issuer import make_symbol
from statusqr_verifier import cli

Bgr = npt.NDArray[np.uint8]
SIZE = (1280, 720)
RATE = 10  # frames a second of recordings
COMMAND = [str(Path(sys.executable).with_name("statusqr-verifier")), "scan"]


@cache
def key() -> Key:
    """A key that is good today, whenever that is."""
    return Key.make(valid_through=datetime.now(UTC) + timedelta(days=1))


@cache
def text(name: str = "R01") -> str:
    """A code that was issued just now."""
    return key().issue(record(name), at=datetime.now(UTC)).text


def write_trust(folder: Path) -> Path:
    path = folder / "trust.json"
    path.write_text(json.dumps(trust(key()).to_json()), encoding="utf-8")
    return path


def symbol(content: str, scale: int) -> Bgr:
    """The QR code of any text with its quiet zone."""
    image = Image.open(io.BytesIO(make_symbol(content).png(scale))).convert("RGB")
    return np.asarray(image, np.uint8)


def frame(*contents: str, scale: int = 5, size: tuple[int, int] = SIZE, paper: int = 170) -> Bgr:
    """A camera's picture with these codes beside each other, or with none."""
    canvas = np.full((size[1], size[0], 3), paper, np.uint8)
    left = 20
    for content in contents:
        code = symbol(content, scale)
        top = (size[1] - code.shape[0]) // 2
        canvas[top : top + code.shape[0], left : left + code.shape[1]] = code
        left += code.shape[1] + 20
    return canvas


def foreign(scale: int = 5) -> Bgr:
    """A picture with somebody else's code, made by another library than ours."""
    code = cv2.QRCodeEncoder.create().encode("https://example.org/menu")
    large = cv2.resize(code, None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    canvas = frame(paper=255)
    canvas[100 : 100 + large.shape[0], 100 : 100 + large.shape[1]] = large[:, :, None]
    return canvas


def black(size: tuple[int, int] = SIZE) -> Bgr:
    return np.zeros((size[1], size[0], 3), np.uint8)


def recording(path: Path, frames: Iterable[Bgr]) -> Path:
    """A real video file, ten frames a second."""
    writer: cv2.VideoWriter | None = None
    for picture in frames:
        if writer is None:
            size = picture.shape[1], picture.shape[0]
            four = cv2.VideoWriter.fourcc(*"MJPG")
            writer = cv2.VideoWriter(str(path), four, RATE, size)
            assert writer.isOpened()
        writer.write(picture)
    assert writer is not None
    writer.release()
    return path


def jpeg(picture: Bgr) -> bytes:
    done, data = cv2.imencode(".jpg", picture)
    assert done
    return data.tobytes()


def environment(**more: str) -> dict[str, str]:
    """As a person's, without a display."""
    kept = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    return {**kept, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **more}


@dataclass
class Running:
    """The command while it runs; what it printed is read line by line, waiting for it."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def wait_for(self, stream: IO[str] | None, wanted: Callable[[str], bool]) -> str:
        """The next line that is wanted; what comes before is kept in `lines`."""
        assert stream is not None
        for line in stream:
            self.lines.append(line)
            if wanted(line):
                return line
        raise AssertionError("".join(self.lines))

    def told(self, words: str) -> str:
        """Wait until it says this on stderr."""
        return self.wait_for(self.process.stderr, lambda line: words in line)

    def report(self) -> dict[str, object]:
        """The next report on stdout."""
        found = json.loads(self.wait_for(self.process.stdout, lambda line: line.startswith("{")))
        assert isinstance(found, dict)
        return found

    def end(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Ask it to end; exit status and what else it printed."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@contextmanager
def running(*arguments: object, prefix: Sequence[str] = (), **more: str) -> Iterator[Running]:
    """The command as a process of its own."""
    words = [*prefix, *COMMAND, *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        text=True,
        env=environment(**more),
    ) as process:
        try:
            yield Running(process)
        finally:
            if process.poll() is None:
                process.kill()


def scan(*arguments: object) -> tuple[int, str, str]:
    """Run the command to its own end, in this process; exit status, stdout, stderr."""
    words = ["scan", *map(str, arguments)]
    done = CliRunner().invoke(cli.app, words, env={"DISPLAY": None}, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr
