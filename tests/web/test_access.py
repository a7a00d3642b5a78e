"""Who may call what: tokens, sessions and callers who say nothing."""

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI, Request
from starlette.testclient import TestClient

from statusqr_web import problems
from statusqr_web.access import Access, Caller
from statusqr_web.session_cookie import Sessions
from statusqr_web.sessions import MemoryStore, Session, session_of
from statusqr_web.tokens import TokenBook, TokenFile

TODAY = date(2026, 11, 21)


def client(access: Access) -> TestClient:
    app = FastAPI()
    problems.install(app)

    @app.post("/verify")
    def verify(caller: Annotated[Caller, Depends(access.needs("verify"))]) -> str:
        return caller.kind

    @app.get("/scans")
    def scans(caller: Annotated[Caller, Depends(access.needs("scans"))]) -> str:
        return caller.kind

    @app.get("/person")
    def person(session: Annotated[Session, Depends(session_of)]) -> str:
        session.sign_in(user="1000001")
        return session.csrf_token

    @app.get("/device/{token_id}")
    def device(token_id: str, session: Annotated[Session, Depends(session_of)]) -> str:
        session.sign_in(token_id=token_id)
        return session.csrf_token

    @app.get("/keep")
    def keep(request: Request) -> None:
        app.state.kept = request  # as an answer does that lasts

    @app.post("/leave")
    def leave(session: Annotated[Session, Depends(session_of)]) -> None:
        session.end()

    app.add_middleware(Sessions, store=MemoryStore(), secure=False)
    return TestClient(app)


@pytest.fixture
def tokens(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "tokens.json")


@pytest.fixture
def guarded(tokens: TokenFile) -> Iterator[TestClient]:
    with client(Access(TokenBook(tokens.path), signed_in=frozenset({"verify"}))) as guarded:
        yield guarded


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_opens_what_its_scopes_say(guarded: TestClient, tokens: TokenFile) -> None:
    token = tokens.new("Турникет", ["verify"], TODAY)
    assert guarded.post("/verify", headers=bearer(token)).json() == "token"
    answer = guarded.get("/scans", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (403, "NO_SCOPE")
    assert 'error="insufficient_scope", scope="scans"' in answer.headers["WWW-Authenticate"]


def test_nobody_is_asked_for_a_token(guarded: TestClient) -> None:
    answer = guarded.post("/verify")
    assert (answer.status_code, answer.json()["code"]) == (401, "NO_ACCESS")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="statusqr"'


def test_a_wrong_token(guarded: TestClient, tokens: TokenFile) -> None:
    token = tokens.new("Турникет", ["verify"], TODAY)
    headers = [bearer(token + "x"), bearer(""), {"Authorization": f"Basic {token}"}]
    headers += [{"Authorization": token}, {"Authorization": "Bearer"}]
    for each in headers:
        answer = guarded.post("/verify", headers=each)
        assert answer.status_code == 401
        assert "error=" in answer.headers["WWW-Authenticate"]
        assert token not in answer.text
    twice = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    assert guarded.post("/verify", headers=twice).status_code == 401


def test_a_token_in_the_address_opens_nothing(guarded: TestClient, tokens: TokenFile) -> None:
    token = tokens.new("Турникет", ["verify"], TODAY)
    assert guarded.post("/verify", params={"access_token": token}).status_code == 401


def test_a_wrong_token_is_not_mended_by_a_session(guarded: TestClient) -> None:
    code = guarded.get("/person").json()
    assert guarded.post("/verify", headers={"X-CSRF-Token": code}).json() == "session"
    assert guarded.post("/verify", headers=bearer("sqr_x")).status_code == 401


def test_a_person_needs_the_csrf_token(guarded: TestClient) -> None:
    guarded.get("/person")
    answer = guarded.post("/verify")
    assert (answer.status_code, answer.json()["code"]) == (403, "FORGED")
    assert guarded.get("/scans").status_code == 403  # signed in, but not for this


def test_an_access_code_ends_with_its_token(guarded: TestClient, tokens: TokenFile) -> None:
    tokens.new("Планшет", ["scans"], TODAY)
    guarded.get(f"/device/{tokens.all()[0].id}")
    assert guarded.get("/scans").json() == "session"
    tokens.revoke("Планшет")
    assert guarded.get("/scans").status_code == 401


def test_a_damaged_file_is_the_servers_fault(guarded: TestClient, tokens: TokenFile) -> None:
    token = tokens.new("Турникет", ["verify"], TODAY)
    guarded.get(f"/device/{tokens.all()[0].id}")
    tokens.path.unlink()
    tokens.path.write_bytes(b"{")
    for answer in (guarded.post("/verify", headers=bearer(token)), guarded.get("/scans")):
        assert (answer.status_code, answer.json()["code"]) == (503, "TOKEN")


def test_on_loopback_anyone_may_call() -> None:
    open_to_all = client(Access(anyone=frozenset({"verify"})))
    assert open_to_all.post("/verify").json() == "anyone"
    assert open_to_all.get("/scans").status_code == 401
    assert open_to_all.post("/verify", headers=bearer("sqr_x")).status_code == 401


def test_a_foreign_page_does_not_call_loopback() -> None:
    open_to_all = client(Access(anyone=frozenset({"verify"})))
    answer = open_to_all.post("/verify", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN")


def test_the_description_names_the_token() -> None:
    app = client(Access(anyone=frozenset({"verify"}))).app
    assert isinstance(app, FastAPI)
    described = app.openapi()
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert described["paths"]["/verify"]["post"]["security"] == [{"token": []}]


def holds(access: Access, guarded: TestClient, scope: str) -> bool:
    """Whether the caller of `/keep`, answered long ago, may still."""
    assert isinstance(guarded.app, FastAPI)
    return asyncio.run(access.still(guarded.app.state.kept, scope))


def test_a_token_that_is_revoked_opens_nothing_any_more(tokens: TokenFile) -> None:
    access = Access(TokenBook(tokens.path))
    guarded = client(access)
    token = tokens.new("Турникет", ["scans"], TODAY)
    guarded.get("/keep", headers=bearer(token))
    assert holds(access, guarded, "scans")
    assert not holds(access, guarded, "verify")
    tokens.revoke("Турникет")
    assert not holds(access, guarded, "scans")


def test_a_damaged_file_opens_nothing_any_more(tokens: TokenFile) -> None:
    access = Access(TokenBook(tokens.path))
    guarded = client(access)
    guarded.get("/keep", headers=bearer(tokens.new("Турникет", ["scans"], TODAY)))
    assert holds(access, guarded, "scans")
    tokens.path.unlink()
    tokens.path.write_bytes(b"{")
    assert not holds(access, guarded, "scans")


@pytest.mark.parametrize("how", ["revoked", "left"])
def test_a_device_that_has_left(tokens: TokenFile, how: str) -> None:
    access = Access(TokenBook(tokens.path))
    guarded = client(access)
    tokens.new("Планшет", ["scans"], TODAY)
    code = guarded.get(f"/device/{tokens.all()[0].id}").json()
    guarded.get("/keep")
    assert holds(access, guarded, "scans")
    if how == "revoked":
        tokens.revoke("Планшет")
    else:
        assert guarded.post("/leave", headers={"X-CSRF-Token": code}).status_code == 200
    assert not holds(access, guarded, "scans")


def test_anyone_on_loopback_may_still() -> None:
    access = Access(anyone=frozenset({"scans"}))
    open_to_all = client(access)
    open_to_all.get("/keep")
    assert holds(access, open_to_all, "scans")
    assert not holds(access, open_to_all, "verify")
