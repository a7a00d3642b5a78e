"""The printed certificate: its words, its pages, and that it does not change by itself."""

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pypdfium2
import pytest
from world import NOON, documents, record, world

from statusqr_issuer import Credential, Writer, make_symbol, sign_claims
from statusqr_issuer.certificate import code_side, page
from statusqr_issuer.pdf import render_pdf
from statusqr_schema import (
    Disclosure,
    FamilyMember,
    IssueRefused,
    Person,
    Profile,
    Snils,
    StatusRecord,
)
from statusqr_verifier import read_codes

ISSUER = "Министерство труда и социальной поддержки населения Ярославской области"
SNILS = [
    *("924-046-365 94", "984-780-334 72", "984-712-148 45", "934-182-296 15"),
    *("917-470-774 34", "937-290-277 36", "938-175-196 47", "905-767-221 25"),
]


def pdf_of(credential: Credential, full: StatusRecord) -> bytes:
    return render_pdf(credential, full, ISSUER, make_symbol(credential.text, Writer.ZXING))


@cache
def certificate(name: str = "R01") -> tuple[Credential, bytes]:
    # The default disclosure: the holder's number whole, the family's last digits.
    credential = world().print_key.issue(record(name), allow_ended=True, disclosure=Disclosure())
    return credential, pdf_of(credential, record(name))


def text_of(pdf: bytes) -> list[str]:
    """The text of each page in reading order, white space folded."""
    pages = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pages]


@pytest.mark.parametrize("name", sorted(documents()))
def test_one_page_with_all_the_data_of_the_record(name: str) -> None:
    _, pdf = certificate(name)
    what = record(name)
    (text,) = text_of(pdf)
    holder = what.holder
    stated = [what.status_name, what.authority, what.certificate_number]
    stated += [what.basis.title, what.basis.number] if what.basis else []
    stated += [member.relation for member in what.family_members]
    for value in filter(None, stated):
        assert squeezed(value) in squeezed(text)
    for person in (holder, *what.family_members):
        assert squeezed(person.full_name) in squeezed(text)
    days = [what.period.valid_from, what.period.valid_through, what.measures_through]
    for day in filter(None, days):
        assert f"{day:%d.%m.%Y}" in text
    assert holder.snils is not None
    assert squeezed(holder.snils.formatted) in squeezed(text)
    for member in what.family_members:
        assert member.snils is not None
        assert squeezed(member.snils.formatted) not in squeezed(text)
        assert squeezed(member.snils.masked) in squeezed(text)


def squeezed(text: str) -> str:
    """Without spaces, line ends and hyphens: how lines break is not what is tested here."""
    return re.sub(r"[\s\u00a0\u2011\u00ad\ufffe-]", "", text)


def test_the_words_of_the_page() -> None:
    credential, _ = certificate()
    words: Any = page(credential, record(), ISSUER, make_symbol(credential.text, Writer.ZXING))
    assert {row["label"]: row["text"].replace("\u00a0", " ") for row in words["rows"]} == {
        "Срок действия": "с 15.04.2024, бессрочно",
        "СНИЛС": "997\u2011895\u2011137 28",
        "Установлен": "15 апреля 2024 г.",
        "Основание": "Решение о присвоении статуса многодетной семьи от 15.04.2024 № МС-000101",
        "Решение принял": "Отдел социальной защиты населения Вымышленного муниципального округа "
        "Ярославской области",
    }
    assert words["title"] == "Многодетная семья"
    assert words["number"] == "№\u00a076-000101"
    assert words["code_until"] == "20.11.2027"
    assert words["printed"].replace("\u00a0", " ") == "21.11.2026 12:00 (МСК)"


def test_what_is_said_about_the_check() -> None:
    (text,) = text_of(certificate()[1])
    assert "Код действителен по 20.11.2027 включительно" in text
    assert "если камера телефона предлагает открыть сайт, это не настоящий документ." in text
    assert "После этого дня нужна новая распечатка; срок самого статуса не меняется." in text
    assert "При проверке сличите фамилию с документом, удостоверяющим личность." in text
    assert "Лист 1 из 1" in text
    assert not re.search(r"\bдо\b", text)


def test_the_code_of_a_status_that_ends_sooner() -> None:
    credential, pdf = certificate("R02")
    assert credential.claims.record.period.valid_through == date(2027, 3, 2)
    assert "Код действителен по 02.03.2027 включительно" in text_of(pdf)[0]
    assert "После этого дня" not in text_of(pdf)[0]


def test_the_same_arguments_give_the_same_bytes() -> None:
    credential, pdf = certificate()
    assert pdf_of(credential, record()) == pdf


def test_another_signature_changes_the_code_and_nothing_else() -> None:
    credential, pdf = certificate()
    again = sign_claims(credential.claims, world().print_key.signer)
    assert again.data != credential.data
    other = pdf_of(again, record())
    assert text_of(other) == text_of(pdf)
    assert read_codes(other) == [again.text] != read_codes(pdf)
    one, two = (pypdfium2.PdfDocument(p)[0].render(scale=1).to_numpy() for p in (pdf, other))
    rows, columns = (one != two).any(axis=2).nonzero()
    assert rows.min() > 842 * 0.7  # only where the code is: at the foot, on the right
    assert columns.min() > 595 * 0.6


def large_family(count: int, long: bool) -> StatusRecord:
    one = FamilyMember("Ли", "Анна", None, None, "ребёнок")
    if long:
        surname = "Константинопольская-Преображенская"
        one = FamilyMember(surname, "Александрина-Виктория", "Нурмагомедалиевна", None, "ребёнок")
    members = tuple(replace(one, snils=Snils.parse(number)) for number in SNILS[:count])
    return replace(record(), family_members=members)


@pytest.mark.parametrize(("long", "pages"), [(False, 1), (True, 2)])
def test_eight_relatives_fit_or_flow(long: bool, pages: int) -> None:
    what = large_family(8, long)
    pdf = pdf_of(world().print_key.issue(what), what)
    assert len(text_of(pdf)) == pages
    assert len(read_codes(pdf)) == 1


def longest() -> StatusRecord:
    """Everything as long as it may be while the code still holds it."""
    what = large_family(8, True)
    assert what.basis is not None
    return replace(
        what,
        status_name="Член семьи погибшего участника специальной военной операции " * 4,
        basis=replace(what.basis, title="Постановление Правительства Российской Федерации о " * 9),
        authority="Министерство труда и социальной защиты населения Забайкальского края, " * 6,
    )


def test_more_than_a_page_flows_on_with_its_header_repeated() -> None:
    what = longest()
    what = replace(
        what,
        status_name=what.status_name.strip(),
        basis=replace(what.basis, title=what.basis.title.strip()) if what.basis else None,
        authority=(what.authority or "").strip(" ,"),
    )
    pdf = pdf_of(world().print_key.issue(what), what)
    first, second = text_of(pdf)
    assert "Лист 1 из 2" in first
    assert "Лист 2 из 2" in second
    assert second.startswith("Член семьи погибшего")
    assert "Лебедева Ольга Сергеевна. Продолжение" in second
    assert len(read_codes(pdf)) == 1


def test_a_minimal_certificate_prints_what_its_code_says() -> None:
    credential = world().print_key.issue(disclosure=Disclosure(Profile.MINIMAL))
    (text,) = text_of(pdf_of(credential, record()))
    assert "Лебедева Ольга Сергеевна" in text
    for hidden in ("СНИЛС", "Основание", "Решение принял", "Члены семьи", "76-000101"):
        assert hidden not in text
    assert "Сокращённый состав сведений" in text
    assert "653н" not in text


def test_a_large_code_is_printed_larger() -> None:
    small, large = make_symbol("9" * 360), make_symbol("9" * 1600)
    assert code_side(small) == 50
    assert code_side(large) == 60
    assert 50 < code_side(make_symbol("9" * 1000, Writer.ZXING)) <= 60


def test_every_letter_that_a_name_may_have_is_in_the_fonts() -> None:
    from statusqr_schema.names import broken_rules

    letters = [c for c in map(chr, range(0x400, 0x530)) if not list(broken_rules(c))]
    assert {"Ҡ", "ҡ", "Ё", "ё", "Ә"} <= set(letters)
    for start in range(0, len(letters), 90):
        name = "".join(letters[start : start + 90])
        person = Person(name, name, name, record().holder.snils)
        what = replace(record(), holder=person, family_members=())
        assert pdf_of(world().print_key.issue(what), what).startswith(b"%PDF-1.7")


def test_a_sign_that_the_fonts_do_not_hold_is_named_before_printing() -> None:
    what = replace(record(), authority="Отдел 漢字")
    with pytest.raises(IssueRefused, match="нет в шрифте"):
        pdf_of(world().print_key.issue(what), what)


def test_it_declares_what_it_is() -> None:
    _, pdf = certificate()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "Многодетная семья №\u00a076-000101"
    assert document.is_tagged()
    assert pdf.endswith(b"%%EOF\n")
    assert (NOON + timedelta()).strftime("%Y%m%d%H%M%S").encode() in pdf


@pytest.mark.parametrize("letter", ["Ш", "Ж", "i"])
def test_a_word_longer_than_a_line_stays_on_the_paper(letter: str) -> None:
    holder = replace(record().holder, family_name=("Ш" if letter == "i" else letter) * 100)
    what = replace(record(), holder=holder, status_name=letter * 300, authority=letter * 400)
    for sheet in pypdfium2.PdfDocument(pdf_of(world().print_key.issue(what), what)):
        text = sheet.get_textpage()
        boxes = [text.get_charbox(n) for n in range(text.count_chars())]
        assert max(right for _, _, right, _ in boxes) <= 595 - 56  # 20 mm of margin
        assert min(left for left, _, _, _ in boxes) >= 56
