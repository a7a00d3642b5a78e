"""The card on a terminal, held against goldens that a person can read.

After a wanted change: STATUSQR_UPDATE_GOLDENS=1 pytest tests/verifier/test_card.py, then read them.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console
from world import NOON, Key, record, trust, world

from statusqr_schema import Period, Presentation, claims
from statusqr_schema.wording import printable
from statusqr_verifier import Policy, Report, Verifier, terminal
from statusqr_verifier.card import Look, make_card
from statusqr_verifier.words import Language

GOLDENS = Path(__file__).parent / "goldens"


def check(text: str, policy: Policy | None = None, *keys: Key) -> Report:
    return Verifier(trust(*keys) if keys else world().trust, policy).verify(text, NOON)


def old_live_code() -> Report:
    at = NOON - timedelta(minutes=25)
    return check(world().live_key.issue(at=at, presentation=Presentation.LIVE).text)


def ended() -> Report:
    period = Period(record().period.valid_from, NOON.date() - timedelta(days=2))
    ended = replace(record(), period=period)
    return check(world().print_key.issue(ended, allow_ended=True).text)


PLACE = Policy(categories=frozenset({"disabled_1", "disabled_child"}), regions=frozenset({"42"}))
CASES: dict[str, Callable[[], Report]] = {
    "valid": lambda: check(world().print_key.issue().text),
    "valid_end_not_stated": lambda: check(world().print_key.issue(record("R20")).text),
    "not_for_this_place": lambda: check(world().print_key.issue().text, PLACE),
    "status_ended": ended,
    "live_code_expired": old_live_code,
    "unknown_issuer": lambda: check(Key.make().issue().text),
    "malformed": lambda: check("9" * 300),
    "foreign": lambda: check("https://example.org"),
}


def drawn(report: Report, language: Language) -> str:
    console = Console(width=terminal.WIDTH, no_color=True, highlight=False)
    with console.capture() as capture:
        console.print(terminal.render(make_card(report, language, PLACE), "page.pdf"))
        console.print(
            terminal.brief(make_card(report, language, PLACE), "page.pdf"), soft_wrap=True
        )
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("case", CASES)
def test_the_card_is_the_golden_one(case: str, language: Language) -> None:
    golden = GOLDENS / f"{case}.{language}.txt"
    text = drawn(CASES[case](), language)
    if os.environ.get("STATUSQR_UPDATE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_no_card_shows_a_snils(case: str) -> None:
    report = CASES[case]()
    text = drawn(report, Language.RU)
    for person in (record().holder, *record().family_members, record("R20").holder):
        assert person.snils is not None
        assert person.snils.formatted not in text
        assert person.snils.masked not in text


def test_looks_differ_in_more_than_colour() -> None:
    assert len({look.shape for look in Look}) == len(Look)


def test_text_of_a_record_cannot_steer_the_terminal() -> None:
    hostile = "Семья\x1b[2J\u202eяьмеС\u2028\a"
    made = world().print_key.issue().claims
    content = replace(made, record=replace(made.record, status_name=hostile))
    text = drawn(check(world().print_key.sign_content(claims.encode(content))), Language.RU)
    assert not {"\x1b", "\u202e", "\u2028", "\a"} & set(text)
    assert "Семья" in text


def test_printable_keeps_what_people_write() -> None:
    assert printable("№\u00a01 «Ёлка» — Ҡ") == "№\u00a01 «Ёлка» — Ҡ"


def test_colours_are_those_of_the_verdict() -> None:
    console = Console(width=80, force_terminal=True, color_system="truecolor", highlight=False)
    with console.capture() as capture:
        console.print(terminal.render(make_card(CASES["valid"](), Language.RU), "page.pdf"))
    assert "\x1b[38;2;255;255;255;48;2;11;107;58m" in capture.get()  # white on #0B6B3A
