"""Limits of size and time for what a request brings, on a real server."""

import asyncio
import itertools
import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI, Request, UploadFile
from served import served
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Message, Scope

from statusqr_web import problems
from statusqr_web.bodies import KIB, LONGEST_HEAD, MIB, BodyLimits, BodyRule

JSON = {"Content-Type": "application/json"}
RULES = [BodyRule("/image", 2 * MIB), BodyRule("/image/small", KIB), BodyRule("/slow", KIB, 0.2)]


def application() -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.post("/json")
    @app.post("/slow/json")
    def take(document: dict[str, str]) -> int:
        return sum(map(len, document.values()))

    @app.post("/image")
    async def image(file: UploadFile) -> int:
        return len(await file.read())

    @app.post("/image/small/raw")
    async def raw(request: Request) -> int:
        return sum([len(part) async for part in request.stream()])

    @app.post("/unread")
    async def unread() -> str:
        return "not needed"

    app.add_middleware(BodyLimits, rules=RULES)
    return app


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(application()) as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def chunks(size: int, number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield b"x" * size


def test_bodies_up_to_the_limit_are_taken(client: httpx.Client) -> None:
    text = "x" * (16 * KIB - len('{"a":""}'))
    body = f'{{"a":"{text}"}}'
    assert client.post("/json", content=body, headers=JSON).json() == len(text)
    assert client.post("/image", files={"file": b"x" * MIB}).json() == MIB
    assert client.post("/image/small/raw", content=chunks(32, 32)).json() == KIB


def test_a_declared_length_over_the_limit(port: int) -> None:
    """The length alone: who sends the body as well may see a connection cut off instead."""
    for path, size in (("/json", 16 * KIB), ("/image", 2 * MIB), ("/image/small/raw", KIB)):
        length = b"Content-Length: %d\r\n" % (size + 1)
        start, _, body = head(port, length, path=path.encode()).partition(b"\r\n\r\n")
        assert start.startswith(b"HTTP/1.1 413 ")
        assert b"content-type: application/problem+json" in start.lower()
        assert json.loads(body)["code"] == "BODY_SIZE"
    assert "1 КиБ" in json.loads(body)["detail"]


def test_a_declared_length_is_refused_before_the_body_is_sent(port: int) -> None:
    assert head(port, b"Content-Length: 20971520\r\n").startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/json", "application/json"),
        ("/image", "multipart/form-data; boundary=b"),
        ("/image/small/raw", "image/png"),
    ],
)
def test_an_undeclared_length_over_the_limit(client: httpx.Client, path: str, kind: str) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    content = itertools.chain([part if path == "/image" else b" "], chunks(64 * KIB, 100))
    try:
        answer = client.post(path, content=content, headers={"Content-Type": kind})
    except httpx.WriteError:  # the server may hang up while we still send
        return
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_SIZE")


def test_a_body_that_nobody_reads_is_no_matter(client: httpx.Client) -> None:
    assert client.post("/unread", content=chunks(10, 3)).json() == "not needed"


def head(port: int, lines: bytes, body: bytes = b"", path: bytes = b"/json") -> bytes:
    """The answer to a request whose body does not come, or not whole."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        start = b"POST " + path + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        connection.sendall(start + b"Content-Type: application/json\r\n" + lines + b"\r\n" + body)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def test_a_body_that_stops_coming(port: int) -> None:
    answer = head(port, b"Content-Length: 100\r\n", b'{"a":', b"/slow/json")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"BODY_SLOW" in answer


@pytest.mark.parametrize("length", [b"-1", b"1.5", b"+1", b"0x10", b"9" * 5000])
def test_a_length_that_is_no_number(port: int, length: bytes) -> None:
    answer = head(port, b"Content-Length: " + length + b"\r\n")
    assert answer[9:12] in (b"400", b"413")


def test_the_head_is_bounded(port: int) -> None:
    long = b"x" * LONGEST_HEAD
    assert head(port, b"X: " + long + b"\r\n").startswith(b"HTTP/1.1 431 ")
    assert head(port, b"", path=b"/" + long).startswith(b"HTTP/1.1 431 ")
    assert head(port, b"", path=b"/?" + long).startswith(b"HTTP/1.1 431 ")
    assert head(port, b"X: " + long[500:] + b"\r\n").startswith(b"HTTP/1.1 422 ")


def scope(path: str, *headers: tuple[bytes, bytes]) -> Scope:
    return {"type": "http", "path": path, "query_string": b"", "headers": list(headers)}


def answer_of(limits: BodyLimits, path: str, incoming: Iterator[Message]) -> list[Message]:
    """What is sent when these messages come in, each a moment after the one before."""
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(0.001)
        return next(incoming)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(limits(scope(path), receive, send))
    return sent


def trickle() -> Iterator[Message]:
    """Goes on for far longer than any rule here allows, and then fails the test."""
    for _ in range(5_000):
        yield {"type": "http.request", "body": b"", "more_body": True}
    raise AssertionError("nobody stopped it")


def test_a_body_that_trickles() -> None:
    async def patient(scope: Scope, receive: object, send: object) -> None:
        await Request(scope, receive).body()  # type: ignore[arg-type]

    sent = answer_of(BodyLimits(patient, RULES), "/slow", trickle())
    assert sent[0]["status"] == 408


def test_whatever_the_application_makes_of_the_refusal() -> None:
    async def answers_all_the_same(scope: Scope, receive: object, send: object) -> None:
        try:
            await Request(scope, receive).body()  # type: ignore[arg-type]
        except Exception:
            await PlainTextResponse("taken")(scope, receive, send)  # type: ignore[arg-type]

    sent = answer_of(BodyLimits(answers_all_the_same, RULES), "/slow", trickle())
    assert [message.get("status") for message in sent] == [408, None]


def test_an_answer_that_has_begun_is_not_answered_twice() -> None:
    async def echo(scope: Scope, receive: object, send: object) -> None:
        parts = Request(scope, receive).stream()  # type: ignore[arg-type]
        await StreamingResponse(parts)(scope, receive, send)  # type: ignore[arg-type]

    large: list[Message] = [{"type": "http.request", "body": b"x" * 600, "more_body": True}] * 9
    with pytest.raises(BaseException, match=r"BODY_SIZE|unhandled errors"):
        answer_of(BodyLimits(echo, RULES), "/image/small", iter(large))


def test_an_error_of_the_application_is_its_own() -> None:
    async def fails(scope: Scope, receive: object, send: object) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        answer_of(BodyLimits(fails, RULES), "/", trickle())


def test_waiting_for_the_end_of_a_connection_has_no_limit() -> None:
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]
    messages += [{"type": "http.disconnect"}]
    taken: list[str] = []

    async def stream(scope: Scope, receive: object, send: object) -> None:
        for _ in messages:
            taken.append((await receive())["type"])  # type: ignore[operator]
            await asyncio.sleep(0.25)  # longer than the rule of /slow gives the body

    assert answer_of(BodyLimits(stream, RULES), "/slow", iter(messages)) == []
    assert taken == ["http.request", "http.disconnect"]
