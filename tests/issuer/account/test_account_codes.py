"""Codes of the account, read back by the verifier: live, for five minutes, printed."""

import base64
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import numpy
import pypdfium2
import pytest
from account_citizen import Answer, Citizen, Visit
from account_world import DAY, Town, last_day, now, on_sheet, told
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select

from statusqr_issuer.account.drawing import drawn, packed
from statusqr_issuer.account.phrases import Phrases
from statusqr_issuer.account.preview import preview
from statusqr_issuer.qr import Writer, make_symbol
from statusqr_issuer.registry import holds, printouts, statuses
from statusqr_issuer.registry.tables import metadata
from statusqr_keys.holds import PersonTarget, State
from statusqr_schema import (
    IssueRefused,
    Presentation,
    Profile,
    Snils,
    claims,
    compression,
    envelope,
    qrtext,
    wording,
)
from statusqr_verifier import Policy, Report, Verifier, read_codes
from statusqr_verifier.card import make_card
from statusqr_verifier.report import Reason, Verdict
from statusqr_verifier.words import Language
from statusqr_web.locale import Locale


def unpacked(answer: dict[str, Any]) -> numpy.ndarray[Any, Any]:
    bits = numpy.unpackbits(numpy.frombuffer(base64.b64decode(answer["modules"]), numpy.uint8))
    side = answer["side"]
    return bits[: side * side].reshape(side, side)


def picture(answer: dict[str, Any]) -> bytes:
    """The live code as the page draws it: dark on white with a quiet zone."""
    modules = numpy.pad(unpacked(answer), 4).repeat(8, 0).repeat(8, 1)
    output = io.BytesIO()
    Image.fromarray(((1 - modules) * 255).astype(numpy.uint8)).save(output, "PNG")
    return output.getvalue()


def svg_picture(html: str) -> bytes:
    """The code in a page, painted by its path."""
    found = re.search(r'viewBox="0 0 (\d+) \1".*?<path fill="#000" d="([^"]+)"', html, re.DOTALL)
    assert found is not None
    side, scale = int(found[1]), 8
    image = Image.new("L", (side * scale, side * scale), 255)
    for x, y, width in re.findall(r"M(\d+),(\d+)h(\d+)v1h-\3z", found[2]):
        left, top, right = scale * int(x), scale * int(y), scale * (int(x) + int(width))
        image.paste(0, (left, top, right, top + scale))
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def pdf_picture(pdf: bytes) -> bytes:
    output = io.BytesIO()
    page = pypdfium2.PdfDocument(pdf)[0]
    page.render(scale=200 / 72).to_pil().save(output, "PNG")
    return output.getvalue()


def check(town: Town, image: bytes, at: datetime | None = None) -> Report:
    (text,) = read_codes(image)
    return Verifier(town.trust, Policy()).verify(text, at or town.clock())


def live(citizen: Citizen, profile: str = "minimal") -> dict[str, Any]:
    answer = citizen.ask(citizen.path(f"live?profile={profile}"))
    assert answer.status == 200, answer.html
    found: dict[str, Any] = json.loads(answer.body)
    return found


@pytest.mark.parametrize("profile", Profile)
def test_a_live_code_is_valid_for_a_minute(olga: Citizen, town: Town, profile: Profile) -> None:
    image = picture(live(olga, profile.value))
    report = check(town, image)
    assert report.verdict is Verdict.VALID
    assert report.record is not None
    assert (report.record.authority is None) is (profile is Profile.MINIMAL)
    late = check(town, image, town.clock() + timedelta(minutes=2, seconds=5))
    assert late.headline is not None
    assert late.headline.reason is Reason.LIVE_CODE_EXPIRED


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("language", Language)
def test_the_preview_is_what_the_checker_sees(
    olga: Citizen, town: Town, profile: Profile, language: Language
) -> None:
    report = check(town, picture(live(olga, profile.value)))
    card = make_card(report, language)
    with town.registry.reading() as view:
        (held,) = statuses.of_person(view, town.person("R01"))
    seen = preview(held.record, profile, town.clock(), Phrases.of(Locale(language.value)))
    assert (seen.word, seen.status, seen.name, seen.term) == (card.word, *card.person)
    supplied = dict(card.facts).get("Сведения на" if language is Language.RU else "Data as of", "")
    assert seen.supplied.endswith(supplied)
    assert bool(seen.supplied) is bool(supplied)
    page = olga.get(olga.path(f"show?profile={profile.value}&lang={language.value}"))
    for line in (card.word, *card.person):
        assert " ".join(line.split()) in page.text


LONG_AGO = {"data_as_of": (now() - 100 * DAY).isoformat()}
NOTED = {
    "R22": {},  # its measures are over
    "R20": LONG_AGO,  # no end stated
    "R21": LONG_AGO,
}


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", NOTED)
def test_the_preview_notes_what_the_checker_is_told(
    town: Town, visit: Visit, name: str, profile: Profile, language: Language
) -> None:
    town.have(name, {**told(name), **NOTED[name]})
    town.agree(name)
    citizen = visit(name)
    card = make_card(check(town, picture(live(citizen, profile.value))), language)
    with town.registry.reading() as view:
        (held,) = statuses.of_person(view, town.person(name))
    seen = preview(held.record, profile, town.clock(), Phrases.of(Locale(language.value)))
    plain = [
        tuple(" ".join(line.split()) for line in lines) for lines in (seen.notices, card.notices)
    ]
    assert plain[0] == plain[1]
    page = citizen.get(citizen.path(f"show?profile={profile.value}&lang={language.value}"))
    assert all(" ".join(notice.split()) in page.text for notice in card.notices)


def test_the_preview_keeps_silent_about_nothing(olga: Citizen, town: Town) -> None:
    record = check(town, picture(live(olga, "full"))).record
    assert record is not None
    assert isinstance(record.holder.snils, Snils)
    said = olga.get(olga.path("show?profile=full")).text
    also = (
        "имя и отчество полностью; ваш СНИЛС полностью; члены семьи: имена, кем приходятся, "
        "последние цифры СНИЛС; номер удостоверения; кто и на каком основании принял решение"
    )
    told_of = re.search(r"любая программа для таких кодов: (.*?)\. ", said)
    assert told_of is not None
    assert told_of[1] == also
    short = check(town, picture(live(olga))).record
    assert short is not None
    assert (short.holder.snils, short.family_members, short.certificate_number) == (None, (), None)
    assert short.holder.patronymic == "Сергеевна"
    said = olga.get(olga.path("show")).text
    assert "имя и отчество полностью. СНИЛС и состав семьи в этом коде не передаются" in said


def test_the_code_for_five_minutes(olga: Citizen, town: Town) -> None:
    path = olga.path("screen")
    assert "Код больше не действует" in olga.get(path).text
    begun = olga.post(path, profile="full")
    assert (begun.status, begun.headers["location"]) == (303, path)
    pressed = town.clock()
    ends = []
    for ahead in (0, 100, 200):
        town.clock.ahead = timedelta(seconds=ahead)
        page = olga.get(path)
        report = check(town, svg_picture(page.html))
        assert report.verdict is Verdict.VALID
        ends.append(re.search(r"Код действует до (\d\d:\d\d:\d\d) \(МСК\)", page.text)[1])  # type: ignore[index]
        late = check(town, svg_picture(page.html), pressed + timedelta(seconds=300 + 65))
        assert late.headline is not None
        assert late.headline.reason is Reason.LIVE_CODE_EXPIRED
    assert len(set(ends)) == 1  # loading it again makes no time
    town.clock.ahead = timedelta(seconds=305)
    over = olga.get(path)
    assert "Код больше не действует" in over.text
    assert "<path" not in over.html


def test_the_code_for_five_minutes_is_of_one_status(town: Town, visit: Visit) -> None:
    town.have("R08")
    town.have("R24", told("R24", holder=told("R08")["holder"]))
    town.agree("R08")
    citizen = visit("R08")
    citizen.post(citizen.path("screen"), profile="minimal")
    assert "<path" in citizen.get(citizen.path("screen")).html
    assert "<path" not in citizen.get(citizen.path("screen", "R24")).html


def test_nothing_about_showing_is_kept(olga: Citizen, town: Town) -> None:
    def rows() -> list[int]:
        with town.registry.reading() as view:
            counts = [select(func.count()).select_from(t) for t in metadata.sorted_tables]
            return [view.connection.scalar(count) or 0 for count in counts]

    before = rows()
    live(olga)
    olga.post(olga.path("screen"), profile="full")
    olga.get(olga.path("screen"))
    assert rows() == before


def test_a_session_holds_no_code_and_no_snils(olga: Citizen, town: Town) -> None:
    olga.post(olga.path("screen"), profile="full")
    olga.get(olga.path("screen"))
    (kept,) = town.sessions._pools[True].values()
    assert "99789513728" not in re.sub(r"[^0-9]", "", kept.data)
    assert len(kept.data) < 400


CASES = {
    "later": (told("R01", begins=5), "Статус ещё не действует"),
    "past": (told("R02", begins=-300, ends=-1), "Статус закончился"),
    "ended": (
        told("R01", revoked={"effective_on": "2026-06-30", "reason": "Ошибка"}),
        "Статус закончился",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_stand_gives_no_code(town: Town, visit: Visit, case: str) -> None:
    value, words = CASES[case]
    name = value["id"]
    town.have(name, value)
    town.agree(name)
    citizen = visit(name)
    refused(citizen, words)
    shown = citizen.get("/statuses")
    assert shown.status == 200
    assert "Показать код" not in shown.text


@pytest.mark.parametrize("state", [State.SUSPENDED, State.INVALID])
def test_under_a_hold_there_is_no_code(olga: Citizen, town: Town, state: State) -> None:
    target = PersonTarget(Snils.parse(told("R01")["holder"]["snils"]))
    with town.registry.writing("anna", town.clock()) as work:
        holds.change(work, target, state, "Проверка")
    words = {State.SUSPENDED: "приостановлен", State.INVALID: "отозван"}[state]
    refused(olga, f"Статус {words}")
    shown = olga.get("/statuses").text
    assert words.capitalize() in shown
    assert "Причина, которую указал орган: Проверка" in shown
    assert "Причину объяснит" not in shown


def refused(citizen: Citizen, words: str) -> None:
    answer = citizen.ask(citizen.path("live"))
    told = json.loads(answer.body)
    assert (answer.status, told["code"], told["title"]) == (409, "NO_CODE", words)
    for path in ("screen", "pdf"):
        page = citizen.post(citizen.path(path), profile="minimal")
        assert page.status == 409
        assert words in page.text
    for path in ("show", "screen", "pdf"):
        assert words in citizen.get(citizen.path(path)).text


def test_without_a_key_the_words_are_for_a_citizen(olga: Citizen, town: Town) -> None:
    for stored in town.office.desk._ring.all_keys():
        town.office.desk._ring._store.retire(stored.kid, town.clock())
    town.clock.ahead = timedelta(minutes=1)
    answer = olga.ask(olga.path("live"))
    told = json.loads(answer.body)
    assert (answer.status, told["title"]) == (409, "Код сейчас не получить")
    assert "ключ" not in answer.html


# printed


def download(citizen: Citizen, profile: str = "full") -> Answer:
    answer = citizen.post(citizen.path("pdf"), profile=profile)
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return answer


@pytest.mark.parametrize("profile", Profile)
def test_the_pdf_is_valid_and_known(olga: Citizen, town: Town, profile: Profile) -> None:
    answer = download(olga, profile.value)
    report = check(town, pdf_picture(answer.body))
    assert report.verdict is Verdict.VALID
    with town.registry.reading() as view:
        (printout,) = printouts.of_person(view, town.person("R01"))
    assert printout.profile is profile
    assert printout.state is State.VALID
    name = answer.headers["content-disposition"]
    assert re.fullmatch(r'attachment; filename="status-20\d\d-\d\d-\d\d-[0-9a-f]{6}\.pdf"', name)


# for a year; to the end of the status where a day begins nine hours before Moscow's
PRINTED = {"R01": {}, "R06": {"begins": -10, "ends": 100}}


@pytest.mark.parametrize("name", PRINTED)
def test_the_list_says_what_the_sheet_says(town: Town, visit: Visit, name: str) -> None:
    town.have(name, told(name, **PRINTED[name]))
    town.agree(name)
    citizen = visit(name)
    pdf = download(citizen).body
    sheet = on_sheet(pdf)
    listed = citizen.get("/printouts").text
    made = re.search(r"Сформировано (\S+ \S+ \(МСК\))", sheet)
    assert made is not None
    assert f"Сформировано {made[1]}" in listed
    number = re.search(r"Код (№ \d+-\d+)\.", sheet)
    assert number is not None
    assert f"Номер кода {number[1]}" in listed.replace("\u00a0", " ")
    day = " ".join(wording.long_date(last_day(pdf)).split())
    assert f"Срок Код действителен по {day} включительно" in listed


def test_a_lost_sheet_is_revoked(olga: Citizen, town: Town) -> None:
    download(olga)
    (path,) = re.findall(r'href="(/printouts/[0-9a-f-]{36}/revoke)"', olga.get("/printouts").html)
    asked = olga.get(path).text
    assert "в течение часа" in asked
    done = olga.post(path)
    assert (done.status, done.headers["location"]) == (303, "/printouts")
    listed = olga.get("/printouts").text
    assert "Код отозван." in listed
    assert "Отозвать этот код" not in listed
    assert "Причина Отозван владельцем в личном кабинете" in listed
    assert olga.post(path).status == 303  # twice is once
    assert "уже не действует" in olga.get(path).text
    with town.registry.reading() as view:
        (printout,) = printouts.of_person(view, town.person("R01"))
        states = holds.states(view, printout.issuer_id, printout.reference.list_number)
    assert states == {printout.reference.index: State.INVALID}
    assert check(town, pdf_picture(download(olga).body)).verdict is Verdict.VALID  # a new one


def test_many_sheets_at_once_are_each_their_own(olga: Citizen, town: Town) -> None:
    with ThreadPoolExecutor(6) as pool:
        sheets = list(pool.map(lambda _: download(olga, "minimal").body, range(12)))
    texts = {text for sheet in sheets for text in read_codes(pdf_picture(sheet))}
    assert len(texts) == 12
    with town.registry.reading() as view:
        printed = printouts.of_person(view, town.person("R01"))
    assert len({printout.reference for printout in printed}) == 12


def test_where_signing_fails_no_row_stays(
    olga: Citizen, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise IssueRefused("слишком велик", code="TOO_LARGE")

    monkeypatch.setattr(type(town.office.desk), "sign", fail)
    answer = olga.post(olga.path("pdf"), profile="full")
    assert answer.status == 409
    assert "Выберите сокращённый код" in answer.text
    with town.registry.reading() as view:
        assert printouts.of_person(view, town.person("R01")) == []


# drawing


@given(st.integers(min_value=10**99, max_value=10**700))
def test_packed_and_drawn_are_the_same_symbol(number: int) -> None:
    text = str(number)
    small = packed(text)
    modules = unpacked({"side": small.side, "modules": small.modules})
    assert len(modules) % 4 == 1
    shown = drawn(text)
    symbol = make_symbol(text, Writer.ZXING)
    assert (shown.side, shown.path) == (len(symbol.rows) + 8, symbol.path)
    assert len(symbol.rows) == small.side  # the level rises only where the version stays
    assert read_codes(picture({"side": small.side, "modules": small.modules})) == [text]


def test_a_live_code_says_what_it_is(olga: Citizen) -> None:
    (text,) = read_codes(picture(live(olga)))
    payload = envelope.parse(qrtext.decode(text)).payload
    content = claims.decode(compression.decompress(payload))
    assert content.presentation is Presentation.LIVE
    assert (content.status, content.expires_at - content.issued_at) == (None, 60)
