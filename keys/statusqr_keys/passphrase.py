"""Where the passphrase of the key store comes from; never from an argument, which all can see."""

import getpass
import os
import sys
from collections.abc import Mapping

from statusqr_schema import KeyProblem

VARIABLE = "STATUSQR_PASSPHRASE"
SHORTEST = 8  # characters
LONGEST = 1023  # bytes, what the key encryption takes


def read_passphrase(
    environment: Mapping[str, str], descriptor: int | None = None, *, twice: bool = False
) -> bytes:
    """From a file descriptor if one is given, else from the environment, else from a prompt.

    `twice` asks again, for a new store. KeyProblem where there is none, or it is too short.
    """
    if descriptor is not None:
        passphrase = _from_descriptor(descriptor)
    elif VARIABLE in environment:
        passphrase = environment[VARIABLE]
    elif sys.stdin is not None and sys.stdin.isatty():
        passphrase = _from_prompt(twice)
    else:
        raise KeyProblem(f"нет парольной фразы: задайте {VARIABLE} или --passphrase-fd")
    if len(passphrase) < SHORTEST:
        raise KeyProblem(f"парольная фраза короче {SHORTEST} знаков")
    try:
        encoded = passphrase.encode("utf-8")
    except UnicodeEncodeError as error:
        raise KeyProblem("парольная фраза не в UTF-8") from error
    if len(encoded) > LONGEST:
        raise KeyProblem(f"парольная фраза длиннее {LONGEST} байтов")
    return encoded


def _from_descriptor(descriptor: int) -> str:
    try:
        with os.fdopen(descriptor, encoding="utf-8", closefd=False) as file:
            return file.readline().rstrip("\r\n")
    except (OSError, ValueError, OverflowError, TypeError) as error:
        raise KeyProblem("парольная фраза не читается из --passphrase-fd") from error


def _from_prompt(twice: bool) -> str:
    passphrase = getpass.getpass("Парольная фраза хранилища ключей: ")
    if twice and getpass.getpass("Ещё раз: ") != passphrase:
        raise KeyProblem("парольные фразы не совпали")
    return passphrase
