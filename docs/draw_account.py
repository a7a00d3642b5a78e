"""Draw the pictures of the citizen's account with Chromium: `make pictures`.

Every page and state on a phone and on a desktop. All persons are invented; the days are those
around the day on which this runs. `--whole FOLDER` draws whole pages there instead, to look at.
"""

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from account_pages import NEAR, Tab
from account_world import Town, found, make_keys, now, serving_account, told
from browser.chromium import CHROMIUM, QUIET
from commands import PASSPHRASE
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from served import served
from staff_login import free_port

from statusqr_issuer.account.app import Door, create_app
from statusqr_issuer.account.citizens import citizens
from statusqr_issuer.account.demo_people import read_people
from statusqr_issuer.account.demo_provider import DemoProvider
from statusqr_issuer.registry import holds
from statusqr_issuer.registry.opening import make_registry
from statusqr_keys.holds import PersonTarget, State
from statusqr_schema import Snils
from statusqr_web.login_config import CitizenRule
from statusqr_web.reaching import Reach
from statusqr_web.relying_party import RelyingParty

DOCS = Path(__file__).parent
RECORDS = DOCS.parent / "examples" / "records.json"
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
COLOURS = 64
_OLGA = "R01"  # who has a status of each kind


@dataclass(frozen=True)
class Album:
    """Where pictures go, and of what part of a page."""

    folder: Path
    whole: bool

    def keep(self, page: Page, name: str) -> None:
        """Keep what the page shows now, in few colours."""
        page.wait_for_load_state("load")
        page.evaluate("() => document.fonts.ready.then(() => null)")
        picture = Image.open(io.BytesIO(page.screenshot(full_page=self.whole))).convert("RGB")
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(self.folder / f"{name}.png", optimize=True)


@dataclass(frozen=True)
class Device:
    """A phone or a desktop, before one account."""

    album: Album
    browser: Browser
    town: Town
    size: str

    @contextmanager
    def tab(self, who: str | None, path: str) -> Iterator[Tab]:
        """A tab in which somebody has signed in, or nobody."""
        width, height = SIZES[self.size]
        options: dict[str, Any] = {"viewport": {"width": width, "height": height}}
        options |= {"timezone_id": "Europe/Moscow", "color_scheme": "light"}
        tab = Tab.open(self.browser, self.town, who, path, **options)
        try:
            yield tab
        finally:
            tab.context.close()

    def keep(self, tab: Tab, name: str) -> None:
        """A picture under this name and the name of the device."""
        self.album.keep(tab.page, f"{name}.{self.size}")


def before_the_consent(device: Device) -> None:
    """What somebody sees who comes for the first time, and who has no network."""
    for name, path in (("welcome", "/"), ("offline", "/offline")):
        with device.tab(None, path) as tab:
            device.keep(tab, name)
    with device.tab(_OLGA, "/consent") as tab:
        device.keep(tab, "consent")
        tab.page.locator(".tick input").scroll_into_view_if_needed()
        tab.page.locator(".tick input").check()
        tab.page.locator("main .main-button").scroll_into_view_if_needed()
        device.keep(tab, "consent-given")
        tab.page.click("main .main-button")
    with device.tab(_OLGA, "/nothing-here") as tab:
        device.keep(tab, "error")


def statuses(device: Device) -> None:
    """The list from its top to its end, and where a mistake is reported."""
    with device.tab(_OLGA, "/statuses") as tab:
        device.keep(tab, "statuses")
        tab.page.locator("details.over > summary").click()
        tab.page.locator("details.over > summary").evaluate("e => e.scrollIntoView()")
        device.keep(tab, "statuses-ended")
        tab.page.locator(".status summary").first.click()
        tab.page.locator(".status summary").first.evaluate("e => e.scrollIntoView()")
        device.keep(tab, "statuses-details")
        tab.page.locator('[data-phase="later"]').first.evaluate("e => e.scrollIntoView()")
        device.keep(tab, "statuses-to-come")
    with device.tab(_OLGA, "/statuses/{id}/mistake") as tab:
        device.keep(tab, "mistake")


def codes(device: Device) -> None:
    """The code that is renewed, alone and without a network; and the one for five minutes."""
    with device.tab(_OLGA, "/statuses/{id}/show") as tab:
        tab.state("shown")
        device.keep(tab, "show")
        tab.page.click("#larger")
        device.keep(tab, "show-larger")
    with device.tab(_OLGA, "/statuses/{id}/show") as tab:
        tab.state("shown")
        tab.page.locator("#seen-title").evaluate("e => e.scrollIntoView()")
        device.keep(tab, "show-seen")
        tab.page.route("**/live?*", lambda route: route.abort())
        tab.go(f"/statuses/{device.town.ids[_OLGA]}/show")
        tab.state("trouble")
        device.keep(tab, "show-no-network")
    with device.tab(_OLGA, "/statuses/{id}/show") as tab:
        tab.page.click("form[action$=screen] button")
        tab.state("shown")
        device.keep(tab, "five-minutes")


def paper(device: Device) -> None:
    """The PDF, the list of sheets, and a sheet that was lost."""
    with device.tab(_OLGA, "/statuses/{id}/pdf") as tab:
        device.keep(tab, "pdf")
        for _ in range(2):
            with tab.page.expect_download():
                tab.page.click("main button")
        tab.go("/printouts")
        device.keep(tab, "printouts")
        tab.page.locator("a[href$=revoke]").first.click()
        device.keep(tab, "revoke")
        tab.page.click("main button")
        expect(tab.page.locator("main .done")).to_be_visible()
        device.keep(tab, "revoked")


def news(device: Device) -> None:
    """What a citizen is told when the authority has changed something."""
    changed = told(_OLGA)
    changed["status"]["authority"] = "Отдел социальной защиты Вымышленного округа"
    device.town.load(changed)
    with device.tab(_OLGA, "/statuses") as tab:
        expect(tab.page.locator(".news")).to_be_visible()
        device.keep(tab, "news")


def my_data(device: Device) -> None:
    """The consent that stands, and how it is withdrawn."""
    with device.tab(_OLGA, "/statuses/{id}/pdf") as tab:
        with tab.page.expect_download():
            tab.page.click("main button")
        tab.go("/consent")
        device.keep(tab, "my-data")
        tab.go("/consent/withdraw")
        device.keep(tab, "withdraw")
        tab.page.click("main button")
        expect(tab.page.locator("main .warning")).to_be_visible()
        device.keep(tab, "withdrawn")


def now_and_then(device: Device) -> None:
    """What few meet: nothing yet, a status held back, the end of a session, of a code, of a net."""
    town = device.town
    town.agree("R08")
    with device.tab("R08", "/statuses") as tab:
        device.keep(tab, "nothing-yet")
    town.have("R10")
    town.agree("R10")
    with town.registry.writing("anna", now()) as work:
        target = PersonTarget(Snils.parse(told("R10")["holder"]["snils"]))
        holds.change(work, target, State.SUSPENDED, "Проверка сведений")
    with device.tab("R10", "/statuses") as tab:
        device.keep(tab, "suspended")
    with device.tab(None, "/consent/text") as tab:
        device.keep(tab, "consent-text")
    town.agree(_OLGA)
    with device.tab(_OLGA, "/offline") as tab:
        tab.page.clock.install()
        tab.go("/statuses")
        town.unused_for(NEAR)
        tab.page.clock.run_for(NEAR * 1000)
        expect(tab.page.locator("#leaving")).to_contain_text("Осталось")
        device.keep(tab, "session-ends")
    with device.tab(_OLGA, "/offline") as tab:
        tab.page.clock.install()
        tab.go(f"/statuses/{town.ids[_OLGA]}/show")
        tab.page.click("form[action$=screen] button")
        tab.state("shown")
        tab.context.set_offline(True)
        tab.page.click(".actions a")
        expect(tab.page.locator("#no-way")).to_be_visible()
        tab.page.locator("#no-way").evaluate("e => e.scrollIntoView({ block: 'center' })")
        device.keep(tab, "five-minutes-no-network")
        tab.page.clock.run_for(302_000)
        tab.state("over")
        tab.page.evaluate("scrollTo(0, 0)")
        device.keep(tab, "five-minutes-over")


def demonstration(device: Device, store: Path) -> None:
    """The login of demonstrations, and the mark on each page."""
    office, port = device.town.office, free_port()
    address = f"http://127.0.0.1:{port}"
    demo = DemoProvider(address, read_people(RECORDS), Reach(host="127.0.0.1", port=port))
    admit = citizens(CitizenRule(), office.registry.finder.person)
    door = Door(party=RelyingParty(demo.provider), admit=admit)
    marked = found(office.registry, store)
    shown = replace(office, provider=demo.provider.title, demo=True)
    with served(create_app(shown, door, more=demo.router), port=port):
        marked.url = address
        somewhere = Device(device.album, device.browser, marked, device.size)
        with somewhere.tab(None, "/") as tab:
            somewhere.keep(tab, "demo")
            tab.page.click("main .main-button")
            somewhere.keep(tab, "demo-choose")
            tab.page.locator("main .people a").last.click()
            expect(tab.page.locator("main .error")).to_be_visible()
            somewhere.keep(tab, "login-refused")


def people(town: Town) -> None:
    """Olga has three statuses, and has not agreed yet."""
    holder = told(_OLGA)["holder"]
    town.load(
        told("R03", holder=holder),
        told("R18", begins=10, ends=100, holder=holder),
    )
    town.have(_OLGA)


def draw(folder: Path, album: Album) -> None:
    """Draw them all; stores and registries are in `folder`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for size in SIZES:
            store = folder / size / "store"
            make_keys(store)
            registry = make_registry(None, store, PASSPHRASE.encode(), now())
            town = found(registry, store)
            people(town)
            with serving_account(town):
                device = Device(album, browser, town, size)
                for part in (
                    before_the_consent,
                    statuses,
                    codes,
                    paper,
                    news,
                    my_data,
                    now_and_then,
                ):
                    part(device)
            demonstration(device, store)
            registry.close()
        browser.close()


if __name__ == "__main__":
    if not Path(CHROMIUM).exists():
        sys.exit("Chromium is missing. Remedy: sudo apt-get install chromium")
    whole = sys.argv[1:2] == ["--whole"]
    target = Path(sys.argv[2]) if whole else DOCS / "images" / "account"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        draw(Path(made), Album(target, whole))
