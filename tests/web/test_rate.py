"""How often one client may call."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from limits import parse
from limits.strategies import MovingWindowRateLimiter
from served import served
from starlette.testclient import TestClient

from statusqr_web.rate import BoundedMemory, RateLimits, RouteGroup
from statusqr_web.session_cookie import Sessions
from statusqr_web.sessions import MemoryStore, Session, session_of
from statusqr_web.tokens import TokenBook, TokenFile

GROUPS = [
    RouteGroup("api", ("/api",), "3/minute"),
    RouteGroup("verify", ("/api/verify",), "5/2minute"),
    RouteGroup("login", ("/auth", "/access"), "2/second"),
]


class Clock:
    """A clock that stands until it is set."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def application(
    clock: Clock,
    book: TokenBook | None = None,
    groups: list[RouteGroup] = GROUPS,
    *,
    by_person: bool = False,
) -> FastAPI:
    app = FastAPI()

    @app.get("/sign-in")
    def sign_in(session: Annotated[Session, Depends(session_of)]) -> None:
        session.sign_in(user="1000001")

    @app.get("/visit")
    def visit(session: Annotated[Session, Depends(session_of)]) -> str:
        return session.csrf_token

    @app.get("/{path:path}")
    def anything(request: Request) -> str:
        return request.client.host if request.client else ""

    storage = BoundedMemory(clock=clock)
    app.add_middleware(RateLimits, groups=groups, book=book, storage=storage, by_person=by_person)
    app.add_middleware(Sessions, store=MemoryStore(), secure=False)
    return app


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> TestClient:
    return TestClient(application(clock), client=("192.0.2.1", 1))


def statuses(client: TestClient, path: str, times: int, **headers: str) -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(times)]


def test_beyond_the_allowance(client: TestClient, clock: Clock) -> None:
    assert statuses(client, "/api/x", 3) == [200] * 3
    clock.now += 45.5
    answer = client.get("/api/x")
    assert (answer.status_code, answer.json()["code"]) == (429, "TOO_OFTEN")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "15"  # 14.5 seconds, rounded up
    clock.now += 14.5
    assert statuses(client, "/api/x", 4) == [200, 200, 200, 429]


def test_a_person_has_one_allowance_where_that_is_wished(clock: Clock) -> None:
    """Else each new login would bring a new one; a person is counted with a forged form too."""
    app = application(clock, by_person=True)
    for times, expected in ((2, [200, 200]), (2, [200, 429])):
        client = TestClient(app, client=("192.0.2.1", 1))
        client.get("/sign-in")
        assert statuses(client, "/api/x", times) == expected
    assert client.post("/api/x").status_code == 429
    assert statuses(TestClient(app, client=("192.0.2.1", 1)), "/api/x", 1) == [200]


def test_the_window_moves(client: TestClient, clock: Clock) -> None:
    """No burst at the turn of a minute: what counts are the last sixty seconds."""
    answers = []
    for seconds in (0, 30, 10, 19, 1, 1, 29, 10):
        clock.now += seconds
        answers += statuses(client, "/api/x", 1)
    assert answers == [200, 200, 200, 429, 200, 429, 200, 200]


def test_groups_have_each_their_own(client: TestClient) -> None:
    assert statuses(client, "/api/x", 4) == [200] * 3 + [429]
    assert statuses(client, "/api/verify", 6) == [200] * 5 + [429]
    assert statuses(client, "/auth/login", 2) == [200] * 2
    assert statuses(client, "/access", 1) == [429]  # of one group with /auth
    assert statuses(client, "/page", 50) == [200] * 50


def test_addresses_are_told_apart(clock: Clock) -> None:
    app = application(clock)
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8:0:1::1", "2001:db8:0:2::1"):
        assert statuses(TestClient(app, client=(address, 1)), "/api/x", 4) == [200] * 3 + [429]
    # one site has every address of its /64; ::ffff:… is the IPv4 address itself
    for address in ("192.0.2.1", "::ffff:192.0.2.1", "2001:db8:0:1:ffff::2"):
        assert statuses(TestClient(app, client=(address, 1)), "/api/x", 1) == [429]


def test_an_address_that_is_none_counts_too(clock: Clock) -> None:
    assert statuses(TestClient(application(clock)), "/api/x", 4) == [200] * 3 + [429]


def test_a_token_counts_wherever_it_calls_from(clock: Clock, tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    first, second = (file.new(name, ["a"], date(2026, 11, 21)) for name in ("A", "B"))
    app = application(clock, TokenBook(file.path))
    here, there = (TestClient(app, client=(f"192.0.2.{n}", 1)) for n in (1, 2))
    assert statuses(here, "/api/x", 2, Authorization=f"Bearer {first}") == [200] * 2
    assert statuses(there, "/api/x", 2, Authorization=f"Bearer {first}") == [200, 429]
    assert statuses(here, "/api/x", 3, Authorization=f"Bearer {second}") == [200] * 3
    assert statuses(here, "/api/x", 3) == [200] * 3
    # tokens that are not held give no new allowance, nor does a damaged file
    assert statuses(here, "/api/x", 1, Authorization="Bearer sqr_guess") == [429]
    file.path.unlink()
    file.path.write_bytes(b"{")
    assert statuses(here, "/api/x", 1, Authorization=f"Bearer {first}") == [429]


def test_a_person_counts_by_the_session(clock: Clock) -> None:
    app = application(clock)
    people = [TestClient(app, client=("192.0.2.1", 1)) for _ in range(3)]
    for person in people:
        person.get("/sign-in")
        assert statuses(person, "/api/x", 4) == [200] * 3 + [429]


def test_a_visitors_session_gives_no_new_allowance(clock: Clock) -> None:
    app = application(clock)
    answers = []
    for _ in range(4):
        visitor = TestClient(app, client=("192.0.2.1", 1))
        visitor.get("/visit")
        answers += statuses(visitor, "/api/x", 1)
    assert answers == [200] * 3 + [429]


@pytest.fixture
def live() -> Iterator[FastAPI]:
    yield application(Clock())


SPOOFED = [{"X-Forwarded-For": f"203.0.113.{n}"} for n in range(4)]


def test_a_forwarded_address_is_not_believed(live: FastAPI) -> None:
    with served(live) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        assert [client.get("/api/x", headers=each).status_code for each in SPOOFED] == [
            *([200] * 3),
            429,
        ]
        assert client.get("/page", headers=SPOOFED[0]).json() == "127.0.0.1"


def test_a_proxy_that_is_configured_is_believed(live: FastAPI) -> None:
    with (
        served(live, proxies=("127.0.0.1",)) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        assert [client.get("/api/x", headers=each).status_code for each in SPOOFED] == [200] * 4
        assert client.get("/page", headers=SPOOFED[0]).json() == "203.0.113.0"


def test_the_memory_is_bounded(clock: Clock) -> None:
    memory = BoundedMemory(most=100, clock=clock)
    limiter, rate = MovingWindowRateLimiter(memory), parse("10/minute")
    for number in range(5_000):
        assert limiter.hit(rate, f"client {number % 1000}") or number >= 1000
        assert len(memory) <= 100
    assert limiter.hit(rate, "999", cost=10)
    assert not limiter.hit(rate, "999")
    for number in range(90):  # who calls keeps its place
        limiter.hit(rate, f"other {number}")
    assert not limiter.hit(rate, "999")


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=60))
def test_never_more_than_the_rate_in_any_window(calls: list[tuple[str, int]]) -> None:
    clock = Clock()
    memory = BoundedMemory(clock=clock)
    limiter, rate = MovingWindowRateLimiter(memory), parse("3/minute")
    taken: dict[str, list[float]] = {"a": [], "b": []}
    for who, later in calls:
        clock.now += later
        recent = [moment for moment in taken[who] if moment > clock.now - 60]
        assert limiter.hit(rate, who) == (len(recent) < 3)
        if len(recent) < 3:
            taken[who].append(clock.now)
        assert memory.get(rate.key_for(who)) == min(len(recent) + 1, 3)
    assert memory.reset() is not None
    assert len(memory) == 0


def test_what_the_storage_offers_besides(clock: Clock) -> None:
    memory = BoundedMemory(clock=clock)
    memory.acquire_entry("key", 3, 60, 2)
    assert (memory.get("key"), memory.check()) == (2, True)
    memory.clear("key")
    assert (memory.get("key"), len(memory)) == (0, 0)
    assert memory.get_moving_window("key", 3, 60) == (clock.now, 0)
    with pytest.raises(NotImplementedError):
        memory.incr("key", 60)
    with pytest.raises(NotImplementedError):
        memory.get_expiry("key")
