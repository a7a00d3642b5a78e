"""The demonstrations are tests too: they go through and show what they promise."""

import html
import io
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

import httpx
import pypdfium2
import pytest

from statusqr_keys.distribution.watching import LOOK_EVERY
from statusqr_verifier import read_codes

ROOT = Path(__file__).parents[2]
OFFICE = ROOT / "examples" / "office.sh"


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
    """What `make run` does, the five lines that it prints, and all ends with one Ctrl+C."""
    folder = tmp_path / "office"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["bash", str(OFFICE), str(folder), "0", "0"]
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
            walk(account, checkpoint, run)
        finally:
            os.killpg(run.pid, signal.SIGINT)
            run.wait(60)
    for address in (account, checkpoint):
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)


def walk(account: str, checkpoint: str, office: subprocess.Popen[str]) -> None:
    """A citizen logs in, agrees and prints a code; it is good until they have revoked it."""
    with httpx.Client(base_url=account, headers={"Accept": "text/html"}) as citizen:
        citizen.follow_redirects = True
        choice = citizen.get("/auth/login")
        consent = citizen.get(html.unescape(found(r'href="([^"]+person=demo-1)"', choice.text)))
        form = {"csrf_token": found(r'name="csrf_token" value="([^"]+)"', consent.text)}
        told = {"version": found(r'name="version" value="(\d+)"', consent.text), "agree": "yes"}
        mine = citizen.post("/consent", data={**form, **told})
        path = found(r'href="(/statuses/[0-9a-f-]{36}/pdf)"', mine.text)
        sheet = citizen.post(path, data={**form, "profile": "full"}).content
        (report,) = httpx.post(
            f"{checkpoint}api/v1/verify/image", files={"file": sheet}, timeout=30
        ).json()["reports"]
        assert report["verdict"] == "VALID"
        listed = citizen.get("/printouts").text
        done = citizen.post(found(r'href="(/printouts/[0-9a-f-]{36}/revoke)"', listed), data=form)
        assert "Код отозван" in done.text
    assert until_revoked(checkpoint, sheet, office) == ("INVALID", "R-REV")


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, text
    return match[1]


def until_revoked(checkpoint: str, sheet: bytes, office: subprocess.Popen[str]) -> tuple[str, ...]:
    """Ask each second. A minute is promised; a busy machine has half of one more."""
    picture = io.BytesIO()
    pypdfium2.PdfDocument(sheet)[0].render(scale=200 / 72).to_pil().save(picture, "PNG")
    (text,) = read_codes(picture.getvalue())
    deadline = monotonic() + 90
    while True:
        report = httpx.post(f"{checkpoint}api/v1/verify", json={"text": text}).json()
        if report["verdict"] != "VALID" or monotonic() > deadline:
            return report["verdict"], *[finding["code"] for finding in report["findings"][:1]]
        with suppress(subprocess.TimeoutExpired):
            office.wait(1)
            raise AssertionError("the office has stopped")


def test_the_office_keeps_its_promise_of_a_minute() -> None:
    """Half of it is for the machine; how long it waits by itself, its own script says."""
    script = OFFICE.read_text(encoding="utf-8")
    assert "через минуту" in script
    assert re.search(r"^statusqr-issuer publish .* --watch ", script, re.MULTILINE)
    (every,) = re.findall(r"^statusqr-verifier serve .*--every (\S+)", script, re.MULTILINE)
    assert LOOK_EVERY + float(every) * 60 <= 30


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
