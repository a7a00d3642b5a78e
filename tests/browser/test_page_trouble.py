"""Camera and server that go away and come back: a message, no stale card, then recovery."""

from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from browser.camera import Camera, side_by_side, symbol, table
from browser.checkpoint_server import serving_checkpoint
from browser.chromium import Tabs
from browser.issuing import LATER_ENTRY, REVOKED_ENTRY, Office, today

pytestmark = pytest.mark.needs("chromium")
SILENT = "Программа проверки не отвечает. Код не проверен: попробуйте ещё раз."
_UNPLUG = """() => {
  const [track] = document.getElementById("video").srcObject.getTracks();
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""


def test_a_camera_that_is_unplugged_and_comes_back(
    office: Office, camera: Camera, tabs: Tabs
) -> None:
    camera.film(table())
    checkpoint = tabs.open().begin()
    checkpoint.hint("look")
    camera.film(side_by_side(symbol(office.issue().text)))
    checkpoint.page.evaluate(_UNPLUG)
    checkpoint.hint("lost")
    assert "Камера отключилась" in checkpoint.page.locator("#hint").inner_text()
    checkpoint.card("valid")  # once it is back


def test_a_camera_that_is_not_allowed(office: Office, tabs: Tabs) -> None:
    checkpoint = tabs.open(camera=False).begin()
    checkpoint.hint("denied")
    assert "Сканер и файлы работают" in checkpoint.page.locator("#hint").inner_text()
    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")


def test_no_camera_at_all(office: Office, tabs: Tabs) -> None:
    """A page that is not served by TLS off this machine has none either."""
    checkpoint = tabs.open(
        prepare=lambda context: context.add_init_script(
            "Object.defineProperty(navigator, 'mediaDevices', { value: undefined })"
        )
    ).begin()
    checkpoint.hint("none")
    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")


def test_the_network_is_cut_in_the_middle(office: Office, camera: Camera, tabs: Tabs) -> None:
    camera.film(table())
    tabs.excuse("net::ERR_INTERNET_DISCONNECTED")
    checkpoint = tabs.open().begin(keep=0)
    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")
    checkpoint.page.context.set_offline(True)
    checkpoint.scanned(office.issue(entry=REVOKED_ENTRY).text)
    checkpoint.line(SILENT)
    checkpoint.no_card()  # not that of the one before
    checkpoint.page.context.set_offline(False)
    checkpoint.scanned(office.issue(entry=REVOKED_ENTRY).text)
    checkpoint.card("invalid", "R-REV")
    expect(checkpoint.page.locator(".foot-line")).to_have_count(0)


def test_no_shift_begins_without_the_server(camera: Camera, tabs: Tabs) -> None:
    camera.film(table())
    tabs.excuse("net::ERR_INTERNET_DISCONNECTED")
    checkpoint = tabs.open()
    checkpoint.page.context.set_offline(True)
    checkpoint.page.click("#shift-form button[type=submit]")
    checkpoint.line("Программа проверки не отвечает")
    assert checkpoint.page.get_attribute("body", "data-state") == "start"
    checkpoint.page.context.set_offline(False)
    checkpoint.begin()
    expect(checkpoint.page.locator(".foot-line")).to_have_count(0)


@pytest.mark.parametrize("blocked", [False, True], ids=["page reads", "server reads"])
def test_a_code_in_view_is_asked_about_again_when_the_network_is_back(
    office: Office, camera: Camera, tabs: Tabs, blocked: bool
) -> None:
    for words in ("net::ERR_", "Failed to fetch", "wasm", "ArrayBuffer"):
        tabs.excuse(words)
    camera.film(side_by_side(symbol(office.issue().text)))
    checkpoint = tabs.open(
        prepare=lambda context: context.route(
            "**/reader.wasm", lambda route: route.abort() if blocked else route.continue_()
        )
    )
    assert checkpoint.reader() == ("server" if blocked else "page")
    checkpoint.page.route("**/scan", lambda route: route.abort())
    checkpoint.begin(keep=0)
    checkpoint.line(SILENT)
    checkpoint.no_card()
    checkpoint.page.unroute("**/scan")
    checkpoint.card("valid")


def test_the_server_is_ended_and_started_again(
    office: Office, camera: Camera, tabs: Tabs, tmp_path: Path
) -> None:
    camera.film(table())
    for words in ("net::ERR_CONNECTION", "403 (Forbidden)"):
        tabs.excuse(words)
    options = ("--cache", office.cache(tmp_path / "cache"))
    with serving_checkpoint(tmp_path / "log.txt", *options) as first:
        checkpoint = tabs.open(url=first.url).begin(keep=0)
        checkpoint.scanned(office.issue().text)
        checkpoint.card("valid")
        first.end()
        checkpoint.scanned(office.issue(entry=REVOKED_ENTRY).text)
        checkpoint.line(SILENT)
        checkpoint.no_card()
    with serving_checkpoint(tmp_path / "log.txt", *options, port=first.port):
        checkpoint.scanned(office.issue().text)
        checkpoint.state("start")  # the shift ended with the program
        expect(checkpoint.page.locator("#shift-form")).to_be_visible()
        checkpoint.begin(keep=0)
        checkpoint.scanned(office.issue(entry=REVOKED_ENTRY).text)
        checkpoint.card("invalid", "R-REV")


def test_new_trust_data_without_a_restart_or_a_lost_scan(
    camera: Camera, tabs: Tabs, tmp_path: Path
) -> None:
    """A queue of scans while a revocation arrives: each is answered, and then with the new data."""
    office = Office.open(tmp_path / "office")
    cache = office.cache(tmp_path / "cache")
    camera.film(table())
    revoked, other = office.issue(entry=LATER_ENTRY).text, office.issue().text
    with serving_checkpoint(
        tmp_path / "log.txt", "--cache", cache, "--from", office.authority.site, "--every", 0.01
    ) as server:
        checkpoint = tabs.open(url=server.url).begin(keep=0)
        checkpoint.scanned(revoked)
        assert checkpoint.cards_so_far(1)[-1].look == "valid"
        office.revoke(LATER_ENTRY)
        scans = 1
        while checkpoint.cards_so_far()[-1].code != "R-REV":
            assert scans < 500
            for text in (other, revoked):
                checkpoint.scanned(text)
                scans += 1
                seen = checkpoint.cards_so_far(scans)
                assert len(seen) == scans
                assert text == revoked or seen[-1].look == "valid"
        checkpoint.page.goto(server.url + "/shift")
        total = checkpoint.page.locator("tfoot .number")
        expect(total).to_have_text(str(scans))
        rows = checkpoint.page.locator("tbody tr").all_inner_texts()
        assert [row.split("\t")[1:] for row in rows] == [["–", str(scans - 1)], ["R-REV", "1"]]


@pytest.mark.parametrize("lost", [False, True], ids=["late", "late and lost"])
def test_a_late_answer_shows_nothing_over_a_newer_card(
    office: Office, camera: Camera, tabs: Tabs, lost: bool
) -> None:
    """The one who asked first has gone; what is told of him must not stand before the next."""
    camera.film(table())
    checkpoint = tabs.open().begin(keep=0)
    page = checkpoint.page
    held: list[Route] = []
    page.route("**/scan", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/scan"):
        checkpoint.scanned(office.issue(today(begins=-300, ends=-10)).text)
    checkpoint.scanned(office.issue().text)
    checkpoint.card("valid")
    if lost:
        tabs.excuse("ERR_FAILED")
        with page.expect_event("requestfailed"):
            held[0].abort()
    else:
        with page.expect_response("**/scan"):
            held[0].continue_()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    assert [card.look for card in checkpoint.cards_so_far()] == ["valid"]
    assert checkpoint.card("valid").word == "ДЕЙСТВУЕТ"
    expect(page.locator(".foot-line")).to_have_count(0)
