"""A real uvicorn around an application, in a thread of this process."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from statusqr_web.serving import server_options


@contextmanager
def served(
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    proxies: tuple[str, ...] = (),
    certificate: tuple[Path, Path] | None = None,
) -> Iterator[int]:
    """The port. It listens before the server runs, so that nobody has to wait for it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    pem, key = certificate or (None, None)
    options = server_options(proxies)
    config = uvicorn.Config(app, log_level="critical", ssl_certfile=pem, ssl_keyfile=key, **options)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()
