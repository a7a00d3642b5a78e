"""The passphrase typed at a terminal: a real one, which the program rules as after a login."""

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from statusqr_keys import KeyStore

PROGRAM = Path(sys.executable).with_name("statusqr-keys")
PHRASE = "верная фраза"
FIRST, AGAIN = "Парольная фраза хранилища ключей: ", "Ещё раз: "


def own_terminal() -> None:
    """Make stdin the terminal that rules the session, as a login does: Ctrl+C then works."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextmanager
def at_a_terminal(store: Path) -> Iterator[tuple[Any, int]]:
    """The program with a terminal of its own, and our end of that terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [str(PROGRAM), "new", "--store", str(store), "--authority", "a", "--name", "N"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={name: os.environ[name] for name in os.environ if name != "STATUSQR_PASSPHRASE"},
        start_new_session=True,
        preexec_fn=own_terminal,
    ) as process:
        os.close(theirs)
        try:
            yield process, ours
        finally:
            process.kill()
            os.close(ours)


def read_until(terminal: int, text: str) -> str:
    """What stands on the terminal once `text` has appeared, or when the program has gone."""
    seen = b""
    while text.encode() not in seen and select.select([terminal], [], [], 30)[0]:
        try:
            seen += os.read(terminal, 1024)
        except OSError:  # EIO: nobody holds the other end any more
            break
    return seen.decode()


def talk(store: Path, dialogue: list[tuple[str, str]]) -> tuple[int, str, str]:
    """Exit status, stdout and the terminal after each prompt got its answer."""
    with at_a_terminal(store) as (process, terminal):
        seen = ""
        for prompt, answer in dialogue:
            seen += read_until(terminal, prompt)
            assert seen.endswith(prompt)
            os.write(terminal, f"{answer}\n".encode())
        seen += read_until(terminal, "\0")
        output, _ = process.communicate(timeout=30)
        return process.returncode, output.decode(), seen


def test_a_new_store_asks_twice_and_shows_nothing(tmp_path: Path) -> None:
    status, output, seen = talk(tmp_path, [(FIRST, PHRASE), (AGAIN, PHRASE)])
    assert status == 0
    assert PHRASE not in seen
    kid = output.strip()
    assert KeyStore(tmp_path).signer(kid, PHRASE.encode()).public_key.kid.hex() == kid
    status, output, seen = talk(tmp_path, [(FIRST, PHRASE)])  # the store is no longer new
    assert status == 0
    assert AGAIN not in seen


@pytest.mark.parametrize(
    ("dialogue", "ends_with", "message"),
    [
        ([(FIRST, PHRASE), (AGAIN, PHRASE + "!")], 1, "Ошибка [KEY]: парольные фразы не совпали"),
        ([(FIRST, "1234567"), (AGAIN, "1234567")], 1, "Ошибка [KEY]: парольная фраза короче 8"),
        ([(FIRST, "\x04")], 1, ""),  # Ctrl+D
        ([(FIRST, "\x03")], 130, ""),  # Ctrl+C
    ],
    ids=["mismatch", "short", "end-of-file", "interrupt"],
)
def test_an_answer_that_makes_no_key(
    tmp_path: Path, dialogue: list[tuple[str, str]], ends_with: int, message: str
) -> None:
    status, output, seen = talk(tmp_path / "store", dialogue)
    assert (status, output) == (ends_with, "")
    assert message in seen
    assert "Traceback" not in seen
    assert not (tmp_path / "store").exists()
