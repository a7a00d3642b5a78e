"""Every answer of the checkpoint is guarded, and open to no other site."""

from collections.abc import Iterator

import httpx
import pytest
from checkpoints import open_station, problem

from statusqr_web.headers import CONTENT_POLICY

NAME = "Лебедева"
VERIFY, IMAGE, SCANS = "/api/v1/verify", "/api/v1/verify/image", "/api/v1/scans"
OPERATIONS = (VERIFY, IMAGE, SCANS)


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with open_station() as client:
        yield client


@pytest.fixture
def client(server: httpx.Client) -> httpx.Client:
    """Each test is a stranger."""
    server.cookies.clear()
    return server


@pytest.mark.parametrize("path", [*OPERATIONS, "/metrics", "/health", "/", "/scan"])
def test_other_methods(path: str, client: httpx.Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "LEBEDEVA"):
        answer = client.request(method, path)
        problem(answer, 405, "HTTP_405")
        assert answer.headers["allow"]
        assert "lebedeva" not in answer.text.lower()


PAGES = ["/", "/shift", "/check", "/data", "/health", "/metrics", "/api/v1/openapi.json"]
STATIC = ["/static/app/main.js", "/static/app/card.css", "/static/web/page.css"]
ABSENT = [f"/{NAME}", f"/static/app/{NAME}", "/static/app/../app.py", "/docs", "/redoc", "/.env"]


@pytest.mark.parametrize("path", [*PAGES, *STATIC, *ABSENT, *OPERATIONS])
def test_every_answer_is_guarded(path: str, client: httpx.Client) -> None:
    method = "POST" if path in (VERIFY, IMAGE) else "GET"
    body = {"json": {"text": NAME}} if path == VERIFY else {}
    with client.stream(method, path, **body) as answer:  # type: ignore[arg-type]
        if path != SCANS:  # which has no end
            answer.read()
    policy = answer.headers["content-security-policy"]
    assert policy.split("; ") == [f"{name} {value}" for name, value in CONTENT_POLICY.items()]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "camera=(self)" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"] == ("no-cache" if path in STATIC else "no-store")
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert "server" not in answer.headers
    if path in ABSENT:
        problem(answer, 404, "HTTP_404")
    else:
        assert answer.status_code == (415 if path == IMAGE else 200)
    assert path == SCANS or path.endswith("openapi.json") or NAME not in answer.text


def test_another_site_is_not_let_in_when_it_asks_first(client: httpx.Client) -> None:
    """A preflight: without its headers a browser sends neither JSON nor a token from elsewhere."""
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, authorization",
    }
    answer = client.options(VERIFY, headers=headers)
    problem(answer, 405, "HTTP_405")
    assert not [name for name in answer.headers if name.startswith("access-control-")]
