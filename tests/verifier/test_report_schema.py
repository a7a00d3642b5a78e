"""The examples in report.schema.json: one a verdict, each what the verifier really prints."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from world import NOON, Key, record, trust

from statusqr_schema import Disclosure, Profile
from statusqr_verifier import Policy, Verifier, report_json
from statusqr_verifier.words import UNREADABLE, Language

SCHEMA: dict[str, Any] = json.loads(
    Path(report_json.__file__).with_name("report.schema.json").read_text(encoding="utf-8")
)
EXAMPLES: dict[str, Any] = {example["verdict"]: example for example in SCHEMA["examples"]}
LANGUAGE = Language.RU


def printed(verdict: str) -> object:
    """What the verifier prints for a code of this verdict, issued here."""
    key = Key.fixed()  # its kid stands in the examples
    made = {
        "VALID": lambda: key.issue(record("R01"), disclosure=Disclosure()),
        "UNDETERMINED": lambda: key.issue(record("R08"), lifetime=timedelta(days=30)),
        "INVALID": lambda: key.issue(record("R05"), disclosure=Disclosure(Profile.MINIMAL)),
    }
    at = NOON + timedelta(days=0 if verdict == "VALID" else 40)
    source = f"{verdict.lower()}.png"
    if verdict == "UNREADABLE":
        return report_json.unreadable_to_json(source, UNREADABLE[LANGUAGE])
    text = "https://example.org/" if verdict == "FOREIGN" else made[verdict]().text
    report = Verifier(trust(key), Policy(as_of=True)).verify(text, at)
    return report_json.report_to_json(report, source, LANGUAGE)


def test_one_example_a_verdict() -> None:
    assert list(EXAMPLES) == SCHEMA["properties"]["verdict"]["enum"]
    assert len(SCHEMA["examples"]) == len(EXAMPLES)


@pytest.mark.parametrize("verdict", EXAMPLES)
def test_examples_keep_the_schema(verdict: str) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [error.message for error in validator.iter_errors(EXAMPLES[verdict])] == []


@pytest.mark.parametrize("verdict", EXAMPLES)
def test_examples_are_what_the_verifier_prints(verdict: str) -> None:
    """To the letter; where words have changed, the examples change with them."""
    assert json.loads(json.dumps(printed(verdict))) == EXAMPLES[verdict]


def test_the_schema_refuses_what_a_report_never_is() -> None:
    """A report that would read as accepted without the record or the signer to it."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    valid, ended = EXAMPLES["VALID"], EXAMPLES["INVALID"]
    for broken in (
        valid | {"record": None},
        valid | {"signer": None},
        valid | {"findings": ended["findings"]},
        valid | {"verdict": "REVOKED"},
        ended | {"accepted": True},
        ended | {"findings": []},
        {name: value for name, value in valid.items() if name != "notices"},
    ):
        assert not validator.is_valid(broken)
