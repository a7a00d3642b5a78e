"""API tokens: what is kept of them, when they open, and the commands."""

import json
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from statusqr_keys.console import run as run_app
from statusqr_web.token_cli import token_app
from statusqr_web.tokens import PREFIX, TokenBook, TokenFile, TokenProblem

TODAY = date(2026, 11, 21)
EVENING = datetime(2026, 11, 21, 20, 59, 59, tzinfo=UTC)  # 23:59:59 in Moscow
MIDNIGHT = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
Run = Callable[..., tuple[int | str | None, str, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.json"


def book(path: Path, at: datetime = EVENING) -> TokenBook:
    return TokenBook(path, lambda: at)


def test_a_token_is_found_with_what_it_may(path: Path) -> None:
    token = TokenFile(path).new("Турникет 1", ["verify", "scans"], TODAY)
    found = book(path).find(token)
    assert found is not None
    assert (found.name, sorted(found.scopes)) == ("Турникет 1", ["scans", "verify"])
    assert (found.created, found.expires) == (TODAY, None)
    assert token.startswith(PREFIX)
    assert len(token) == len(PREFIX) + 43  # 32 bytes


def test_the_file_is_private_and_does_not_hold_the_token(path: Path) -> None:
    token = TokenFile(path).new("Турникет 1", ["verify"], TODAY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token.removeprefix(PREFIX) not in path.read_text(encoding="utf-8")
    path.chmod(0o644)
    TokenFile(path).new("Турникет 2", ["verify"], TODAY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_not_a_token_opens_nothing(path: Path) -> None:
    token = TokenFile(path).new("Турникет 1", ["verify"], TODAY)
    kept = json.loads(path.read_text(encoding="utf-8"))["tokens"][0]["sha256"]
    near = ("", PREFIX, token[:-1], token + "A", token.lower(), token[len(PREFIX) :], kept)
    for wrong in (*near, "\udcff", "ё" * 1000):
        assert book(path).find(wrong) is None


def test_its_last_day_counts_in_moscow(path: Path) -> None:
    token = TokenFile(path).new("Турникет 1", ["verify"], TODAY, TODAY)
    assert book(path, EVENING).find(token) is not None
    assert book(path, MIDNIGHT).find(token) is None
    assert [each.name for each in TokenFile(path).all()] == ["Турникет 1"]


def test_a_running_server_sees_new_and_revoked_tokens_at_once(path: Path) -> None:
    running = book(path)
    first = TokenFile(path).new("Турникет 1", ["verify"], TODAY)
    found = running.find(first)
    assert found is not None
    second = TokenFile(path).new("Турникет 2", ["verify"], TODAY)
    assert running.find(second) is not None
    assert running.allows(found.id, "verify")
    assert not running.allows(found.id, "scans")
    TokenFile(path).revoke("Турникет 1")
    assert running.find(first) is None
    assert not running.allows(found.id, "verify")
    assert running.find(second) is not None


def test_a_file_that_is_gone_opens_nothing(path: Path) -> None:
    token = TokenFile(path).new("Турникет 1", ["verify"], TODAY)
    running = book(path)
    kept = path.read_bytes()
    path.unlink()
    assert running.find(token) is None
    path.write_bytes(kept)
    assert running.find(token) is not None


GOOD = {
    "id": "4f0c2a91",
    "name": "Турникет",
    "sha256": "00" * 32,
    "scopes": ["verify"],
    "created": "2026-11-21",
    "expires": None,
}


def document(**changes: object) -> bytes:
    return json.dumps({"version": 1, "tokens": [{**GOOD, **changes}]}).encode()


def test_the_shape_that_damage_is_done_to_is_good(path: Path) -> None:
    path.write_bytes(document())
    assert [token.id for token in TokenFile(path).all()] == ["4f0c2a91"]


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b" " * (2**20 + 1)),
        b'{"version": 2, "tokens": []}',
        b'{"version": 1, "tokens": {}}',
        b'{"version": 1, "tokens": [1]}',
        *(document(sha256="00"), document(sha256=1), document(sha256="x"), document(id=5)),
        *(document(scopes="verify"), document(scopes=[1]), document(name=None)),
        *(document(created="21.11.2026"), document(expires="never"), document(expires=1)),
    ],
)
def test_a_damaged_file_opens_nothing_and_says_so(path: Path, data: bytes) -> None:
    token = TokenFile(path).new("Турникет 1", ["verify"], TODAY)
    running = book(path)
    path.unlink()
    path.write_bytes(data)
    for _ in range(2):  # the second time too, although it was read before
        with pytest.raises(TokenProblem, match="повреждён"):
            running.find(token)
    with pytest.raises(TokenProblem, match="повреждён"):
        TokenFile(path).new("Турникет 2", ["verify"], TODAY)
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("name", "scopes", "expires", "message"),
    [
        ("", ["verify"], None, "имя ключа"),
        ("x" * 101, ["verify"], None, "имя ключа"),
        ("a\x1b[2J", ["verify"], None, "имя ключа"),
        ("a", [], None, "хотя бы одно право"),
        ("a", ["verify"], date(2026, 11, 20), "уже прошёл"),
        ("Турникет", ["verify"], None, "уже есть"),
    ],
)
def test_what_is_no_token_to_make(
    path: Path, name: str, scopes: list[str], expires: date | None, message: str
) -> None:
    TokenFile(path).new("Турникет", ["verify"], TODAY)
    before = path.read_bytes()
    with pytest.raises(TokenProblem, match=message):
        TokenFile(path).new(name, scopes, TODAY, expires)
    assert path.read_bytes() == before


def test_tokens_made_at_the_same_time_are_all_kept(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda n: TokenFile(path).new(f"T{n}", ["a"], TODAY), range(24)))
    assert len(set(tokens)) == 24
    assert all(book(path).find(token) for token in tokens)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TokenProblem, match=r"не пишется|не читается"):
        TokenFile(tmp_path / "file" / "tokens.json").new("a", ["verify"], TODAY)
    (tmp_path / "folder").mkdir()
    with pytest.raises(TokenProblem, match="не читается"):
        TokenFile(tmp_path / "folder").all()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    app = token_app({"verify": "check codes", "scans": "listen to scans"})

    def run(*arguments: str | Path) -> tuple[int | str | None, str, str]:
        monkeypatch.setattr(sys, "argv", ["token", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            run_app(app)
        return (caught.value.code or 0, *capsys.readouterr())

    return run


def test_the_commands(run: Run, path: Path) -> None:
    scopes = ("--scope", "verify", "--scope", "scans")
    status, token, said = run("new", "--name", "Турникет 1", *scopes, "--file", path)
    assert (status, said) == (0, "Запишите ключ: больше он показан не будет.\n")
    assert TokenBook(path).find(token.strip()) is not None
    run("new", "--name", "Касса", *scopes[:2], "--through", "2099-12-31", "--file", path)

    first, second = run("list", "--file", path)[1].splitlines()
    assert first.split()[2:] == ["бессрочно", "scans,verify", "Турникет", "1"]
    assert "по 31.12.2099 включительно  verify  Касса" in second
    listed = [json.loads(line) for line in run("list", "--json", "--file", path)[1].splitlines()]
    assert [each["name"] for each in listed] == ["Турникет 1", "Касса"]
    assert all("sha256" not in each for each in listed)
    assert token.strip() not in json.dumps(listed)

    assert run("revoke", listed[1]["id"], "--file", path) == (0, "", "Ключ «Касса» отозван.\n")
    assert run("revoke", "Турникет 1", "--file", path)[0] == 0
    assert run("list", "--file", path) == (0, "", "")
    assert TokenBook(path).find(token.strip()) is None


def test_a_token_that_ran_out_is_listed_as_such(run: Run, path: Path) -> None:
    TokenFile(path).new("Касса", ["verify"], date(2020, 1, 1), date(2020, 12, 31))
    assert "истёк: по 31.12.2020 включительно" in run("list", "--file", path)[1]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("new", "--name", "a", "--scope", "all"), 2, "нет такого права; есть verify, scans"),
        (("new", "--name", "a"), 2, "--scope"),
        (("new", "--name", "a", "--scope", "verify", "--through", "31.12.2027"), 2, "нужен день"),
        (("new", "--name", "a", "--scope", "verify", "--through", "2020-01-01"), 1, "уже прошёл"),
        (("revoke", "Касса"), 1, "Ошибка [TOKEN]: нет ключа «Касса»"),
    ],
)
def test_what_the_commands_refuse(
    run: Run, path: Path, arguments: tuple[str, ...], status: int, message: str
) -> None:
    found = run(*arguments, "--file", path)
    assert found[:2] == (status, "")
    assert message in found[2]
    assert not path.exists()


def test_a_token_never_reaches_a_message(path: Path) -> None:
    """Not even when a token is given where its name is asked for: a shell keeps its history."""
    script = (
        "from statusqr_web.token_cli import token_app;"
        "from statusqr_keys.console import run; run(token_app({'verify': 'check'}))"
    )
    token = PREFIX + "A" * 43
    command = [sys.executable, "-c", script, "revoke", token, "--file", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert token not in done.stderr
