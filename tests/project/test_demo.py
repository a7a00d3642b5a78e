"""The demonstrations are tests too: they go through and show what they promise."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pypdfium2
import pytest

from statusqr_verifier import read_codes

ROOT = Path(__file__).parents[2]


def test_the_demonstration(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", str(ROOT / "examples" / "demo.sh"), str(tmp_path / "demo")],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    said = run.stdout
    for line in (
        "✓ ДЕЙСТВУЕТ   Лебедева О. С. · Многодетная семья",
        "✕ СРОК ИСТЁК   действовал по 28.02.2025 включительно",
        "✕ ЕЩЁ НЕ ДЕЙСТВУЕТ   начнёт 01.12.2026",
        "КОД ПРОЧИТАН НЕ ПОЛНОСТЬЮ",
    ):
        assert line in said.replace("\u00a0", " ")
    assert "[NAME_HOMOGLYPH]" in run.stderr
    assert "[LOW_INCOME_OVER_ONE_YEAR]" in run.stderr
    pages = list((tmp_path / "demo" / "codes").glob("*.pdf"))
    assert len(pages) == 8
    assert all(len(pypdfium2.PdfDocument(page)) == 1 for page in pages)


def test_the_whole_office(tmp_path: Path) -> None:
    """What `make run` does: account and checkpoint answer, and all ends with one Ctrl+C."""
    folder = tmp_path / "office"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["bash", str(ROOT / "examples" / "office.sh"), str(folder), "0", "0"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PATH": path, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl+C reaches all of a terminal's programs at once
    ) as run:
        assert run.stdout is not None
        lines: list[str] = []
        try:
            for line in run.stdout:
                lines.append(line)
                if line.startswith("5."):
                    break
            steps = [line for line in lines if re.match(r"\d\. ", line)]
            assert len(steps) == 5, lines
            account, checkpoint = (re.findall(r"http://127\.0\.0\.1:\d+/", s)[0] for s in steps[:2])
            assert "Демонстрация: вход без пароля" in httpx.get(account).text
            assert "Начать смену" in httpx.get(checkpoint).text
            listed = json.loads((folder / "site" / "metadata" / "timestamp.json").read_text())
            assert listed["signed"]["_type"] == "timestamp"
        finally:
            os.killpg(run.pid, signal.SIGINT)
            run.wait(60)
    for address in (account, checkpoint):
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)


def test_the_checkpoint_with_samples(tmp_path: Path) -> None:
    """What `make checkpoint` does: a page that answers, and samples that can be read."""
    folder = tmp_path / "checkpoint"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["bash", str(ROOT / "examples" / "checkpoint.sh"), str(folder), "--port", "0"]
    environment = {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        try:
            told = ""
            while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/", told)):
                line = run.stdout.readline()
                assert line, told
                told += line
            page = httpx.get(found[1])
            assert "Начать смену" in page.text
            assert "Музей, вход 2" in page.text
        finally:
            run.send_signal(signal.SIGINT)
            run.wait(30)
    samples = (folder / "samples.html").read_text(encoding="utf-8")
    pictures = re.findall(r'<img src="([^"]+)"', samples)
    assert len(pictures) == 7
    assert all(len(read_codes(folder / picture)) == 1 for picture in pictures)
