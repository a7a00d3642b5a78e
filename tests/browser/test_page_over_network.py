"""The page on another device: over this machine's own network address, by TLS, with an access code.

A browser gives its camera to secure pages only, so a phone needs all of it at once.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser.camera import Camera, paper, table
from browser.checkpoint_server import COMMAND, Server, serving_checkpoint
from browser.chromium import Tabs
from browser.issuing import Office
from browser.reading_axe import violations
from statusqr_web.addresses import machine_addresses

pytestmark = pytest.mark.needs("chromium")
REACHED = [address for address in machine_addresses() if ":" not in address]


def token(file: Path, *options: str) -> str:
    """What the command prints: the token alone."""
    command = [str(COMMAND), "token", "new", "--file", str(file), *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokens") / "tokens.json"


@pytest.fixture(scope="module")
def code(tokens: Path) -> str:
    return token(tokens, "--name", "Телефон 1", "--scope", "page")


@pytest.fixture(scope="module")
def reached(
    office: Office, tokens: Path, code: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    assert REACHED, "this machine has no network address: connect it, or give it one"
    assert code
    folder = tmp_path_factory.mktemp("network")
    options = ("--host", REACHED[0], "--tokens", tokens, "--tls-folder", folder / "tls")
    cache = office.cache(folder / "cache")
    with serving_checkpoint(folder / "log.txt", "--cache", cache, *options) as server:
        assert server.url.startswith(f"https://{REACHED[0]}:")
        yield server


@pytest.fixture
def devices(browser: Browser, reached: Server) -> Iterator[Tabs]:
    tabs = Tabs(browser, reached)
    yield tabs
    tabs.close()


def test_a_phone_comes_in_by_the_qr_and_scans(
    devices: Tabs, office: Office, camera: Camera, code: str
) -> None:
    camera.film(paper(office.pdf(office.issue())))
    phone = devices.open(f"/sign-in#{code}", ignore_https_errors=True)
    phone.page.wait_for_url(f"{phone.url}/")
    asked = [request.url for request in phone.heard.requests]
    assert not [url for url in asked if code in url.partition("#")[0]]
    assert phone.page.evaluate("isSecureContext")
    phone.begin()
    assert phone.card("valid").word == "ДЕЙСТВУЕТ"
    (cookie,) = [c for c in phone.page.context.cookies() if c["name"].startswith("__Host-")]
    assert (cookie["secure"], cookie["httpOnly"]) == (True, True)


def test_without_a_code_there_is_the_sign_in_alone(devices: Tabs, camera: Camera) -> None:
    camera.film(table())
    visitor = devices.open("/", ignore_https_errors=True)
    devices.excuse("401")
    expect(visitor.page.locator("h1")).to_have_text("Вход для сотрудников")
    visitor.page.fill("#code", "sqr_" + "A" * 43)
    visitor.page.click("#code-form button")
    expect(visitor.page.locator(".error")).to_have_text(
        "Код доступа не подходит. Попросите новый у ответственного."
    )
    assert violations(visitor.page) == []


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_is_for_everybody(
    devices: Tabs, camera: Camera, language: str, theme: str
) -> None:
    camera.film(table())
    visitor = devices.open(
        f"/sign-in?lang={language}",
        ignore_https_errors=True,
        color_scheme=theme,
        viewport={"width": 320, "height": 640},
    )
    assert violations(visitor.page) == []
    assert visitor.page.locator("html").get_attribute("lang") == language


def test_a_device_that_signs_out_is_out(devices: Tabs, camera: Camera, code: str) -> None:
    camera.film(table())
    phone = devices.open("/sign-in", ignore_https_errors=True)
    phone.page.fill("#code", code)
    phone.page.click("#code-form button")
    phone.page.wait_for_url(f"{phone.url}/")
    phone.page.get_by_role("button", name="Выйти").click()
    phone.page.wait_for_url(f"{phone.url}/sign-in")
    phone.page.goto(phone.url)
    phone.page.wait_for_url(f"{phone.url}/sign-in?next=/")


def test_a_revoked_code_ends_what_it_opened(
    devices: Tabs, camera: Camera, tokens: Path, office: Office
) -> None:
    camera.film(table())
    devices.excuse("401")
    lost = token(tokens, "--name", "Потерянный телефон", "--scope", "page")
    phone = devices.open(f"/sign-in#{lost}", ignore_https_errors=True)
    phone.page.wait_for_url(f"{phone.url}/")
    phone.begin()
    command = [str(COMMAND), "token", "revoke", "Потерянный телефон", "--file", str(tokens)]
    subprocess.run(command, check=True, capture_output=True)
    phone.scanned(office.issue().text)
    phone.page.wait_for_url(f"{phone.url}/sign-in?next=/")
    expect(phone.page.locator(".card")).to_have_count(0)


def test_no_start_without_anybody_to_let_in(office: Office, tmp_path: Path) -> None:
    cache = office.cache(tmp_path / "cache")
    everywhere = "0.0.0.0"  # noqa: S104 - what is refused
    command = [str(COMMAND), "serve", "--cache", str(cache), "--host", everywhere, "--port", "0"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "OPEN_DOOR" in run.stderr
    assert "token new" in run.stderr
    assert sys.executable not in run.stderr
