"""The figures in the READMEs are those of the results, and the results say what was missed."""

import json

import pytest
from bench import summary
from bench.__main__ import SECTIONS
from bench.table import Aim, Section


@pytest.mark.parametrize("language", summary.READMES)
def test_the_readme_shows_the_results(language: str) -> None:
    assert summary.block(language) in summary.READMES[language].read_text(encoding="utf-8")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_has_been_measured(section: str) -> None:
    document = json.loads((summary.RESULTS / f"{section}.json").read_text(encoding="utf-8"))
    assert document["rows"]
    assert document["machine"]["processor"]
    page = (summary.RESULTS / "README.md").read_text(encoding="utf-8")
    assert f"## {document['title']}\n" in page
    for aim in document["aims"]:
        assert f"- {aim['name']}: " in page


def test_an_aim_that_is_missed_says_so() -> None:
    missed, met = Aim("rate", 0.49, least=0.65), Aim("rate", 0.65, least=0.65, most=1)
    assert (missed.met, met.met) == (False, True)
    table = Section("Speed", "About.", ("program", "rate"), [("ours", 0.49)], [missed, met])
    assert table.to_markdown() == (
        "## Speed\n\nAbout.\n\n| program | rate |\n| --- | --- |\n| ours | 0.49 |\n\n"
        "- rate: 0.49 (aim: at least 0.65) – NOT met\n"
        "- rate: 0.65 (aim: at least 0.65, at most 1) – met\n"
    )
