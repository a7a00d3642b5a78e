"""The threat model names tests that exist, and has a row for every attack that it must speak of."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[^`:]+)::([^`]+)`", TEXT)))
NO_TEST = "no test yet"
COLUMNS = 8  # row, attack, answer, tests, and what four others do

ATTACKS = [
    "rollback",
    "freeze",
    "mix-and-match",
    "endless data",
    "slow data",
    "wrong length or hash",
    "forged targets",
    "compromised online key",
    "compromised targets key",
    "fast-forward",
    "another's scope",
    "swapped between two lists",
    "swapped between issuers",
    "signed by a print key",
    "signed by a live or status key shown as print",
    "newest list withheld",
    "clock set back",
    "high-s twin",
    "extra headers",
    "trailing bytes",
    "decompression bomb",
    "cut code",
    "look-alike site, link in the qr",
    "screenshot of a live code",
    "copied paper",
    "kill -9 during publish",
    "kill -9 during sync",
    "kill -9 during revoke",
    "hostile picture or pdf",
    "replayed older status list",
    "store stolen without the passphrase",
    "personal data in the revocation file",
    "stolen, without the store",
    "sealed cell changed, or moved",
    "audit log changed or removed",
    "old backup is restored",
    "two processes, or two registries",
    "while the registry is written",
    "changes rows by sql",
    "another's id in an address",
    "csrf",
    "session is fixed, stolen",
    "account that is not confirmed",
    "same name, another snils",
    "without consent",
    "service worker",
    "where and when a citizen shows codes",
    "demonstration's login",
    "flood of live codes",
    "shared computer",
    "data of family members",
]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def table_rows() -> dict[str, list[str]]:
    """The rows of section 6 by their names, each a list of cells."""
    section = TEXT.partition("\n## 6. ")[2].partition("\n## 7. ")[0]
    lines = [cells(line) for line in section.splitlines() if re.match(r"\| [A-Z]\d+ \|", line)]
    return {row[0]: row for row in lines}


ROWS = table_rows()


@cache
def functions(path: Path) -> frozenset[str]:
    """The names of the functions of a file, which is parsed and not imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_named_test_exists(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in functions(ROOT / path)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_has_a_row(attack: str) -> None:
    assert any(attack in row[1].lower() for row in ROWS.values())


def test_every_row_is_whole_and_says_what_shows_it() -> None:
    assert len(ROWS) > len(ATTACKS)
    assert len(re.findall(r"^\| [A-Z]\d+ \| .*\|.*\|.*\|.*\|.*\|", TEXT, re.M)) == len(ROWS)
    for name, row in ROWS.items():
        assert len(row) == COLUMNS, name
        assert all(row), name
        assert ("`tests/" in row[3]) != (row[3] == NO_TEST), name


def test_what_no_test_shows_is_listed_once_more() -> None:
    section = TEXT.partition("\n## 7. ")[2].partition("\n## 8. ")[0]
    listed = re.findall(r"^\| ([A-Z]\d+) \|", section, re.M)
    assert sorted(listed) == sorted(name for name, row in ROWS.items() if row[3] == NO_TEST)


def test_rows_that_are_referred_to_exist() -> None:
    groups = re.findall(r"[\[(]([A-Z]\d+(?:, [A-Z]\d+)*)[\])]", TEXT)
    assert groups
    assert {name for group in groups for name in group.split(", ")} <= set(ROWS)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target
