"""Hostile content under a trusted key: VALID exactly where the content, plainly read, allows it.

An independent oracle judges every case. The test goes both ways: nothing passes that the content
forbids, and nothing is refused that it allows.
"""

from collections import Counter
from random import Random

import pytest

from statusqr_schema import Presentation

from . import oracle, strict
from .cases import base, case
from .judge import judge
from .mutations import MUTATIONS
from .wire import Map, tree, write

CASES = 6_000
MANY = 300_000


def judge_all(numbers: range) -> None:
    found = Counter(judge(case(number), f"case({number})") or "VALID" for number in numbers)
    share = found["VALID"] / len(numbers)
    print(f"{len(numbers)} cases, {share:.0%} VALID, {len(found) - 1} ways to be refused")  # noqa: T201
    # A generator of nothing but rubbish would prove nothing.
    assert share > 0.15
    assert len(found) > 30


def test_valid_exactly_where_the_content_allows_it() -> None:
    judge_all(range(CASES))


@pytest.mark.long
def test_valid_exactly_where_the_content_allows_it_long() -> None:
    judge_all(range(CASES, CASES + MANY))


def test_mutations_can_follow_one_another() -> None:
    """As they do in a long run of the engine, where a fault of theirs would end the run."""
    rng = Random(653)  # noqa: S311 - no secret
    for _ in range(800):
        root = tree(strict.read(base("R01", Presentation.PRINT)))
        assert isinstance(root, Map)
        for _ in range(8):
            rng.choice(MUTATIONS)(rng, root)
        assert write(root)


def test_a_case_can_be_made_again() -> None:
    assert case(653) == case(653)
    assert case(653) != case(654)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIRST_DAY", oracle.FIRST_DAY + 1),
        ("LAST_INSTANT", oracle.LAST_INSTANT + 1),
        ("LONGEST_NAME", 101),
        ("LONGEST_CONTENT", 4095),
        ("LIFETIMES", (400 * 86_400 - 1, 600, 60)),
        ("LIFETIMES", (400 * 86_400, 599, 60)),
        ("LIFETIMES", (400 * 86_400, 600, 61)),
        ("LARGEST_FAMILY", 31),
        ("LARGEST_REGION", 998),
        ("CLOCK", 61),
        ("GRACE", 59),
        ("EARLIEST_BEGIN", 14 * 3600 + 1),
        ("LATEST_END", 12 * 3600 - 1),
    ],
)
def test_a_limit_that_is_off_by_one_is_noticed(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cases reach the edges: were our limit or the oracle's another, some case would tell."""
    monkeypatch.setattr(oracle, name, value)
    with pytest.raises(AssertionError, match="oracle"):
        for number in range(4 * CASES):
            judge(case(number), "", rendered=False)
