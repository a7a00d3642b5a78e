"""Sessions: the cookie, how long they last, and requests that another site has caused."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Form, Request, UploadFile
from served import served
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, StreamingResponse
from starlette.testclient import TestClient

from statusqr_web import problems
from statusqr_web.session_cookie import Lifetimes, Sessions, from_elsewhere
from statusqr_web.sessions import Kept, MemoryStore, Session, digest_of, session_of

Visitor = Annotated[Session, Depends(session_of)]
HOUR = 3600
LIFETIMES = Lifetimes(timedelta(hours=1), timedelta(hours=8), timedelta(minutes=10))


class Clock:
    """A clock that stands until it is set."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def application(store: MemoryStore, clock: Clock, *, secure: bool = False) -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    def page(session: Visitor) -> JSONResponse:
        return JSONResponse({"user": session.user, "csrf": session.csrf_token, **session.data})

    @app.get("/public")
    def public(session: Visitor) -> str:
        return str(session.user)

    @app.post("/sign-in")
    def sign_in(session: Visitor, name: Annotated[str, Form()] = "1000001") -> None:
        session.sign_in(user=name, data={"place": "вход 1"})

    @app.post("/sign-out")
    def sign_out(session: Visitor) -> None:
        session.end()

    @app.post("/note")
    async def note(request: Request, session: Visitor) -> None:
        session.data["note"] = (await request.body()).decode()

    @app.post("/file")
    async def file(session: Visitor, file: UploadFile) -> str:
        return f"{session.user}: {(await file.read()).decode()}"

    @app.get("/style.css")
    def style() -> str:
        return ""

    @app.post("/careless")
    def careless(request: Request) -> None:
        request.scope["statusqr.session"].data["note"] = "stolen"

    @app.post("/careless-end")
    def careless_end(request: Request) -> None:
        request.scope["statusqr.session"].end()

    @app.post("/who")
    async def who(session: Visitor) -> str:
        return str(session.user)

    @app.get("/events")
    def events(session: Visitor) -> StreamingResponse:
        session.data["listens"] = True
        return StreamingResponse(iter(["one\n", "two\n"]))

    app.add_middleware(
        Sessions, store=store, secure=secure, lifetimes=LIFETIMES, clock=clock, name="statusqr"
    )
    return app


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(store: MemoryStore, clock: Clock) -> FastAPI:
    return application(store, clock)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:8653")


def signed_in(client: TestClient) -> str:
    """Sign in; the CSRF token from then on."""
    code = client.get("/").json()["csrf"]
    assert client.post("/sign-in", data={"csrf_token": code}).status_code == 200
    return str(client.get("/").json()["csrf"])


def test_a_visitor_gets_no_cookie_until_something_is_kept(
    client: TestClient, store: MemoryStore
) -> None:
    answer = client.get("/public")
    assert "set-cookie" not in answer.headers
    assert answer.headers["vary"] == "Cookie"
    assert len(store) == 0


def test_the_cookie_on_loopback(client: TestClient) -> None:
    (cookie,) = SimpleCookie(client.get("/").headers["set-cookie"]).values()
    assert (cookie.key, cookie["path"], cookie["samesite"]) == ("statusqr", "/", "Lax")
    assert (cookie["httponly"], cookie["secure"]) == (True, "")
    assert len(cookie.value) == 43  # 32 bytes


def test_the_cookie_on_tls(store: MemoryStore, clock: Clock) -> None:
    client = TestClient(application(store, clock, secure=True), base_url="https://192.0.2.7")
    (cookie,) = SimpleCookie(client.get("/").headers["set-cookie"]).values()
    assert (cookie.key, cookie["path"], cookie["samesite"]) == ("__Host-statusqr", "/", "Lax")
    assert (cookie["httponly"], cookie["secure"], cookie["domain"]) == (True, True, "")
    signed_in(client)
    assert client.get("/public").json() == "1000001"


def test_the_store_does_not_hold_the_id(client: TestClient, store: MemoryStore) -> None:
    signed_in(client)
    cookie = client.cookies["statusqr"]
    assert len(store) == 1
    assert cookie not in repr(vars(store))


def test_signing_in_changes_the_id_and_drops_the_old_one(
    client: TestClient, app: FastAPI, store: MemoryStore
) -> None:
    before = client.get("/").json()["csrf"]
    old = client.cookies["statusqr"]
    after = signed_in(client)
    assert (client.cookies["statusqr"] != old, after != before) == (True, True)
    assert client.get("/public").json() == "1000001"
    fixed = TestClient(app, cookies={"statusqr": old})  # who had planted the id of before
    assert fixed.get("/public").json() == "None"
    assert len(store) == 1


def test_a_file_is_no_use_of_a_session(client: TestClient, clock: Clock) -> None:
    """Browsers ask for files by themselves: an installed application looks for its news."""
    signed_in(client)
    for _ in range(4):
        clock.now += HOUR / 4 - 1
        assert client.get("/style.css").status_code == 200
    assert client.get("/public").json() == "1000001"  # a minute before the end: this is a use
    for _ in range(5):
        clock.now += HOUR / 4
        client.get("/style.css")
    assert client.get("/public").json() == "None"


def test_signing_in_again_forgets_what_was_known(client: TestClient) -> None:
    code = signed_in(client)
    client.post("/note", content="моё", headers={"X-CSRF-Token": code})
    assert client.get("/").json()["note"] == "моё"
    client.post("/sign-in", data={"csrf_token": code, "name": "1000002"})
    assert client.get("/").json().keys() == {"user", "csrf", "place"}


def test_signing_out_ends_it_here_and_in_the_browser(
    client: TestClient, app: FastAPI, store: MemoryStore
) -> None:
    code = signed_in(client)
    kept = client.cookies["statusqr"]
    answer = client.post("/sign-out", headers={"X-CSRF-Token": code})
    assert "statusqr=ended; Path=/; HttpOnly" in answer.headers["set-cookie"]
    assert len(store) == 0
    assert client.get("/public").json() == "None"
    assert TestClient(app, cookies={"statusqr": kept}).get("/public").json() == "None"


def test_an_unused_session_ends(client: TestClient, clock: Clock, store: MemoryStore) -> None:
    signed_in(client)
    clock.now += HOUR - 1
    assert client.get("/public").json() == "1000001"
    clock.now += HOUR - 1  # used in between
    assert client.get("/public").json() == "1000001"
    clock.now += HOUR
    assert client.get("/public").json() == "None"
    assert len(store) == 0


def test_a_session_ends_however_much_it_is_used(client: TestClient, clock: Clock) -> None:
    signed_in(client)
    for _ in range(15):
        clock.now += HOUR / 2
        assert client.get("/public").json() == "1000001"
    clock.now += HOUR / 2
    assert client.get("/public").json() == "None"


def test_a_visitors_session_is_short(client: TestClient, clock: Clock) -> None:
    code = client.get("/").json()["csrf"]
    clock.now += 600
    assert client.get("/").json()["csrf"] != code


def test_a_store_is_spared_writes(client: TestClient, clock: Clock, store: MemoryStore) -> None:
    writes = 0

    class Counting(MemoryStore):
        async def replace(self, digest: bytes, kept: Kept) -> None:
            nonlocal writes
            writes += 1
            await super().replace(digest, kept)

    client = TestClient(application(Counting(), clock))
    signed_in(client)
    for _ in range(10):
        clock.now += 30
        client.get("/public")
    assert writes == 5


def test_a_late_answer_revives_no_session(
    client: TestClient, app: FastAPI, store: MemoryStore
) -> None:
    """Two requests at once: one signs out, the other would write."""
    code = signed_in(client)
    session_id = client.cookies["statusqr"]
    kept = next(iter(store._pools[True].items()))
    client.post("/sign-out", headers={"X-CSRF-Token": code})
    asyncio.run(store.replace(*kept))
    assert TestClient(app, cookies={"statusqr": session_id}).get("/public").json() == "None"


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "A" * 44, "A" * 10_000, "ё", "=" * 43, "%"])
def test_a_cookie_that_is_no_session(app: FastAPI, cookie: str) -> None:
    client = TestClient(app)
    assert (
        client.get("/public", headers={b"Cookie": f"statusqr={cookie}".encode()}).json() == "None"
    )


def test_an_error_keeps_nothing(store: MemoryStore, clock: Clock) -> None:
    app = application(store, clock)

    @app.post("/fails")
    def fails(session: Visitor) -> None:
        session.data["note"] = "half"
        raise LookupError

    client = TestClient(app, raise_server_exceptions=False)
    code = signed_in(client)
    assert client.post("/fails", headers={"X-CSRF-Token": code}).status_code == 500
    assert "note" not in client.get("/").json()


def test_a_form_or_a_header_carries_the_csrf_token(client: TestClient) -> None:
    code = signed_in(client)
    assert client.post("/who", data={"csrf_token": code}).json() == "1000001"
    assert client.post("/who", headers={"X-CSRF-Token": code}).json() == "1000001"
    assert client.post("/who", json={}, headers={"X-CSRF-Token": code}).json() == "1000001"
    answer = client.post("/file", data={"csrf_token": code}, files={"file": b"text"})
    assert answer.json() == "1000001: text"


def test_without_the_csrf_token(client: TestClient, app: FastAPI, clock: Clock) -> None:
    code = signed_in(client)
    stranger = signed_in(TestClient(app, base_url="http://127.0.0.1:8653"))
    for wrong in ("", "x", stranger, code[:-1], code + "=", code.swapcase(), "ё"):
        answer = client.post("/who", data={"csrf_token": wrong})
        assert (answer.status_code, answer.json()["code"]) == (403, "FORGED")
        answer = client.post("/who", headers={b"X-CSRF-Token": wrong.encode()})
        assert answer.status_code == 403
    assert client.post("/who").status_code == 403
    assert client.post("/who", json={"csrf_token": code}).status_code == 403
    assert client.post("/who", params={"csrf_token": code}).status_code == 403
    assert client.post("/file", data={}, files={"csrf_token": code.encode()}).status_code == 403
    for method in ("PUT", "PATCH", "DELETE"):  # not only POST
        assert client.request(method, "/who").status_code == 405
    assert client.post("/sign-out").status_code == 403
    assert client.get("/public").json() == "1000001"


@pytest.mark.parametrize("path", ["/careless", "/careless-end"])
def test_a_route_that_does_not_ask_sees_nothing(client: TestClient, path: str) -> None:
    signed_in(client)
    assert client.post(path).status_code == 403
    assert "note" not in client.get("/").json()


def test_without_a_session_there_is_nothing_to_forge(client: TestClient) -> None:
    """A program without cookies; but nobody is signed in that way, as someone else perhaps."""
    assert client.post("/who").json() == "None"
    assert client.post("/sign-in").status_code == 403
    assert client.post("/note", content="x").status_code == 403


def elsewhere(**headers: str) -> bool:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return from_elsewhere(Headers({"host": "192.0.2.7:8653", **given}), "http")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "anything"])
def test_a_request_that_another_site_has_caused(client: TestClient, site: str) -> None:
    code = signed_in(client)
    headers = {"X-CSRF-Token": code, "Sec-Fetch-Site": site}
    answer = client.post("/who", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN")
    headers["Sec-Fetch-Mode"] = "navigate"
    assert client.get("/public", headers=headers).json() == "1000001"  # a link leads here


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("mode", "dest"),
    [
        ("no-cors", "image"),
        ("no-cors", "script"),
        ("no-cors", "empty"),
        ("cors", "empty"),
        ("navigate", "iframe"),  # as many as a page likes, and each without our cookie
        ("navigate", "object"),
        ("", ""),
    ],
)
def test_what_a_page_elsewhere_loads_makes_no_session(
    app: FastAPI, store: MemoryStore, site: str, mode: str, dest: str
) -> None:
    fetch = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    for method in ("GET", "HEAD", "OPTIONS"):
        for authorization in ({}, {"Authorization": "Basic dTpw"}):
            answer = TestClient(app).request(method, "/", headers={**fetch, **authorization})
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
    assert TestClient(app).get("/", headers=fetch).json()["code"] == "FOREIGN_ORIGIN"
    assert len(store) == 0


def test_a_page_elsewhere_pushes_out_no_visitor(clock: Clock) -> None:
    app = application(MemoryStore(most=3), clock)
    visitor = TestClient(app)
    code = visitor.get("/").json()["csrf"]
    drawn = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    for _ in range(10):
        TestClient(app).get("/", headers=drawn)
    assert visitor.get("/").json()["csrf"] == code


# «empty» is what a service worker of ours makes of it
@pytest.mark.parametrize("dest", [{}, *({"Sec-Fetch-Dest": d} for d in ("document", "empty"))])
def test_a_link_and_the_way_back_from_a_login_lead_here(
    client: TestClient, dest: dict[str, str]
) -> None:
    signed_in(client)
    back = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", **dest}
    assert client.get("/public", params={"code": "x", "state": "y"}, headers=back).json() == (
        "1000001"
    )


@pytest.mark.parametrize("site", ["same-origin", "none"])
@pytest.mark.parametrize("mode", ["cors", "no-cors", "navigate", "same-origin"])
def test_what_our_own_page_loads(client: TestClient, site: str, mode: str) -> None:
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": "image"}
    assert client.get("/public", headers=headers).status_code == 200


def test_origins() -> None:
    ours = "http://192.0.2.7:8653"
    assert not elsewhere()
    assert not elsewhere(sec_fetch_site="same-origin")
    assert not elsewhere(sec_fetch_site="none")
    assert not elsewhere(origin=ours)
    assert not elsewhere(origin="https://192.0.2.7:8653")  # TLS ends at a proxy
    for origin in ("null", "http://192.0.2.7", "http://192.0.2.7:8654", "http://evil.example", ""):
        assert elsewhere(origin=origin)
    assert elsewhere(sec_fetch_site="cross-site", origin=ours)
    https = Headers({"host": "a", "origin": "http://a"})
    assert from_elsewhere(https, "https")
    twice = Headers(raw=[(b"host", b"a"), (b"origin", b"http://a"), (b"origin", b"http://b")])
    assert from_elsewhere(twice, "http")


def test_a_session_is_no_place_for_much(client: TestClient) -> None:
    code = signed_in(client)
    with pytest.raises(ValueError, match="no place"):
        client.post("/note", content="x" * 20_000, headers={"X-CSRF-Token": code})


def test_a_person_or_a_device() -> None:
    session = Session(None, None, sealed=False)
    with pytest.raises(ValueError, match="not both"):
        session.sign_in()
    with pytest.raises(ValueError, match="not both"):
        session.sign_in(user="1", token_id="2")  # noqa: S106
    session.sign_in(token_id="4f0c2a91")  # noqa: S106
    assert (session.user, session.token_id, session.signed_in) == (None, "4f0c2a91", True)


def test_visitors_push_out_nobody_who_is_signed_in() -> None:
    async def story() -> None:
        store = MemoryStore(most=3)
        person = Kept("{}", 0, 0, signed_in=True)
        await store.add(b"person", person)
        for number in range(100):
            await store.add(b"%d" % number, Kept("{}", 0, number, signed_in=False))
            if number >= 97:
                await store.replace(b"97", Kept('{"a":1}', 0, number, signed_in=False))
        assert len(store) == 4
        assert await store.load(b"person") == person
        assert await store.load(b"0") is None
        await store.add(b"100", Kept("{}", 0, 100, signed_in=False))
        assert await store.load(b"97") == Kept('{"a":1}', 0, 99, signed_in=False)  # lately used
        await store.forget_unused(100)
        assert await store.load(b"person") is None
        assert len(store) == 1
        await store.drop(b"100")
        await store.drop(b"100")
        assert len(store) == 0

    asyncio.run(story())


def test_old_sessions_leave_the_memory(
    client: TestClient, app: FastAPI, clock: Clock, store: MemoryStore
) -> None:
    signed_in(client)
    clock.now += 2 * HOUR
    signed_in(TestClient(app))
    assert len(store) == 1  # the one that nobody came back to is gone


@pytest.fixture
def live(app: FastAPI) -> Iterator[httpx.Client]:
    with served(app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def test_on_a_real_server_with_a_stream_of_events(live: httpx.Client) -> None:
    with live.stream("GET", "/events") as answer:
        assert "set-cookie" in answer.headers
        assert list(answer.iter_lines()) == ["one", "two"]
    assert live.get("/").json()["listens"] is True


def test_the_digest_is_sha256() -> None:
    assert digest_of(b"abc").hex().startswith("ba7816bf")  # FIPS 180-4, example
