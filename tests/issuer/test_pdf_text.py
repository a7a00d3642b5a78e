"""The text of a certificate, as it is copied and as it is read aloud: in order, whole, unglued."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from extremes import MINIMAL, extremes, relatives
from paper import ISSUER, Printed, copied, letter_boxes, open_pdf, plain, printed, read_aloud
from world import documents, record

from statusqr_schema import Disclosure, Snils, SnilsPolicy, StatusRecord

MARGIN = 20 / 25.4 * 72  # points, left and right
UNPRINTABLE = 6 / 25.4 * 72  # what printers may leave blank at an edge
ALL = [*sorted(documents()), *extremes()]
SNILS = re.compile(r"(?<!\d)\d{3}-\d{3}-\d{3} \d{2}(?!\d)")


@cache
def certificate(name: str) -> Printed:
    if name in extremes():
        return printed(*extremes()[name])
    return printed(record(name))


def test_the_page_as_it_is_read_aloud() -> None:
    assert read_aloud(certificate("R01").pdf) == [
        ("P", ISSUER),
        ("P", "Подтверждение статуса"),
        ("H1", "Многодетная семья"),
        ("P", "№ 76-000101"),
        ("LI", "Владелец", "Лебедева Ольга Сергеевна"),
        ("LI", "Срок действия", "с 15.04.2024, бессрочно"),
        ("LI", "СНИЛС", "997-895-137 28"),
        ("LI", "Установлен", "15 апреля 2024 г."),
        (
            "LI",
            "Основание",
            "Решение о присвоении статуса многодетной семьи от 15.04.2024 № МС-000101",
        ),
        (
            "LI",
            "Решение принял",
            "Отдел социальной защиты населения Вымышленного муниципального округа "
            "Ярославской области",
        ),
        ("H2", "Члены семьи"),
        ("TR", "№", "Фамилия, имя, отчество", "Кем приходится", "СНИЛС"),
        ("TR", "1", "Лебедев Павел Игоревич", "супруг", "•••-•••-365 94"),
        ("TR", "2", "Лебедева Анна Павловна", "ребёнок", "•••-•••-334 72"),
        ("TR", "3", "Лебедев Пётр Павлович", "ребёнок", "•••-•••-148 45"),
        ("TR", "4", "Лебедева Мария-Луиза Павловна", "ребёнок", "•••-•••-296 15"),
        ("P", "Код действителен по 20.11.2027 включительно"),
        ("P", "После этого дня нужна новая распечатка; срок самого статуса не меняется."),
        (
            "P",
            "Проверяется программой для чтения таких кодов, в том числе без сети. Код не содержит "
            "ссылки: если камера телефона предлагает открыть сайт, это не настоящий документ.",
        ),
        ("P", "При проверке сличите фамилию с документом, удостоверяющим личность."),
        (
            "P",
            "Сведения на 21.11.2026 09:30 (МСК). Сформировано 21.11.2026 12:00 (МСК). "
            "Код № 0-4711.",
        ),
        ("Figure", "QR-код для проверки: Многодетная семья"),
    ]


def test_the_shortest_page_as_it_is_read_aloud() -> None:
    blocks = read_aloud(certificate("minimal").pdf)
    assert blocks[:6] == [
        ("P", ISSUER),
        ("P", "Подтверждение статуса"),
        ("H1", "Многодетная семья"),
        ("LI", "Владелец", "Лебедева Ольга Сергеевна"),
        ("LI", "Срок действия", "с 15.04.2024, бессрочно"),
        ("P", "Код действителен по 20.11.2027 включительно"),
    ]
    assert blocks[-2:] == [
        ("P", "Сформировано 21.11.2026 12:00 (МСК). Код № 0-4711."),
        ("Figure", "QR-код для проверки: Многодетная семья"),
    ]


def in_order(one: Printed) -> Iterator[str]:
    """What was to be printed, in the order in which a person should hear it."""
    words = one.words
    yield words["issuer"]
    yield words["title"]
    if words["number"]:
        yield words["number"]
    yield from ("Владелец", words["holder"])
    for row in words["rows"]:
        yield from (row["label"], row["text"])
    for number, (name, relation, snils) in enumerate(words["family"], 1):
        yield " ".join(filter(None, (str(number), name, relation, snils)))
    yield f"Код действителен по {words['code_until']} включительно"
    yield words["note"]
    yield words["printed"]


@pytest.mark.parametrize("name", ALL)
def test_read_aloud_every_value_is_whole_and_by_itself(name: str) -> None:
    """Nothing before or after it in its element: no neighbour, no footnote mark, no lost space."""
    one = certificate(name)
    blocks = read_aloud(one.pdf)
    items = [block[1:] for block in blocks if block[0] == "LI"]
    assert items == [
        ("Владелец", one.words["holder"]),
        *((row["label"], plain(row["text"])) for row in one.words["rows"]),
    ]
    rows = [block[1:] for block in blocks if block[0] == "TR"][1:]
    assert rows == [
        (str(number), *(plain(cell) for cell in member if cell))
        for number, member in enumerate(one.words["family"], 1)
    ]
    title = blocks.index(("H1", one.words["title"]))
    if one.words["number"]:
        assert blocks[title + 1] == ("P", plain(one.words["number"]))


def unbroken(text: str) -> str:
    """Without any white space: a word longer than a line is copied with a line end in it."""
    return "".join(plain(text).split())


@pytest.mark.parametrize("name", ALL)
def test_copied_text_is_in_the_same_order(name: str) -> None:
    one = certificate(name)
    text = unbroken(copied(one.pdf))
    place = 0
    for value in in_order(one):
        if len(value) > 100 or name.endswith(("long names", "one long word")):
            value = value[:60]  # cells of several lines are copied line by line
        found = text.find(unbroken(value), place)
        assert found >= 0, f"{value!r} is not after what stands before it"
        place = found


LINES_OF_THEIR_OWN = [name for name in ALL if "long" not in name and "relatives" not in name]


@pytest.mark.parametrize("name", LINES_OF_THEIR_OWN)
def test_copied_words_are_not_run_together(name: str) -> None:
    one = certificate(name)
    words = copied(one.pdf).split()
    for value in in_order(one):
        expected = plain(value).split()
        starts = [i for i, word in enumerate(words) if not expected or word == expected[0]]
        assert any(
            [word.rstrip(".") for word in words[i : i + len(expected)]]
            == [word.rstrip(".") for word in expected]
            for i in starts
        ), f"{value!r} is not copied word by word"


@pytest.mark.parametrize("name", sorted(documents()))
def test_numbers_are_copied_as_they_were_issued(name: str) -> None:
    text = copied(certificate(name).pdf)
    what = record(name)
    assert isinstance(what.holder.snils, Snils)
    assert SNILS.findall(text) == [what.holder.snils.formatted]
    if what.certificate_number:
        number = plain(certificate(name).words["number"])
        assert re.search(rf"(?<!\S){re.escape(number)}(?!\S)", text)
    assert not re.search("[¹²³⁰-⁹*†‡\u200b\u00ad]", text)


def test_the_family_s_numbers_too_where_they_are_disclosed() -> None:
    what = replace(record(), family_members=relatives(8))
    everything = Disclosure(family_snils=SnilsPolicy.WHOLE)
    persons = (what.holder, *what.family_members)
    expected = [p.snils.formatted for p in persons if isinstance(p.snils, Snils)]
    assert SNILS.findall(copied(printed(what, everything).pdf)) == expected
    assert len(expected) == 9


def test_a_long_number_is_copied_without_anything_in_it() -> None:
    """A break is allowed in it, but no invisible character goes into a clipboard."""
    text = copied(certificate("long numbers").pdf)
    assert "№ 0123456789012345678901234 Владелец" in text
    assert "№ 9876543210987654321098765 Решение" in text


@pytest.mark.parametrize("length", [19, 20, 21, 25, 40, 41])
def test_a_space_after_a_long_word_is_not_lost_at_the_end_of_a_line(length: int) -> None:
    word = "рентгеноэлектрокардиографическийнаблюдательный"[:length]
    for lead in range(0, 60, 7):
        authority = f"Отдел {'в ' * lead}{word} отделения {word} {word} больницы"
        what = replace(record(), family_members=(), authority=authority)
        blocks = read_aloud(printed(what, Disclosure()).pdf)
        assert ("LI", "Решение принял", authority) in blocks


def test_a_family_flows_to_the_next_page_with_name_and_relation_together() -> None:
    one = certificate("8 relatives with long names")
    first, second = (plain(s.get_textpage().get_text_range()) for s in open_pdf(one.pdf))
    assert "1 Римская-Корсакова" in first
    assert "8 Римская-Корсакова" in second
    assert second.startswith("Многодетная семья № 76-000101. Лебедева Ольга Сергеевна. Продолжение")
    assert "№ Фамилия, имя, отчество Кем приходится СНИЛС" in second  # the head is repeated …
    heads = [block for block in read_aloud(one.pdf) if block[:2] == ("TR", "№")]
    assert len(heads) == 1  # … to the eye, not to the ear


def test_the_header_of_a_further_page_is_not_read_aloud() -> None:
    blocks = read_aloud(certificate("longest texts").pdf)
    assert not [block for block in blocks if "Продолжение" in block[-1] or "Лист" in block[-1]]


@pytest.mark.parametrize("name", extremes())
def test_every_letter_is_on_the_paper_and_none_over_another(name: str) -> None:
    for sheet in open_pdf(certificate(name).pdf):
        width, height = sheet.get_size()
        left, bottom, right, top = letter_boxes(sheet).T
        assert left.min() >= MARGIN - 1
        assert right.max() <= width - MARGIN + 1
        assert bottom.min() >= UNPRINTABLE
        assert top.max() <= height - UNPRINTABLE
        across = np.minimum.outer(right, right) - np.maximum.outer(left, left)
        along = np.minimum.outer(top, top) - np.maximum.outer(bottom, bottom)
        over = across.clip(0) * along.clip(0)
        np.fill_diagonal(over, 0)
        areas = (right - left) * (top - bottom)
        assert (over <= areas * 0.3).all()  # neighbours that are kerned overlap a little


def test_a_record_without_numbers_or_patronymic_leaves_no_empty_lines() -> None:
    without = replace(record(), certificate_number=None, family_members=())
    assert spoken_labels(without, Disclosure()).count("№") == 0
    assert spoken_labels(without, MINIMAL) == ["Владелец", "Срок действия"]
    (holder,) = [b for b in read_aloud(certificate("no patronymic").pdf) if b[1] == "Владелец"]
    assert holder[2] == "Ким Ольга"


def spoken_labels(what: StatusRecord, disclosure: Disclosure) -> list[str]:
    blocks = read_aloud(printed(what, disclosure).pdf)
    return [block[1] for block in blocks if block[0] in ("LI", "TR")]
