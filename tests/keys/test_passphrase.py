"""The passphrase comes from a descriptor, the environment or a terminal, never from an argument."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from statusqr_keys import KeyStore
from statusqr_keys.passphrase import VARIABLE, read_passphrase
from statusqr_schema import KeyProblem

PROGRAM = Path(sys.executable).with_name("statusqr-keys")
PHRASE = "верная фраза"
FIRST, AGAIN = "Парольная фраза хранилища ключей: ", "Ещё раз: "


def piped(content: bytes) -> int:
    """A descriptor from which `content` can be read, like `3<<<phrase` of a shell."""
    reader, writer = os.pipe()
    os.write(writer, content)
    os.close(writer)
    return reader


@pytest.mark.parametrize(
    ("content", "phrase"),
    [
        ("верная фраза\n", "верная фраза"),
        ("верная фраза", "верная фраза"),
        ("верная фраза\r\n", "верная фраза"),
        ("верная фраза\nвторая строка\n", "верная фраза"),
        ("  с пробелами  \n", "  с пробелами  "),
    ],
)
def test_a_descriptor_gives_its_first_line(content: str, phrase: str) -> None:
    descriptor = piped(content.encode())
    try:
        environment = {VARIABLE: "another passphrase"}
        assert read_passphrase(environment, descriptor) == phrase.encode()
        os.fstat(descriptor)  # it is the caller's to close
    finally:
        os.close(descriptor)


def test_the_environment_gives_it_whole() -> None:
    assert read_passphrase({VARIABLE: " фраза \n\n"}, twice=True) == " фраза \n\n".encode()


@pytest.mark.parametrize(("phrase", "good"), [("", False), ("1234567", False), ("12345678", True),
                                              ("семь зн", False), ("восемь з", True)])  # fmt: skip
def test_a_short_phrase_is_refused(phrase: str, good: bool) -> None:
    descriptor = piped(phrase.encode())
    try:
        for arguments in ((dict[str, str](), descriptor), ({VARIABLE: phrase}, None)):
            if good:
                assert read_passphrase(*arguments) == phrase.encode()
                continue
            with pytest.raises(KeyProblem, match="короче 8 знаков") as caught:
                read_passphrase(*arguments)
            assert not phrase or phrase not in caught.value.message
            break
    finally:
        os.close(descriptor)


def test_a_descriptor_that_cannot_be_read(tmp_path: Path) -> None:
    closed = piped(b"")
    os.close(closed)
    write_only = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    not_text = piped(b"\xff\xfe passphrase")
    try:
        for descriptor in (closed, write_only, not_text):
            with pytest.raises(KeyProblem, match="не читается из --passphrase-fd"):
                read_passphrase({VARIABLE: "a good passphrase"}, descriptor)
    finally:
        os.close(write_only)
        os.close(not_text)


def environment(**extra: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != VARIABLE} | extra


def command(store: Path, *more: str) -> list[str]:
    return [str(PROGRAM), "new", "--store", str(store), "--authority", "a", "--name", "N", *more]


@contextmanager
def at_a_terminal(store: Path) -> Iterator[tuple[Any, int]]:
    """The program with a terminal of its own, and our end of that terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(store),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment(),
        start_new_session=True,
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
        output = process.stdout.read().decode()
        return process.wait(timeout=30), output, seen


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
    ("dialogue", "message"),
    [
        ([(FIRST, PHRASE), (AGAIN, PHRASE + "!")], "Ошибка [KEY]: парольные фразы не совпали"),
        ([(FIRST, "1234567"), (AGAIN, "1234567")], "Ошибка [KEY]: парольная фраза короче 8"),
        ([(FIRST, "\x04")], "Aborted"),  # Ctrl+D
        ([(FIRST, "\x03")], "Aborted"),  # Ctrl+C
    ],
)
def test_an_answer_that_is_refused(
    tmp_path: Path, dialogue: list[tuple[str, str]], message: str
) -> None:
    status, output, seen = talk(tmp_path / "store", dialogue)
    assert (status, output) == (1, "")
    assert message in seen
    assert "Traceback" not in seen
    assert not (tmp_path / "store").exists()


def test_without_a_terminal_it_must_be_given(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path / "store"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"Ошибка [KEY]: нет парольной фразы: задайте {VARIABLE} или --passphrase-fd\n"
    )
    assert not (tmp_path / "store").exists()


def test_a_descriptor_is_inherited(tmp_path: Path) -> None:
    descriptor = piped(PHRASE.encode())
    try:
        done = subprocess.run(
            command(tmp_path, "--passphrase-fd", str(descriptor)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment(**{VARIABLE: "another passphrase"}),
            pass_fds=[descriptor],
            timeout=60,
        )
    finally:
        os.close(descriptor)
    assert done.stderr == ""
    assert KeyStore(tmp_path).signer(done.stdout.strip(), PHRASE.encode())


@pytest.mark.parametrize("more", [["--passphrase", PHRASE], [f"--passphrase={PHRASE}"], [PHRASE]])
def test_an_argument_is_never_a_passphrase(tmp_path: Path, more: list[str]) -> None:
    done = subprocess.run(
        command(tmp_path / "store", *more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert not (tmp_path / "store").exists()
