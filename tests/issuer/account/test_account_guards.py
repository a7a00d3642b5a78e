"""What keeps the account shut: owners, forms, limits, caches, logs, errors as pages."""

import json
import logging
import re
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from account_citizen import PAGE, SCRIPT, Citizen, Visit
from account_world import COOKIE, NAMES, Town, found, make_keys, serving_account, told
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from statusqr_issuer.pdf import render_pdf
from statusqr_issuer.registry import Registry, consents, messages, printouts, statuses
from statusqr_issuer.registry.database import Database
from statusqr_schema import RegistryProblem

OPEN = {
    "/",
    "/consent/text",
    "/health",
    "/manifest.webmanifest",
    "/offline",
    "/sw.js",
}  # to be seen by anybody


def routes(town: Town) -> Iterator[tuple[str, str]]:
    """Every method and path of the application itself."""
    found = {
        (method, route.path)
        for route in walk(town.app.routes)
        for method in route.methods or ()
        if not route.path.startswith("/auth/")
    }
    assert len(found) > 20
    yield from sorted(found)


def walk(found: Iterable[object]) -> Iterator[APIRoute]:
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        else:  # a router that was included keeps its own routes
            router = getattr(route, "original_router", None)
            yield from walk(router.routes if router else ())


@pytest.fixture
def stranger(town: Town, visit: Visit) -> Citizen:
    """Another citizen with a consent, a status and a printed code."""
    town.have("R08")
    town.agree("R08")
    citizen = visit("R08")
    citizen.post(citizen.path("pdf"), profile="minimal")
    return citizen


def printed_by(town: Town, name: str) -> str:
    with town.registry.reading() as view:
        return str(printouts.of_person(view, town.person(name))[0].id)


def test_what_is_anothers_is_not_there(
    olga: Citizen, stranger: Citizen, town: Town, visit: Visit
) -> None:
    """Another's id, a random one and none at all get the same answer, to the byte."""
    paths = [path for _, path in routes(town) if "{" in path]
    assert len(set(paths)) == 6
    others = {"status_id": str(town.ids["R08"]), "printout_id": printed_by(town, "R08")}
    for method, path in routes(town):
        if "{" not in path:
            continue
        (name,) = re.findall(r"{(\w+)}", path)
        answers = []
        strange = [others[name], str(uuid4()), "1", "x" * 200, "%00", others[name].upper()]
        for wrong in (*strange, str(town.ids["R01"])[:-1], f"{{{town.ids['R01']}}}"):
            where = path.replace(f"{{{name}}}", wrong)
            again = visit("R01")  # no allowance is used up
            answer = again.get(where) if method == "GET" else again.post(where, profile="full")
            answers.append((answer.status, answer.body))
        assert {status for status, _ in answers} == {404}, (method, path)
        assert len(set(answers)) == 1, (method, path)
    with town.registry.reading() as view:
        (printout,) = printouts.of_person(view, town.person("R08"))
        assert printout.own.name == "VALID"


def test_each_has_their_own(olga: Citizen, stranger: Citizen) -> None:
    for citizen, mine, other in (
        (olga, "Лебедева", "Фёдоров"),
        (stranger, "Фёдоров", "Лебедева"),
    ):
        for text in (citizen.get("/statuses").html, citizen.post("/my-data.json").html):
            assert mine in text
            assert other not in text


def test_messages_are_read_by_their_owner_only(
    olga: Citizen, stranger: Citizen, town: Town
) -> None:
    changed = told("R01")
    changed["status"]["authority"] = "Вымышленный отдел"
    town.load(changed)
    stranger.post("/messages/read", told_by=str(2**39))
    with town.registry.reading() as view:
        (message,) = messages.of_person(view, town.person("R01"))
    assert message.read_at is None


def test_every_form_needs_its_token(olga: Citizen, stranger: Citizen, town: Town) -> None:
    """A missing token, a wrong one, and that of another session: nothing happens, in any route."""
    olga.post(olga.path("pdf"), profile="full")
    ids = {"status_id": str(town.ids["R01"]), "printout_id": printed_by(town, "R01")}
    posts = [path for method, path in routes(town) if method == "POST"]
    assert len(posts) >= 8
    before = state(town)
    for path in posts:
        where = re.sub(r"{(\w+)}", lambda found: ids[found[1]], path)
        for token in ("", "x" * 43, town.csrf(stranger.cookie)):
            fields = {"profile": "full", "agree": "yes", "version": "1", "told_by": str(2**39)}
            form = olga.post(where, csrf=token, also="yes", **fields)
            script = olga.ask(where, csrf=token)
            for answer in (form, script):
                assert answer.status == 403, (where, answer.text)
            assert json.loads(script.body)["code"] == "FORGED"
    assert state(town) == before


def test_another_site_is_refused(olga: Citizen, town: Town) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": town.csrf(olga.cookie)}
    answer = olga.client.post(olga.path("live"), headers=headers)
    assert answer.status_code == 403


def state(town: Town) -> object:
    with town.registry.reading() as view:
        person = town.person("R01")
        return (
            consents.history(view, person),
            printouts.of_person(view, person),
            messages.of_person(view, person),
        )


def test_without_a_login_there_is_nothing(town: Town, olga: Citizen) -> None:
    visitor = TestClient(town.app, "http://localhost", follow_redirects=False)
    for method, path in routes(town):
        where = re.sub(r"{\w+}", str(town.ids["R01"]), path)
        answer = visitor.request(method, where, headers=PAGE)
        if path in OPEN:
            assert answer.status_code == 200, path
            assert "Лебедева" not in answer.text
        elif method == "GET":
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/?next=%2F")
        else:
            assert answer.status_code in (401, 403), path
    visitor.close()


def test_after_the_login_the_way_leads_back(town: Town) -> None:
    visitor = TestClient(town.app, "http://localhost", follow_redirects=False)
    page = visitor.get("/?next=%2Fstatuses%2Fabc%2Fshow", headers=PAGE)
    assert 'href="/auth/login?next=/statuses/abc/show"' in page.text
    assert "Вы вышли из кабинета" in page.text
    evil = visitor.get("/?next=https%3A%2F%2Fexample.org", headers=PAGE)
    assert 'href="/auth/login?next=/statuses"' in evil.text
    assert "example.org" not in evil.text
    visitor.close()


def test_nothing_personal_is_kept_by_browsers_or_proxies(olga: Citizen) -> None:
    olga.post(olga.path("screen"), profile="full")
    for path in ("/statuses", "/printouts", "/consent", "/consent.txt"):
        assert olga.get(path).headers["cache-control"] == "no-store", path
    for page in ("show", "screen", "pdf", "mistake"):
        assert olga.get(olga.path(page)).headers["cache-control"] == "no-store", page
    assert olga.ask(olga.path("live")).headers["cache-control"] == "no-store"
    pdf = olga.post(olga.path("pdf"), profile="full")
    assert pdf.headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_within(olga: Citizen) -> None:
    olga.post(olga.path("screen"), profile="full")
    paths = ["/statuses", "/printouts", "/consent", "/consent/withdraw", "/offline", "/nowhere"]
    for path in (*paths, *map(olga.path, ("show", "screen", "pdf", "mistake"))):
        html = olga.get(path).html
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:", html)
        assert "http" not in re.sub(r'xmlns="[^"]*"', "", html)  # nothing from elsewhere


def test_live_codes_are_limited(olga: Citizen) -> None:
    answers = [olga.ask(olga.path("live")) for _ in range(7)]
    assert [answer.status for answer in answers] == [200] * 6 + [429]
    told = json.loads(answers[-1].body)
    assert told["title"] == "Слишком часто"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 10
    assert olga.get("/statuses").status == 200  # the rest goes on


def test_sheets_are_limited_and_the_answer_is_a_page(olga: Citizen, stranger: Citizen) -> None:
    answers = [olga.get(olga.path("pdf")) for _ in range(21)]
    assert [answer.status for answer in answers] == [200] * 20 + [429]
    assert "<h1>Слишком часто</h1>" in answers[-1].html
    assert stranger.get(stranger.path("pdf")).status == 200  # a person at a time


def test_codes_for_five_minutes_are_limited(olga: Citizen, stranger: Citizen) -> None:
    answers = [olga.post(olga.path("screen"), profile="full") for _ in range(21)]
    assert [answer.status for answer in answers] == [303] * 20 + [429]
    assert "<h1>Слишком часто</h1>" in answers[-1].html
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert olga.ask(olga.path("live")).status == 200  # the rest goes on
    assert stranger.post(stranger.path("screen"), profile="full").status == 303


def test_logins_are_limited(town: Town) -> None:
    """By address, at which a whole mobile network may be: so there is room for many."""
    with TestClient(town.app, "http://localhost", follow_redirects=False) as visitor:
        ways = ("/auth/login", "/auth/callback") * 150
        begun = {visitor.get(way, headers=PAGE).status_code for way in ways}
        assert begun == {404}  # this account has no login; they are counted all the same
        late = visitor.get("/auth/login", headers=PAGE)
        assert late.status_code == 429
        assert "<h1>Слишком часто</h1>" in late.text
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert visitor.get("/", headers=PAGE).status_code == 200


def test_a_new_login_brings_no_new_allowance(olga: Citizen, town: Town, visit: Visit) -> None:
    """The sessions of one person count together, however many they sign in to."""
    again = visit("R01")
    pool = town.sessions._pools[True]
    first, second = pool
    user = json.loads(pool[first].data)["user"]
    pool[second] = replace(
        pool[second], data=json.dumps({**json.loads(pool[second].data), "user": user})
    )
    answers = [(olga, again)[n % 2].ask(olga.path("live")) for n in range(8)]
    assert [answer.status for answer in answers] == [200] * 6 + [429] * 2


def test_the_last_end_of_a_session_is_more_than_20_hours_away(olga: Citizen, town: Town) -> None:
    """WCAG 2.2, 2.2.1: an end that cannot be put off; whoever is there may stay until then."""
    pool = town.sessions._pools[True]
    for hours, status in ((19.9, 200), (24.1, 303)):
        for digest, kept in list(pool.items()):
            pool[digest] = replace(kept, created=time() - hours * 3600, used=time() - 60)
        assert olga.get("/statuses").status == status, hours


def test_signed_in_already_the_way_leads_on(olga: Citizen) -> None:
    assert olga.get("/?next=%2Fprintouts").headers["location"] == "/printouts"
    for evil in ("https://example.org", "//example.org", "/\\example.org", ""):
        assert olga.get(f"/?next={quote(evil, safe='')}").headers["location"] == "/statuses"


def test_a_stale_form_is_told_what_to_do(olga: Citizen) -> None:
    page = olga.post("/consent/withdraw", csrf="of a session before")
    assert page.status == 403
    assert "Страница устарела" in page.text
    assert "ничего не изменено" in page.text


def test_the_demonstration_is_marked_on_every_page(registry: Registry, store: Path) -> None:
    make_keys(store)
    town = found(registry, store, demo=True)
    with TestClient(town.app, "http://localhost", follow_redirects=False) as visitor:
        paths = ("/", "/offline", "/consent/text", "/nowhere", "/auth/callback")
        answers = [visitor.get(path, headers=PAGE) for path in paths]
        answers.append(visitor.get("/", headers={**PAGE, "Host": "evil.example"}))
        answers.append(visitor.post("/consent", content=b"x" * 9000, headers=PAGE))
        answers.append(visitor.post("/consent", headers={**PAGE, "Sec-Fetch-Site": "cross-site"}))
        assert [a.status_code for a in answers] == [200, 200, 200, 404, 404, 421, 413, 403]
    for answer in answers:
        assert "Демонстрация: вход без пароля" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_registry_that_has_gone_is_said_so(olga: Citizen, town: Town, tmp_path: Path) -> None:
    database = town.registry.database
    if not database.sqlite:
        with postgres_away(town):
            gone(olga)
    else:
        place = Path(str(database.engine.url.database))
        database.close()  # the connections that were open would still read the file
        place.rename(tmp_path / "away")
        gone(olga)
        (tmp_path / "away").rename(place)
    database.close()
    assert olga.get("/statuses").status == 200


@contextmanager
def postgres_away(town: Town) -> Iterator[None]:
    """Its connections fail as those to a server that is not there."""
    database = town.registry.database
    engine, reader = database.engine, database.reader
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    database.engine, database.reader = nowhere.engine, nowhere.reader
    yield
    nowhere.close()
    database.engine, database.reader = engine, reader


def gone(citizen: Citizen) -> None:
    """Pages, codes and sheets say that it is not their fault; nothing of the inside is seen."""
    answers = [citizen.get("/statuses"), citizen.ask(citizen.path("live"))]
    answers.append(citizen.post(citizen.path("pdf"), profile="full"))
    for answer in answers:
        assert answer.status == 503
        assert "Кабинет сейчас не отвечает" in answer.html
        assert "REGISTRY_DOWN" in answer.html
        for inside in ("Traceback", "sqlite", "psycopg", ".py", "nobody"):
            assert inside not in answer.html


def test_slow_sheets_keep_nobody_waiting(
    olga: Citizen, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """50 wait for a sheet, more than there are threads; other pages answer all the same."""
    compiler, begun = threading.Event(), threading.Event()

    def slow(*parts: Any) -> bytes:
        begun.set()
        assert compiler.wait(60)
        return render_pdf(*parts)

    monkeypatch.setattr("statusqr_issuer.account.printing.render_pdf", slow)
    cookies = [town.sign_in("R01") for _ in range(50)]
    path = olga.path("pdf")
    with serving_account(town) as url, ThreadPoolExecutor(50) as pool:

        def print_it(cookie: str) -> int:
            form = {"csrf_token": town.csrf(cookie), "profile": "minimal"}
            return httpx.post(
                url + path, data=form, cookies={COOKIE: cookie}, timeout=120
            ).status_code

        sheets = [pool.submit(print_it, cookie) for cookie in cookies]
        assert begun.wait(60)
        while printed(town) < 50:  # all have their rows and wait for the compiler
            assert not any(sheet.done() for sheet in sheets)
        shown = httpx.get(url + "/statuses", cookies={COOKIE: olga.cookie}, timeout=30)
        assert shown.status_code == 200
        assert "Многодетная семья" in shown.text
        compiler.set()
        assert {sheet.result() for sheet in sheets} == {200}


def printed(town: Town) -> int:
    with town.registry.reading() as view:
        return len(printouts.of_person(view, town.person("R01")))


def test_errors_are_pages_for_people_and_problems_for_scripts(olga: Citizen) -> None:
    page = olga.get("/nowhere")
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Здесь ничего нет" in page.text
    assert "Content-Security-Policy".lower() in page.headers
    english = olga.get("/nowhere?lang=en")
    assert "There is nothing here" in english.text
    script = olga.client.get("/nowhere", headers=SCRIPT)
    assert script.headers["content-type"] == "application/problem+json"
    assert script.json()["title"] == "Здесь ничего нет"
    assert olga.post("/statuses").status == 405
    assert olga.get("/consent/text?lang=xx").status == 200
    assert olga.post(olga.path("pdf"), profile="everything").status == 422
    assert olga.get(olga.path("show?profile=everything")).status == 422


def test_a_registry_that_fails_is_said_so(
    olga: Citizen, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RegistryProblem("реестр не читается", code="REGISTRY_DOWN")

    monkeypatch.setattr(statuses, "of_person", fail)
    page = olga.get("/statuses")
    assert page.status == 503
    assert "Кабинет сейчас не отвечает" in page.text
    assert "REGISTRY_DOWN" in page.text
    assert "REGISTRY_DOWN: реестр не читается" in caplog.text


def test_an_error_that_nobody_foresaw_tells_nothing(
    town: Town, olga: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Лебедева")

    monkeypatch.setattr(statuses, "of_person", fail)
    client = TestClient(town.app, "http://localhost", raise_server_exceptions=False)
    client.cookies.set(COOKIE, olga.cookie, domain="localhost.local")
    page = client.get("/statuses", headers=PAGE)
    assert page.status_code == 500
    assert "Ошибка программы" in page.text
    assert "Лебедева" not in page.text
    client.close()


def test_logs_know_nobody(
    olga: Citizen, town: Town, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    olga.post(olga.path("screen"), profile="full")
    olga.post("/my-data.json")
    for path in ("/statuses", "/consent", olga.path("show"), olga.path("screen")):
        olga.get(path)
    olga.ask(olga.path("live"))
    olga.post(olga.path("pdf"), profile="full")
    town.disagree("R01")
    olga.get("/statuses")
    written = "".join((caplog.text, *capfd.readouterr()))
    for secret in ("Лебедев", "Ольга", "997-895-137", "99789513728", olga.cookie, NAMES["R01"]):
        assert secret not in written


def test_reprs_know_nobody(olga: Citizen, town: Town) -> None:
    from statusqr_issuer.account.phrases import Phrases
    from statusqr_issuer.account.preview import preview
    from statusqr_issuer.account.status_card import status_card
    from statusqr_schema import Profile
    from statusqr_web.locale import Locale

    with town.registry.reading() as view:
        (held,) = statuses.of_person(view, town.person("R01"))
    say = Phrases.of(Locale.RU)
    shown = repr(
        (
            held,
            status_card(held, town.clock(), say),
            preview(held.record, Profile.FULL, town.clock(), say),
        )
    )
    assert "Лебедев" not in shown
    assert "137" not in shown


def test_a_session_that_has_run_out_asks_to_sign_in(olga: Citizen, town: Town) -> None:
    town.sessions._pools[True].clear()
    led = olga.get(olga.path("show"))
    assert led.status == 303
    assert led.headers["location"] == f"/?next=%2Fstatuses%2F{town.ids['R01']}%2Fshow"
    live = olga.client.post(olga.path("live"), headers=SCRIPT)
    assert (live.status_code, live.json()["code"]) == (401, "NO_LOGIN")


def test_a_code_that_renews_itself_keeps_no_session_alive(olga: Citizen, town: Town) -> None:
    """A page that lies open is nobody who is there: the session ends as if it were closed."""
    town.unused_for(1000)
    before = seconds_left(olga)
    assert before <= 800
    assert olga.ask(olga.path("live")).status == 200
    assert seconds_left(olga) <= before
    assert olga.get("/statuses").status == 200  # pressed by a person
    assert seconds_left(olga) > 1700


def seconds_left(citizen: Citizen) -> int:
    answer = citizen.client.get("/session", headers=SCRIPT)
    assert answer.status_code == 200
    return int(answer.json()["seconds"])


def test_the_page_knows_how_long_the_session_lasts(olga: Citizen) -> None:
    found = re.search(r'data-left="(\d+)"', olga.get("/statuses").html)
    assert found is not None
    assert timedelta(minutes=29).total_seconds() <= int(found[1]) <= 1800
