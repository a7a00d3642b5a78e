"""A plain `pip install .` in a fresh environment gives the verifier. Slow: it downloads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from world import NOON, trust, world

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_the_base_without_extras(tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    pip = [str(environment / "bin" / "pip"), "install", "--quiet"]
    subprocess.run([*pip, "--constraint", str(ROOT / "constraints.txt"), str(ROOT)], check=True)
    (tmp_path / "trust.json").write_text(json.dumps(trust(world().print_key).to_json()))
    (tmp_path / "code.txt").write_text(world().print_key.issue().text)
    programs = environment / "bin"
    command = [str(programs / "statusqr-verifier"), "verify", "code.txt", "--trust", "trust.json"]
    run = subprocess.run(
        [*command, "--at", NOON.isoformat(), "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout)["verdict"] == "VALID"
    import_typst = [str(programs / "python"), "-c", "import typst"]
    assert subprocess.run(import_typst, capture_output=True, check=False).returncode == 1
