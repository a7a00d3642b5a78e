"""`scan --video`: real recordings, one card a showing, and the exit status of `verify`."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scan_world
from commands import objects
from scan_world import black, foreign, frame, recording, running, scan, text
from world import Key, record

from statusqr_verifier.scanning.cameras import paced, video_events
from statusqr_verifier.scanning.captures import open_video


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    return scan_world.write_trust(tmp_path)


def verdicts(out: str) -> list[str]:
    return [one["verdict"] for one in objects(out)]


def names(out: str) -> list[str]:
    return [one["record"]["holder"]["family_name"] for one in objects(out)]


def ended() -> str:
    return scan_world.key().issue(record("R03"), allow_ended=True).text


def test_a_code_is_told_once_a_showing(tmp_path: Path, trust: Path) -> None:
    """In view for a second, missed for a moment, away for four seconds and there again."""
    one, two, nothing = frame(text()), frame(text("R08")), frame()
    showings = [*[one] * 6, *[nothing] * 3, *[one] * 3, *[nothing] * 40, *[one] * 3, *[two] * 4]
    path = recording(tmp_path / "shift.avi", [*showings, *[nothing] * 9, *[one] * 2])
    status, out, err = scan("--video", path, "--trust", trust, "--json")
    assert (status, err) == (0, "")
    mine, other = record().holder.family_name, record("R08").holder.family_name
    assert names(out) == [mine, mine, other, mine]
    assert {one["source"] for one in objects(out)} == {str(path)}


def test_two_codes_in_a_frame_are_two_cards(tmp_path: Path, trust: Path) -> None:
    path = recording(tmp_path / "two.avi", [frame(text(), text("R08"))] * 5)
    status, out, _ = scan("--video", path, "--trust", trust)
    assert status == 0
    assert out.count("ДЕЙСТВУЕТ") == 2


@pytest.mark.parametrize(
    ("shown", "status", "told"),
    [
        (("good", "ended"), 1, ["VALID", "INVALID"]),
        (("unknown", "good"), 3, ["UNDETERMINED", "VALID"]),
        (("good", "foreign"), 4, ["VALID", "FOREIGN"]),
        (("nothing",), 4, []),
    ],
)
def test_exit_status(
    shown: tuple[str, ...], status: int, told: list[str], tmp_path: Path, trust: Path
) -> None:
    made: dict[str, Callable[[], scan_world.Bgr]] = {
        "good": lambda: frame(text()),
        "ended": lambda: frame(ended()),
        "unknown": lambda: frame(Key.make().issue().text),
        "foreign": foreign,
        "nothing": frame,
    }
    pictures = [picture for name in shown for picture in [made[name]()] * 3]
    path = recording(tmp_path / "all.avi", pictures)
    found, out, err = scan("--video", path, "--trust", trust, "--json")
    assert (found, verdicts(out)) == (status, told)
    assert ("не прочитан ни один код" in err) is (told == [])


def test_a_dark_recording_asks_for_light(tmp_path: Path, trust: Path) -> None:
    path = recording(tmp_path / "dark.avi", [black()] * 5)
    _, out, err = scan("--video", path, "--trust", trust, "--json")
    assert (out, err.splitlines()[0]) == ("", "Больше света")
    assert err.count("Больше света") == 1
    _, _, err = scan("--video", path, "--trust", trust, "--json", "--lang", "en")
    assert err.splitlines()[0] == "More light"


def test_the_rules_of_the_place_and_brief_lines(tmp_path: Path, trust: Path) -> None:
    path = recording(tmp_path / "one.avi", [frame(text())] * 2)
    options = ("--video", path, "--trust", trust, "--brief", "--category", "disabled_1")
    status, out, _ = scan(*options)
    assert (status, out.splitlines()[0].split("  ")[0].strip()) == (
        0,
        "→ ДЕЙСТВУЕТ, НО НЕ ДЛЯ ЭТОГО МЕСТА",
    )


@pytest.mark.parametrize("content", [b"", b"RIFF\0\0\0\0AVI LIST", b"\xff" * 5000])
def test_what_is_no_video(content: bytes, tmp_path: Path, trust: Path) -> None:
    (tmp_path / "broken.avi").write_bytes(content)
    status, out, err = scan("--video", tmp_path / "broken.avi", "--trust", trust)
    assert (status, out) == (2, "")
    assert err == "Ошибка [VIDEO]: файл не открывается как видео\n"


def test_a_recording_that_was_cut_off_is_read_as_far_as_it_goes(
    tmp_path: Path, trust: Path
) -> None:
    path = recording(tmp_path / "cut.avi", [frame(text())] * 20)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    status, out, err = scan("--video", path, "--trust", trust, "--json")
    assert (status, verdicts(out), "Traceback" in err) == (0, ["VALID"], False)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--camera", "0", "--serial", "/dev/null"),
        ("--video", "nowhere.avi"),
        ("--camera", "0", "--window", "--json"),
        ("--camera", "0", "--keep", "0"),
        ("--camera", "0", "--repeat-after", "-1"),
        ("--serial", "/dev/null", "--baud", "fast"),
        ("--serial", "/dev/null", "--baud", "999999999999"),
        ("--camera", "0", "--cache", "cache"),  # beside --trust
    ],
)
def test_wrong_usage(options: tuple[str, ...], trust: Path) -> None:
    status, out, err = scan(*options, "--trust", trust)
    assert (status, out, "Traceback" in err) == (2, "", False)
    assert err


def test_without_trust_data_it_does_not_start(tmp_path: Path) -> None:
    path = recording(tmp_path / "one.avi", [frame()])
    for options in ((), ("--trust", tmp_path / "nowhere.json"), ("--cache", tmp_path / "empty")):
        assert scan("--video", path, *options)[0] == 2


def test_a_window_that_cannot_be_is_refused(tmp_path: Path, trust: Path) -> None:
    path = recording(tmp_path / "one.avi", [frame()])
    status, out, err = scan("--video", path, "--trust", trust, "--window")
    assert (status, out) == (2, "")
    assert err.startswith("Ошибка [WINDOW]: окна не будет: нет графического экрана")


def test_ctrl_c_in_the_middle_of_a_recording(tmp_path: Path, trust: Path) -> None:
    """It does not count as one whose codes were all good."""
    small = (640, 480)
    pictures = [frame(text(), scale=4, size=small), *[frame(size=small)] * 2000]
    path = recording(tmp_path / "long.avi", pictures)
    with running("--video", path, "--trust", trust, "--json") as command:
        assert command.report()["verdict"] == "VALID"
        status, _, err = command.end(signal.SIGINT)
    assert (status, err) == (130, "")


def test_moments_are_those_of_the_recording(tmp_path: Path) -> None:
    path = recording(tmp_path / "five.avi", [black((64, 48))] * 5)
    found = list(video_events(open_video(path)))
    assert [event.at for event in found] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    assert all(event.frame is not None and event.frame.dtype == np.uint8 for event in found)


def test_a_recording_that_is_watched_is_no_faster_than_it_was(tmp_path: Path) -> None:
    """On a clock that begins anywhere; no event comes before its moment."""
    import time

    path = recording(tmp_path / "five.avi", [black((64, 48))] * 5)
    begun = time.monotonic()
    for event in paced(video_events(open_video(path))):
        assert time.monotonic() - begun >= event.at


def test_json_follows_the_schema(tmp_path: Path, trust: Path) -> None:
    import jsonschema

    import statusqr_verifier

    schema = Path(statusqr_verifier.__file__).with_name("report.schema.json")
    path = recording(tmp_path / "one.avi", [frame(text())])
    _, out, _ = scan("--video", path, "--trust", trust, "--json")
    found: list[dict[str, Any]] = objects(out)
    assert len(found) == 1
    jsonschema.validate(found[0], json.loads(schema.read_text(encoding="utf-8")))
