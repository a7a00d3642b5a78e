"""Security headers on every answer, and the policy that leaves the camera usable."""

import pytest
from fastapi import FastAPI
from httpx2 import Response  # what the test client of starlette speaks
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from statusqr_web import problems
from statusqr_web.headers import CONTENT_POLICY, SecurityHeaders


def answer(path: str = "/", scheme: str = "http", form_action: tuple[str, ...] = ()) -> Response:
    app = FastAPI()

    @app.get("/")
    def fine() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/kept")
    def kept() -> PlainTextResponse:
        return PlainTextResponse("ok", headers={"Cache-Control": "no-cache"})

    @app.get("/bad")
    def bad() -> None:
        raise ValueError

    problems.install(app)
    app.add_middleware(problems.Faults)
    app.add_middleware(SecurityHeaders, form_action=lambda: form_action)
    with TestClient(app, base_url=f"{scheme}://localhost", raise_server_exceptions=False) as client:
        found: Response = client.get(path)
        return found


def policy(found: Response) -> dict[str, str]:
    parts = found.headers["content-security-policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


def test_nothing_from_elsewhere_and_nothing_inline() -> None:
    told = policy(answer())
    assert told == CONTENT_POLICY
    assert told["default-src"] == "'none'"
    for name, value in told.items():
        assert "unsafe-inline" not in value
        assert "'unsafe-eval'" not in value
        assert "*" not in value
        assert "http" not in value, name
    assert told["frame-ancestors"] == "'none'"


def test_forms_may_lead_to_a_login_provider() -> None:
    told = policy(answer(form_action=("https://login.example",)))
    assert told["form-action"] == "'self' https://login.example"
    assert told["connect-src"] == "'self'"


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/missing", 404), ("/bad", 500)])
def test_errors_have_them_too(path: str, status: int) -> None:
    found = answer(path)
    assert found.status_code == status
    assert policy(found) == CONTENT_POLICY
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["x-frame-options"] == "DENY"
    assert found.headers["referrer-policy"] == "same-origin"
    assert found.headers["cross-origin-opener-policy"] == "same-origin"
    assert found.headers["cross-origin-resource-policy"] == "same-origin"
    assert found.headers["cache-control"] == "no-store"
    allowed = found.headers["permissions-policy"]
    assert "camera=(self)" in allowed
    assert "microphone=()" in allowed


def test_what_may_be_kept_says_so_itself() -> None:
    assert answer("/kept").headers["cache-control"] == "no-cache"


def test_strict_transport_on_tls_only() -> None:
    assert "strict-transport-security" not in answer().headers
    assert answer(scheme="https").headers["strict-transport-security"] == "max-age=63072000"
