"""Two readers of one specification: ours, and one that was written from FORMAT.md alone.

They share no code. Where they disagree, FORMAT.md is unclear or one of them is wrong.
"""

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import second_reader
from bench.records import generate
from fuzz.cases import case
from fuzz.keys import ring, trust
from world import ENTRY, NOON

from statusqr_issuer import issue
from statusqr_schema import Disclosure, Presentation, Profile, SnilsPolicy, read_entry
from vectors.answer import answer

ROOT = Path(__file__).parents[2]
VECTORS = sorted((ROOT / "schema" / "vectors").glob("*/*.json"))
TRUST = json.dumps(trust().to_json(), ensure_ascii=False)
PUBLISHED = int((NOON - timedelta(hours=1)).timestamp())


def asked(text: str, at: float, number: int) -> dict[str, Any]:
    """One question of a place; the settings vary with the number."""
    draw = Random(number)  # noqa: S311 - no secret
    return {
        "name": str(number),
        "text": text,
        "trust": TRUST,
        "at": at,
        "as_of": draw.random() < 0.2,
        "published": draw.choice((None, None, PUBLISHED)),
        "place": {
            "categories": draw.choice(([], [], ["large_family", "disabled_2"])),
            "regions": draw.choice(([], [], ["76", "02"])),
        },
        "seen_before": draw.random() < 0.1,
    }


def compare(questions: dict[str, dict[str, Any]]) -> Counter[str]:
    """How often each verdict came, the two readers agreeing on everything."""
    found: Counter[str] = Counter()
    for name, question in questions.items():
        ours = answer(question)
        assert second_reader.read(question) == ours, name
        found[str(ours["verdict"])] += 1
    return found


def test_both_are_small_and_apart() -> None:
    source = (ROOT / "tests" / "second_reader.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 200
    assert "statusqr_" not in source.replace("statusqr_schema/dictionary_v1.bin", "")


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    expected = vector["expected"]
    found = second_reader.read(vector)
    assert found["verdict"] == expected["verdict"]
    assert expected["verdict"] == "REFUSED" or found == expected


def hostile(numbers: range) -> Counter[str]:
    cases = {f"case({number})": (case(number), number) for number in numbers}
    return compare(
        {name: asked(c.text, c.at.timestamp(), number) for name, (c, number) in cases.items()}
    )


def test_hostile_credentials() -> None:
    found = hostile(range(5_000))
    assert min(found[verdict] for verdict in ("VALID", "UNDETERMINED", "INVALID", "FOREIGN")) > 25


@pytest.mark.long
def test_hostile_credentials_long() -> None:
    assert hostile(range(5_000, 150_000))["VALID"] > 10_000


def test_honest_credentials() -> None:
    """Synthetic people, all presentations and disclosures, looked at over three years."""
    draw = Random(653)  # noqa: S311 - no secret
    questions = {}
    for number, document in enumerate(generate(1_000, seed=653)):
        presentation = draw.choice(list(Presentation))
        paper = presentation is Presentation.PRINT
        key = ring()[draw.choice((0, 1)) if paper else draw.choice((2, 3))]
        issued = issue(
            read_entry(document).record,
            key.signer,
            key=key.record,
            issued_at=NOON,
            status=ENTRY if paper else None,
            presentation=presentation,
            disclosure=Disclosure(draw.choice(list(Profile)), draw.choice(list(SnilsPolicy))),
            allow_ended=True,
        )
        slip = draw.choice((0, 30, 61, 119, 121, 86_400 * draw.randrange(1_000)))
        at = NOON.timestamp() + draw.choice((1, 1, 1, -1)) * slip
        questions[str(document["id"])] = asked(issued.text, at, number)
    found = compare(questions)
    assert min(found[verdict] for verdict in ("VALID", "UNDETERMINED", "INVALID")) > 25
