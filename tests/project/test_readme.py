"""The README says what is so: its example runs, its commands work, its links lead somewhere."""

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from world import Key, documents, trust

from statusqr_issuer import make_symbol

ROOT = Path(__file__).parents[2]
READMES = ["README.md", "README.ru.md"]
BIN = Path(sys.executable).parent
GROUPS = {"token", "registry", "audit"}  # commands that have commands


def blocks(name: str, language: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("name", READMES)
def test_the_embedding_example_is_the_one_that_runs(name: str) -> None:
    (block,) = blocks(name, "python")
    source = (ROOT / "examples" / "embed.py").read_text(encoding="utf-8")
    assert source.endswith(block)
    assert len([line for line in block.splitlines() if line]) <= 10


def test_the_embedding_example(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    key = Key.make(valid_through=now + timedelta(days=1))
    (tmp_path / "trust.json").write_text(json.dumps(trust(key).to_json()))
    code = make_symbol(key.issue(at=now).text)
    (tmp_path / "picture.png").write_bytes(code.png())
    run = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "embed.py"), "trust.json", "picture.png"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"},
    )
    assert run.stdout == "VALID open Лебедева\u00a0О.\u00a0С.\n"


@pytest.mark.parametrize("name", READMES)
def test_the_commands_for_a_record_of_ones_own(name: str, tmp_path: Path) -> None:
    """As a newcomer would: in a fresh folder, line by line, with a record that holds today."""
    (script,) = [block for block in blocks(name, "") if "statusqr-keys new" in block]
    script = script.replace("$PWD/.venv/bin", str(BIN))
    folder = tmp_path / "my"
    folder.mkdir()
    record = documents()["R08"]  # indefinite
    (folder / "record.json").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    environment = {**os.environ, "STATUSQR_PASSPHRASE": "a phrase of a newcomer"}
    run = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert re.search("ДЕЙСТВУЕТ", run.stdout)
    assert (folder / "codes" / "r08.pdf").stat().st_size > 10_000

    (script,) = [block for block in blocks(name, "") if "statusqr-keys publish" in block]
    run = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env={**environment, "PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1  # the last command: revoked
    before, _, after = run.stdout.partition("отозвано")
    assert "ДЕЙСТВУЕТ" in before
    assert "ОТОЗВАН" not in before
    assert "ОТОЗВАН" in after
    assert "ДЕЙСТВУЕТ" not in after


GUIDES = [
    "docs/issuers.md",
    "docs/integrators.md",
    "docs/ru/checkpoint.md",
    "docs/ru/citizen.md",
]


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "SECURITY.md", *GUIDES])
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    folder = (ROOT / name).parent
    links = re.findall(r"\]\(([^)#]+)", text) + re.findall(r'<img src="([^"]+)"', text)
    for link in links:
        if not link.startswith("https://"):
            assert (folder / link).exists(), link


@pytest.mark.parametrize("command", ["statusqr-keys", "statusqr-issuer", "statusqr-verifier"])
def test_help_names_what_the_documents_use(command: str) -> None:
    """Every option that the README and the guides give to a command is one that it has."""
    used: set[tuple[str, str]] = set()
    for name in (*READMES, "docs/issuers.md", "docs/integrators.md", "examples/demo.sh"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        for found in re.findall(rf"^(?:show )?{command} [a-z].*$", text, re.MULTILINE):
            line = found.removeprefix("show ").split(" | ")[0].split(" #")[0].split(" || ")[0]
            words = shlex.split(line)
            verb = " ".join(words[1:3] if words[1] in GROUPS else words[1:2])
            used |= {(verb, word) for word in words if word.startswith("--")}
    assert used
    for verb in {verb for verb, _ in used}:
        run = subprocess.run(
            [str(BIN / command), *verb.split(), "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "COLUMNS": "200"},
        )
        for _, option in (pair for pair in used if pair[0] == verb):
            assert option.split("=")[0] in run.stdout, (command, verb, option)
