"""Run an application: the socket, the log, what goes on beside it, the end.

::

    with Address(host, port, certificate).bind() as bound:
        status = serve(app, address, bound, ready=tell, beside=background)
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import typer
import uvicorn
from fastapi import FastAPI

from statusqr_schema import StatusQRError

from . import logs
from .listening import shared_fairly
from .serving import server_options
from .tls import ServerCertificate


class CannotListen(StatusQRError):
    """The address is taken, or not ours."""

    code = "LISTEN"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server listens, and its certificate where it speaks TLS."""

    host: str
    port: int
    certificate: ServerCertificate | None = None

    @property
    def secure(self) -> bool:
        """Whether it speaks TLS."""
        return self.certificate is not None

    def url(self, host: str | None = None) -> str:
        """The address that people open."""
        name = host or self.host
        shown = f"[{name}]" if ":" in name else name
        return f"{'https' if self.secure else 'http'}://{shown}:{self.port}/"

    def bind(self) -> socket.socket:
        """A socket that is bound, or CannotListen. Port 0 takes any that is free."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            family, kind, protocol, _, address = found[0]
            bound = socket.socket(family, kind, protocol)
            try:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                bound.bind(address)
            except OSError:
                bound.close()
                raise
        except OSError as error:
            message = f"адрес {self.host}:{self.port} не открывается: {error.strerror}"
            raise CannotListen(f"{message}; выберите другой: --port") from error
        return bound


class Beside(Protocol):
    """What goes on beside the answers, in threads of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


class _Server(uvicorn.Server):
    """Says that it is ready once it is, and not before."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], hang_up: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._hang_up = hang_up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would never end by itself, then wait for the answers that are under way."""
        self._hang_up()
        await super().shutdown(sockets)


def serve(
    app: FastAPI,
    address: Address,
    bound: socket.socket,
    *,
    ready: Callable[[], None],
    hang_up: Callable[[], None] = lambda: None,
    beside: Beside | None = None,
    proxies: Sequence[str] = (),
) -> int:
    """Serve until interrupted; the exit status.

    `ready` is called once it listens, `hang_up` when it stops: it ends the streams.
    """
    logs.to_stderr()
    config = uvicorn.Config(
        app,
        ssl_certfile=address.certificate.certificate if address.certificate else None,
        ssl_keyfile=address.certificate.key if address.certificate else None,
        log_level="warning",
        log_config=None,
        timeout_graceful_shutdown=3,
        **server_options(proxies),
    )
    server = _Server(config, ready, hang_up)
    if beside is not None:
        beside.start()
    try:
        server.run([bound if proxies else shared_fairly(bound)])
    except KeyboardInterrupt:
        typer.echo("Остановлено.")
    finally:
        if beside is not None:
            beside.stop()
    return 0 if server.started else 1
