"""Compare another implementation's answers with the test vectors. Needs nothing but Python.

    python schema/vectors/check.py -- COMMAND ARGUMENTS…
    python schema/vectors/check.py --answers FILE
    python schema/vectors/check.py --list

README.md describes the inputs and the answers. Exit status: 0 all agree; 1 some answers differ or
are missing; 2 wrong usage, or a command that cannot be started, fails or takes too long.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FOLDERS = ("valid", "invalid", "edge")
INPUTS = ("name", "text", "trust", "at", "as_of", "published", "place", "seen_before")
REPORT = ("verdict", "accepted", "findings", "notices", "kid", "presentation", "record")
AGREE, DIFFER, FAILED = 0, 1, 2
SHOWN = 20  # cases that are shown in full


class Failed(Exception):
    """The comparison could not be made, and why."""


def load(folder: Path) -> dict[str, dict[str, Any]]:
    """The vectors by `folder/name`, in the order of `--list`."""
    vectors = {}
    for name in FOLDERS:
        for path in sorted((folder / name).glob("*.json"), key=lambda path: path.stem):
            vectors[f"{name}/{path.stem}"] = json.loads(path.read_text(encoding="utf-8"))
    if not vectors:
        raise Failed(f"no vectors in {folder}")
    return vectors


def inputs(vector: dict[str, Any]) -> dict[str, Any]:
    """What an implementation is told."""
    return {name: vector[name] for name in INPUTS}


def differences(expected: dict[str, Any], given: object) -> list[str]:
    """What differs between the report that is expected and an answer, in words."""
    if not isinstance(given, dict):
        return [f"the answer is not an object: {short(given)}"]
    if expected["verdict"] == "REFUSED":  # then nothing else counts
        expected = {"verdict": "REFUSED"}
        given = {name: value for name, value in given.items() if name == "verdict"}
    return list(_compare("", expected, given))


def _compare(place: str, expected: object, given: object) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(given, dict):
        for name in [*expected, *(name for name in given if name not in expected)]:
            inner = f"{place}.{name}".lstrip(".")
            if name not in given:
                yield f"{inner}: missing, expected {short(expected[name])}"
            elif name not in expected:
                yield f"{inner}: not expected, got {short(given[name])}"
            else:
                yield from _compare(inner, expected[name], given[name])
    elif isinstance(expected, list) and isinstance(given, list) and len(expected) == len(given):
        for number, (one, other) in enumerate(zip(expected, given, strict=True)):
            yield from _compare(f"{place}[{number}]", one, other)
    elif type(expected) is not type(given) or expected != given:  # to Python, 1 is true
        yield f"{place}: expected {short(expected)}, got {short(given)}"


def short(value: object) -> str:
    """A value in one line of bearable length."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "…"


def ask(command: Sequence[str], vectors: Sequence[dict[str, Any]], timeout: float) -> bytes:
    """What the command answers to the inputs; Failed where it does not end well and in time."""
    lines = "".join(json.dumps(inputs(vector), ensure_ascii=False) + "\n" for vector in vectors)
    try:
        done = subprocess.run(
            command, input=lines.encode(), stdout=subprocess.PIPE, timeout=timeout
        )
    except OSError as error:
        raise Failed(f"{command[0]} cannot be started: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        answered = (error.stdout or b"").count(b"\n")
        raise Failed(
            f"{command[0]} took longer than {timeout:g} s; {answered} of {len(vectors)} answered"
        ) from error
    if done.returncode:
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
        answered = done.stdout.count(b"\n")
        raise Failed(f"{command[0]} ended with {how}; {answered} of {len(vectors)} were answered")
    return done.stdout


def compare(vectors: dict[str, dict[str, Any]], answers: bytes) -> int:
    """Print what differs; the exit status."""
    lines = answers.decode("utf-8", "replace").splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    wrong = 0
    for (path, vector), line in zip(vectors.items(), lines, strict=False):
        try:
            found = differences(vector["expected"], json.loads(line))
        except ValueError:
            found = [f"the answer is not JSON: {short(line)}"]
        if found:
            wrong += 1
            if wrong <= SHOWN:
                print(f"{path}: {vector['why']}")
                print("".join(f"  {difference}\n" for difference in found), end="")
    if wrong > SHOWN:
        print(f"… and {wrong - SHOWN} more")
    if missing := list(vectors)[len(lines) :]:
        print(f"{len(missing)} answers are missing, the first for {missing[0]}")
    if (more := len(lines) - len(vectors)) > 0:
        print(f"{more} lines more than cases: one line a case is expected")
    agreeing = len(vectors) - wrong - len(missing)
    print(f"{agreeing} of {len(vectors)} answers agree")
    return DIFFER if wrong or missing or more > 0 else AGREE


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command: list[str] = []
    if "--" in given:
        at = given.index("--")
        given, command = given[:at], given[at + 1 :]
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], usage="check.py [options] [-- COMMAND …]"
    )
    parser.add_argument("--answers", type=Path, metavar="FILE", help="the answers, one a line")
    parser.add_argument("--list", action="store_true", help="print the cases in their order")
    parser.add_argument("--vectors", type=Path, metavar="FOLDER", default=Path(__file__).parent)
    parser.add_argument(
        "--timeout", type=float, default=120, metavar="SECONDS", help="for the whole command (120)"
    )
    options = parser.parse_args(given)
    if [bool(command), options.answers is not None, options.list].count(True) != 1:
        parser.error("one of -- COMMAND, --answers FILE and --list is needed")
    try:
        vectors = load(options.vectors)
        if options.list:
            print("\n".join(vectors))
            return AGREE
        if command:
            answers = ask(command, list(vectors.values()), options.timeout)
        else:
            answers = options.answers.read_bytes()
        return compare(vectors, answers)
    except Failed as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
    except OSError as error:
        print(f"FAILED: {options.answers}: {error.strerror}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
