"""The guide for issuers, as somebody would follow it: from keys to a registry that was restored.

The chapters on revocation and keys name files and ids of the reader's own; their options are
checked in test_readme.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from statusqr_web.login_config import load_citizen_login

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
GUIDE = (ROOT / "docs" / "issuers.md").read_text(encoding="utf-8")


def chapter(number: int) -> str:
    return re.split(r"^## \d+\. .*$", GUIDE, flags=re.MULTILINE)[number]


def blocks(number: int, language: str = "sh") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", chapter(number), re.DOTALL)


class Reader:
    """Who has the guide open, and a shell in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = f"{BIN}:{os.environ['PATH']}"
        self._environment = {**os.environ, "STATUSQR_PASSPHRASE": "a phrase", "PATH": path}

    def tries(self, script: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["bash", "-euc", script],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def does(self, script: str) -> str:
        run = self.tries(script)
        assert run.returncode == 0, run.stderr
        return run.stdout


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    (record,) = blocks(3, "json")
    (tmp_path / "record.json").write_text(record, encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    return Reader(tmp_path)


def test_from_the_keys_to_a_registry_that_was_restored(reader: Reader) -> None:
    for number in (1, 2, 4, 12):
        for block in blocks(number):
            reader.does(block)
    said = reader.does(blocks(13)[0])
    assert said.endswith(blocks(13, "text")[0])
    assert "цел" in reader.does(blocks(14)[0])
    assert "MOVED" in reader.tries(blocks(10)[0].splitlines()[0]).stderr

    keys, loss = blocks(15)
    reader.does(keys)
    later = json.loads((reader.folder / "record.json").read_text(encoding="utf-8"))
    later["status"]["authority"] = "Другой вымышленный отдел"
    (reader.folder / "latest.json").write_text(json.dumps(later), encoding="utf-8")
    reader.does("statusqr-issuer load latest.json --store store")
    reader.does(blocks(14)[0])
    *before, publish = loss.splitlines()
    assert "изменено 1" in reader.does("\n".join(before))
    assert "AUDIT_BACK" in reader.tries("statusqr-issuer publish --store store --to site").stderr
    reader.does(publish)
    verified = reader.does("statusqr-issuer audit verify --store store --site site")
    assert "Вершин, утраченных при восстановлении из копии: 1" in verified


def test_the_login_of_citizens(tmp_path: Path) -> None:
    (example,) = blocks(16, "toml")
    (tmp_path / "login.toml").write_text(example, encoding="utf-8")
    (tmp_path / "client-secret").write_text("a secret", encoding="utf-8")
    login = load_citizen_login(tmp_path / "login.toml")
    assert login.provider.title == "Госуслуги"
    assert login.citizen.confirmed_value is True


def test_every_code_of_the_registry_and_the_login_is_explained() -> None:
    """All but those that a citizen alone may see, in words."""
    issuer = ROOT / "issuer" / "statusqr_issuer"
    sources = [
        *(issuer / "registry").rglob("*.py"),
        *issuer.glob("*.py"),
        issuer / "account/citizens.py",
    ]
    codes = set()
    for path in sources:
        text = path.read_text(encoding="utf-8")
        codes |= set(re.findall(r'code="([A-Z_]+)"', text))
        codes |= set(re.findall(r'RuleViolation\(\s*"([A-Z_]+)"', text))
    assert {"OTHER_PERSON", "REGISTRY_KEY", "AUDIT_BACK", "LOGIN_NO_SNILS"} <= codes
    assert (
        sorted(code for code in codes - {"NO_STATUS", "STATUS_CHANGED"} if code not in GUIDE) == []
    )
