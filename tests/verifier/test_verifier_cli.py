"""`statusqr-verifier verify` as other people's scripts use it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pictures
import pytest
from world import NOON, Key, record, trust, world

from statusqr_issuer import make_symbol
from statusqr_schema import record_to_json
from statusqr_verifier import cli

Run = Callable[..., tuple[int, str, str]]
SCHEMA = Path(cli.__file__).with_name("report.schema.json")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a folder with a trust list; give exit status, stdout and stderr."""
    (tmp_path / "trust.json").write_text(json.dumps(world().trust.to_json()))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["statusqr-verifier", "verify", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return call


AT = "2026-11-21T12:00:00+03:00"
OPTIONS = ("--trust", "trust.json", "--at", AT)


def write(folder: Path) -> None:
    """One file for every verdict."""
    made = world().print_key.issue()
    (folder / "valid.txt").write_text(made.text + "\n")
    (folder / "valid.png").write_bytes(make_symbol(made.text).png())
    ended = world().print_key.issue(record("R03"), allow_ended=True)
    (folder / "ended.txt").write_text(ended.text)
    (folder / "unknown.txt").write_text(Key.make().issue().text)
    (folder / "foreign.txt").write_text("https://example.org/\n")
    (folder / "empty.png").write_bytes(pictures.encoded(np.full((99, 99), 255, np.uint8), "PNG"))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 \xff")


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (["valid.txt"], 0),
        (["valid.txt", "valid.png"], 0),
        (["valid.txt", "ended.txt"], 1),
        (["unknown.txt", "ended.txt", "foreign.txt"], 1),
        (["valid.txt", "unknown.txt", "foreign.txt"], 3),
        (["valid.txt", "foreign.txt"], 4),
        (["valid.txt", "empty.png"], 4),
        (["broken.pdf"], 4),
        (["valid.txt", "missing.png"], 2),
        ([], 2),
    ],
)
def test_exit_status(files: list[str], status: int, run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    assert run(*files, *OPTIONS)[0] == status


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--trust", "nowhere.json"),
        ("--trust", "valid.txt"),
        ("--trust", "trust.json", "--at", "2026-11-21T12:00:00"),
        ("--trust", "trust.json", "--at", "yesterday"),
        ("--trust", "trust.json", "--engine", "magic"),
        ("--trust", "trust.json", "--lang", "de"),
    ],
)
def test_wrong_usage(options: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    status, out, err = run("valid.txt", *options)
    assert status == 2
    assert out == ""
    assert err
    assert "Traceback" not in err


def objects(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_json_one_object_a_line(run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    files = ["valid.png", "ended.txt", "unknown.txt", "foreign.txt", "empty.png", "broken.pdf"]
    _, out, _ = run(*files, *OPTIONS, "--json")
    found = objects(out)
    assert [one["source"] for one in found] == files
    assert [one["verdict"] for one in found] == [
        *("VALID", "INVALID", "UNDETERMINED", "FOREIGN", "UNREADABLE", "UNREADABLE")
    ]
    assert [one["accepted"] for one in found] == [True, *[False] * 5]
    assert [[f["code"] for f in one["findings"]] for one in found] == [
        *([], ["C-EXP"], ["T-UNK"], ["D-FOR"], ["D-NON"], ["D-NON"])
    ]
    assert found[1]["findings"][0]["reason"] == "STATUS_ENDED"
    assert found[0]["record"] == json.loads(json.dumps(record_to_json(record()))) | {
        "region": {"subject_code": "76", "name": "Ярославская область"}
    }
    assert found[2]["record"] is None
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for one in found:
        jsonschema.validate(one, schema, cls=jsonschema.Draft202012Validator)


def test_messages_in_both_languages(run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    for language, message in (("ru", "Это не код статуса"), ("en", "This is not a status code")):
        _, out, _ = run("foreign.txt", *OPTIONS, "--json", "--lang", language)
        assert objects(out)[0]["findings"][0]["message"] == message


def test_at_checks_as_of_that_moment(run: Run, tmp_path: Path) -> None:
    """A code issued after that moment: neither the clock nor the age of data is judged."""
    (tmp_path / "later.txt").write_text(world().print_key.issue(at=NOON + timedelta(days=90)).text)
    status, out, _ = run("later.txt", *OPTIONS, "--json")
    assert (status, objects(out)[0]["verdict"]) == (0, "VALID")
    assert datetime.fromisoformat(objects(out)[0]["checked_at"]) == NOON


def test_without_at_it_is_now(run: Run, tmp_path: Path) -> None:
    now = datetime.now(NOON.tzinfo)
    key = Key.make(valid_through=now + timedelta(days=1))
    (tmp_path / "now.json").write_text(json.dumps(trust(key).to_json()))
    (tmp_path / "now.txt").write_text(key.issue(at=now).text)
    (tmp_path / "future.txt").write_text(key.issue(at=now + timedelta(hours=1)).text)
    _, out, _ = run("now.txt", "future.txt", "--trust", "now.json", "--json")
    assert [one["verdict"] for one in objects(out)] == ["VALID", "UNDETERMINED"]


def test_several_codes_in_one_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "wall.png").write_bytes(pictures.encoded(pictures.scene("R01", "R08"), "PNG"))
    lines = [pictures.text("R01"), pictures.text("R20")]
    (tmp_path / "codes.txt").write_text("\n".join(lines))
    status, out, _ = run("wall.png", "codes.txt", *OPTIONS, "--json")
    assert status == 0
    sources = [one["source"] for one in objects(out)]
    assert sources == ["wall.png", "wall.png", "codes.txt", "codes.txt"]


def test_cards_and_brief_lines(run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    _, cards, _ = run("valid.txt", "empty.png", *OPTIONS)
    assert "ДЕЙСТВУЕТ" in cards
    assert "Лебедева\u00a0О.\u00a0С." in cards
    assert "empty.png: Код на изображении не найден" in cards
    assert "997" not in cards
    _, brief, _ = run("valid.txt", "ended.txt", *OPTIONS, "--brief", "--lang", "en")
    assert [line.split("  ")[0].strip() for line in brief.splitlines()] == [
        "✓ VALID",
        "✕ TERM ENDED",
    ]


def test_the_rules_of_a_place(run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    place = ("--category", "disabled_1", "--region", "5")
    status, out, _ = run("valid.txt", *OPTIONS, "--json", *place)
    (one,) = objects(out)
    assert (status, one["verdict"], one["accepted"]) == (0, "VALID", False)
    assert one["notices"][0] == {
        "code": "N-PLC",
        "message": "Не для этого места: Многодетная семья",
    }


def test_text_files_with_other_things_are_no_codes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Добрый день")
    (tmp_path / "page.html").write_text("<html>\n<body>\n</html>")
    (tmp_path / "many.txt").write_bytes(b"1 " * 600_000)
    _, out, _ = run("letter.txt", "page.html", "many.txt", *OPTIONS, "--json")
    assert [one["verdict"] for one in objects(out)] == ["UNREADABLE"] * 3


def test_an_engine_that_is_not_installed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    # In the place of the library, one that cannot be imported; the reading child sees it too.
    (tmp_path / "instead").mkdir()
    (tmp_path / "instead" / "pyzbar.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "instead"), prepend=os.pathsep)
    status, _, err = run("valid.png", *OPTIONS, "--engine", "zbar")
    assert status == 2
    assert err.startswith("Ошибка [ENGINE]: движок zbar не установлен")


def test_the_installed_command(tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text(json.dumps(world().trust.to_json()))
    (tmp_path / "valid.txt").write_text(world().print_key.issue().text)
    command = [str(Path(sys.executable).with_name("statusqr-verifier")), "verify", "valid.txt"]
    run = subprocess.run(
        [*command, *OPTIONS, "--json"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert objects(run.stdout)[0]["verdict"] == "VALID"
    assert run.stderr == ""


STEERING = "a\x1b[2J\x9b\u202e\n ✓ ДЕЙСТВУЕТ.txt"


@pytest.mark.parametrize("options", [(), ("--brief",), ("--json",)])
def test_the_name_of_a_file_cannot_steer_the_terminal(
    options: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    for name, content in (
        (STEERING, world().print_key.issue().text),
        (STEERING + "x", "letter: я"),
    ):
        (tmp_path / name).write_text(content)
        _, out, _ = run(name, *OPTIONS, *options)
        assert not {"\x1b", "\x9b", "\u202e"} & set(out)
        assert not any(line.strip().startswith("✓ ДЕЙСТВУЕТ.txt") for line in out.splitlines())


def test_a_name_that_is_not_utf_8(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.txt")
    (tmp_path / name).write_text(world().print_key.issue().text)
    status, out, _ = run(name, *OPTIONS, "--json")
    assert status == 0
    assert json.loads(out)["source"] == "\ufffd\ufffd.txt"


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"])
def test_moments_beyond_the_calendar_are_wrong_usage(moment: str, run: Run, tmp_path: Path) -> None:
    write(tmp_path)
    status, _, err = run("valid.txt", "--trust", "trust.json", "--at", moment)
    assert (status, "Traceback" in err) == (2, False)


def test_json_hides_what_could_steer_a_terminal() -> None:
    from statusqr_keys.console import json_line

    document = {"a": "Ёлка\x9b\u202e\u2028\xad\x7f🙂"}
    line = json_line(document)
    assert json.loads(line) == document
    assert line == '{"a": "Ёлка\\u009b\\u202e\\u2028\\u00ad\\u007f🙂"}'
