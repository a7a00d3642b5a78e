"""One account, one server and one browser for all tests of the pages; people are made anew.

For this package only: while the browser is driven, nothing else in this thread can run an event
loop.
"""

from collections.abc import Iterator

import pytest
from account_pages import Street, Tabs
from account_world import found, make_keys, now, serving_account
from browser.chromium import CHROMIUM, QUIET
from commands import PASSPHRASE
from playwright.sync_api import Browser, Playwright, sync_playwright

from statusqr_issuer.registry.opening import make_registry


@pytest.fixture(scope="package")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    store = tmp_path_factory.mktemp("account") / "store"
    make_keys(store)
    registry = make_registry(None, store, PASSPHRASE.encode(), now())
    town = found(registry, store)
    with serving_account(town):
        yield Street(town)
    registry.close()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
    yield browser
    browser.close()


@pytest.fixture
def tabs(chromium: Browser, street: Street) -> Iterator[Tabs]:
    tabs = Tabs(chromium, street)
    yield tabs
    tabs.close()
