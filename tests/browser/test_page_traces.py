"""What stays of a person when the card has gone: nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Playwright, expect
from served import served

from browser.camera import Camera, table
from browser.checkpoint_page import PATIENCE, Checkpoint
from browser.checkpoint_server import Server
from browser.chromium import CHROMIUM, QUIET, Tabs
from browser.issuing import Office, today
from statusqr_verifier.checkpoint.app import create_app
from statusqr_verifier.checkpoint.station import Station
from statusqr_verifier.current_trust import CurrentTrust

pytestmark = pytest.mark.needs("chromium")
_STORES = """async () => ({
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def traces() -> list[str]:
    """What a card says of the person in the code, and the page does not say by itself."""
    record = today()
    assert record.certificate_number is not None
    return [record.holder.family_name, record.certificate_number]


def found_in(text: str, code: str) -> list[str]:
    plain = text.replace("\u00a0", " ")
    return [trace for trace in (*traces(), code, code[:40]) if trace in plain]


def nothing_is_left(checkpoint: Checkpoint, code: str) -> None:
    page = checkpoint.page
    assert found_in(page.content(), code) == []
    values = page.evaluate(
        "[...document.querySelectorAll('input,textarea,select')].map(x => x.value).join('|')"
    )
    assert found_in(values, code) == []
    stores = page.evaluate(_STORES)
    assert stores == dict.fromkeys(stores, 0)
    for cookie in page.context.cookies():
        assert found_in(unquote(str(cookie)), code) == []
    timings = page.evaluate("performance.getEntries().map(entry => entry.name).join('|')")
    assert found_in(unquote(timings), code) == []
    assert page.evaluate("[document.title, history.state]")[1] is None


@pytest.fixture
def checkpoint(camera: Camera, tabs: Tabs) -> Checkpoint:
    camera.film(table())
    return tabs.open()


def test_the_card_leaves_by_itself(office: Office, checkpoint: Checkpoint) -> None:
    code = office.issue().text
    checkpoint.begin(keep=5)
    checkpoint.scanned(code)
    checkpoint.card("valid")
    assert set(found_in(checkpoint.page.content(), code)) >= {"Лебедева"}
    checkpoint.state("scan")
    checkpoint.no_card()
    nothing_is_left(checkpoint, code)
    assert not [r for r in checkpoint.heard.requests if found_in(unquote(r.url), code)]


def test_a_card_that_is_kept_stays_until_it_is_let_go(
    office: Office, checkpoint: Checkpoint
) -> None:
    """The page's clock is driven, so that nobody waits."""
    checkpoint.page.clock.install()
    checkpoint.page.reload()
    checkpoint.begin(keep=15)
    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")
    hold = checkpoint.page.get_by_role("button", name="Не убирать")
    hold.click()
    expect(hold).to_have_attribute("aria-pressed", "true")
    checkpoint.page.clock.run_for(60_000)
    assert checkpoint.card("valid").word == "ДЕЙСТВУЕТ"
    hold.click()
    expect(hold).to_have_attribute("aria-pressed", "false")
    checkpoint.page.clock.run_for(7_000)
    assert checkpoint.card("valid").word == "ДЕЙСТВУЕТ"
    checkpoint.page.clock.run_for(8_100)
    checkpoint.no_card()
    checkpoint.state("scan")

    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")
    family = checkpoint.page.locator(".family summary")
    family.click()  # who reads needs time
    checkpoint.page.clock.run_for(60_000)
    expect(checkpoint.page.locator(".family li").first).to_contain_text("Лебедев")
    family.click()
    expect(checkpoint.page.locator(".family li").first).to_be_hidden()
    checkpoint.page.clock.run_for(15_100)
    checkpoint.no_card()


@pytest.mark.parametrize("way", ["the button", "Escape"])
def test_the_next_one(office: Office, checkpoint: Checkpoint, way: str) -> None:
    code = office.issue().text
    checkpoint.begin(keep=0)
    checkpoint.scanned(code)
    checkpoint.card("valid")
    if way == "Escape":
        checkpoint.page.keyboard.press("Escape")
    else:
        checkpoint.page.get_by_role("button", name="Следующий").click()
    checkpoint.state("scan")
    checkpoint.no_card()
    nothing_is_left(checkpoint, code)


def test_neither_back_nor_forward_shows_a_card(office: Office, checkpoint: Checkpoint) -> None:
    code = office.issue().text
    checkpoint.begin(keep=0)
    checkpoint.scanned(code)
    checkpoint.card("valid")
    page = checkpoint.page
    page.goto(checkpoint.url + "/shift")
    assert found_in(page.content(), code) == []
    counts = page.request.get(checkpoint.url + "/shift/history.csv").text()
    assert counts.count("ДЕЙСТВУЕТ") == 1
    assert found_in(counts, code) == []
    page.go_back()
    checkpoint.no_card()
    assert found_in(page.content(), code) == []
    page.go_forward()
    assert found_in(page.content(), code) == []
    page.goto(checkpoint.url + "/check")
    page.fill("#check-text", code)
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator("#answers .card")).to_have_count(1)
    page.goto(checkpoint.url + "/shift")
    for response in checkpoint.heard.responses:
        kept = response.headers.get("cache-control")
        assert "/static/" in response.url or kept == "no-store", response.url


def test_no_file_of_the_browser_knows_the_person(
    office: Office, server: Server, playwright: Playwright, tmp_path: Path
) -> None:
    """A browser with a profile on the disk, looked through when it has ended."""
    code = office.issue().text
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=list(QUIET), locale="ru-RU"
    )
    checkpoint = Checkpoint.open(context, server.url)
    checkpoint.begin(keep=0)
    checkpoint.scanned(code)
    checkpoint.card("valid")
    checkpoint.page.goto(server.url + "/check")
    checkpoint.page.fill("#check-text", code)
    checkpoint.page.get_by_role("button", name="Проверить").click()
    expect(checkpoint.page.locator("#answers .name")).to_be_visible()
    context.close()
    files = [path for path in profile.rglob("*") if path.is_file()]
    kept = b"\n".join(path.read_bytes() for path in files)
    assert server.url.encode() in kept  # or this test would prove nothing
    for trace in ("Лебедева", today().certificate_number or "", code[:40]):
        for form in (trace.encode(), trace.encode("utf-16-le"), quote(trace).encode()):
            assert form not in kept


class LaterStation(Station):
    """A station whose time passes when the test says so."""

    later = timedelta()

    def now(self) -> datetime:
        return super().now() + self.later


@pytest.fixture
def station(office: Office, tmp_path: Path) -> LaterStation:
    return LaterStation(CurrentTrust.cached(office.cache(tmp_path / "cache")))


@pytest.fixture
def later_url(station: LaterStation) -> Iterator[str]:
    with served(create_app(station)) as port:
        yield f"http://127.0.0.1:{port}"


def test_a_repeat_is_told(
    office: Office, camera: Camera, tabs: Tabs, station: LaterStation, later_url: str
) -> None:
    camera.film(table())
    checkpoint = tabs.open(url=later_url).begin(keep=0)
    notices = checkpoint.page.locator("#cards .notices")
    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")
    expect(notices).not_to_contain_text("Предъявлялся")
    checkpoint.page.keyboard.press("Escape")
    checkpoint.no_card()
    station.later = timedelta(minutes=7)
    checkpoint.scanned(office.issue().text)  # another printout of the same
    expect(notices).to_contain_text("Предъявлялся здесь 7 минут назад", timeout=PATIENCE)
    assert checkpoint.card("valid").word == "ДЕЙСТВУЕТ"
    assert "Предъявлялся здесь 7 минут назад" in checkpoint.aloud()
