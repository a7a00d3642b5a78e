"""The login in a real browser, by TLS: browsers have rules of their own for cookies and forms."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from served import served
from staff_login import CONFIG, application, free_port, provider

from statusqr_web.login_config import load_login
from statusqr_web.sessions import MemoryStore
from statusqr_web.tls import local_certificate, local_names

pytestmark = [pytest.mark.needs("node"), pytest.mark.needs("chromium")]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def test_in_and_out_again(tmp_path: Path) -> None:
    """The way back comes from another site, and the way out leads a form to one."""
    port, store = free_port(), MemoryStore()
    app, file = f"https://127.0.0.1:{port}", tmp_path / "login.toml"
    made = local_certificate(tmp_path, local_names([]), datetime.now(UTC))
    with provider(app) as issuer, sync_playwright() as playwright:
        file.write_text(CONFIG.format(issuer=issuer, app=app), encoding="utf-8")
        ours = application(load_login(file), store, secure=True)
        chromium = shutil.which("chromium")
        with (
            served(ours, port=port, certificate=(made.certificate, made.key)),
            playwright.chromium.launch(executable_path=chromium, args=FLAGS) as browser,
        ):
            context = browser.new_context(ignore_https_errors=True)
            page = context.new_page()
            page.goto(f"{app}/desk")
            page.get_by_role("link", name="Войти").click()
            identify(page)
            page.wait_for_url(f"{app}/desk")
            assert page.locator("h1").text_content() == "Смена 1"
            # cookies do not know ports: the provider's, on the same host, are there too
            cookie = {each["name"]: each for each in context.cookies(app)}["__Host-statusqr"]
            assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
            assert page.evaluate("document.cookie") == ""

            page.get_by_role("button", name="Выйти").click()
            page.wait_for_url(f"{issuer}/session/end?**")
            page.get_by_role("button").first.click()  # the provider asks whether there too
            page.wait_for_url(f"{app}/")
            assert '"user":null' in page.content()
            page.goto(f"{app}/auth/login")
            identify(page)  # asked for the password again


def identify(page: Page) -> None:
    page.get_by_label("Имя").fill("guard")
    page.get_by_label("Пароль").fill("test")
    page.get_by_role("button", name="Войти").click()
