"""Every block of the guide's chapter on the HTTP API runs as it is written, against a server."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

import httpx
import pytest
import scan_world
from checkpoints import Scanner, bearer, process

from statusqr_issuer import make_symbol
from statusqr_verifier.checkpoint.app import BODIES, RATES
from statusqr_verifier.checkpoint.descriptions import PROBLEMS
from statusqr_verifier.checkpoint.scopes import SCOPES
from statusqr_web.bodies import KIB, MIB, BodyRule
from statusqr_web.tokens import TokenFile

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
CHAPTER = GUIDE[GUIDE.index("\n## The HTTP API\n") : GUIDE.index("\n## Threads and processes\n")]
ADDRESS = "127.0.0.1:8653"


def blocks(kind: str) -> list[str]:
    """What stands in the chapter as code of this kind."""
    return re.findall(rf"```{kind}\n(.*?)```", CHAPTER, re.DOTALL)


# By their place in the guide.
TOKEN, SERVE, VERIFY, IMAGE, LISTEN, TURNSTILE, TURNSTILE_JS, METRICS = blocks("sh")
VERIFY_PY, IMAGE_PY = blocks("python")
VERIFY_JS, IMAGE_JS = blocks("js")
(EVENTS,) = blocks("text")
(ERROR,) = blocks("json")


@dataclass
class Place:
    """A folder with what the guide says lies there, and its server."""

    folder: Path
    url: str
    page: str  # a token for the page

    def here(self, text: str) -> str:
        return text.replace(f"http://{ADDRESS}", self.url)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [*command[:-1], self.here(command[-1])],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout

    @contextmanager
    def running(self, block: str) -> Iterator[subprocess.Popen[str]]:
        """A block that goes on until it is interrupted."""
        pipe = subprocess.PIPE
        with subprocess.Popen(
            shlex.split(self.here(block)),
            cwd=self.folder,
            env=environment(),
            stdout=pipe,
            stderr=pipe,
            text=True,
        ) as started:
            try:
                yield started
            finally:
                started.kill()

    @contextmanager
    def scanner(self) -> Iterator[Scanner]:
        with httpx.Client(base_url=self.url, headers=bearer(self.page), timeout=60) as client:
            yield Scanner(client).begin(name="Museum, door 2")


def environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONUTF8": "1", "LANG": "C.UTF-8"}


def wait_for(stream: IO[str] | None, words: str) -> str:
    assert stream is not None
    seen = []
    for line in stream:
        seen.append(line)
        if words in line:
            return line
    raise AssertionError("".join(seen))


def prepared(folder: Path) -> str:
    """What the guide says lies in the folder, and its first block; a token for the page."""
    scan_world.write_trust(folder)
    (folder / "code.png").write_bytes(make_symbol(scan_world.text()).png())
    for name in ("turnstile.py", "turnstile.mjs"):
        shutil.copy(ROOT / "examples" / name, folder)
    subprocess.run(
        ["bash", "-euc", TOKEN], cwd=folder, env=environment(), check=True, capture_output=True
    )
    return TokenFile(folder / "tokens.json").new("page", ["page"], date(2026, 11, 21))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("guide")
    page = prepared(folder)
    program, command, *arguments = shlex.split(SERVE)
    assert (program, command) == ("statusqr-verifier", "serve")
    with process(*arguments, folder=folder) as server:
        yield Place(folder, server.url, page)
        server.end()
        assert server.err == ""


def test_the_token_is_for_its_owner_alone(place: Place) -> None:
    for name in ("token.txt", "auth.txt", "tokens.json"):
        assert (place.folder / name).stat().st_mode & 0o077 == 0
    assert (place.folder / "token.txt").read_text().startswith("sqr_")


def test_curl_verifies_a_text(place: Place) -> None:
    report = json.loads(place.run("bash", "-euc", VERIFY))
    assert (report["verdict"], report["accepted"], report["source"]) == ("FOREIGN", False, "text")
    good = VERIFY.replace("https://example.org/", scan_world.text())
    assert json.loads(place.run("bash", "-euc", good))["accepted"] is True


def test_curl_verifies_a_picture(place: Place) -> None:
    (report,) = json.loads(place.run("bash", "-euc", IMAGE))["reports"]
    assert (report["verdict"], report["accepted"], report["source"]) == ("VALID", True, "file")


def test_curl_reads_the_metrics(place: Place) -> None:
    for name in ("checks_total", "repeats_total", "unreadable_files_total", "trust_age_seconds"):
        assert f"statusqr_{name}" in CHAPTER
    place.run("bash", "-euc", VERIFY)
    found = TokenFile(place.folder / "tokens.json")
    out = subprocess.run(
        ["bash", "-euc", place.here(METRICS)],
        cwd=place.folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert 'statusqr_checks_total{reason="D-FOR",verdict="FOREIGN",via="api"}' in out
    for name in re.findall(r"statusqr_[a-z_]+", CHAPTER):
        assert name in out
    found.revoke("Prometheus")


def test_python_verifies(place: Place) -> None:
    python = (sys.executable, "-W", "error", "-c")
    assert place.run(*python, VERIFY_PY) == "closed FOREIGN\n"
    good = VERIFY_PY.replace("https://example.org/", scan_world.text())
    assert place.run(*python, good) == "open VALID\n"
    assert place.run(*python, IMAGE_PY) == "VALID True\n"


@pytest.mark.needs("node")
def test_javascript_verifies(place: Place) -> None:
    node = ("node", "--input-type=module", "--eval")
    assert place.run(*node, VERIFY_JS) == "closed FOREIGN\n"
    good = VERIFY_JS.replace("https://example.org/", scan_world.text())
    assert place.run(*node, good) == "open VALID\n"
    assert place.run(*node, IMAGE_JS) == "VALID true\n"


def test_curl_listens(place: Place) -> None:
    """What comes has the form of the example, field for field."""
    with place.running(LISTEN) as curl, place.scanner() as scanner:
        assert wait_for(curl.stdout, "retry") == EVENTS.splitlines(keepends=True)[0]
        scanner.scan(scan_world.text())
        lines = [wait_for(curl.stdout, name) for name in ("id: ", "event: ", "data: ")]
    _, _, number, kind, data, *_ = EVENTS.splitlines()
    assert lines[1].strip() == kind
    told, shown = (json.loads(line.partition(": ")[2]) for line in (lines[2], data))
    assert list(told) == list(shown)
    assert (told["place"], told["accepted"]) == (shown["place"], True)
    assert re.fullmatch(r"id: \d+", number)
    assert EVENTS.endswith("\n: alive\n")


TURNSTILES = [
    pytest.param(TURNSTILE, id="python"),
    pytest.param(TURNSTILE_JS, id="javascript", marks=pytest.mark.needs("node")),
]


@pytest.mark.parametrize("block", TURNSTILES)
def test_a_turnstile(block: str, place: Place) -> None:
    with place.running(block) as turnstile, place.scanner() as scanner:
        wait_for(turnstile.stderr, "listening")
        for text, said in ((scan_world.text(), "open"), ("x", "closed"), ("1" * 300, "closed")):
            scanner.scan(text)
            assert wait_for(turnstile.stdout, "") == f"{said}\n"


@pytest.mark.parametrize("block", TURNSTILES)
def test_a_turnstile_of_one_place(block: str, place: Place) -> None:
    with (
        place.running(f"{block.strip()} 'Museum, door 2'") as turnstile,
        place.scanner() as ours,
        place.scanner() as other,
    ):
        other.begin(name="Museum, door 1")
        wait_for(turnstile.stderr, "listening")
        other.scan(scan_world.text("R04"))
        ours.scan("x")
        assert wait_for(turnstile.stdout, "") == "closed\n"


@pytest.mark.parametrize("block", TURNSTILES)
def test_a_turnstile_comes_back(block: str, tmp_path: Path) -> None:
    """The server ends and starts again at the same address."""
    page = prepared(tmp_path)
    _, _, *arguments = shlex.split(SERVE)
    with process(*arguments, folder=tmp_path) as server:
        place = Place(tmp_path, server.url, page)
        with place.running(block) as turnstile:
            wait_for(turnstile.stderr, "listening")
            server.end()
            port = server.url.rpartition(":")[2]
            with process(*arguments, "--port", port, folder=tmp_path), place.scanner() as scanner:
                wait_for(turnstile.stderr, "listening")
                scanner.scan(scan_world.text())
                assert wait_for(turnstile.stdout, "") == "open\n"


@pytest.mark.parametrize("block", TURNSTILES)
def test_a_turnstile_with_a_wrong_token_says_so(block: str, place: Place) -> None:
    (place.folder / "wrong.txt").write_text("sqr_wrong\n")
    with place.running(block.replace("token.txt", "wrong.txt")) as turnstile:
        assert "HTTP 401" in wait_for(turnstile.stderr, "token")
        assert turnstile.wait(60) == 1


def test_the_tables_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| (\d{3}) \| ([A-Z_]+) \|", CHAPTER, re.MULTILINE)
    assert {code: int(status) for status, code in rows} == {
        code: status for code, (status, _) in PROBLEMS.items()
    }
    assert len(rows) == len(PROBLEMS)
    assert set(re.findall(r"^\| `(\w+)` \|", CHAPTER, re.MULTILINE)) == set(SCOPES)
    error = json.loads(ERROR)
    assert (error["status"], error["title"]) == PROBLEMS[error["code"]]
    rates = {group.name: group.rate for group in RATES}
    assert BodyRule("/api/v1/verify", 64 * KIB, 10) in BODIES
    assert BodyRule("/api/v1/verify/image", 20 * MIB, 30) in BODIES
    for words in (
        "| body of `/api/v1/verify` | 64 KiB, here within 10 s |",
        "| file of `/api/v1/verify/image` | 20 MiB, here within 30 s;",
        f"| calls of `/api/v1/verify` | {rates['check']} for each client |",
        f"| calls of `/api/v1/verify/image` | {rates['files']} for each client |",
        f"| connections to `/api/v1/scans` | {rates['stream']} for each client, 50 at a time",
    ):
        assert words in CHAPTER, words


def test_an_interrupted_turnstile_ends(place: Place) -> None:
    with place.running(TURNSTILE) as turnstile:
        wait_for(turnstile.stderr, "listening")
        turnstile.send_signal(signal.SIGINT)
        assert turnstile.wait(60) != 0
