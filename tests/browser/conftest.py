"""One authority, one cache, one server, one browser for all tests of the pages.

For this package only, and not for the session: while the browser is driven, nothing else in this
thread can run an event loop.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from browser.camera import Camera, table
from browser.checkpoint_server import Server, serving_checkpoint
from browser.chromium import Tabs, launch
from browser.issuing import Office


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.open(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="package")
def server(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("checkpoint")
    cache = office.cache(folder / "cache")
    with serving_checkpoint(folder / "log.txt", "--cache", cache) as server:
        yield server


@pytest.fixture(scope="package")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    camera = Camera(tmp_path_factory.mktemp("camera") / "camera.mjpeg")
    camera.film(table())
    return camera


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright: Playwright, camera: Camera) -> Iterator[Browser]:
    browser = launch(playwright, camera.path)
    yield browser
    browser.close()


@pytest.fixture
def tabs(browser: Browser, server: Server) -> Iterator[Tabs]:
    tabs = Tabs(browser, server)
    yield tabs
    tabs.close()
