"""What a card looks and sounds like, what is said aloud, and the words on the age of the data."""

from datetime import UTC, datetime, timedelta

import pytest
from world import NOON, Key, record, trust, world

from statusqr_verifier import Policy, Verdict, Verifier
from statusqr_verifier.checkpoint.data_age import data_age
from statusqr_verifier.checkpoint.desk import HERE
from statusqr_verifier.checkpoint.place import Detail
from statusqr_verifier.checkpoint.view import CardView, Signal, loudest, view
from statusqr_verifier.words import Language
from statusqr_web.locale import Locale, translator

POLICY = Policy(categories=frozenset({"large_family"}))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seen(
    text: str, language: Language = Language.RU, detail: Detail = Detail.FULL, at: datetime = NOON
) -> CardView:
    return view(Verifier(world().trust, POLICY).check(text, at), language, POLICY, detail)


def code(name: str = "R01") -> str:
    return world().print_key.issue(record(name), allow_ended=True).text


def test_each_answer_has_its_look_and_its_sound() -> None:
    shown = {name: seen(name) for name in (code(), code("R04"), code("R03"), "1" * 300, "x")}
    assert [(card.look, card.signal) for card in shown.values()] == [
        ("valid", Signal.VALID),
        ("elsewhere", Signal.ELSEWHERE),
        ("invalid", Signal.INVALID),
        ("undetermined", Signal.UNDETERMINED),
        ("foreign", Signal.NONE),
    ]


def test_what_is_said_aloud() -> None:
    said = seen(code()).aloud.replace("\u00a0", " ")
    assert said.startswith("ДЕЙСТВУЕТ. Многодетная семья. Лебедева О. С. ")
    assert "997" not in said  # the SNILS is not said
    assert "Павел" not in said  # nor the family
    said = seen(code(), Language.EN).aloud
    assert said.startswith("VALID. ")
    ended = seen(code("R03")).aloud.replace("\u00a0", " ")
    assert ended.startswith("СРОК ИСТЁК: действовал по 28.02.2025 включительно. ")
    assert "Нужно новое решение органа." in ended
    for text in (code(), code("R04"), "1" * 300, "x"):
        said = seen(text).aloud
        assert said.endswith(".")
        assert ".." not in said


def test_a_place_that_needs_less_hears_less() -> None:
    full, brief = seen(code()), seen(code(), detail=Detail.BRIEF)
    assert full.card.family
    assert not brief.card.family
    assert "Многодетная" in full.aloud
    assert "Многодетная" not in brief.aloud
    assert "Лебедева" in brief.aloud


def test_of_several_cards_the_one_that_needs_attention_sounds() -> None:
    valid, elsewhere = seen(code()), seen(code("R04"))
    amber, red, foreign = seen("1" * 300), seen(code("R03")), seen("x")
    assert loudest([]) is Signal.NONE
    assert loudest([foreign]) is Signal.NONE
    assert loudest([foreign, valid]) is Signal.VALID
    assert loudest([valid, elsewhere]) is Signal.ELSEWHERE
    assert loudest([elsewhere, amber, valid]) is Signal.UNDETERMINED
    assert loudest([red, amber, valid, foreign]) is Signal.INVALID


def test_every_verdict_has_a_signal() -> None:
    other = Key.make()
    texts = [code(), code("R03"), other.issue().text, "x"]
    verdicts = {Verifier(trust(world().print_key)).check(text, NOON).verdict for text in texts}
    assert verdicts == set(Verdict)
    assert {seen(text).signal for text in texts} == set(Signal) - {Signal.ELSEWHERE}


def age(
    passed: timedelta | None, language: Language = Language.RU, most: timedelta = 3 * DAY
) -> tuple[str, bool]:
    translate = translator(Locale(language.value), (HERE / "locale",))
    published = None if passed is None else NOON - passed
    told = data_age(published, NOON, most, language, translate)
    return told.text.replace("\u00a0", " "), told.old


@pytest.mark.parametrize(
    ("passed", "ru", "en"),
    [
        (timedelta(0), "0 минут назад", "0 minutes ago"),
        (timedelta(seconds=-90), "0 минут назад", "0 minutes ago"),  # a clock that is behind
        (timedelta(minutes=1), "1 минуту назад", "1 minute ago"),
        (timedelta(minutes=119), "119 минут назад", "119 minutes ago"),
        (2 * HOUR, "2 часа назад", "2 hours ago"),
        (21 * HOUR, "21 час назад", "21 hours ago"),
        (47 * HOUR, "47 часов назад", "47 hours ago"),
        (2 * DAY, "2 суток назад", "2 days ago"),
        (21 * DAY, "21 сутки назад", "21 days ago"),
    ],
)
def test_how_long_ago(passed: timedelta, ru: str, en: str) -> None:
    assert f", {ru}." in age(passed)[0]
    assert f", {en}." in age(passed, Language.EN)[0]


def test_old_data_say_what_to_do() -> None:
    assert age(3 * DAY) == ("Данные обновлены 18.11.2026 12:00 (МСК), 3 суток назад.", False)
    told, old = age(3 * DAY + HOUR)
    assert old
    assert told.endswith("Подключите сеть и обновите данные.")
    assert age(3 * DAY + HOUR, Language.EN)[0] != told
    assert age(None)[1] is False
    assert "файл" in age(None)[0]
    assert "файл" not in age(None, Language.EN)[0]


def test_no_word_is_missing_in_english() -> None:
    """Cyrillic in an English card would be a text that the catalogue does not know."""
    for passed in (None, HOUR, 9 * DAY):
        assert not any("а" <= letter <= "я" for letter in age(passed, Language.EN)[0])


def test_the_moment_is_that_of_moscow() -> None:
    late = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)
    told = data_age(late, late, DAY, Language.RU, str)
    assert "01.01.2027 01:00" in told.text.replace("\u00a0", " ")
