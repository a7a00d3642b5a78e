"""Connections that say nothing, or not enough, stop nobody else: against a real server."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from select import select

import pytest
from fastapi import FastAPI, Request
from served import served
from starlette.responses import StreamingResponse

from statusqr_web.connections import MOST_FROM_ONE_ADDRESS, FairShare, PromptHeads
from statusqr_web.listening import shared_fairly
from statusqr_web.serving import server_options
from statusqr_web.tls import local_certificate

SOON, NEVER = 0.3, 3600.0  # seconds
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST /%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
FULL = 500


class Application(FastAPI):
    """Answers, takes a body or leaves it, and streams when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.more = asyncio.Event()
        self.get("/")(self.page)
        self.get("/events")(self.events)
        self.post("/body")(self.body)
        self.post("/early")(self.page)

    def page(self) -> str:
        return "page"

    async def body(self, request: Request) -> str:
        return (await request.body()).decode()

    async def events(self) -> StreamingResponse:
        self.loop = asyncio.get_running_loop()

        async def stream() -> AsyncIterator[str]:
            yield "one\n"
            await self.more.wait()
            yield "two\n"

        return StreamingResponse(stream())


class Line:
    """One connection from an address of this machine, with TLS or without."""

    def __init__(self, port: int, address: str, trusted: ssl.SSLContext | None) -> None:
        self._line = socket.create_connection(
            ("127.0.0.1", port), timeout=30, source_address=(address, 0)
        )
        if trusted is not None:
            self._line = trusted.wrap_socket(self._line, server_hostname="127.0.0.1")

    def send(self, data: bytes) -> None:
        """Send; one that the server has left says so when it is read from."""
        with suppress(ConnectionError, ssl.SSLError):
            self._line.sendall(data)

    def receive(self) -> bytes:
        """What comes next; nothing where the server has hung up."""
        try:
            return self._line.recv(65_536)
        except (ConnectionError, ssl.SSLError):
            return b""

    def until(self, end: bytes) -> bytes:
        """What comes, to its end or the connection's."""
        found = b""
        while not found.endswith(end) and (more := self.receive()):
            found += more
        return found

    def quiet(self, seconds: float) -> bool:
        """Whether nothing comes for so long."""
        return not select([self._line], [], [], seconds)[0]

    def close(self) -> None:
        self._line.close()


class Lines:
    """Connections to one server."""

    def __init__(self, port: int, trusted: ssl.SSLContext | None, stack: ExitStack) -> None:
        self._port, self._trusted, self._stack = port, trusted, stack

    def open(self, address: str = "127.0.0.1") -> Line:
        line = Line(self._port, address, self._trusted)
        self._stack.callback(line.close)
        return line

    def silent(self, address: str) -> socket.socket:
        """A connection on which not even TLS begins."""
        return socket.create_connection(
            ("127.0.0.1", self._port), timeout=30, source_address=(address, 0)
        )

    def some_time(self) -> None:
        """Until a connection that is made now and says nothing has been dropped."""
        assert self.open("127.0.0.99").receive() == b""

    def works(self) -> bool:
        line = self.open("127.0.0.98")
        line.send(GET)
        answer = line.until(b'"page"')
        line.close()
        return answer.startswith(b"HTTP/1.1 200")


@contextmanager
def server(
    app: FastAPI, folder: Path | None = None, proxies: tuple[str, ...] = ()
) -> Iterator[Lines]:
    """With TLS where there is a folder for its certificate."""
    pair, trusted = None, None
    if folder is not None:
        made = local_certificate(folder, frozenset({"127.0.0.1"}), datetime.now(UTC))
        pair = (made.certificate, made.key)
        trusted = ssl.create_default_context(cafile=made.certificate)
    with served(app, certificate=pair, proxies=proxies) as port, ExitStack() as stack:
        yield Lines(port, trusted, stack)


@pytest.fixture
def app() -> Application:
    return Application()


@pytest.fixture(params=["plain", "tls"])
def lines(request: pytest.FixtureRequest, app: Application, tmp_path: Path) -> Iterator[Lines]:
    with server(app, tmp_path if request.param == "tls" else None) as lines:
        yield lines


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PromptHeads, "head_seconds", SOON)


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PromptHeads, "head_seconds", NEVER)


def test_the_limits() -> None:
    assert (PromptHeads.head_seconds, MOST_FROM_ONE_ADDRESS) == (10, 64)
    assert FairShare.most_from_one_address == 64
    assert server_options()["http"] is FairShare
    assert server_options(["192.0.2.1"])["http"] is PromptHeads


@pytest.mark.usefixtures("never")
def test_one_address_that_says_nothing_stops_nobody(lines: Lines) -> None:
    held = [lines.open("127.0.0.2") for _ in range(505)]
    assert lines.works()
    for line in reversed(held):
        line.send(GET)
    answers = [line.receive()[:12] for line in reversed(held)]
    assert sorted(answers) == [b""] * (505 - 64) + [b"HTTP/1.1 200"] * 64


@pytest.mark.usefixtures("never")
def test_who_hangs_up_may_come_again(lines: Lines) -> None:
    for line in [lines.open("127.0.0.2") for _ in range(MOST_FROM_ONE_ADDRESS)]:
        line.close()
    for _ in range(1000):  # until the server has heard of it
        line = lines.open("127.0.0.2")
        line.send(GET)
        if answer := line.until(b'"page"'):
            break
    assert answer.startswith(b"HTTP/1.1 200")


def test_many_addresses_that_say_nothing_stop_everybody_for_a_while_only(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PromptHeads, "head_seconds", 2.0)
    with server(app) as lines:
        held = [lines.open(f"127.0.0.{2 + number % 8}") for number in range(FULL)]
        assert [line.receive() for line in held] == [b""] * FULL
        assert lines.works()


@pytest.mark.usefixtures("soon")
def test_a_head_that_comes_byte_by_byte(lines: Lines) -> None:
    line = lines.open()
    line.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
    for _ in range(1000):
        if not line.quiet(0.02):
            break
        line.send(b"x")
    else:
        pytest.fail("a thousand bytes, each of which has bought more time")
    assert line.receive() == b""


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("begun", [b"G", GET[:-2]])
def test_a_later_head_that_does_not_end(lines: Lines, begun: bytes) -> None:
    line = lines.open()
    for _ in range(2):
        line.send(GET)
        assert line.until(b'"page"').startswith(b"HTTP/1.1 200")
    line.send(begun)
    assert line.receive() == b""


@pytest.mark.usefixtures("soon")
def test_a_later_head_that_has_come_with_the_first(lines: Lines) -> None:
    line = lines.open()
    line.send(GET + GET[:20])
    assert line.until(b'"page"').startswith(b"HTTP/1.1 200")
    line.send(GET[20:30])
    assert line.receive() == b""


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("rest", [b"x", b"x" * 10])
def test_a_body_that_nobody_waits_for(lines: Lines, rest: bytes) -> None:
    """After an early answer: neither the rest of the body nor silence holds the connection."""
    line = lines.open()
    line.send(POST % b"early")
    assert line.until(b'"page"').startswith(b"HTTP/1.1 200")
    line.send(rest)
    assert line.receive() == b""


@pytest.mark.usefixtures("soon")
def test_a_slow_body_may_come(lines: Lines) -> None:
    """How slow, is for BodyLimits to say."""
    line = lines.open()
    line.send(POST % b"body" + b"01234")
    lines.some_time()
    line.send(b"56789")
    assert line.until(b'"0123456789"').startswith(b"HTTP/1.1 200")


@pytest.mark.usefixtures("soon")
def test_a_stream_goes_on(lines: Lines, app: Application) -> None:
    line = lines.open()
    line.send(GET.replace(b"/", b"/events", 1))
    assert b"200 OK" in line.until(b"one\n\r\n")
    lines.some_time()
    assert app.loop is not None
    app.loop.call_soon_threadsafe(app.more.set)
    assert line.until(b"0\r\n\r\n").endswith(b"two\n\r\n0\r\n\r\n")


@pytest.mark.usefixtures("soon")
def test_an_idle_connection_is_for_uvicorn_to_end(
    lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PromptHeads, "timeout_keep_alive_handler", lambda _: None)
    line = lines.open()
    line.send(GET)
    assert line.until(b'"page"')
    lines.some_time()
    line.send(GET)
    assert line.until(b'"page"').startswith(b"HTTP/1.1 200")


@pytest.mark.usefixtures("never")
def test_behind_a_proxy_addresses_are_not_counted(app: Application) -> None:
    with server(app, proxies=("127.0.0.2",)) as lines:
        held = [lines.open("127.0.0.2") for _ in range(MOST_FROM_ONE_ADDRESS + 10)]
        for line in held:
            line.send(GET)
        assert all(line.receive().startswith(b"HTTP/1.1 200") for line in held)


@pytest.mark.usefixtures("soon")
def test_behind_a_proxy_heads_must_end_too(app: Application) -> None:
    with server(app, proxies=("127.0.0.1",)) as lines:
        assert lines.open().receive() == b""


@pytest.fixture
def fair(monkeypatch: pytest.MonkeyPatch) -> None:
    create = socket.create_server

    def create_fair(address: tuple[str, int], *, family: int) -> socket.socket:
        return shared_fairly(create(address, family=family))

    monkeypatch.setattr(socket, "create_server", create_fair)


@pytest.mark.usefixtures("fair")
def test_who_does_not_even_begin_tls_holds_no_more_than_its_share(
    app: Application, tmp_path: Path
) -> None:
    with server(app, tmp_path) as lines, ExitStack() as stack:
        held = [lines.silent("127.0.0.2") for _ in range(MOST_FROM_ONE_ADDRESS)]
        for line in held:
            stack.enter_context(line)
        with pytest.raises((ConnectionError, ssl.SSLError)):
            lines.open("127.0.0.2")
        assert lines.works()
        held[0].sendall(b"no TLS")  # the server hangs up, and a place is free
        assert held[0].recv(100) == b""
        lines.open("127.0.0.2")


def test_a_listener_counts_each_address_for_itself() -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(shared_fairly(socket.create_server(("127.0.0.1", 0))))
        port = listener.getsockname()[1]

        def connect(address: str) -> None:
            where = ("127.0.0.1", port)
            stack.enter_context(socket.create_connection(where, source_address=(address, 0)))

        taken = []
        for _ in range(MOST_FROM_ONE_ADDRESS):
            for address in ("127.0.0.2", "127.0.0.3"):
                connect(address)
                taken.append(stack.enter_context(listener.accept()[0]))
        for address in ("127.0.0.2", "127.0.0.3"):
            connect(address)
            with pytest.raises(ConnectionAbortedError):
                listener.accept()
        taken[0].close()
        connect("127.0.0.2")
        stack.enter_context(listener.accept()[0])
        connect("127.0.0.3")
        with pytest.raises(ConnectionAbortedError):
            listener.accept()
