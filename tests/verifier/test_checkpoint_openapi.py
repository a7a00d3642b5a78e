"""The description of the API: valid, complete, and kept by the program, as schemathesis sees it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from checkpoints import REPORT_SCHEMA, StationAt, bearer
from schemathesis.specs.openapi.definitions import OPENAPI_31
from served import served

from statusqr_verifier.checkpoint import app as application
from statusqr_verifier.checkpoint.app import Door, create_app
from statusqr_verifier.checkpoint.scans import Scans
from statusqr_web.rate import RouteGroup
from statusqr_web.tokens import TokenBook, TokenFile

SEED = 653
TESTS = Path(__file__).parents[1]
PROGRAM = Path(sys.executable).with_name("schemathesis")


@pytest.fixture(scope="module")
def document() -> Iterator[dict[str, Any]]:
    station = StationAt()
    yield create_app(station).openapi()
    station.close()


def parts(document: object) -> Iterator[dict[str, Any]]:
    """Every object in it."""
    if isinstance(document, dict):
        yield document
        for value in document.values():
            yield from parts(value)
    elif isinstance(document, list):
        for value in document:
            yield from parts(value)


def found(document: dict[str, Any], reference: str) -> Any:
    place: Any = document
    for name in reference.removeprefix("#/").split("/"):
        place = place[name]
    return place


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    jsonschema.Draft202012Validator(OPENAPI_31).validate(document)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = [part["$ref"] for part in parts(document) if "$ref" in part]
    assert len(references) > 20
    for reference in references:
        assert reference.startswith("#/"), reference
        assert found(document, reference)


def test_every_answer_has_examples_that_keep_its_schema(document: dict[str, Any]) -> None:
    seen = set()
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            (content,) = answer["content"].values()
            schema = {**content["schema"], "components": document["components"]}
            assert content["examples"], (operation["operationId"], status)
            for example in content["examples"].values():
                value = found(document, example["$ref"])["value"]
                jsonschema.Draft202012Validator(schema).validate(value)
                seen.add(example["$ref"])
    assert seen == {f"#/components/examples/{name}" for name in document["components"]["examples"]}


def test_the_reports_are_those_of_the_published_schema(document: dict[str, Any]) -> None:
    """To the null: some writers of descriptions drop it."""
    examples = document["components"]["examples"]
    for example in REPORT_SCHEMA["examples"]:
        assert examples[example["verdict"]]["value"] == example
    described = {
        "$ref": "#/components/schemas/Report",
        "components": document["components"],
    }
    validator = jsonschema.Draft202012Validator(described)
    for example in REPORT_SCHEMA["examples"]:
        validator.validate(example)
        assert not validator.is_valid({**example, "verdict": "GREEN"})
        assert not validator.is_valid({**example, "verdict": "VALID", "record": None})


def test_nothing_is_described_twice_or_unnamed(document: dict[str, Any]) -> None:
    described = list(operations(document))
    assert [operation["operationId"] for operation in described] == [
        *("verify", "verifyImage", "scans")
    ]
    for operation in described:
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"] == [{"token": []}]
    assert "HTTPValidationError" not in document["components"]["schemas"]


class BriefScans(Scans):
    """Streams that end at once: schemathesis reads an answer to its end."""

    def listen(self) -> AsyncIterator[str]:
        stream = super().listen()
        self.close()
        return stream


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and token of a server that asks for one, as integrators meet it."""
    file = TokenFile(tmp_path_factory.mktemp("tokens") / "tokens.json")
    token = file.new("schemathesis", ["verify", "scans"], date(2026, 11, 21))
    station = StationAt()
    station.scans = BriefScans()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(application, "RATES", [RouteGroup("all", ("/",), "1000000/minute")])
        app = create_app(station, Door(tokens=TokenBook(file.path)))
    with served(app) as port:
        yield f"http://127.0.0.1:{port}", token
    station.close()


@pytest.mark.parametrize(
    "examples", [pytest.param(60, id="60"), pytest.param(1000, id="1000", marks=pytest.mark.long)]
)
def test_the_program_keeps_its_description(
    examples: int, server: tuple[str, str], tmp_path: Path
) -> None:
    """All checks, good and bad data, nothing excluded; the same cases for the same seed.

    Beside `examples` at random for each operation: the examples of the document, and one case for
    each boundary of each schema.
    """
    url, token = server
    run = subprocess.run(
        [
            *(PROGRAM, "run", f"{url}/api/v1/openapi.json", "--no-color", "--checks", "all"),
            *("-H", f"Authorization: {bearer(token)['Authorization']}", "--mode", "all"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", str(examples)),
            *("--seed", str(SEED), "--request-timeout", "60"),
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
    assert "Selected: 3/3\n  Tested: 3" in run.stdout
    assert "No issues found" in run.stdout
