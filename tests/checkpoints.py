"""Checkpoints for tests: a station at any moment, its page as a script drives it, its process."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from served import served
from world import NOON, world

from statusqr_verifier import report_json
from statusqr_verifier.checkpoint.app import Door, create_app
from statusqr_verifier.checkpoint.station import Settings, Station
from statusqr_verifier.current_trust import CurrentTrust
from statusqr_verifier.trust_source import TrustSet

JSON = {"Content-Type": "application/json"}
PROBLEM = "application/problem+json"
REPORT_SCHEMA: dict[str, Any] = json.loads(
    Path(report_json.__file__).with_name("report.schema.json").read_text(encoding="utf-8")
)


class StationAt(Station):
    """A station whose clock stands: codes of the world are as good as the test says."""

    def __init__(
        self, data: TrustSet | None = None, settings: Settings | None = None, at: datetime = NOON
    ) -> None:
        held = data or TrustSet(world().trust)
        super().__init__(CurrentTrust(lambda: held, Path("no such file")), settings)
        self.at = at

    def now(self) -> datetime:
        return self.at


@contextmanager
def open_station(
    station: Station | None = None, door: Door | None = None
) -> Iterator[httpx.Client]:
    """A client of a real server around a station, which stands at noon where none is given."""
    station = station or StationAt()
    try:
        with (
            served(create_app(station, door)) as port,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            yield client
    finally:
        station.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem(answer: httpx.Response, status: int, code: str) -> str:
    """The detail of an answer that must be this problem, and tells nothing else."""
    told = answer.json()
    assert (answer.status_code, told["code"], told["status"]) == (status, code, status), told
    assert answer.headers["content-type"] == PROBLEM
    assert set(told) == {"type", "title", "status", "detail", "code"}
    assert told["type"] == f"urn:statusqr:problem:{code.lower()}"
    assert told["title"]
    return str(told["detail"])


@dataclass
class Scanner:
    """The checkpoint page as its script drives it: one device, one session."""

    client: httpx.Client
    csrf: str = ""

    def begin(self, **place: str | list[str]) -> "Scanner":
        page = self.client.get("/")
        found = re.search(r'data-csrf="([^"]+)"', page.text)
        assert found, page.text
        self.csrf = found[1]
        begun = self.client.post("/shift", data={"csrf_token": self.csrf, **place})
        assert begun.status_code == 303
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"X-CSRF-Token": self.csrf}

    def scan(self, *texts: str, via: str = "scanner", again: Sequence[str] = ()) -> dict[str, Any]:
        asked = {"texts": texts, "via": via, "again": again}
        answer = self.client.post("/scan", json=asked, headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def files(self, *files: bytes) -> httpx.Response:
        named = [("files", (f"{number}.png", data)) for number, data in enumerate(files)]
        return self.client.post("/files", files=named, headers=self.headers)


@dataclass
class Process:
    """`statusqr-verifier serve` while it runs, and what it printed once it has ended."""

    running: subprocess.Popen[str]
    url: str
    out: str = ""
    err: str = ""
    lines: list[str] = field(default_factory=list)

    def end(self, number: int = signal.SIGTERM, seconds: float = 60) -> int:
        """Ask it to end; its exit status."""
        self.running.send_signal(number)
        return self.wait(seconds)

    def wait(self, seconds: float = 60) -> int:
        """Wait until it has ended; its exit status."""
        out, self.err = self.running.communicate(timeout=seconds)
        self.out = "".join(self.lines) + out
        return self.running.returncode


_PLAIN = "from statusqr_verifier.cli import main; main()"
_TALKATIVE = f"""
import logging
from statusqr_web import logs
logs.to_stderr(logging.DEBUG)
{_PLAIN}
"""


@contextmanager
def process(
    *arguments: object, talkative: bool = False, code: str = "", folder: Path | None = None
) -> Iterator[Process]:
    """`serve` on a free port; `talkative`: with the log of everything; `code` is run before."""
    program = code + (_TALKATIVE if talkative else _PLAIN)
    words = [sys.executable, "-c", program, "serve", "--port", "0", *map(str, arguments)]
    environment = {**os.environ, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, stdout=pipe, stderr=pipe, text=True, env=environment, cwd=folder
    ) as running:
        try:
            assert running.stdout is not None
            assert running.stderr is not None
            lines: list[str] = []
            for line in running.stdout:
                lines.append(line)
                if found := re.search(r"https?://\S+(?=/$)", line.rstrip()):
                    yield Process(running, found[0], lines=lines)
                    break
            else:
                raise AssertionError(running.stderr.read())
        finally:
            if running.poll() is None:
                running.kill()
