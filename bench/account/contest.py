"""Servers of the bench as children, and the requests of their users."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.account.client import request

_POSTED = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Server:
    """A server that listens, and what its users need."""

    port: int
    users: list[dict[str, Any]]

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", self.port

    def get(self, path: str, user: dict[str, Any] | None = None) -> bytes:
        """A page, as a browser asks for it."""
        headers = [("Accept", "text/html")]
        headers += [("Cookie", user["cookie"])] if user else []
        return request("GET", path, f"127.0.0.1:{self.port}", headers)

    def live(self, user: dict[str, Any]) -> bytes:
        """The live code, as its page asks for it."""
        headers = [("Cookie", user["cookie"]), ("X-CSRF-Token", user["csrf"])]
        return self._post(f"/statuses/{user['status']}/live?profile=minimal", headers)

    def pdf(self, user: dict[str, Any]) -> bytes:
        """The printed credential, as its form asks for it."""
        headers = [("Cookie", user["cookie"]), ("Content-Type", _POSTED)]
        body = f"csrf_token={user['csrf']}&profile=full".encode("ascii")
        return self._post(f"/statuses/{user['status']}/pdf", headers, body)

    def _post(self, path: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
        return request("POST", path, f"127.0.0.1:{self.port}", headers, body)


@contextmanager
def serving(*words: str) -> Iterator[Server]:
    """`python -m bench.account.server` with these words, for as long as the block runs."""
    command = [sys.executable, "-m", "bench.account.server", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own words
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe, as asked for
            told = json.loads(process.stdout.readline())
            yield Server(told["port"], told["users"])
        finally:
            process.terminate()
