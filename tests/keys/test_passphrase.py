"""The passphrase comes from a descriptor or the environment, never from an argument."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from statusqr_keys import KeyStore
from statusqr_keys.passphrase import VARIABLE, read_passphrase
from statusqr_schema import KeyProblem

PROGRAM = Path(sys.executable).with_name("statusqr-keys")
PHRASE = "верная фраза"


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


@pytest.mark.parametrize("phrase", ["", "1234567", "семь зн"])
def test_a_short_phrase_is_refused(phrase: str) -> None:
    descriptor = piped(f"{phrase}\n".encode())
    try:
        with pytest.raises(KeyProblem, match="короче 8 знаков"):
            read_passphrase({}, descriptor)
    finally:
        os.close(descriptor)
    with pytest.raises(KeyProblem, match="короче 8 знаков") as caught:
        read_passphrase({VARIABLE: phrase})
    assert not phrase or phrase not in caught.value.message
    assert read_passphrase({VARIABLE: phrase + "12345678"[len(phrase) :]})


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
    kid = done.stdout.strip()
    assert KeyStore(tmp_path).signer(kid, PHRASE.encode()).public_key.kid.hex() == kid


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
