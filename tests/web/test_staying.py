"""More time for who is signed in: when the person asks, never by what a page does alone."""

from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from statusqr_web import problems, staying
from statusqr_web.session_cookie import Lifetimes, Sessions, time_left
from statusqr_web.sessions import MemoryStore, Session, session_of

IDLE, MOST = 1800, 43200
Visitor = Annotated[Session, Depends(session_of)]


class Hand:
    """A clock that stands until it is set."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def application(clock: Hand) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.include_router(staying.router())

    @app.get("/csrf")
    def csrf(session: Visitor) -> PlainTextResponse:
        return PlainTextResponse(session.csrf_token)

    @app.post("/sign-in/{kind}")
    def sign_in(request: Request, kind: str, session: Visitor) -> int:
        if kind == "person":
            session.sign_in(user="1000001")
        else:
            session.sign_in(token_id="t1")  # noqa: S106
        return time_left(request.scope).seconds

    @app.get("/mine")
    def mine(session: Annotated[Session, Depends(staying.signed_in)]) -> str | None:
        return session.user

    lifetimes = Lifetimes(timedelta(seconds=IDLE), timedelta(seconds=MOST))
    app.add_middleware(
        Sessions, store=MemoryStore(), secure=False, lifetimes=lifetimes, clock=clock
    )
    return app


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def client(clock: Hand) -> TestClient:
    address = "http://127.0.0.1:8654"
    return TestClient(application(clock), base_url=address, follow_redirects=False)


@pytest.fixture
def code(client: TestClient) -> str:
    """The CSRF token of a person who has just signed in."""
    answer = client.post("/sign-in/person", headers={"X-CSRF-Token": client.get("/csrf").text})
    assert answer.json() == IDLE
    return client.get("/csrf").text


def left(client: TestClient) -> int:
    answer = client.get("/session")
    assert answer.status_code == 200
    return int(answer.json()["seconds"])


def extended(client: TestClient, code: str) -> dict[str, int]:
    answer = client.post("/session/extend", headers={"X-CSRF-Token": code})
    assert answer.status_code == 200
    found: dict[str, int] = answer.json()
    return found


def test_asking_how_much_is_left_is_no_use(client: TestClient, clock: Hand, code: str) -> None:
    assert left(client) == IDLE
    for minutes in range(1, 30):
        clock.now += 60
        assert left(client) == IDLE - 60 * minutes
    clock.now += 60
    assert client.get("/session").status_code == 401
    assert client.get("/mine").status_code == 401


def test_a_page_of_another_session_is_told_so(client: TestClient, code: str) -> None:
    """Two people at one computer: the first one's page asks, while the second is signed in."""
    assert client.get("/session", headers={"X-CSRF-Token": code}).status_code == 200
    client.post("/sign-in/person", headers={"X-CSRF-Token": code})
    for old in (code, "", "ё"):
        answer = client.get("/session", headers={b"X-CSRF-Token": old.encode()})
        assert (answer.status_code, answer.json()["code"]) == (403, "FORGED")
    assert left(client) == IDLE


def test_the_person_stays(client: TestClient, clock: Hand, code: str) -> None:
    for _ in range(10):  # WCAG 2.2.1: at least ten times
        clock.now += IDLE - 1
        assert left(client) == 1
        assert extended(client, code)["seconds"] == IDLE
        assert left(client) == IDLE
    assert client.get("/mine").json() == "1000001"


def test_staying_counts_at_once(client: TestClient, clock: Hand, code: str) -> None:
    """The last use is noted but once a minute, except here: what was promised holds."""
    clock.now += 59
    assert extended(client, code)["seconds"] == IDLE
    clock.now += IDLE - 1
    assert client.get("/mine").status_code == 200


def test_what_a_page_is_told_is_never_too_much(client: TestClient, clock: Hand, code: str) -> None:
    clock.now += 59
    client.get("/mine")  # so soon after the last use that it is not noted
    promised = left(client)
    assert promised == IDLE - 59
    clock.now += promised - 1
    assert client.get("/session").status_code == 200
    clock.now += 1
    assert client.get("/session").status_code == 401


def test_the_end_comes_however_much_it_is_used(client: TestClient, clock: Hand, code: str) -> None:
    for _ in range(2 * MOST // IDLE - 1):
        clock.now += IDLE / 2
        told = extended(client, code)
    assert told == {"seconds": IDLE / 2, "at_most": IDLE / 2}
    clock.now += IDLE / 2
    assert client.post("/session/extend", headers={"X-CSRF-Token": code}).status_code == 401
    assert client.get("/session").status_code == 401


def test_another_site_keeps_nobody_here(client: TestClient, clock: Hand, code: str) -> None:
    clock.now += 600
    assert client.post("/session/extend").json()["code"] == "FORGED"
    foreign = {"X-CSRF-Token": code, "Sec-Fetch-Site": "cross-site"}
    assert client.post("/session/extend", headers=foreign).json()["code"] == "FOREIGN_ORIGIN"
    other = TestClient(client.app, base_url="http://127.0.0.1:8654")
    stolen = other.get("/csrf").text
    assert client.post("/session/extend", headers={"X-CSRF-Token": stolen}).status_code == 403
    assert left(client) == IDLE - 600
    assert client.get("/session/extend").status_code == 405


@pytest.mark.parametrize("kind", ["visitor", "device"])
def test_for_persons_only(client: TestClient, kind: str) -> None:
    code = client.get("/csrf").text
    if kind == "device":
        client.post("/sign-in/device", headers={"X-CSRF-Token": code})
        code = client.get("/csrf").text
    for answer in (
        client.get("/session"),
        client.post("/session/extend", headers={"X-CSRF-Token": code}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "NO_LOGIN")
