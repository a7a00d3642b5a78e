"""Reading files from strangers: in a process of its own, with limits on time and memory.

A picture or PDF of a few kilobytes can keep a decoder busy for hours, and no library can be stopped
in the middle. So `SafeReader` hands files to a child process, and ends the child where it takes too
long; the next file gets a new one. One child reads many files: starting it costs 0.3 s, once.

::

    with SafeReader() as reader:
        texts = reader.read_codes(data)
"""

import contextlib
import json
import os
import resource
import select
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import IO

from statusqr_keys.passphrase import VARIABLE as PASSPHRASE_VARIABLE
from statusqr_schema import ImageRefused

from .engines import Engine, EngineMissing
from .images import read_file
from .reading import read_codes

MAX_SECONDS = 10.0
MAX_MEMORY = 2 * 2**30  # bytes of address space, libraries included


class SafeReader:
    """`read_codes` behind a wall. May be shared by threads, which take turns."""

    def __init__(self, seconds: float = MAX_SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def read_codes(self, image: str | Path | bytes, engine: Engine = Engine.CASCADE) -> list[str]:
        """As `reading.read_codes`; ImageRefused also where the limits are overrun."""
        data = image if isinstance(image, bytes) else read_file(Path(image))
        with self._turn:
            try:
                answer = self._ask(data, engine)
            except (OSError, ValueError, TimeoutError) as error:
                self.close()
                raise ImageRefused("файл слишком сложен: чтение прервано") from error
        if "texts" in answer:
            return answer["texts"]
        (message,) = answer["missing" if "missing" in answer else "refused"]
        raise EngineMissing(message) if "missing" in answer else ImageRefused(message)

    def _ask(self, data: bytes, engine: Engine) -> dict[str, list[str]]:
        if self._child is None:
            # -P: nothing beside the current folder is imported in the place of a library.
            self._child = subprocess.Popen(  # noqa: S603 - this very module, no shell
                [sys.executable, "-P", "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={k: v for k, v in os.environ.items() if k != PASSPHRASE_VARIABLE},
            )
        assert self._child.stdin is not None  # noqa: S101 - as asked for above
        assert self._child.stdout is not None  # noqa: S101
        self._child.stdin.write(f"{engine.value} {len(data)}\n".encode("ascii") + data)
        self._child.stdin.flush()
        if not select.select([self._child.stdout], [], [], self._seconds)[0]:
            raise TimeoutError
        answer: dict[str, list[str]] = json.loads(self._child.stdout.readline())
        return answer

    def close(self) -> None:
        """End the child, whatever it does."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with contextlib.suppress(OSError):
                child.communicate()

    def __enter__(self) -> "SafeReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """The child: answer requests until there are no more."""
    while line := requests.readline():
        engine, length = line.split()
        data = requests.read(int(length))
        try:
            answer = {"texts": read_codes(data, Engine(engine.decode("ascii")))}
        except EngineMissing as error:
            answer = {"missing": [error.message]}
        except ImageRefused as error:
            answer = {"refused": [error.message]}
        except Exception:  # a decoder's own: whatever it is, there is no code to be had
            answer = {"refused": ["изображение повреждено"]}
        answers.write(json.dumps(answer).encode("ascii") + b"\n")
        answers.flush()


def main() -> None:
    """Entry point of the child process."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
