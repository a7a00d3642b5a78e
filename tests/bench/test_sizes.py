"""How the bench counts sizes; the peers' own figures need their environment and are not here."""

import pytest
import segno
from bench.sizes import Sizes, issue_all, median, plain, qr_version
from world import documents

from statusqr_schema import Profile


@pytest.mark.parametrize("count", [100, 362, 497, 1100, 1600])
def test_versions_of_digits_are_those_that_segno_finds(count: int) -> None:
    code = segno.make("7" * count, error="M", mode="numeric", micro=False)
    assert qr_version("7" * count) == code.version


@pytest.mark.parametrize("text", ["HC1:" + "A7$" * 230, "привет " * 40, "abc" * 99])
def test_versions_of_other_texts_too(text: str) -> None:
    code = segno.make(text, error="M", micro=False, encoding="utf-8")
    assert qr_version(text) == code.version


def test_a_smart_health_card_is_two_segments() -> None:
    # 20-M holds 1600 digits; the five bytes before them cost 60 bits, as much as 18 digits.
    assert qr_version("shc:/" + "5" * 1582) == 20
    assert qr_version("shc:/" + "5" * 1583) == 21


def test_more_than_a_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="so much"):
        qr_version("7" * 6000)


def test_a_plain_record_holds_what_was_disclosed_and_nothing_empty() -> None:
    code = issue_all([documents()["R01"]], Profile.FULL)[0]
    record = plain(code.claims.record)
    assert record["holder"]["snils"] == "99789513728"
    assert record["family"][0]["snils"] == "36594"  # 924-046-365 94
    assert "measures_until" not in record
    assert record["region"] == "76"


def test_codes_of_the_same_records_are_smaller_in_the_minimal_profile() -> None:
    chosen = list(documents().values())
    full, minimal = (issue_all(chosen, profile) for profile in (Profile.FULL, Profile.MINIMAL))
    assert all(len(few.data) < len(all_.data) for few, all_ in zip(minimal, full, strict=True))


def test_the_median_is_of_each_figure_for_itself() -> None:
    sizes = [Sizes(1, 30, 2), Sizes(2, 20, 3), Sizes(3, 10, 1)]
    assert median(sizes) == Sizes(2, 20, 2)
