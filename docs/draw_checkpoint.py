"""Draw the pictures of the checkpoint page with Chromium: `make pictures`.

Every verdict of the page on a phone and on a screen, and all of them once more without colour.
All persons are invented; the codes are of the day on which this runs.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from browser.camera import (
    Bgr,
    Camera,
    foreign_symbol,
    paper,
    phone,
    plain,
    png_file,
    side_by_side,
    symbol,
    table,
)
from browser.checkpoint_page import Checkpoint
from browser.checkpoint_server import serving_checkpoint
from browser.chromium import CHROMIUM, launch
from browser.issuing import DAY, HOUR, REVOKED_ENTRY, Office, changed, now, today
from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, expect, sync_playwright

FOLDER = Path(__file__).parent / "images" / "checkpoint"
SIZES = {"phone": (390, 844), "desktop": (1280, 720)}
COLOURS = 64
PLACE = "Музей, вход 2"
_SETTLE = """document.getAnimations().forEach(
  a => a.effect.getComputedTiming().iterations === Infinity || a.finish())"""


@dataclass(frozen=True)
class Verdict:
    """What is before the camera, and what tells that its answer is there."""

    film: Callable[[Office], Bgr]
    look: str
    code: str = ""
    categories: tuple[str, ...] = ()


def printed(office: Office, **options: object) -> Bgr:
    """A printed certificate before the camera."""
    return paper(office.pdf(office.issue(**options)))  # type: ignore[arg-type]


VERDICTS = {
    "valid": Verdict(printed, "valid"),
    "not-for-this-place": Verdict(printed, "elsewhere", "N-PLC", ("disabled_1",)),
    "status-ended": Verdict(
        lambda office: printed(office, what=today(begins=-300, ends=-10)), "invalid", "C-EXP"
    ),
    "not-yet-valid": Verdict(
        lambda office: printed(office, what=today(begins=10, ends=300)), "invalid", "C-NYV"
    ),
    "revoked": Verdict(lambda office: printed(office, entry=REVOKED_ENTRY), "invalid", "R-REV"),
    "bad-signature": Verdict(
        lambda office: side_by_side(symbol(changed(office.issue().text))), "invalid", "S-BAD"
    ),
    "code-expired": Verdict(
        lambda office: printed(office, ago=10 * DAY, lifetime=DAY), "undetermined", "C-DOC"
    ),
    "live-code-expired": Verdict(
        lambda office: phone(office.live(timedelta(seconds=125)).text), "undetermined", "C-LIV"
    ),
    "stale-trust": Verdict(lambda office: phone(office.live().text), "undetermined", "T-OLD"),
    "foreign": Verdict(lambda _: side_by_side(foreign_symbol(), desk=plain()), ""),
}


def keep(page: Page, name: str) -> None:
    """Keep what the page shows now, in few colours."""
    page.evaluate(_SETTLE)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(FOLDER / f"{name}.png", optimize=True)


@contextmanager
def opened(browser: Browser, url: str, size: str, path: str = "/") -> Iterator[Checkpoint]:
    """A page on a device of this size."""
    width, height = SIZES[size]
    with browser.new_context(
        viewport={"width": width, "height": height},
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        color_scheme="light",
        permissions=["camera"],
    ) as context:
        yield Checkpoint.open(context, url, path)


def verdict(checkpoint: Checkpoint, verdict: Verdict, name: str) -> None:
    """Begin a shift, wait for the answer."""
    checkpoint.begin(name=PLACE, keep=0, categories=verdict.categories)
    if verdict.look:
        checkpoint.card(verdict.look, verdict.code or None)
    else:
        checkpoint.line("Это не код статуса")
    keep(checkpoint.page, name)


def pages(browser: Browser, camera: Camera, office: Office, url: str, size: str) -> None:
    """The pages around the verdicts."""
    with opened(browser, url, size) as checkpoint:
        keep(checkpoint.page, f"start.{size}")
        sheet = office.pdf(office.issue())
        camera.film(paper(sheet, 900, down=600, desk=plain()), grain=0)  # its code is not in view
        checkpoint.begin(name=PLACE, keep=0)
        checkpoint.hint("look")
        keep(checkpoint.page, f"scan.{size}")
        ended = office.issue(today("R02", begins=-300, ends=-10)).text
        both = side_by_side(symbol(office.issue().text), symbol(ended))
        checkpoint.page.set_input_files("#files", [png_file("both.png", both)])
        expect(checkpoint.page.locator("#cards .card")).to_have_count(2)
        keep(checkpoint.page, f"two-codes.{size}")
        for text in (office.issue().text, office.issue(entry=REVOKED_ENTRY).text):
            checkpoint.scanned(text)
        checkpoint.card("invalid", "R-REV")
        checkpoint.page.goto(f"{url}/shift")
        keep(checkpoint.page, f"shift.{size}")
        checkpoint.page.goto(f"{url}/check")
        checkpoint.page.fill("#check-text", office.issue().text)
        checkpoint.page.click("#check-form button[type=submit]")
        expect(checkpoint.page.locator("#answers .card")).to_be_visible()
        keep(checkpoint.page, f"check.{size}")


def without_colour(names: Sequence[str], columns: int = 5) -> None:
    """All verdicts on one sheet in grey: they are told apart by word and shape."""
    shots = [Image.open(FOLDER / f"{name}.phone.png").convert("L") for name in names]
    tiles = [ImageOps.expand(shot.resize((156, 338)), 5, 255) for shot in shots]
    width, height = tiles[0].size
    sheet = Image.new("L", (columns * width, -(-len(tiles) // columns) * height), 255)
    for n, tile in enumerate(tiles):
        sheet.paste(tile, (n % columns * width, n // columns * height))
    sheet.quantize(16).save(FOLDER / "greyscale.png", optimize=True)


def draw(folder: Path) -> None:
    """Draw them all; servers and camera work in `folder`."""
    camera = Camera(folder / "camera.mjpeg")
    camera.film(table())
    fresh, old = Office.open(folder / "fresh"), Office.open(folder / "old", published=80 * HOUR)
    caches = fresh.cache(folder / "cache"), old.cache(folder / "stale", now() - 80 * HOUR)
    log = folder / "log.txt"
    with (
        serving_checkpoint(log, "--cache", caches[0]) as server,
        serving_checkpoint(log, "--cache", caches[1]) as stale,
        sync_playwright() as playwright,
        launch(playwright, camera.path) as browser,
    ):
        for name, shown in VERDICTS.items():
            office, url = (old, stale.url) if name == "stale-trust" else (fresh, server.url)
            for size in SIZES:
                camera.film(shown.film(office), grain=0)
                with opened(browser, url, size) as checkpoint:
                    verdict(checkpoint, shown, f"{name}.{size}")
        for size in SIZES:
            camera.film(table())
            pages(browser, camera, fresh, server.url, size)
    without_colour(list(VERDICTS))


if __name__ == "__main__":
    if not Path(CHROMIUM).exists():
        sys.exit("Chromium is missing. Remedy: sudo apt-get install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        draw(Path(folder))
