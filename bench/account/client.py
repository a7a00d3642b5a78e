"""A client that costs little: prepared requests over kept connections, answers read to their end.

What is measured is the server; a client that parses costs as much as the server itself.
"""

import re
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def request(
    method: str, path: str, host: str, headers: Sequence[tuple[str, str]] = (), body: bytes = b""
) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


@dataclass
class Connection:
    """One connection that is kept."""

    address: tuple[str, int]
    _socket: socket.socket | None = field(default=None, repr=False)

    def ask(self, prepared: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        if self._socket is None:
            self._socket = socket.create_connection(self.address, timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(prepared)
        received = self._socket.recv(262_144)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head, body = received[: end + 2], received[end + 4 :]
        length, status = _LENGTH.search(head), _STATUS.match(head)
        if length is None or status is None:
            raise ConnectionError("an answer without status or length")
        while len(body) < int(length[1]):
            body += self._more()
        if b"connection: close" in head.lower():
            self.close()
        return int(status[1]), body

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _more(self) -> bytes:
        received = self._socket.recv(262_144) if self._socket else b""
        if not received:
            raise ConnectionError("the server hung up")
        return received


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds that each answer took, how many were not what they should be, and all the time."""

    seconds: tuple[float, ...]
    errors: int
    whole: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.whole

    def percentile(self, share: float) -> float:
        """The time within which this share of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def in_turn(
    address: tuple[str, int], requests: Callable[[int], bytes], count: int, users: int = 1
) -> Taken:
    """`count` requests by so many users at once, each with a connection of its own.

    `requests` gives the request with a number. An answer is an error unless its status is 200.
    """

    def user(number: int) -> list[tuple[float, bool]]:
        connection, taken = Connection(address), []
        for turn in range(number, count, users):
            began = time.perf_counter()
            status, _ = connection.ask(requests(turn))
            taken.append((time.perf_counter() - began, status == 200))
        connection.close()
        return taken

    began = time.perf_counter()
    with ThreadPoolExecutor(users) as pool:
        answers = [answer for taken in pool.map(user, range(users)) for answer in taken]
    whole = time.perf_counter() - began
    return Taken(tuple(s for s, _ in answers), sum(not good for _, good in answers), whole)
