"""The test vectors: our verifier answers as they say, they try every rule, check.py sees lies."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from statusqr_schema import envelope, qrtext
from vectors import answer, build, check

SCHEMA = Path(__file__).parents[2] / "schema"
FOLDER = SCHEMA / "vectors"
FORMAT = (SCHEMA / "FORMAT.md").read_text(encoding="utf-8")
VECTORS = check.load(FOLDER)
RULES = re.findall(r"^\| ([A-Z]\d+) \|", FORMAT, re.MULTILINE)

# Rules that nothing can break, because all they say is that something is not a mistake.
UNBREAKABLE = {
    "L10": "a claim under an unknown key is kept; its value is bound by section 5 alone",
    "R16": "a field under an unknown key is kept; its value is bound by section 5 alone",
}

Vector = dict[str, Any]
Check = Callable[..., tuple[int, str]]


def folder(path: str) -> str:
    return path.split("/")[0]


def test_there_are_many_and_each_rule_has_a_number_of_its_own() -> None:
    assert len(VECTORS) >= 60
    sections = {"T": 3, "E": 7, "K": 4, "Z": 3, "C": 8, "L": 10, "R": 16, "V": 13, "N": 7, "J": 9}
    expected = [f"{letter}{n}" for letter, last in sections.items() for n in range(1, last + 1)]
    assert expected == RULES


@pytest.mark.parametrize("path", VECTORS)
def test_our_verifier_answers_as_expected(path: str) -> None:
    vector = VECTORS[path]
    given = json.loads(json.dumps(answer.answer(check.inputs(vector))))
    assert check.differences(vector["expected"], given) == []


@pytest.mark.parametrize("how", ["kept", "broken"])
def test_every_rule_is_kept_and_broken(how: str) -> None:
    tried = {rule for vector in VECTORS.values() for rule in vector["rules"][how]}
    unbroken = UNBREAKABLE.keys() if how == "broken" else set()
    assert tried == set(RULES) - unbroken


@pytest.mark.parametrize("rule", UNBREAKABLE)
def test_what_cannot_be_broken_is_kept_in_a_valid_code(rule: str) -> None:
    assert any(
        rule in vector["rules"]["kept"] for path, vector in VECTORS.items() if "valid/" in path
    )


def test_folders_agree_with_verdicts() -> None:
    for path, vector in VECTORS.items():
        valid = vector["expected"]["verdict"] == "VALID"
        kept, broken = (vector["rules"][how] for how in ("kept", "broken"))
        serious = [rule for rule in broken if not rule.startswith("N")]  # notices change no verdict
        assert valid is not bool(serious), path
        assert kept or broken, path
        assert folder(path) == "edge" or valid is (folder(path) == "valid"), path


def test_reports_agree_with_themselves() -> None:
    """The verdict is that of the worst finding, as the table of the format says."""
    verdicts = dict(re.findall(r" (\w-\w{3}) \| (VALID|UNDETERMINED|INVALID|FOREIGN) \|", FORMAT))
    severity = ["VALID", "UNDETERMINED", "INVALID", "FOREIGN"]
    for path, vector in VECTORS.items():
        expected = vector["expected"]
        assert set(expected) == set(check.REPORT)
        if expected["verdict"] == "REFUSED":
            continue
        found = ["VALID", *(verdicts[code] for code in expected["findings"])]
        assert expected["verdict"] == max(found, key=severity.index), path
        elsewhere = "N-PLC" in expected["notices"]
        assert expected["accepted"] is (expected["verdict"] == "VALID" and not elsewhere), path
        read = expected["record"] is not None
        assert read is (expected["presentation"] is not None), path
        assert expected["kid"] is not None or not read, path
        assert read or not expected["notices"], path


@pytest.mark.parametrize("path", [path for path in VECTORS if folder(path) == "valid"])
def test_valid_texts_decode(path: str) -> None:
    cut = envelope.parse(qrtext.decode(VECTORS[path]["text"]))
    assert cut.kid.hex() == VECTORS[path]["expected"]["kid"]


def test_files_are_what_the_builder_makes() -> None:
    """But for the texts: another zlib may find another stream for the same content."""
    made = {f"{case.folder}/{case.name}": case.document for case in build.cases()}
    assert made.keys() == VECTORS.keys()
    for path, vector in VECTORS.items():
        file = FOLDER / f"{path}.json"
        assert vector["name"] == file.stem
        assert file.read_text(encoding="utf-8") == build.written(vector)
        made[path]["text"] = vector["text"]
        assert build.written(made[path]) == build.written(vector), path


def test_names_are_unique_and_every_case_says_why() -> None:
    assert len({vector["name"] for vector in VECTORS.values()}) == len(VECTORS)
    assert all(vector["why"].strip() for vector in VECTORS.values())


# ---- check.py ----

RIGHT = [json.dumps(vector["expected"], ensure_ascii=False) for vector in VECTORS.values()]


@pytest.fixture
def checked(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Check:
    """Run check.py with a command that prints these answers; its status and what it says."""

    def run(*arguments: str, answers: list[str] | None = None, ending: str = "") -> tuple[int, str]:
        command: list[str] = []
        if answers is not None:
            file = tmp_path / "answers"
            file.write_text("".join(line + "\n" for line in answers), encoding="utf-8")
            program = "import sys; sys.stdin.buffer.read()\n"
            program += f"sys.stdout.buffer.write(open({str(file)!r}, 'rb').read())\n{ending}"
            command = ["--", sys.executable, "-c", program]
        status = check.main([*arguments, *command])
        captured = capfd.readouterr()
        return status, captured.out + captured.err

    return run


def changed(path: str, **changes: Any) -> list[str]:
    """Right answers but for one case."""
    lines = list(RIGHT)
    expected = VECTORS[path]["expected"] | changes
    lines[list(VECTORS).index(path)] = json.dumps(expected)
    return lines


def test_check_as_the_readme_says() -> None:
    """The command as a stranger calls it; check.py itself finds no package of ours."""
    script = [sys.executable, "-I", "-S", str(FOLDER / "check.py")]
    done = subprocess.run(
        [*script, "--", sys.executable, str(FOLDER / "answer.py")],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stderr == ""
    assert done.stdout == f"{len(VECTORS)} of {len(VECTORS)} answers agree\n"
    assert done.returncode == 0


def test_check_says_what_differs(checked: Check) -> None:
    lies = changed("valid/live-es256", verdict="INVALID", findings=["C-EXP"])
    status, said = checked(answers=lies)
    assert status == 1
    assert "valid/live-es256: " in said
    assert '  verdict: expected "VALID", got "INVALID"\n  findings: expected [], got' in said
    assert f"{len(VECTORS) - 1} of {len(VECTORS)} answers agree" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"accepted": 1}, "accepted: expected true, got 1"),
        ({"record": None}, 'record: expected {"1": '),
        ({"more": 1}, "more: not expected, got 1"),
        ({"kid": "00"}, 'got "00"'),
    ],
)
def test_check_sees_small_lies(changes: dict[str, Any], said: str, checked: Check) -> None:
    status, printed = checked(answers=changed("valid/print-es256-full", **changes))
    assert status == 1
    assert said in printed


def test_check_says_where_in_a_record(checked: Check) -> None:
    record = json.loads(json.dumps(VECTORS["valid/print-es256-full"]["expected"]["record"]))
    record["2"][0][3] += 1
    del record["12"]
    status, said = checked(answers=changed("valid/print-es256-full", record=record))
    assert status == 1
    assert "record.2[0][3]: expected -60115, got -60114" in said
    assert "record.12: missing" in said


def test_nothing_but_the_refusal_of_a_list_counts(checked: Check) -> None:
    path = "invalid/j1-cut"
    assert VECTORS[path]["expected"]["verdict"] == "REFUSED"
    lines = list(RIGHT)
    lines[list(VECTORS).index(path)] = '{"verdict": "REFUSED", "why": "no JSON"}'
    assert checked(answers=lines)[0] == 0
    lines[list(VECTORS).index(path)] = '{"accepted": false}'
    status, said = checked(answers=lines)
    assert status == 1
    assert "verdict: missing" in said


def test_check_shows_the_first_differences_only(checked: Check) -> None:
    status, said = checked(answers=["{}"] * len(VECTORS))
    assert status == 1
    assert f"… and {len(VECTORS) - check.SHOWN} more" in said
    assert f"0 of {len(VECTORS)} answers agree" in said


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (RIGHT[:-1], "1 answers are missing, the first for edge/"),
        ([], f"{len(RIGHT)} answers are missing"),
        ([*RIGHT, "{}"], "1 lines more than cases"),
        (["verdict: VALID", *RIGHT[1:]], "the answer is not JSON"),
        (["[]", *RIGHT[1:]], "the answer is not an object"),
    ],
    ids=["one-missing", "none", "one-more", "no-json", "no-object"],
)
def test_check_wants_one_answer_a_case(answers: list[str], said: str, checked: Check) -> None:
    status, printed = checked(answers=answers)
    assert status == 1
    assert said in printed


def test_check_tells_a_crash(checked: Check) -> None:
    status, said = checked(answers=RIGHT[:7], ending="raise SystemExit(3)")
    assert status == 2
    assert f"ended with status 3; 7 of {len(VECTORS)} were answered" in said


def test_check_tells_a_signal(checked: Check) -> None:
    status, said = checked(answers=[], ending="import os; os.kill(os.getpid(), 9)")
    assert status == 2
    assert "ended with signal 9" in said


def test_check_does_not_wait_for_ever(checked: Check) -> None:
    waits = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    status, said = checked("--timeout", "0.1", "--", *waits)
    assert status == 2
    assert f"took longer than 0.1 s; 0 of {len(VECTORS)} answered" in said


def test_check_tells_what_cannot_be_started(checked: Check, tmp_path: Path) -> None:
    status, said = checked("--", str(tmp_path / "nothing"))
    assert status == 2
    assert "cannot be started" in said
    assert checked("--answers", str(tmp_path / "nothing"))[0] == 2
    assert checked("--vectors", str(tmp_path), "--list")[0] == 2


def test_answers_in_a_file_in_the_order_of_the_list(checked: Check, tmp_path: Path) -> None:
    status, listed = checked("--list")
    assert status == 0
    assert listed.splitlines() == list(VECTORS)
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(RIGHT), encoding="utf-8")
    assert checked("--answers", str(file))[0] == 0


@pytest.mark.parametrize("arguments", [[], ["--list", "--answers", "x"], ["--list", "--", "true"]])
def test_check_refuses_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        check.main(arguments)
    assert ended.value.code == 2


def test_what_is_frozen_has_not_changed() -> None:
    """Paper outlives programs: a vector that changed would mean that some paper had."""
    frozen = (FOLDER / "frozen.sha256").read_text(encoding="ascii").splitlines()
    digests = {name: digest for digest, name in (line.split() for line in frozen)}
    found = {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in FOLDER.glob("*/*.json")
    }
    assert found == digests
    assert len(digests) >= 624
