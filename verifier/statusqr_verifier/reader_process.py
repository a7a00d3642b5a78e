"""Reading files from strangers: in a process of its own, with limits on time and memory.

A picture or PDF of a few kilobytes can keep a decoder busy for hours, and no library can be stopped
in the middle. So `SafeReader` hands files to a child process, and ends the child where it takes too
long; the next file gets a new one. One child reads many files: starting it costs 0.3 s, once.

Frames of cameras have a child to themselves: nobody waits at a turnstile because somebody else's
file is slow. A frame that finds too many others before it is refused (`ReaderBusy`), not queued
until it is old.

::

    with SafeReader() as reader:
        texts = reader.read_codes(data)
        reading = reader.read_frame(jpeg)
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO, TypedDict

from statusqr_keys.passphrase import VARIABLE as PASSPHRASE_VARIABLE
from statusqr_schema import ImageRefused

from . import images
from .engines import Engine, EngineMissing
from .frames import FrameReading, Hint, read_frame
from .reading import read_codes

MAX_SECONDS = 10.0
MAX_FRAME_SECONDS = 3.0  # to read one; and to wait for its turn
MAX_MEMORY = 2 * 2**30  # bytes of address space, libraries included

_FRAME = "frame"


class ReaderBusy(ImageRefused):
    """The frame was not read, because others take all the time. The next one may be."""

    code = "READER_BUSY"


class _Answer(TypedDict, total=False):
    texts: list[str]
    hint: str | None
    missing: str
    refused: str


class SafeReader:
    """`read_codes` and `read_frame` behind a wall. May be shared by threads, which take turns."""

    def __init__(
        self, seconds: float = MAX_SECONDS, *, frame_seconds: float = MAX_FRAME_SECONDS
    ) -> None:
        self._frame_seconds = frame_seconds
        self._files = _Child(seconds)
        self._frames = _Child(frame_seconds)

    def read_codes(self, image: str | Path | bytes, engine: Engine = Engine.CASCADE) -> list[str]:
        """As `reading.read_codes`; ImageRefused also where the limits are overrun."""
        data = image if isinstance(image, bytes) else images.read_file(Path(image))
        return self._files.ask(engine.value, data)["texts"]

    def read_frame(self, data: bytes) -> FrameReading:
        """As `frames.read_frame`, of the bytes of a PNG, JPEG or WebP picture.

        :raises ImageRefused: where it is none of these, damaged, too large or too slow to read
        :raises ReaderBusy: where it would have to wait too long for its turn
        """
        answer = self._frames.ask(_FRAME, data, patience=self._frame_seconds)
        hint = answer["hint"]
        return FrameReading(tuple(answer["texts"]), None if hint is None else Hint(hint))

    @property
    def frame_process(self) -> int | None:
        """The number of the process that reads frames, for those who watch it; None before any."""
        return self._frames.number

    def close(self) -> None:
        """End the children, whatever they do. What is asked from now on is refused."""
        self._files.close()
        self._frames.close()

    def __enter__(self) -> "SafeReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Limit:
    """Kills a process that overruns its time, and never one whose limit was lifted before."""

    def __init__(self, seconds: float, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._moment = threading.Lock()
        self._lifted = self._struck = False
        self._timer = Timer(seconds, self._strike)
        self._timer.start()

    def lift(self) -> bool:
        """The time is no longer limited; True where it was over, and the process killed."""
        with self._moment:
            self._lifted = True
        self._timer.cancel()
        return self._struck

    def _strike(self) -> None:
        with self._moment:
            if not self._lifted:
                self._struck = True
                self._process.kill()  # ends the writing to it as well as the reading


class _Child:
    """A child process that answers one question at a time; started when first needed."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()  # who holds it talks with the child
        self._change = threading.Lock()  # of the next two: held for a moment only
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    @property
    def number(self) -> int | None:
        """Of the process, while there is one."""
        with self._change:
            return None if self._process is None else self._process.pid

    def ask(self, what: str, data: bytes, patience: float = -1) -> _Answer:
        """The answer, or the error it stands for; `patience` (s) is how long to wait for a turn."""
        if not self._turn.acquire(timeout=patience):
            raise ReaderBusy("слишком много кадров сразу: этот пропущен")
        try:
            answer = self._exchange(what, data)
        except (OSError, ValueError) as error:
            raise ImageRefused("файл слишком сложен: чтение прервано") from error
        finally:
            self._turn.release()
        if "missing" in answer:
            raise EngineMissing(answer["missing"])
        if "refused" in answer:
            raise ImageRefused(answer["refused"])
        return answer

    def close(self) -> None:
        """End it; who waits for an answer or a turn is refused."""
        with self._change:
            self._closed = True
            if self._process is not None:
                self._process.kill()
        with self._turn:
            self._end()

    def _exchange(self, what: str, data: bytes) -> _Answer:
        process = self._running()
        assert process.stdin is not None  # noqa: S101 - as asked for in _running
        assert process.stdout is not None  # noqa: S101
        limit = _Limit(self._seconds, process)
        try:
            process.stdin.write(f"{what} {len(data)}\n".encode("ascii") + data)
            process.stdin.flush()
            answer: _Answer = json.loads(process.stdout.readline())
            if limit.lift():  # too late for this answer; the next question gets a new child
                self._end()
        except BaseException:  # an interrupt, too: its late answer would be taken for the next
            self._end()
            raise
        finally:
            limit.lift()
        return answer

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is not None:
            self._end()  # it died between two questions, of which neither is to blame
        with self._change:
            if self._closed:
                raise ImageRefused("чтение изображений остановлено")
            if self._process is None:
                # -P: nothing beside the current folder is imported in the place of a library.
                self._process = subprocess.Popen(  # noqa: S603 - this very module, no shell
                    [sys.executable, "-P", "-m", __name__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env={k: v for k, v in os.environ.items() if k != PASSPHRASE_VARIABLE},
                )
            return self._process

    def _end(self) -> None:
        """Only for who holds the turn."""
        with self._change:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                with contextlib.suppress(OSError):  # what was not written cannot be any more
                    pipe.close()


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """The child: answer requests until there are no more."""
    while line := requests.readline():
        what, length = line.split()
        answer = _answer(what.decode("ascii"), requests.read(int(length)))
        answers.write(json.dumps(answer).encode("ascii") + b"\n")
        answers.flush()


def _answer(what: str, data: bytes) -> _Answer:
    try:
        if what != _FRAME:
            return {"texts": read_codes(data, Engine(what))}
        reading = read_frame(images.frame(data))
        return {"texts": list(reading.texts), "hint": reading.hint}
    except EngineMissing as error:
        return {"missing": error.message}
    except ImageRefused as error:
        return {"refused": error.message}
    except Exception:  # a decoder's own: whatever it is, there is no code to be had
        return {"refused": "изображение повреждено"}


def main() -> None:
    """Entry point of the child process."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
