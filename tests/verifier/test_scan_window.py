"""The real window: an OpenCV with windows on a virtual display, and the points on that display.

OpenCV with windows stands in a folder of its own (`make window-cv2`): the project's own build has
none.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import scan_world
from scan_world import Bgr, frame, recording, running, scan, text

from statusqr_verifier.scanning.window import why_no_window

CV2 = Path(os.environ.get("STATUSQR_WINDOW_CV2", Path(__file__).parents[2] / ".window-cv2"))
GREEN = (0x3A, 0x6B, 0x0B)  # BGR


@dataclass(frozen=True)
class Display:
    """A virtual display and the file in which its points stand."""

    name: str
    file: Path

    def look(self) -> Bgr:
        """What can be seen now. X window dump: the header's first word is its length."""
        data = self.file.read_bytes()
        header = np.frombuffer(data[:100], ">u4")
        length, width, height, line, colours = header[[0, 4, 5, 12, 19]]
        start = int(length + 12 * colours)
        lines = np.frombuffer(data, np.uint8, int(height * line), start)
        return lines.reshape(height, line // 4, 4)[:, :width, :3]

    def wait_for(self, wanted: Callable[[Bgr], bool], process: subprocess.Popen[str]) -> Bgr:
        """The first sight that is wanted; the process that shows it must live."""
        pause = threading.Event()
        while not wanted(seen := self.look()):
            assert process.poll() is None, process.communicate()
            pause.wait(0.05)
        return seen


# Asks each window with this title to close, as the cross in its corner does (ICCCM 4.2.8.1).
CLOSE_IT = """
import ctypes, sys
x = ctypes.CDLL("libX11.so.6")
x.XOpenDisplay.restype = ctypes.c_void_p
x.XInternAtom.restype = x.XDefaultRootWindow.restype = ctypes.c_ulong
display = ctypes.c_void_p(x.XOpenDisplay(None))
root, parent = ctypes.c_ulong(), ctypes.c_ulong()
windows, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
top = ctypes.c_ulong(x.XDefaultRootWindow(display))
x.XQueryTree(display, top, *map(ctypes.byref, (root, parent, windows, count)))
for window in windows[: count.value]:
    name = ctypes.c_char_p()
    x.XFetchName(display, ctypes.c_ulong(window), ctypes.byref(name))
    if name.value == b"StatusQR":
        protocols = x.XInternAtom(display, b"WM_PROTOCOLS", 0)
        delete = x.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
        # an XClientMessageEvent: type 33 … window, message type, format 32, data
        event = (ctypes.c_long * 24)(33, 0, 0, 0, window, protocols, 32, delete)
        x.XSendEvent(display, ctypes.c_ulong(window), 0, ctypes.c_long(0), event)
x.XSync(display, 0)
"""


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Display]:
    folder = tmp_path_factory.mktemp("display")
    reader, writer = os.pipe()
    words = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    log = (folder / "log").open("wb")
    with subprocess.Popen(
        [*words, "-fbdir", str(folder)], pass_fds=[writer], stdout=log, stderr=log
    ) as server:
        os.close(writer)
        number = os.read(reader, 16).decode().strip()
        yield Display(f":{number}", folder / "Xvfb_screen0")
        server.terminate()
    os.close(reader)
    log.close()


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    return scan_world.write_trust(tmp_path)


def share(seen: Bgr, colour: tuple[int, ...]) -> float:
    """Which share of the points has this colour; what was filmed is a little off."""
    return float(np.mean(np.all(np.abs(seen.astype(int) - colour) <= 3, axis=2)))


@pytest.mark.needs("xvfb")
@pytest.mark.needs("window-cv2")
def test_a_card_fills_the_window_moves_and_leaves(
    display: Display, tmp_path: Path, trust: Path
) -> None:
    """A recording as fast as it was taken: nothing, a code, nothing for a while."""
    shown = [*[frame(paper=90)] * 10, *[frame(text(), paper=90)] * 5, *[frame(paper=90)] * 150]
    path = recording(tmp_path / "shift.avi", shown)
    options = ("--video", path, "--trust", trust, "--keep", "2", "--window")
    with running(*options, DISPLAY=display.name, PYTHONPATH=str(CV2)) as command:
        process = command.process
        display.wait_for(lambda seen: share(seen, (90, 90, 90)) > 0.2, process)  # the live picture
        card = display.wait_for(lambda seen: share(seen, GREEN) > 0.5, process)
        display.wait_for(
            lambda seen: share(seen, GREEN) > 0.5 and not np.array_equal(seen, card), process
        )
        display.wait_for(lambda seen: share(seen, GREEN) < 0.01, process)  # it has left
        assert command.end(signal.SIGINT) == (130, "", "")


@pytest.mark.needs("xvfb")
@pytest.mark.needs("window-cv2")
def test_without_being_asked_there_is_a_window_and_the_status_is_told(
    display: Display, tmp_path: Path, trust: Path
) -> None:
    path = recording(tmp_path / "one.avi", [frame(text())] * 5)
    with running(
        "--video", path, "--trust", trust, DISPLAY=display.name, PYTHONPATH=str(CV2)
    ) as command:
        display.wait_for(lambda seen: share(seen, GREEN) > 0.5, command.process)
        out, err = command.process.communicate(timeout=60)
    assert (command.process.returncode, out, err) == (0, "", "")


@pytest.mark.needs("xvfb")
@pytest.mark.needs("window-cv2")
def test_closing_the_window_ends_it(display: Display, tmp_path: Path, trust: Path) -> None:
    path = recording(tmp_path / "long.avi", [frame(text())] * 600)
    with running(
        "--video", path, "--trust", trust, DISPLAY=display.name, PYTHONPATH=str(CV2)
    ) as command:
        display.wait_for(lambda seen: share(seen, GREEN) > 0.5, command.process)
        command_line = [sys.executable, "-c", CLOSE_IT]
        subprocess.run(command_line, check=True, env={"DISPLAY": display.name})
        out, err = command.process.communicate(timeout=20)
    assert (command.process.returncode, out, err) == (130, "", "")  # not to its end


@pytest.mark.needs("window-cv2")
def test_a_display_that_is_not_there(tmp_path: Path, trust: Path) -> None:
    """Qt would end the process; asked for a window it says so, else it shows the card in lines."""
    path = recording(tmp_path / "one.avi", [frame(text())])
    away = {"DISPLAY": ":4242", "PYTHONPATH": str(CV2)}
    with running("--video", path, "--trust", trust, "--window", **away) as command:
        out, err = command.process.communicate(timeout=60)
    assert (command.process.returncode, out) == (2, "")
    assert err == "Ошибка [WINDOW]: окна не будет: окно на этом экране не открывается\n"
    with running("--video", path, "--trust", trust, **away) as command:
        out, err = command.process.communicate(timeout=60)
    assert command.process.returncode == 0
    assert "ДЕЙСТВУЕТ" in out


def test_an_opencv_without_windows_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trust: Path
) -> None:
    """The build that the project installs."""
    monkeypatch.delenv("DISPLAY", raising=False)
    assert why_no_window() == "нет графического экрана (переменной DISPLAY)"
    monkeypatch.setenv("DISPLAY", ":0")
    assert "opencv-python" in why_no_window()
    path = recording(tmp_path / "one.avi", [frame(text())])
    options = ["--video", path, "--trust", trust]
    with running(*options, "--window", DISPLAY=":0") as command:
        assert command.process.wait(timeout=60) == 2
    assert scan(*options)[0] == 0
