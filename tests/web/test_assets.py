"""Static files: from this machine only, asked about each time, and nothing beside them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from statusqr_web import assets


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    own = tmp_path / "static"
    own.mkdir()
    (own / "main.js").write_text("export {};")
    (own / "main.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret.txt").write_text("no")
    (own / "link.txt").symlink_to(tmp_path / "secret.txt")
    app = FastAPI()
    assets.mount(app, own)
    with TestClient(app) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/app/main.js", "text/javascript"),
        ("/static/app/main.wasm", "application/wasm"),  # or no browser compiles it as it comes
        ("/static/web/page.css", "text/css"),
        ("/static/web/icon.svg", "image/svg+xml"),
    ],
)
def test_files_have_the_types_that_browsers_insist_on(
    client: TestClient, path: str, kind: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


def test_the_font_is_our_own(client: TestClient) -> None:
    sheet = client.get("/static/web/page.css").text + client.get("/static/web/tokens.css").text
    assert "http" not in sheet.replace("http://www.w3.org", "")
    fonts = [part.split(")")[0].strip("\"'") for part in sheet.split("url(")[1:]]
    assert fonts
    for font in fonts:
        answer = client.get(font)
        assert answer.status_code == 200, font
        assert len(answer.content) > 10_000


@pytest.mark.parametrize(
    "path",
    [
        "/static/app/../secret.txt",
        "/static/app/%2e%2e/secret.txt",
        "/static/app/..%2fsecret.txt",
        "/static/app/link.txt",
        "/static/app/",
        "/static/app",
        "/static/app/missing.js",
        "/static/web/../assets.py",
        "/static/app/main.js%00.css",
    ],
)
def test_nothing_beside_them(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "no" not in answer.text.split()
