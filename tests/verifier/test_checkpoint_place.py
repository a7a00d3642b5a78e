"""The place of a device: what a form sends, and what a device remembers."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statusqr_schema import Categories, subjects
from statusqr_verifier.checkpoint.place import (
    DEFAULT_KEEP,
    KEEP,
    MAX_NAME,
    Detail,
    NobodyTaken,
    Place,
    known_categories,
)

KNOWN = known_categories()
HOURS = timedelta(hours=72)


def sent(
    name: str = "",
    categories: list[str] | None = None,
    regions: list[str] | None = None,
    detail: str = "full",
    keep: str = "8",
) -> Place:
    return Place.of(name, categories or [], regions or [], detail, keep, KNOWN)


def cookie(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def sent_if_any(**values: Any) -> Place | None:
    try:
        return sent(**values)
    except NobodyTaken:
        return None


PLACES = st.builds(
    sent_if_any,
    name=st.text(max_size=100),
    categories=st.lists(st.sampled_from(sorted(KNOWN)) | st.text(max_size=5), max_size=5),
    regions=st.lists(st.sampled_from(sorted(subjects())) | st.text(max_size=3), max_size=5),
    detail=st.sampled_from([*Detail]) | st.text(max_size=5),
    keep=st.sampled_from([str(seconds) for seconds in KEEP]) | st.text(max_size=5),
).filter(bool)


@given(PLACES)
@example(sent("а" * (MAX_NAME - 1) + " б"))
def test_a_device_remembers_its_place(place: Place) -> None:
    remembered = place.to_cookie()
    assert remembered.isascii()
    assert not set(remembered) & set(' ",;\\')  # RFC 6265: no quotes are needed
    assert Place.from_cookie(remembered, KNOWN) == place


@given(PLACES)
def test_a_place_has_a_policy_whatever_was_sent(place: Place) -> None:
    policy = place.policy(HOURS)
    assert (policy.max_trust_age, policy.max_status_age) == (HOURS, HOURS)
    assert policy.categories <= KNOWN
    assert policy.regions <= set(subjects())
    assert place.keep in KEEP
    assert len(place.name) <= MAX_NAME
    assert place.name.isprintable()


def test_what_is_not_known_is_left_out() -> None:
    place = sent(" Музей\n вход\t2 \u202e", ["large_family", "x"], ["76", "00", "Я"], "all", "9999")
    assert place == Place("Музей вход2", frozenset({"large_family"}), frozenset({"76"}))
    assert (place.detail, place.keep) == (Detail.FULL, DEFAULT_KEEP)
    assert sent(keep="0").keep == 0
    for strange in ("", "-1", "²", "٨", "1e1", "8 ", "00000008"):
        assert sent(keep=strange).keep == DEFAULT_KEEP


@pytest.mark.parametrize("named", [{"categories": ["gone"]}, {"regions": ["00"]}])
def test_nothing_that_is_known_does_not_mean_everybody(named: dict[str, list[str]]) -> None:
    with pytest.raises(NobodyTaken):
        sent(**named)  # type: ignore[arg-type]
    remembered = sent(categories=["large_family"]).to_cookie()
    assert Place.from_cookie(remembered, frozenset({"disabled_1"})) is None


def test_a_category_that_is_gone_is_forgotten() -> None:
    place = sent(categories=["large_family", "disabled_1"])
    assert Place.from_cookie(place.to_cookie(), frozenset({"disabled_1"})) == Place(
        categories=frozenset({"disabled_1"})
    )


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda b: b.decode("latin-1")))
def test_hostile_cookies_are_no_place(text: str) -> None:
    assert Place.from_cookie(text, KNOWN) is None


@given(st.recursive(st.none() | st.integers() | st.text(), lambda s: st.lists(s), max_leaves=5))
def test_cookies_of_another_shape(value: object) -> None:
    assert Place.from_cookie(cookie(value), KNOWN) is None
    good = {"name": "", "categories": [], "regions": [], "detail": "full", "keep": "8"}
    for name in good:
        found = Place.from_cookie(cookie({**good, name: value}), KNOWN)
        assert found is None or found.name == (value if name == "name" else "") or name == "name"
        if found is not None:
            assert Place.from_cookie(found.to_cookie(), KNOWN) == found


@pytest.mark.parametrize(
    "text",
    ["[" * 15_000, '{"a":' * 3_000, "1" * 15_000, '{"name":"\\ud800"}', "NaN", "\ufeff{}"],
)
def test_cookies_that_are_meant_to_break(text: str) -> None:
    assert Place.from_cookie(base64.urlsafe_b64encode(text.encode()).decode(), KNOWN) is None


def test_half_a_letter_in_a_name() -> None:
    values = {"name": "а\ud800б", "categories": [], "regions": [], "detail": "", "keep": ""}
    assert Place.from_cookie(cookie(values), KNOWN) == Place("аб")


def test_the_categories_of_the_trust_list_can_be_chosen() -> None:
    assert known_categories(["own:1"]) == KNOWN | {"own:1"}
    assert set(Categories.builtin().by_code) == KNOWN
