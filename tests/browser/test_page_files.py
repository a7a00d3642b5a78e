"""Photos, screenshots and PDFs: chosen, dropped, pasted; with a shift and without."""

import base64
import contextlib
import struct
import zlib

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import FilePayload, Page, Route, expect

from browser.camera import Camera, foreign_symbol, pages, png, side_by_side, symbol, table
from browser.checkpoint_page import Checkpoint
from browser.chromium import Tabs
from browser.issuing import REVOKED_ENTRY, Office, today

pytestmark = pytest.mark.needs("chromium")
_GIVE = """
([event, kind, name, data]) => {
  const bytes = Uint8Array.from(atob(data), sign => sign.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name, { type: kind }));
  const shared = { bubbles: true, cancelable: true };
  if (event === "paste") {
    document.body.dispatchEvent(new ClipboardEvent("paste", { ...shared, clipboardData: files }));
  } else {
    for (const name of ["dragover", "drop"])
      document.body.dispatchEvent(new DragEvent(name, { ...shared, dataTransfer: files }));
  }
}
"""


def file(name: str, data: bytes) -> FilePayload:
    kinds = {"png": "image/png", "pdf": "application/pdf", "jpg": "image/jpeg"}
    return {"name": name, "mimeType": kinds[name.rpartition(".")[2]], "buffer": data}


def give(page: Page, event: str, given: FilePayload) -> None:
    """Drop or paste a file."""
    data = base64.b64encode(given["buffer"]).decode("ascii")
    page.evaluate(_GIVE, [event, given["mimeType"], given["name"], data])


def bomb(side: int = 40_000) -> bytes:
    """A whole PNG that unpacks to hundreds of megabytes, and to more as a picture."""

    def part(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 1)
    begin = b"\x89PNG\r\n\x1a\n"
    return begin + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")


@pytest.fixture
def checkpoint(camera: Camera, tabs: Tabs) -> Checkpoint:
    camera.film(table())
    return tabs.open().begin(keep=0)


@pytest.fixture(scope="module")
def photo(office: Office) -> FilePayload:
    return file("photo.png", png(side_by_side(symbol(office.issue().text))))


def test_chosen_dropped_and_pasted(
    office: Office, checkpoint: Checkpoint, photo: FilePayload
) -> None:
    page = checkpoint.page
    page.set_input_files("#files", [photo])
    checkpoint.card("valid")
    revoked = png(side_by_side(symbol(office.issue(entry=REVOKED_ENTRY).text)))
    give(page, "drop", file("dropped.png", revoked))
    checkpoint.card("invalid", "R-REV")
    give(page, "paste", photo)
    checkpoint.card("valid")
    # The same file once more is chosen once more.
    page.keyboard.press("Escape")
    checkpoint.no_card()
    page.set_input_files("#files", [photo])
    checkpoint.card("valid")
    assert "drop" not in page.evaluate("({...document.body.dataset})")


def test_a_file_that_comes_before_the_shift(tabs: Tabs, photo: FilePayload) -> None:
    checkpoint = tabs.open()
    give(checkpoint.page, "drop", photo)
    checkpoint.line("Сначала нажмите «Начать смену»")
    checkpoint.no_card()


def test_a_card_for_each_code(office: Office, checkpoint: Checkpoint, photo: FilePayload) -> None:
    revoked = office.pdf(office.issue(entry=REVOKED_ENTRY))
    both = file("both.pdf", pages(office.pdf(office.issue()), revoked))
    checkpoint.page.set_input_files("#files", [both, photo])
    expect(checkpoint.page.locator("#cards .card")).to_have_count(3)
    looks = checkpoint.page.locator("#cards .card").evaluate_all("c => c.map(x => x.dataset.look)")
    assert looks == ["valid", "invalid", "valid"]


BAD = [
    (file("desk.png", png(table())), "Код на изображении не найден или не читается"),
    (file("cut.png", png(table())[:5000]), "повреж"),
    (file("notes.pdf", b"%PDF-1.7\nnothing"), "PDF"),
    (file("bomb.png", bomb()), "зображени"),
]


def test_a_clear_line_and_the_next_scan_works(checkpoint: Checkpoint, photo: FilePayload) -> None:
    for given, said in BAD:
        checkpoint.page.set_input_files("#files", [given])
        checkpoint.no_card()
        checkpoint.line(said)
        checkpoint.page.set_input_files("#files", [photo])
        checkpoint.card("valid")
        expect(checkpoint.page.locator(".foot-line")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_check_a_code_without_a_shift(
    office: Office, tabs: Tabs, photo: FilePayload, javascript: bool
) -> None:
    checkpoint = tabs.open("/check", java_script_enabled=javascript)
    page = checkpoint.page
    send = page.get_by_role("button", name="Проверить")

    send.click()
    expect(page.locator(".foot-line")).to_have_text("Выберите файл или введите цифры.")

    menu = file("menu.png", png(side_by_side(foreign_symbol())))
    page.set_input_files("#check-files", [photo, menu, file("cut.png", photo["buffer"][:999])])
    send.click()
    card = page.locator("#answers .card")
    expect(card).to_have_attribute("data-look", "valid")
    expect(card.locator(".name")).to_have_text("Лебедева О. С.")
    expect(page.locator(".foot-line")).to_have_count(2)
    expect(page.locator(".foot-line").first).to_contain_text("повреж")
    expect(page.locator(".foot-line").last).to_contain_text("Это не код статуса")

    text = office.issue(entry=REVOKED_ENTRY).text
    page.fill("#check-text", " ".join(text[n : n + 5] for n in range(0, len(text), 5)))
    send.click()
    expect(page.locator("#answers .card .word")).to_have_text("ОТОЗВАН")
    assert page.url == checkpoint.url + "/check"


def test_check_takes_what_is_dropped(tabs: Tabs, photo: FilePayload) -> None:
    checkpoint = tabs.open("/check")
    for event in ("drop", "paste"):
        give(checkpoint.page, event, photo)
        expect(checkpoint.page.locator("#answers")).to_be_focused()
        expect(checkpoint.page.locator("#answers .card .word")).to_have_text("ДЕЙСТВУЕТ")
        checkpoint.page.goto(checkpoint.url + "/check")


def test_check_tells_what_is_wrong_and_goes_on(office: Office, tabs: Tabs) -> None:
    page = tabs.open("/check").page
    tabs.excuse("413")
    picture = FilePayload(name="a.png", mimeType="image/png", buffer=b"x")
    page.set_input_files("#check-files", [picture] * 21)
    page.get_by_role("button", name="Проверить").click()
    expect(page.get_by_role("alert")).to_have_text("Выберите меньше.")
    page.set_input_files("#check-files", [])
    page.fill("#check-text", office.issue().text)
    page.get_by_role("button", name="Проверить").click()
    expect(page.locator("#answers .word")).to_have_text("ДЕЙСТВУЕТ")


def test_check_shows_the_answer_to_the_newest_question(office: Office, tabs: Tabs) -> None:
    page = tabs.open("/check").page
    tabs.excuse("ERR_ABORTED")
    held: list[Route] = []
    page.route("**/check", lambda route: route.continue_() if held else held.append(route))
    for text in (office.issue().text, office.issue(today(begins=-300, ends=-10)).text):
        page.fill("#check-text", text)
        with page.expect_request("**/check"):
            page.get_by_role("button", name="Проверить").click()
    expect(page.locator("#answers .word")).to_have_text("СРОК ИСТЁК")
    with contextlib.suppress(PlaywrightError):  # the page no longer waits for it
        held[0].continue_()
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    expect(page.locator("#answers .word")).to_have_text("СРОК ИСТЁК")
