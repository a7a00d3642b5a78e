"""WCAG 2.2 AA on the states that are met seldom: holds, ends, refusals. By axe, as everywhere."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from account_pages import NEAR, Street, Tab, Tabs, glance, judge
from account_world import serving_account, told
from playwright.sync_api import Browser, expect
from staff_login import free_port

from statusqr_issuer.account.app import Door, create_app
from statusqr_issuer.account.citizens import citizens
from statusqr_issuer.account.demo_people import read_people
from statusqr_issuer.account.demo_provider import DemoProvider
from statusqr_issuer.registry import consents, holds, statuses
from statusqr_keys.holds import PersonTarget, State
from statusqr_schema import RegistryProblem, Snils
from statusqr_web.login_config import CitizenRule
from statusqr_web.reaching import Reach
from statusqr_web.relying_party import RelyingParty

pytestmark = [pytest.mark.needs("chromium")]
RECORDS = Path(__file__).parents[4] / "examples" / "records.json"


def hold(street: Street, name: str, state: State) -> None:
    """The authority has said so of all codes of this person."""
    target = PersonTarget(Snils.parse(told(name)["holder"]["snils"]))
    with street.town.registry.writing("anna", street.town.clock()) as work:
        holds.change(work, target, state, "Проверка основания")


def with_a_sheet(street: Street, tabs: Tabs, name: str) -> Tab:
    """A tab of somebody who has printed a code."""
    street.lives(name)
    tab = tabs.open(name, "/statuses/{id}/pdf")
    with tab.page.expect_download():
        tab.page.click("main form button")
    return tab


def test_a_code_that_cannot_be_renewed(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    tab.excused += ["ERR_INTERNET_DISCONNECTED", "403"]
    tab.page.clock.install()
    tab.go(f"/statuses/{tab.town.ids['R01']}/show")
    tab.state("shown")
    tab.context.set_offline(True)
    tab.page.clock.run_for(61_000)
    tab.state("trouble")
    expect(tab.page.locator("#live")).to_be_hidden()  # it was good for a minute
    glance(tab.page)
    street.town.disagree("R01")
    tab.context.set_offline(False)  # it asks by itself
    tab.state("stopped")
    expect(tab.page.locator("[data-way]")).to_be_visible()
    glance(tab.page)


def test_before_and_after_the_session_ends(street: Street, tabs: Tabs) -> None:
    street.lives("R01")
    tab = tabs.open("R01", "/offline")
    tab.excused += ["401"]
    tab.page.clock.install()
    tab.go("/statuses")
    banner = tab.page.locator("#leaving")
    tab.town.unused_for(NEAR)
    tab.page.clock.run_for(NEAR * 1000)
    expect(banner).to_be_visible()
    judge(tab.page)
    tab.town.sessions._pools[True].clear()
    tab.page.click("[data-stay]")
    expect(banner.locator("a")).to_be_visible()
    expect(tab.page.locator("main")).to_be_hidden()
    glance(tab.page, headings=0)


def test_sheets_that_end_or_do_not_hold(street: Street, tabs: Tabs) -> None:
    """The reminder; then a hold, on the list of statuses and on that of sheets; then its end."""
    tab = with_a_sheet(street, tabs, "R10")
    street.town.clock.ahead = timedelta(days=340)
    try:
        tab.go("/statuses")
    finally:
        street.town.clock.ahead = timedelta()
    expect(tab.page.locator("main > .warning")).to_contain_text("Напечатанный код статуса")
    glance(tab.page)
    hold(street, "R10", State.SUSPENDED)
    tab.go("/statuses")
    expect(tab.page.locator("article .tag")).to_have_text("Приостановлен")
    glance(tab.page)
    tab.go("/printouts")
    expect(tab.page.locator("article .tag")).to_have_text("Приостановлен")
    glance(tab.page)
    tab.page.click("a[href$='/revoke']")
    asked = tab.page.url
    tab.page.click("main form button")
    expect(tab.page.locator("[role=status]")).to_be_visible()
    tab.page.goto(asked)
    expect(tab.page.locator("main .warning")).to_be_visible()
    glance(tab.page)


def test_a_status_that_is_revoked(street: Street, tabs: Tabs) -> None:
    tab = with_a_sheet(street, tabs, "R17")
    hold(street, "R17", State.INVALID)
    for path in ("/statuses", "/printouts"):
        tab.go(path)
        expect(tab.page.locator("article .tag")).to_have_text("Отозван")
        glance(tab.page)


def test_a_text_of_the_consent_that_has_changed(street: Street, tabs: Tabs) -> None:
    street.town.have("R11", told("R11"))
    with street.town.registry.writing("holder", street.town.clock()) as work:
        consents.give(work, street.town.person("R11"), "0", "Прежний текст")
    tab = tabs.open("R11", "/consent")
    expect(tab.page.locator("main > .warning")).to_contain_text("Текст согласия изменился")
    glance(tab.page)


@pytest.fixture
def demonstration(street: Street, chromium: Browser) -> Iterator[Tabs]:
    """The same registry behind a login that asks for no password."""
    port = free_port()
    here = Reach(host="127.0.0.1", port=port)
    demo = DemoProvider(f"http://127.0.0.1:{port}", read_people(RECORDS), here)
    admit = citizens(CitizenRule(), street.town.registry.finder.person)
    office = replace(street.town.office, demo=True)
    app = create_app(office, Door(party=RelyingParty(demo.provider), admit=admit), more=demo.router)
    town = replace(street.town, office=office, app=app)
    with serving_account(town, port):
        tabs = Tabs(chromium, Street(town))
        yield tabs
        tabs.close()


def test_the_demonstration_and_who_is_not_let_in(demonstration: Tabs) -> None:
    tab = demonstration.open(None, "/auth/login")
    tab.excused += ["403", "401", "400"]
    expect(tab.page.locator(".people a").first).to_be_visible()
    judge(tab.page)
    for whom in ("a[href$='person=demo-unconfirmed']", "main > p > a[href*='/demo/choose']"):
        tab.go("/auth/login")
        tab.page.click(whom)
        expect(tab.page.locator(".error[role=alert]")).to_be_visible()
        glance(tab.page)


def test_what_is_refused(street: Street, tabs: Tabs, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = {"effective_on": "2026-06-30", "reason": "Ошибка"}
    street.lives("R09", told("R09", revoked=ended))
    tab = tabs.open("R09", "/statuses")
    tab.excused += ["409", "429", "503"]

    def shows(path: str, status: int) -> None:
        answer = tab.page.goto(tab.town.url + path)
        assert answer is not None
        assert answer.status == status
        glance(tab.page)

    shows(f"/statuses/{tab.town.ids['R09']}/show", 409)
    for _ in range(20):
        tab.context.request.get(f"{tab.town.url}/statuses/none/pdf")
    shows("/statuses/none/pdf", 429)

    def fail(*_: object) -> None:
        raise RegistryProblem("реестр не читается", code="REGISTRY_DOWN")

    monkeypatch.setattr(statuses, "of_person", fail)
    shows("/statuses", 503)
