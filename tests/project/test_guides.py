"""Every Python block of the guide for integrators runs as it is written.

Those of the chapter on the HTTP API need a server: see test_api_guide.
"""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from world import Key, trust

from statusqr_issuer import make_symbol
from statusqr_schema import Categories
from statusqr_verifier import NoticeKind, Reason

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
LIBRARY = re.sub(r"\n## The HTTP API\n.*?(?=\n## )", "", GUIDE, flags=re.DOTALL)
BLOCKS = re.findall(r"```python\n(.*?)```", LIBRARY, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the guide says lies there: trust.json and code.png."""
    made = tmp_path_factory.mktemp("guide")
    now = datetime.now(UTC)
    key = Key.make(valid_through=now + timedelta(days=1))
    (made / "trust.json").write_text(json.dumps(trust(key).to_json()))
    (made / "code.png").write_bytes(make_symbol(key.issue(at=now).text).png())
    return made


def test_the_guide_has_examples() -> None:
    assert len(BLOCKS) >= 5


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_each_block_runs(number: int, folder: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCKS[number]],
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_the_guide_names_every_reason_and_notice() -> None:
    for reason in Reason:
        row = rf"\| {reason.code} \| {reason.name} \| {reason.verdict.value} \|"
        assert re.search(row, GUIDE), reason
    for kind in NoticeKind:
        assert f"| {kind.code} |" in GUIDE, kind


def test_the_guide_for_issuers_lists_every_category() -> None:
    guide = (ROOT / "docs" / "issuers.md").read_text(encoding="utf-8")
    for category in Categories.builtin().by_code.values():
        assert f"| `{category.code}` | {category.name} |" in guide


def test_the_guide_for_citizens_speaks_of_what_the_account_shows() -> None:
    """Each button, heading and message that it quotes is one of the account's own."""
    guide = (ROOT / "docs" / "ru" / "citizen.md").read_text(encoding="utf-8")
    account = ROOT / "issuer" / "statusqr_issuer" / "account"
    sources = [*account.rglob("*.html"), *account.rglob("*.py")]
    sources += [ROOT / "schema" / "statusqr_schema" / "wording.py"]
    sources += [*(ROOT / "web" / "statusqr_web").rglob("*.py")]
    said = " ".join(path.read_text(encoding="utf-8") for path in sources).casefold()
    browser = {"Загрузки", "Добавить на главный экран", "Установить"}
    quoted = set(re.findall(r"«([^«»]+)»", re.sub(r"<img[^>]*>", "", guide))) - browser
    assert len(quoted) > 20
    missing = [words for words in quoted if words.split(" …")[0].casefold() not in said]
    assert missing == []
