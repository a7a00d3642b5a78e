"""`scan --serial`: a scanner at the other end of a real pseudo-terminal pair."""

import os
import pty
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import scan_world
from scan_world import running, scan, text

from statusqr_verifier.scanning.events import Change, Event
from statusqr_verifier.scanning.scanner_lines import MAX_SCAN
from statusqr_verifier.scanning.serial_port import SerialScanner


class Plug:
    """A scanner that can be plugged in and pulled out; its name stays, as under by-id."""

    def __init__(self, folder: Path) -> None:
        self.name = folder / "scanner"
        self._wire = -1
        self.plug_in()

    def plug_in(self) -> None:
        self._wire, port = pty.openpty()
        tty.setraw(port)
        fresh = self.name.with_suffix(".new")
        fresh.symlink_to(os.ttyname(port))
        fresh.replace(self.name)
        self._port = port

    def pull_out(self) -> None:
        self.name.unlink()
        os.close(self._wire)
        os.close(self._port)
        self._wire = -1

    def type(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._wire, data) :]

    def close(self) -> None:
        if self._wire >= 0:
            self.pull_out()


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    made = Plug(tmp_path)
    yield made
    made.close()


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    return scan_world.write_trust(tmp_path)


def next_where(events: Iterator[Event], wanted: Callable[[Event], object]) -> Event:
    return next(event for event in events if wanted(event))


def test_scans_with_and_without_a_suffix(plug: Plug) -> None:
    with SerialScanner(str(plug.name)) as scanner:
        events = scanner.events()
        for end in (b"\r", b"\n", b"\r\n", b"\t", b""):
            plug.type(b"12345" + end)
            assert next_where(events, lambda event: event.texts).texts == ("12345",)


def test_time_passes_while_nothing_is_scanned(plug: Plug) -> None:
    with SerialScanner(str(plug.name)) as scanner:
        events = scanner.events()
        first, second = next(events), next(events)
        assert first.at < second.at
        assert (first.texts, first.change, first.frame) == ((), None, None)


def test_a_port_that_goes_and_comes_back(plug: Plug) -> None:
    with SerialScanner(str(plug.name), retry=0.01) as scanner:
        events = scanner.events()
        plug.type(b"123")
        next(events)
        plug.pull_out()
        assert next_where(events, lambda event: event.change).change is Change.LOST
        assert [next(events).change for _ in range(5)] == [None] * 5  # it waits, time passes
        plug.plug_in()
        assert next_where(events, lambda event: event.change).change is Change.BACK
        plug.type(b"456\r")  # without the half that came before
        assert next_where(events, lambda event: event.texts).texts == ("456",)


def test_many_bytes_without_an_end(plug: Plug) -> None:
    with SerialScanner(str(plug.name)) as scanner:
        events = scanner.events()
        for _ in range(20):  # a pseudo-terminal holds 4,095 bytes
            plug.type(b"8" * 2000)
            assert next(events).texts == ()
        plug.type(b"\r77\r")
        assert next_where(events, lambda event: event.texts).texts == ("8" * MAX_SCAN, "77")


def test_two_programs_do_not_share_a_port(plug: Plug, trust: Path) -> None:
    with SerialScanner(str(plug.name)):
        status, out, err = scan("--serial", plug.name, "--trust", trust)
    assert (status, out) == (2, "")
    assert err.startswith("Ошибка [SERIAL]: порт не открывается: ")


@pytest.mark.parametrize("port", ["nowhere", "/dev/null", ".", "", "a\0b"])
def test_a_port_that_is_none(port: str, trust: Path) -> None:
    status, out, err = scan("--serial", port, "--trust", trust)
    assert (status, out) == (2, "")
    assert err.startswith("Ошибка [SERIAL]: порт не открывается: ")
    assert len(err.splitlines()) == 1


def test_a_shift(plug: Plug, trust: Path) -> None:
    """The whole command: good, half, noise, endless, the scanner pulled out and back, the end."""
    code = text().encode()
    options = ("--serial", plug.name, "--trust", trust, "--json")
    with running(*options) as command:
        command.told("Отсканируйте код")
        found = []
        for typed in (code + b"\r\n", code[:300], code + b"\xff\r", b"1" * 4_000 + b"2" * 96):
            plug.type(typed)
            if typed.startswith(b"1"):
                plug.type(b"3" * 4_000)
            found.append(command.report())
        assert [one["verdict"] for one in found] == [
            *("VALID", "UNDETERMINED", "FOREIGN", "UNDETERMINED")
        ]
        messages = [[f["message"] for f in one["findings"]] for one in found]  # type: ignore[attr-defined]
        assert messages[1:] == [
            ["КОД ПРОЧИТАН НЕ ПОЛНОСТЬЮ"],
            ["Это не код статуса"],
            ["КОД ПРОЧИТАН НЕ ПОЛНОСТЬЮ"],
        ]
        plug.pull_out()
        command.told("Сканер отключён. Жду его возвращения.")
        plug.plug_in()
        command.told("Сканер снова работает.")
        plug.type(code + b"\t")
        assert command.report()["verdict"] == "VALID"
        assert command.end() == (0, "", "")


def test_without_the_library_it_says_so(plug: Plug, trust: Path, tmp_path: Path) -> None:
    (tmp_path / "instead").mkdir()
    (tmp_path / "instead" / "serial.py").write_text("raise ImportError")
    options = ("--serial", plug.name, "--trust", trust)
    with running(*options, PYTHONPATH=str(tmp_path / "instead")) as command:
        out, err = command.process.communicate(timeout=60)
    assert (command.process.returncode, out) == (2, "")
    assert err.startswith("Ошибка [EXTRA]: не установлено: pyserial")
