"""What a shift shows, event after event: texts and moments in, no clock, no device."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from world import NOON, record, world

from statusqr_schema import Presentation
from statusqr_verifier import NoticeKind, Policy, Report
from statusqr_verifier.current_trust import CurrentTrust
from statusqr_verifier.repeats import Repeats
from statusqr_verifier.scanning.desk import Desk
from statusqr_verifier.scanning.events import Event
from statusqr_verifier.scanning.in_view import InView
from statusqr_verifier.scanning.loop import Scanner
from statusqr_verifier.scanning.sayings import Saying
from statusqr_verifier.scanning.screens import View
from statusqr_verifier.words import Language

MENU = "https://example.org/menu"
FOREIGN = "Это не код статуса"


class Shown:
    """A screen that keeps what it is given."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.view: View | None = None

    def report(self, report: Report) -> None:
        self.reports.append(report)

    def say(self, saying: Saying) -> None:
        raise AssertionError(saying)

    def show(self, view: View) -> bool:
        self.view = view
        return True

    def close(self) -> None:
        """There is nothing to close."""

    @property
    def cards(self) -> int:
        """How many cards stand."""
        assert self.view is not None
        return len(self.view.cards)

    @property
    def aside(self) -> str:
        assert self.view is not None
        return self.view.aside

    @property
    def repeats(self) -> list[int | None]:
        """What each report says of an earlier showing; None for nothing."""
        return [
            next((one.count for one in report.notices if one.kind is NoticeKind.SHOWN_BEFORE), None)
            for report in self.reports
        ]


class Shift:
    """A shift at a source; its clock stands at what the events say."""

    def __init__(self, folder: Path, in_view: Callable[[], InView]) -> None:
        path = folder / "trust.json"
        path.write_text(json.dumps(world().trust.to_json()))
        self.screen = Shown()
        self._at = 0.0
        desk = Desk(CurrentTrust.pinned(path), Policy(), Repeats())
        sayings = {"idle": Saying.SCAN_CODE, "gone": Saying.SCANNER_LOST}
        self._scanner = Scanner(
            desk,
            self.screen,
            Language.RU,
            self._now,
            in_view,
            **sayings,
            back=Saying.SCANNER_BACK,
        )

    def _now(self) -> datetime:
        return NOON + timedelta(seconds=self._at)

    def see(self, at: float, *texts: str) -> Shown:
        """What the screen shows once these were read at this moment."""
        self._at = at
        assert self._scanner.run([Event(at, texts=texts)])
        return self.screen


@pytest.fixture
def scanner(tmp_path: Path) -> Shift:
    return Shift(tmp_path, InView.single_scans)


@pytest.fixture
def camera(tmp_path: Path) -> Shift:
    return Shift(tmp_path, InView)


def code(name: str = "R01") -> str:
    return world().print_key.issue(record(name)).text


def test_the_next_persons_foreign_code_takes_the_card_away(scanner: Shift) -> None:
    assert scanner.see(0, code()).cards == 1
    assert scanner.see(1).cards == 1  # time alone does not
    shown = scanner.see(2, MENU)
    assert shown.cards == 0
    assert shown.aside.startswith(FOREIGN)


def test_the_next_persons_own_code_takes_the_line_away(scanner: Shift) -> None:
    assert scanner.see(0, MENU).aside.startswith(FOREIGN)
    shown = scanner.see(1, code())
    assert (shown.cards, shown.aside) == (1, "")


@pytest.mark.parametrize("ours_last", [True, False])
def test_of_two_scans_at_once_the_last_counts(scanner: Shift, ours_last: bool) -> None:
    scans: Sequence[str] = (MENU, code()) if ours_last else (code(), MENU)
    shown = scanner.see(0, *scans)
    assert len(shown.reports) == 2
    assert (shown.cards, bool(shown.aside)) == ((1, False) if ours_last else (0, True))


def test_a_poster_before_a_camera_takes_no_card_away(camera: Shift) -> None:
    camera.see(0, code())
    shown = camera.see(1, MENU)
    assert shown.cards == 1
    assert shown.aside.startswith(FOREIGN)


def test_a_paper_scanned_again_within_seconds_is_told(scanner: Shift) -> None:
    text = code()
    for number in range(4):
        scanner.see(number * 19, text)
    scanner.see(3 * 19 + 2, text)  # the trigger pressed twice
    assert scanner.screen.repeats == [None, 0, 0, 0, 0]
    other = code("R08")
    scanner.see(100, other)
    assert scanner.see(102, other).repeats[-2:] == [None, None]


def test_a_paper_passed_back_before_a_camera_is_told(camera: Shift) -> None:
    text = code()
    for tenths in range(100):
        camera.see(tenths / 10, text)
    assert camera.screen.repeats == [None]
    assert camera.see(9.9 + 3.5, text).repeats == [None, 0]


def test_a_live_code_that_is_renewed_while_it_stays_in_view_is_one_showing(camera: Shift) -> None:
    live = [
        world().live_key.issue(at=NOON + n * timedelta(seconds=30), presentation=Presentation.LIVE)
        for n in range(3)
    ]
    for tenths in range(900):
        camera.see(tenths / 10, live[tenths // 300].text)
    assert camera.screen.repeats == [None] * 3
