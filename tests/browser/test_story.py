"""The whole way of a status, every program as it is run, between a real phone page and a webcam.

A citizen logs in at the real provider, consents, and shows a live code; a checkpoint films it. The
picture of it is no good two minutes later. The PDF is; until the authority revokes the status. And
out again, at the provider too.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from account_world import told
from checkpoints import StationAt
from citizen_login import config_file
from commands import PASSPHRASE
from playwright.sync_api import Browser, Page, Playwright, expect
from served import served
from staff_login import free_port, provider

from browser.camera import Bgr, Camera, paper, table
from browser.checkpoint_page import PATIENCE, Card, Checkpoint
from browser.checkpoint_server import serving_checkpoint
from browser.issuing import now
from statusqr_verifier import trust_source
from statusqr_verifier.checkpoint.app import create_app

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("node")]
ROOT = Path(__file__).parents[2]
NAME = "Министерство труда и социальной поддержки населения Ярославской области"
LEBEDEVA = "Лебедева\u00a0О.\u00a0С."
ENVIRONMENT = {**os.environ, "STATUSQR_PASSPHRASE": PASSPHRASE, "PYTHONUNBUFFERED": "1"}
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+(?=/)")


def command(program: str, *words: object) -> list[str]:
    return [str(Path(sys.executable).with_name(program)), *map(str, words)]


def done(program: str, *words: object) -> str:
    """A command that goes through; what it printed."""
    run = subprocess.run(
        command(program, *words), capture_output=True, text=True, env=ENVIRONMENT, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@contextmanager
def running(log: Path, program: str, *words: object) -> Iterator[Path]:
    """A program that goes on, and its log."""
    with log.open("w", encoding="utf-8") as out:
        child = subprocess.Popen(command(program, *words), stdout=out, stderr=out, env=ENVIRONMENT)
        try:
            yield log
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(30)


@dataclass(frozen=True)
class Town:
    """An authority with its registry, its publisher, its account; and a checkpoint."""

    store: Path
    cache: Path
    account: str
    checkpoint: str


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    store, site, cache = folder / "store", folder / "site", folder / "cache"
    for use in ("print", "live", "status"):
        done("statusqr-keys", "new", "--store", store, "--authority", "yar-social", "--name", NAME,
             "--use", use, "--valid-from", "2026-01-01")  # fmt: skip
    records = folder / "records.json"
    records.write_text(json.dumps([told("R01")], ensure_ascii=False), encoding="utf-8")
    done("statusqr-issuer", "load", records, "--store", store)
    done("statusqr-issuer", "publish", "--store", store, "--to", site)
    done(
        "statusqr-verifier", "sync", "--from", site, "--root", site / "root.json", "--cache", cache
    )
    port = free_port()
    account = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        watch = ("publish", "--store", store, "--to", site, "--watch")
        stack.enter_context(running(folder / "publisher.log", "statusqr-issuer", *watch))
        login = config_file(folder, stack.enter_context(provider(account)), account)
        serve = ("serve", "--store", store, "--login", login, "--port", port)
        told_by = stack.enter_context(running(folder / "account.log", "statusqr-issuer", *serve))
        options = ("--cache", cache, "--from", site, "--every", "0.05")
        server = stack.enter_context(serving_checkpoint(folder / "checkpoint.log", *options))
        listening(told_by)
        yield Town(store, cache, account, server.url)


def listening(log: Path) -> None:
    """Wait until the account says where it is."""
    with subprocess.Popen(["tail", "-f", "-n", "+1", log], stdout=subprocess.PIPE, text=True) as t:
        assert t.stdout is not None
        for line in t.stdout:
            if _ADDRESS.search(line):
                break
        t.terminate()


@pytest.fixture
def phone(browser: Browser, town: Town) -> Iterator[Page]:
    """A citizen's phone."""
    with browser.new_context(
        locale="ru-RU",
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        accept_downloads=True,
    ) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        yield page


def held_up(screenshot: bytes) -> Bgr:
    """A phone with this on its screen, before the webcam."""
    screen = cv2.imdecode(np.frombuffer(screenshot, np.uint8), cv2.IMREAD_COLOR)
    assert screen is not None
    height = 690
    width = round(screen.shape[1] * height / screen.shape[0])
    scene = table()
    scene[15 : 15 + height, 480 : 480 + width] = cv2.resize(
        screen, (width, height), interpolation=cv2.INTER_AREA
    )
    return scene


@contextmanager
def desk(browser: Browser, camera: Camera, scene: Bgr, url: str) -> Iterator[Checkpoint]:
    """A checkpoint before whose camera this is."""
    camera.film(scene)
    with browser.new_context(locale="ru-RU", permissions=["camera"]) as context:
        yield Checkpoint.open(context, url).begin()


def log_in(phone: Page, town: Town) -> None:
    phone.goto(town.account + "/")
    phone.get_by_role("link", name="Войти").click()
    phone.fill("input[name=name]", "olga")
    phone.fill("input[name=password]", "test")
    phone.get_by_role("button", name="Войти").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Нужно ваше согласие")
    expect(phone.locator("body")).not_to_contain_text("Многодетная семья")
    phone.get_by_label("Текст мне понятен, я даю согласие").check()
    phone.get_by_role("button", name="Дать согласие").click()
    expect(phone.get_by_role("heading", level=2, name="Многодетная семья")).to_be_visible()


def log_out(phone: Page, town: Town) -> None:
    """The form leads to another site, and on from there: as the content policy must let it."""
    phone.locator("form[action='/auth/logout'] button").click()
    phone.wait_for_url("**/session/end?**")
    phone.get_by_role("button").first.click()  # the provider asks whether there too
    phone.wait_for_url(town.account + "/")
    expect(phone.get_by_role("link", name="Войти")).to_be_visible()
    phone.goto(town.account + "/statuses")
    expect(phone.locator("article")).to_have_count(0)
    phone.get_by_role("link", name="Войти").click()
    expect(phone.locator("input[name=password]")).to_be_visible()  # whoever comes next is asked


def live_code(phone: Page) -> bytes:
    """A screenshot of the live code."""
    phone.get_by_role("link", name="Показать код").click()
    expect(phone.locator("#qr path").last).to_be_attached()
    phone.evaluate("document.fonts.ready")
    return phone.screenshot()


def printed(phone: Page) -> bytes:
    """The PDF as it was downloaded."""
    phone.get_by_role("link", name="Скачать PDF для печати").click()
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Скачать PDF").click()
    return Path(download.value.path()).read_bytes()


def until_revoked(browser: Browser, camera: Camera, scene: Bgr, town: Town) -> Card:
    """Show it again and again, for a minute at most."""
    deadline = now() + timedelta(minutes=1)
    while True:
        with desk(browser, camera, scene, town.checkpoint) as checkpoint:
            checkpoint.state("result")
            card = checkpoint.cards_so_far(1)[0]
        if card.look != "valid" or now() > deadline:
            return card


def test_from_the_login_to_the_revocation(
    playwright: Playwright, browser: Browser, camera: Camera, town: Town, phone: Page
) -> None:
    log_in(phone, town)

    screenshot, taken = live_code(phone), now()
    with desk(browser, camera, held_up(screenshot), town.checkpoint) as checkpoint:
        assert checkpoint.card("valid") == Card("valid", "ДЕЙСТВУЕТ", "", LEBEDEVA)
        assert "Многодетная семья" in checkpoint.aloud()

    station = StationAt(trust_source.cached_set(town.cache), at=taken + timedelta(minutes=2))
    with served(create_app(station)) as port:
        later = f"http://127.0.0.1:{port}"
        with desk(browser, camera, held_up(screenshot), later) as checkpoint:
            card = checkpoint.card("undetermined", "C-LIV")
            assert card.word.startswith("КОД УСТАРЕЛ")
    station.close()

    scene = paper(printed(phone))
    with desk(browser, camera, scene, town.checkpoint) as checkpoint:
        assert checkpoint.card("valid").name == LEBEDEVA
        assert "Печатная форма" in checkpoint.aloud()

    done("statusqr-issuer", "revoke", "--certificate", "76-000101", "--store", town.store,
         "--reason", "Решение отменено")  # fmt: skip
    card = until_revoked(browser, camera, scene, town)
    assert (card.look, card.word, card.code) == ("invalid", "ОТОЗВАН", "R-REV")

    phone.goto(town.account + "/statuses")
    expect(phone.locator("article .tag")).to_contain_text("Отозван")
    expect(phone.get_by_role("link", name="Показать код")).to_have_count(0)

    log_out(phone, town)
