"""Who reads the frames: the page itself, or the server where there is no WebAssembly."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from browser.camera import Bgr, Camera, covered, dark, paper, table
from browser.checkpoint_page import Card, Checkpoint
from browser.checkpoint_server import Server, serving_checkpoint
from browser.chromium import Tabs, launch
from browser.issuing import Office

pytestmark = pytest.mark.needs("chromium")
PATHS = {"/", "/shift", "/scan", "/frame", "/data"}
PERSON = ("Лебедев", "Ольга", "Сергеевна")


def urls_tell_nothing(checkpoint: Checkpoint) -> None:
    for request in checkpoint.heard.requests:
        assert request.url.startswith(checkpoint.url)  # nothing from or to elsewhere
        asked = urlsplit(request.url)
        assert asked.path in PATHS or asked.path.startswith("/static/")
        assert asked.query == ""
        assert not any(word in unquote(request.url) for word in PERSON)
        page = urlsplit(request.headers.get("referer", checkpoint.url + "/"))  # to us alone
        assert checkpoint.url == f"{page.scheme}://{page.netloc}"
        assert (page.path in PATHS or page.path.startswith("/static/")) and page.query == ""


def answer(checkpoint: Checkpoint) -> tuple[Card, str, str]:
    """What a person sees, hears, and does not hear of who read it; without the moments."""
    card = checkpoint.card("valid")
    rows = checkpoint.page.locator("#cards .card").inner_text().split("\n")
    lasting = "\n".join(row for row in rows if "МСК" not in row)
    return card, checkpoint.aloud(), lasting


def without_the_decoder(context: BrowserContext) -> None:
    context.route("**/vendor/reader.wasm", lambda route: route.abort())


def excuse_the_decoder(tabs: Tabs) -> None:
    """It does not come, and says so."""
    for words in ("net::ERR_FAILED", "Failed to fetch", "wasm", "ArrayBuffer"):
        tabs.excuse(words)


@pytest.fixture(scope="module")
def old_browser(playwright: Playwright, camera: Camera) -> Iterator[Browser]:
    """One without WebAssembly, as a hardened one is that compiles nothing."""
    browser = launch(playwright, camera.path, "--js-flags=--jitless")
    yield browser
    browser.close()


@pytest.fixture
def forgetful(office: Office, tmp_path: Path) -> Iterator[Server]:
    """A server that tells of no repeats: each of the pages is the first."""
    cache = office.cache(tmp_path / "cache")
    options = ("--cache", cache, "--repeat-after", 0)
    with serving_checkpoint(tmp_path / "log.txt", *options) as server:
        yield server


def test_the_page_and_the_server_read_alike(
    office: Office, camera: Camera, forgetful: Server, tabs: Tabs, old_browser: Browser
) -> None:
    code = office.issue()
    camera.film(paper(office.pdf(code)))

    here = tabs.open(url=forgetful.url)
    here.begin()
    answers = [answer(here)]
    assert here.reader() == "page"
    posts = [request for request in here.heard.requests if request.method == "POST"]
    assert {urlsplit(request.url).path for request in posts} == {"/shift", "/scan"}
    (scan,) = [request for request in posts if request.url.endswith("/scan")]
    # No picture leaves the page: the text and nothing else.
    assert json.loads(scan.post_data or "") == {"texts": [code.text], "via": "camera", "again": []}
    urls_tell_nothing(here)

    excuse_the_decoder(tabs)
    blocked = tabs.open(url=forgetful.url, prepare=without_the_decoder)
    old = tabs.open(url=forgetful.url, browser=old_browser)
    for there in (blocked, old):
        there.begin()
        answers.append(answer(there))
        assert there.reader() == "server"
        frames = [r for r in there.heard.requests if r.url.endswith("/frame")]
        assert frames
        for frame in frames:
            assert frame.headers["content-type"] == "image/jpeg"
        urls_tell_nothing(there)
    assert old.page.evaluate("typeof WebAssembly") == "undefined"
    assert answers[0] == answers[1] == answers[2]


SCENES: dict[str, Callable[[str], Bgr]] = {
    "look": lambda _: table(),
    "light": lambda _: dark(),
    "closer": lambda text: covered(text, 150),
    "still": lambda text: covered(text, 500),
}


@pytest.mark.parametrize(
    ("hint", "reader"),
    [*((hint, "page") for hint in SCENES), ("light", "server"), ("closer", "server")],
)
def test_what_would_help(
    office: Office, camera: Camera, tabs: Tabs, hint: str, reader: str
) -> None:
    camera.film(SCENES[hint](office.issue().text))
    excuse_the_decoder(tabs)
    checkpoint = tabs.open(prepare=without_the_decoder if reader == "server" else None)
    checkpoint.begin()
    assert checkpoint.reader() == reader
    checkpoint.hint(hint)
    checkpoint.no_card()
