"""How files arrive: over HTTP with a deadline for the whole, or from a folder such as a USB stick.

python-tuf bounds how long a socket may be silent. That lets a server that sends one byte a second
hold a verifier for hours (slow retrieval attack, §1.5.2), and retries multiply it. Here a
synchronisation has a time in all, which honest data extend: a second for each `LEAST_RATE` bytes.
When it is over, the connection is cut from outside, wherever it waits: in the handshake, in a
header, in the data. (Only the resolver of names keeps its own time.)
"""

import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass, url2pathname

import urllib3
from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient.fetcher import FetcherInterface
from urllib3.connection import HTTPConnection, HTTPSConnection

_CHUNK = 2**16


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds of silence of a connection, seconds in all, and bytes that earn a second more."""

    silence: float = 3.0
    whole: float = 10.0
    least_rate: int = 8192


class FolderFetcher(FetcherInterface):
    """Reads `file:` addresses."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = url2pathname(unquote(urlsplit(url).path))
        try:
            # O_NONBLOCK: a pipe in place of a file must not hold us.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise DownloadHTTPError("no such file", 404) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise DownloadError("not a file")
        return _chunks(descriptor)


def _chunks(descriptor: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                yield chunk
        except OSError as error:  # a stick that was pulled out
            raise DownloadError("cannot read") from error


class HttpFetcher(FetcherInterface):
    """Fetches `http:` and `https:` addresses; a context that cuts what takes too long."""

    def __init__(self, timeouts: Timeouts | None = None) -> None:
        self._timeouts = timeouts or Timeouts()
        self._began = time.monotonic()
        self._received = 0
        self._sockets: list[socket.socket] = []
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._responses: list[urllib3.BaseHTTPResponse] = []
        self._pools: dict[str | None, urllib3.PoolManager] = {}
        self._watch = threading.Thread(target=self._cut_when_late, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._watch.join()
        for response in self._responses:  # python-tuf may have left one half read
            response.close()
        for pool in self._pools.values():
            pool.clear()
        for connection in self._sockets:
            connection.close()

    def remaining(self) -> float:
        """Seconds that are left."""
        earned = self._received / self._timeouts.least_rate
        return self._timeouts.whole + earned - (time.monotonic() - self._began)

    def watch(self, connection: socket.socket) -> None:
        """Take a connection under the deadline."""
        with self._lock:
            self._sockets.append(connection.dup())  # outlives the wrapping by TLS

    def _cut_when_late(self) -> None:
        while not self._over.wait(max(self.remaining(), 0.01)):
            if self.remaining() <= 0:
                with self._lock:
                    for connection in self._sockets:
                        with suppress(OSError):
                            connection.shutdown(socket.SHUT_RDWR)

    def _fetch(self, url: str) -> Iterator[bytes]:
        if self.remaining() <= 0:
            raise SlowRetrievalError
        try:
            response = self._pool(url).request(
                "GET",
                url,
                preload_content=False,
                timeout=urllib3.Timeout(self._timeouts.silence),
                retries=urllib3.Retry(0, redirect=2),
                headers={"Accept-Encoding": "identity"},
            )
        except urllib3.exceptions.HTTPError as error:
            raise self._reason(error) from error
        self._responses.append(response)
        if response.status != 200:
            response.close()
            raise DownloadHTTPError("HTTP status", response.status)
        return self._read(response)

    def _read(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        try:
            # read1: what has come; read would wait for a whole chunk, byte by byte.
            while chunk := response.read1(_CHUNK):
                self._received += len(chunk)
                yield chunk
                if self.remaining() <= 0:
                    raise SlowRetrievalError
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._reason(error) from error
        else:
            response.release_conn()
        finally:
            response.close()

    def _reason(self, error: Exception) -> DownloadError:
        cause: BaseException | None = error
        if isinstance(error, urllib3.exceptions.MaxRetryError):
            cause = error.reason
        # urllib3 counts a connection that was refused among the timeouts.
        refused = isinstance(cause, urllib3.exceptions.NewConnectionError)
        silent = isinstance(cause, urllib3.exceptions.TimeoutError) and not refused
        if silent or self.remaining() <= 0:
            return SlowRetrievalError()
        return DownloadError(f"cannot fetch: {type(cause).__name__}")

    def _pool(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        bypass = proxy_bypass(parts.hostname or "")
        proxy = None if bypass else getproxies().get(parts.scheme)
        if proxy not in self._pools:
            pool = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
            pool.pool_classes_by_scheme = self._watched_classes()
            self._pools[proxy] = pool
        return self._pools[proxy]

    def _watched_classes(self) -> dict[str, type[urllib3.HTTPConnectionPool]]:
        watch = self.watch

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                connection = super()._new_conn()
                watch(connection)
                return connection

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                connection = super()._new_conn()
                watch(connection)
                return connection

        class PlainPool(urllib3.HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(urllib3.HTTPSConnectionPool):
            ConnectionCls = Secure

        return {"http": PlainPool, "https": SecurePool}


def folder_url(folder: Path) -> str:
    """The address of a folder for `FolderFetcher`."""
    return folder.absolute().as_uri()
