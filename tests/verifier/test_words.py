"""The words: every reason and notice in both languages, word for word where they are fixed."""

import re
from datetime import date

import pytest
from world import NOON, record

from statusqr_schema import Categories
from statusqr_verifier import Finding, Notice, NoticeKind, Policy, Reason, Report, SignedBy, words
from statusqr_verifier.words import Language

DAY = date(2026, 11, 20)
PLACE = (Policy(), Categories.builtin())
SIGNER = SignedBy("test", "Вымышленный орган", "00" * 8)

SAID = {
    "C-EXP": ("СРОК ИСТЁК: действовал по 20.11.2026 включительно", "Нужно новое решение органа."),
    "C-DOC": (
        "ДОКУМЕНТ УСТАРЕЛ: статус мог сохраниться",
        "Попросите показать код с экрана или новую распечатку.",
    ),
    "C-NYV": ("ЕЩЁ НЕ ДЕЙСТВУЕТ: начнёт 20.11.2026", "Приходите с 20 ноября 2026 г."),
    "C-LIV": (
        "КОД УСТАРЕЛ: показан 3 минуты назад",
        "Попросите обновить код на экране. Снимок экрана не подходит.",
    ),
    "R-REV": ("ОТОЗВАН", "Причину владелец узнает в личном кабинете или в органе."),
    "R-SUS": ("ПРИОСТАНОВЛЕН", "Причину владелец узнает в личном кабинете или в органе."),
    "R-OLD": (
        "НЕ УДАЛОСЬ ПРОВЕРИТЬ: сведениям об отзыве 3 суток",
        "Подключите сеть и обновите данные.",
    ),
    "S-BAD": (
        "НЕ ПОДТВЕРЖДЁН: код изменён или прочитан с ошибкой",
        "Попросите показать код ещё раз.",
    ),
    "S-AUT": (
        "НЕ ПОДТВЕРЖДЁН: этот ключ не подтверждает такой статус",
        "Обратитесь к ответственному.",
    ),
    "S-KEY": ("НЕ ПОДТВЕРЖДЁН: ключ отозван", "Нужен новый код."),
    "T-UNK": (
        "НЕ УДАЛОСЬ ПРОВЕРИТЬ: орган неизвестен этой программе",
        "Обновите данные; если не помогло, не принимайте код.",
    ),
    "T-OLD": (
        "НЕ УДАЛОСЬ ПРОВЕРИТЬ: данные не обновлялись 3 суток",
        "Подключите сеть и обновите данные.",
    ),
    "T-CLK": ("НЕ УДАЛОСЬ ПРОВЕРИТЬ: часы устройства неверны", "Исправьте дату и время."),
    "D-BAD": ("КОД ПРОЧИТАН НЕ ПОЛНОСТЬЮ", "Попросите показать код ещё раз."),
    "D-NEW": ("НЕ УДАЛОСЬ ПРОВЕРИТЬ: код новее программы", "Обновите программу."),
    "D-FOR": ("Это не код статуса", "Наведите на код из документа."),
}
NOTICES = {
    "N-PLC": "Не для этого места: Многодетная семья",
    "N-PRT": "Печатная форма",
    "N-MEA": "Мера поддержки закончилась 20 ноября 2026 г., статус действует",
    "N-END": "Срок окончания не указан",
    "N-AGE": "Сведения старше 3 дней",
    "N-RPT": "Предъявлялся здесь 3 минуты назад",
    "N-NOREV": "Отзыв не проверяется: нет данных об отзыве",
}


def report(*findings: Finding) -> Report:
    return Report(checked_at=NOON, findings=findings, record=record(), signer=SIGNER)


@pytest.mark.parametrize("reason", Reason)
def test_said_and_do_next_word_for_word(reason: Reason) -> None:
    finding = Finding(reason, day=DAY, count=3)
    said = words.said(finding, Language.RU).replace("\u00a0", " ")
    do_next = words.do_next(report(finding), Language.RU, *PLACE).replace("\u00a0", " ")
    assert (said, do_next) == SAID[reason.code]


@pytest.mark.parametrize("kind", NoticeKind)
def test_notices_word_for_word(kind: NoticeKind) -> None:
    notice = Notice(kind, day=DAY, count=3, category="large_family")
    text = words.notice_text(notice, Language.RU, Categories.builtin())
    assert text.replace("\u00a0", " ") == NOTICES[kind.code]


@pytest.mark.parametrize("language", Language)
def test_every_reason_and_notice_has_words(language: Language) -> None:
    texts = []
    for reason in Reason:
        finding = Finding(reason, day=DAY, count=1)
        texts += [words.said(finding, language), words.do_next(report(finding), language, *PLACE)]
    for kind in NoticeKind:
        notice = Notice(kind, day=DAY, count=1, category="orphan")
        texts.append(words.notice_text(notice, language, Categories.builtin()))
    for text in texts:
        assert text
        assert "{" not in text
        assert not re.search("(?i)поддел|фальш|мошен|fake|forge|fraud", text)
        assert not re.search(r"\bдо\b|COSE|CBOR|ECDSA|токен", text)


def test_a_valid_report() -> None:
    assert words.verdict_line(report(), Language.RU) == ("ДЕЙСТВУЕТ", "")
    assert words.do_next(report(), Language.RU, *PLACE) == "Сверьте фамилию с документом."
    assert words.headline_code(report()) == ""


def test_an_unknown_category_is_shown_by_its_code() -> None:
    notice = Notice(NoticeKind.NOT_FOR_THIS_PLACE, category="lunar_settler")
    text = words.notice_text(notice, Language.EN, Categories.builtin())
    assert text == "Not for this place: lunar_settler"


@pytest.mark.parametrize(
    ("region", "language", "expected"),
    [
        ("59", Language.RU, "Не для этого места: Пермский край"),
        ("", Language.RU, "Не для этого места: в коде не указан регион"),
        ("", Language.EN, "Not for this place: the code names no region"),
        ("998", Language.EN, "Not for this place: 998"),
    ],
)
def test_a_region_that_the_place_does_not_take(
    region: str, language: Language, expected: str
) -> None:
    notice = Notice(NoticeKind.NOT_FOR_THIS_PLACE, region=region)
    assert words.notice_text(notice, language, Categories.builtin()) == expected


def test_shown_just_now() -> None:
    notice = Notice(NoticeKind.SHOWN_BEFORE, count=0)
    known = Categories.builtin()
    russian = words.notice_text(notice, Language.RU, known)
    assert russian == "Предъявлялся здесь меньше минуты назад"
    assert words.notice_text(notice, Language.EN, known) == "Shown here less than a minute ago"
