"""Cards on a terminal: they leave, nothing stays to scroll back to, and the verdict is in sight."""

import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from fcntl import ioctl
from pathlib import Path

import pytest
import scan_world
from scan_world import COMMAND, environment, text
from world import NOON, record, world

from statusqr_verifier import Policy, Verifier
from statusqr_verifier.card import Card, make_card
from statusqr_verifier.frames import Hint
from statusqr_verifier.scanning.sayings import Saying
from statusqr_verifier.scanning.screens import View
from statusqr_verifier.scanning.terminal_screen import TerminalScreen
from statusqr_verifier.words import Language

NAME = "Лебедева\u00a0О.\u00a0С."
CLEAR = "\x1b[2J"
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """The other end of a real pseudo-terminal: what was written to it."""

    def __init__(self, lines: int = 50) -> None:
        self._reader, self.port = pty.openpty()
        ioctl(self.port, termios.TIOCSWINSZ, struct.pack("4H", lines, 80, 0, 0))
        self.written = ""

    def read_until(self, wanted: Callable[[str], bool]) -> str:
        """Read on until all that was written is as wanted."""
        while not wanted(self.written):
            self.written += os.read(self._reader, 65_536).decode("utf-8", "replace")
        return self.written

    def now(self) -> str:
        """What stands on it since it was last cleared, without colours."""
        marker = f"~{len(self.written)}~"
        os.write(self.port, marker.encode())
        self.read_until(lambda written: written.endswith(marker))
        self.written = self.written.removesuffix(marker)
        return STEERING.sub("", self.written.rpartition(CLEAR)[2])

    def close(self) -> None:
        os.close(self.port)
        os.close(self._reader)


@contextmanager
def screen_on(
    monkeypatch: pytest.MonkeyPatch, lines: int = 50
) -> Iterator[tuple[Terminal, TerminalScreen]]:
    """A screen whose standard output is a terminal, and that terminal."""
    terminal = Terminal(lines)
    for name, value in (("TERM", "xterm-256color"), ("COLUMNS", "80"), ("LINES", str(lines))):
        monkeypatch.setenv(name, value)
    with os.fdopen(os.dup(terminal.port), "w", encoding="utf-8") as stdout, redirect_stdout(stdout):
        yield terminal, TerminalScreen("camera", Language.RU)
    terminal.close()


def card(name: str = "R01", policy: Policy | None = None) -> Card:
    report = Verifier(world().trust, policy).verify(
        world().print_key.issue(record(name), allow_ended=True).text, NOON
    )
    return make_card(report, Language.RU, policy)


def view(*cards: Card, aside: str = "", hint: Hint | None = None) -> View:
    return View(NOON, Saying.SHOW_CODE, cards, aside, None, hint)


def test_a_card_comes_and_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen_on(monkeypatch) as (terminal, screen):
        assert screen.show(view())
        assert "Покажите код камере" in terminal.now()
        screen.show(view(card()))
        shown = terminal.now()
        assert "ДЕЙСТВУЕТ" in shown
        assert NAME in shown
        assert "Покажите код камере" not in shown
        screen.show(view())
        assert NAME not in terminal.now()
        screen.close()
        terminal.now()
        assert terminal.written.endswith("\x1b[?1049l")  # back where nothing was shown


def test_hints_messages_and_codes_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with screen_on(monkeypatch) as (terminal, screen):
        screen.show(view(hint=Hint.MORE_LIGHT))
        assert "Больше света" in terminal.now()
        screen.say(Saying.CAMERA_LOST)
        screen.show(view(aside="Это не код статуса."))
        shown = terminal.now()
        assert "Камера отключена. Жду её возвращения." in shown
        assert "Это не код статуса." in shown
        screen.report(Verifier(world().trust).verify("", NOON))
        screen.show(view())
        assert "отключена" not in terminal.now()


def test_what_has_not_changed_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The card says when it was checked; a running clock is for windows."""
    shown = card()
    with screen_on(monkeypatch) as (terminal, screen):
        for seconds in range(5):
            moment = NOON + timedelta(seconds=seconds)
            screen.show(View(moment, Saying.SHOW_CODE, (shown,)))
        terminal.now()
        assert terminal.written.count(CLEAR) == 1


@pytest.mark.parametrize("lines", [12, 16, 24])
def test_a_small_terminal_shows_the_verdict_and_the_person(
    lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with screen_on(monkeypatch, lines) as (terminal, screen):
        screen.show(view(card()))
        shown = terminal.now()
        assert shown.count("\n") < lines
        assert "ДЕЙСТВУЕТ" in shown
        assert NAME in shown
        screen.show(view(card(), card("R03")))  # a line each
        shown = terminal.now()
        assert shown.count("\n") < lines
        assert "✓ ДЕЙСТВУЕТ" in shown
        assert "✕ СРОК ИСТЁК" in shown


def test_the_command_on_a_terminal(tmp_path: Path) -> None:
    """A scan, its card, a second later no card; told to end, the screen is given back."""
    wire, port = pty.openpty()
    terminal = Terminal()
    trust = scan_world.write_trust(tmp_path)
    words = [*COMMAND, "--serial", os.ttyname(port), "--trust", str(trust), "--keep", "1"]
    with subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=terminal.port,
        stderr=subprocess.PIPE,
        env=environment(TERM="xterm-256color"),
    ) as process:
        terminal.read_until(lambda written: "Отсканируйте код" in written)
        begun = time.monotonic()
        os.write(wire, text().encode() + b"\r")
        terminal.read_until(lambda written: NAME in written)
        terminal.read_until(lambda written: "Отсканируйте код" in written.rpartition(NAME)[2])
        assert time.monotonic() - begun >= 1
        process.send_signal(signal.SIGTERM)
        terminal.read_until(lambda written: "\x1b[?1049l" in written)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert CLEAR in terminal.written.rpartition(NAME)[2]
    terminal.close()
    os.close(wire)
    os.close(port)
