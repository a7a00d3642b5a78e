"""СНИЛС: the check digits, what counts as a number, and what of it is shown."""

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import snils

from statusqr_schema import FamilyMember, Person, Snils, SnilsTail
from statusqr_schema.snils import broken_rule, check_digits

VECTORS = json.loads(
    (Path(__file__).parents[1] / "data" / "snils_vectors.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["snils"] for v in VECTORS])
def test_vectors(vector: dict[str, object]) -> None:
    text = str(vector["snils"])
    assert (broken_rule(text) is None) is vector["valid"]
    if vector["valid"]:
        assert Snils.parse(text).formatted == text
    if vector.get("checked"):
        assert f"{check_digits(Snils.parse(text).number // 100):02d}" == text[-2:]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("112-233-445 95", None),  # the official example
        ("087-654-303 00", None),  # sum 202
        ("901-010-104 00", None),  # sum 100
        ("900-102-030 00", None),  # sum 101
        ("991-859-566 00", None),  # sum 302, remainder 100
        ("001-001-999 65", None),  # the first number that is checked
        ("001-001-998 00", None),  # the last that is not
        ("001-001-998 99", None),
        ("000-000-001 00", None),
        ("112-233-445 96", "SNILS_CHECKSUM"),
        ("112-233-454 95", "SNILS_CHECKSUM"),
        ("087-654-303 01", "SNILS_CHECKSUM"),
        ("001-001-999 00", "SNILS_CHECKSUM"),
        ("991-859-566 10", "SNILS_REMAINDER_100"),
        ("000-000-000 00", "SNILS_ZERO"),
        ("000-000-000 17", "SNILS_ZERO"),
        ("112-233-445 9", "SNILS_LENGTH"),
        ("112-233-445 955", "SNILS_LENGTH"),
        ("", "SNILS_LENGTH"),
        ("11О-233-445 95", "SNILS_CHARS"),  # the letter О
        ("112_233_445_95", "SNILS_CHARS"),
        ("١١٢-٢٣٣-٤٤٥ ٩٥", "SNILS_CHARS"),  # Arabic-Indic digits
        ("11223344595\n", "SNILS_CHARS"),
    ],
)
def test_rules(text: str, rule: str | None) -> None:
    assert broken_rule(text) == rule


@pytest.mark.parametrize(
    "text", ["11223344595", "112-233-445-95", "112 233 445 95", "112\u2011233\u2011445\u00a095"]
)
def test_separators_do_not_matter(text: str) -> None:
    assert Snils.parse(text) == Snils(11223344595)


def test_parse_names_the_rule_and_not_the_number() -> None:
    with pytest.raises(ValueError, match=r"^SNILS_CHECKSUM$"):
        Snils.parse("905-767-221 26")


@given(snils())
def test_written_form_is_read_back(number: Snils) -> None:
    assert number.valid
    assert Snils.parse(number.formatted) == number
    assert len(number.formatted) == 14


@given(snils().filter(lambda s: s.number % 100), st.integers(1, 10), st.integers(1, 9))
def test_a_wrong_digit_is_noticed(number: Snils, place: int, change: int) -> None:
    """Only 00 stands for two remainders, 0 and 100."""
    digits = f"{number.number:011d}"
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    assert broken_rule(wrong) in ("SNILS_CHECKSUM", "SNILS_REMAINDER_100")


def test_masks() -> None:
    whole = Snils(90576722125)
    assert whole.masked == "•••-•••-221 25"
    assert whole.tail == SnilsTail(22125)
    assert whole.tail.masked == whole.masked == str(whole) == str(whole.tail)
    assert whole.tail.tail == whole.tail
    assert whole.tail.formatted == whole.tail.masked
    assert SnilsTail(7).masked == "•••-•••-000 07"
    assert Snils(7).formatted == "000-000-000 07"


@given(snils())
def test_whole_number_is_in_no_automatic_text(number: Snils) -> None:
    person = Person("Ким", "Виктория", None, number)
    member = FamilyMember("Ким", "Виктория", None, number, "мать")
    shown = [repr(number), str(number), f"{number}", repr(person), repr(member), repr([number])]
    for text in shown:
        assert f"{number.number:011d}"[:6] not in "".join(c for c in text if c.isdigit())
        assert number.masked in text


@pytest.mark.parametrize("number", [-1, 100_000_000_000])
def test_a_number_has_eleven_digits(number: int) -> None:
    with pytest.raises(ValueError, match="eleven digits"):
        Snils(number)


@pytest.mark.parametrize("last_five", [-1, 100_000])
def test_a_tail_has_five_digits(last_five: int) -> None:
    with pytest.raises(ValueError, match="five digits"):
        SnilsTail(last_five)


def test_a_reader_keeps_a_number_that_an_issuer_may_not_sign() -> None:
    assert not Snils(90576722126).valid
    assert not Snils(0).valid


def test_numbers_sort_and_survive_a_process_boundary() -> None:
    numbers = [Snils(3), Snils(1), Snils(2)]
    assert sorted(numbers) == [Snils(1), Snils(2), Snils(3)]
    assert pickle.loads(pickle.dumps(numbers)) == numbers  # noqa: S301 - our own bytes
