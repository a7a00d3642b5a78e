"""Shifts and what is counted in them: numbers only, and a table that is safe to open."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from checkpoints import Scanner, open_station, problem
from world import NOON, world

from statusqr_verifier import Finding, Notice, NoticeKind, Reason, Report, Verifier
from statusqr_verifier.checkpoint.history import History, word
from statusqr_verifier.checkpoint.place import Place
from statusqr_verifier.checkpoint.shifts import LONGEST, Shifts
from statusqr_verifier.words import Language

MINUTE = timedelta(minutes=1)
BEGAN = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)  # half past midnight of the 22nd in Moscow


def found(*reasons: Reason) -> Report:
    return Report(checked_at=NOON, findings=tuple(map(Finding, reasons)))


def valid(*notices: Notice) -> Report:
    good = Verifier(world().trust).check(world().print_key.issue().text, NOON)
    return Report(checked_at=NOON, notices=notices, record=good.record, signer=good.signer)


def full() -> History:
    history = History()
    for report in (
        *(valid(),) * 3,
        valid(Notice(NoticeKind.NOT_FOR_THIS_PLACE, category="large_family")),
        found(Reason.STATUS_ENDED),
        *(found(Reason.BAD_SIGNATURE),) * 2,
        found(Reason.MALFORMED),
        found(Reason.FOREIGN),
    ):
        history.note(report)
    return history


def test_the_table_in_russian() -> None:
    table = full().csv("Музей; вход 2", BEGAN, BEGAN + MINUTE, Language.RU).decode("utf-8-sig")
    assert table == (
        "пост;начало смены;конец смены;вердикт;причина;число\r\n"
        '"Музей; вход 2";22.11.2026 00:30;22.11.2026 00:31;ДЕЙСТВУЕТ;;3\r\n'
        '"Музей; вход 2";22.11.2026 00:30;22.11.2026 00:31;'
        "ДЕЙСТВУЕТ, НО НЕ ДЛЯ ЭТОГО МЕСТА;N-PLC;1\r\n"
        '"Музей; вход 2";22.11.2026 00:30;22.11.2026 00:31;КОД ПРОЧИТАН НЕ ПОЛНОСТЬЮ;D-BAD;1\r\n'
        '"Музей; вход 2";22.11.2026 00:30;22.11.2026 00:31;СРОК ИСТЁК;C-EXP;1\r\n'
        '"Музей; вход 2";22.11.2026 00:30;22.11.2026 00:31;НЕ ПОДТВЕРЖДЁН;S-BAD;2\r\n'
        '"Музей; вход 2";22.11.2026 00:30;22.11.2026 00:31;Это не код статуса;D-FOR;1\r\n'
    )


def test_the_table_in_english_and_of_a_shift_that_runs() -> None:
    table = full().csv("", BEGAN, None, Language.EN)
    assert table.startswith(b"\xef\xbb\xbf")  # or Excel takes UTF-8 for something else
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["place", "shift began", "shift ended", "verdict", "reason", "count"]
    assert rows[1] == ["", "22.11.2026 00:30", "", "VALID", "", "3"]
    assert sum(int(row[-1]) for row in rows[1:]) == full().total == 9


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_name_is_no_formula(first: str) -> None:
    history = History()
    history.note(valid())
    name = f'{first}HYPERLINK("http://example.org")'
    table = history.csv(name, BEGAN, None, Language.RU).decode("utf-8-sig")
    (_, row) = csv.reader(io.StringIO(table, newline=""), delimiter=";")
    assert row[0] == f"'{name}"


@pytest.mark.parametrize("language", Language)
def test_every_reason_has_a_word_without_days_or_counts(language: Language) -> None:
    for reason in Reason:
        said = word(reason.code, language)
        assert said
        assert not set(said) & set("{}0123456789")


def test_nothing_of_a_person_is_kept() -> None:
    history = full()
    assert set(history.counts) == {
        *{("VALID", ""), ("VALID", "N-PLC"), ("UNDETERMINED", "D-BAD"), ("INVALID", "C-EXP")},
        *{("INVALID", "S-BAD"), ("FOREIGN", "D-FOR")},
    }


def test_a_shift_is_found_by_its_id_for_a_day() -> None:
    shifts = Shifts()
    key = shifts.begin(Place("А"), BEGAN)
    other = shifts.begin(Place("Б"), BEGAN)
    assert len(key) >= 32
    shift = shifts.find(key, BEGAN + LONGEST)
    assert shift is not None
    assert shift.place.name == "А"
    assert shifts.find(key, BEGAN + LONGEST + MINUTE) is None
    assert shifts.find(key, BEGAN) is None  # it is forgotten, whatever the clock says then
    assert shifts.find("", BEGAN) is None
    assert shifts.running(other, BEGAN) is shifts.find(other, BEGAN)


def test_a_shift_that_has_ended_is_there_but_does_not_run() -> None:
    shifts = Shifts()
    key = shifts.begin(Place(), BEGAN)
    shift = shifts.running(key, BEGAN)
    assert shift is not None
    shift.ended = BEGAN + MINUTE
    assert shifts.running(key, BEGAN + MINUTE) is None
    assert shifts.find(key, BEGAN + MINUTE) is shift


def test_the_oldest_of_too_many_shifts_goes() -> None:
    shifts = Shifts()
    keys = [shifts.begin(Place(), BEGAN) for _ in range(501)]
    assert len(set(keys)) == 501
    assert shifts.find(keys[0], BEGAN) is None
    assert all(shifts.find(key, BEGAN) for key in keys[1:])


def test_of_too_many_shifts_one_that_has_ended_goes_first() -> None:
    shifts = Shifts()
    keys = [shifts.begin(Place(), BEGAN) for _ in range(500)]
    ended = shifts.find(keys[7], BEGAN)
    assert ended is not None
    ended.ended = BEGAN
    shifts.begin(Place(), BEGAN)
    assert shifts.find(keys[7], BEGAN) is None
    assert shifts.find(keys[0], BEGAN) is not None


def test_a_device_has_one_shift_however_often_it_begins() -> None:
    shifts = Shifts()
    others = [shifts.begin(Place(), BEGAN) for _ in range(400)]
    key = ""
    for _ in range(600):
        key = shifts.begin(Place(), BEGAN, key)
    assert all(shifts.find(other, BEGAN) for other in others)


def test_a_tab_with_an_older_shift_gets_no_answer_for_the_new_place() -> None:
    """Two tabs share a session; the one that shows the old place must not let in by the new."""
    text = world().print_key.issue().text
    with open_station() as client:
        scanner = Scanner(client).begin(categories=["disabled_1"])
        accept = {"Accept": "application/json", **scanner.headers}
        first = client.post("/shift", data={"categories": ["disabled_1"]}, headers=accept).json()
        asked = {"texts": [text], "via": "scanner"}
        mine = {**scanner.headers, "X-Shift": first["shift"]}
        assert client.post("/scan", json=asked, headers=mine).json()["signal"] == "elsewhere"
        second = client.post("/shift", data={}, headers=accept).json()
        assert second["shift"] != first["shift"]
        problem(client.post("/scan", json=asked, headers=mine), 409, "NO_SHIFT")
        theirs = {**scanner.headers, "X-Shift": second["shift"]}
        assert client.post("/scan", json=asked, headers=theirs).json()["signal"] == "valid"


def test_a_place_of_which_nothing_is_known_begins_no_shift() -> None:
    with open_station() as client:
        scanner = Scanner(client).begin()
        sent = client.post("/shift", data={"categories": ["gone"]}, headers=scanner.headers)
        assert "Обновите страницу" in problem(sent, 422, "PLACE")
