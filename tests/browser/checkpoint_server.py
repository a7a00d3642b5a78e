"""`statusqr-verifier serve` as a process of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COMMAND = Path(sys.executable).with_name("statusqr-verifier")
_ADDRESS = re.compile(r"(https?://[0-9.]+:\d+)/")


@dataclass
class Server:
    """A server that answers at `url`."""

    url: str
    process: subprocess.Popen[str]
    log: Path

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    def end(self) -> None:
        """End it as a person does, and wait until it is gone."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)


@contextmanager
def serving_checkpoint(log: Path, *options: object, port: int = 0) -> Iterator[Server]:
    """A server that is ready; what it writes goes to `log`."""
    words = [str(COMMAND), "serve", "--port", str(port), *map(str, options)]
    environment = {**os.environ, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    with (
        log.open("a", encoding="utf-8") as errors,
        subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        ) as process,
    ):
        try:
            assert process.stdout is not None
            found = None
            for line in process.stdout:
                if found := _ADDRESS.search(line):
                    break
            assert found is not None, log.read_text(encoding="utf-8")
            yield Server(found[1], process, log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
