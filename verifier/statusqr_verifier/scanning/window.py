"""A window through OpenCV, where there is a display and an OpenCV that can open windows."""

import os
import subprocess
import sys
from contextlib import suppress

import cv2

from statusqr_schema import StatusQRError

from ..report import Report
from ..words import Language
from .fonts import FontMissing, faces
from .painter import Painter
from .picture import Size
from .sayings import Saying, words_for
from .screens import View

TITLE = "StatusQR"
_SIZE: Size = (1280, 720)
_ENDING = frozenset(map(ord, "qQ\x1b"))  # Esc also in the Russian layout, whose letters come as 0
_ANSWER = 20  # seconds within which a window must have opened
# Qt ends the whole process where it cannot reach the display, so another process tries first.
_PROBE = "import cv2; cv2.namedWindow('StatusQR'); cv2.pollKey(); cv2.destroyAllWindows()"


class NoWindow(StatusQRError):
    """No window can be opened here."""

    code = "WINDOW"


def why_no_window() -> str:
    """Why there can be no window here, in Russian; empty where there can."""
    if not os.environ.get("DISPLAY"):
        return "нет графического экрана (переменной DISPLAY)"
    if not cv2.currentUIFramework():
        return (
            "OpenCV собран без окон: замените пакет opencv-python-headless на opencv-python; "
            "ему нужны пакеты Debian libgl1, libglib2.0-0 и libxcb1"
        )
    try:
        faces()
    except FontMissing as error:
        return error.message
    try:
        probe = [sys.executable, "-c", _PROBE]
        subprocess.run(probe, check=True, capture_output=True, timeout=_ANSWER)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "окно на этом экране не открывается"
    return ""


class WindowScreen:
    """Fills a window with the live picture, or with the cards; `q` or Esc or closing it ends."""

    def __init__(self, language: Language) -> None:
        """Open the window; ask `why_no_window` before."""
        self._language = language
        self._news = ""
        self._painter = Painter(language)
        cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL)
        cv2.resizeWindow(TITLE, *_SIZE)

    def report(self, report: Report) -> None:
        """Nothing yet: its card comes with the next view."""
        self._news = ""

    def say(self, saying: Saying) -> None:
        """Stands until the next code."""
        self._news = words_for(saying, self._language)

    def show(self, view: View) -> bool:
        """Draw; False once the person closed the window or asked to end."""
        if not _is_open():
            return False
        cv2.imshow(TITLE, self._painter.paint(view, self._news, self._size()))
        return cv2.pollKey() not in _ENDING

    def close(self) -> None:
        """Close it."""
        with suppress(cv2.error):  # it is closed already
            cv2.destroyAllWindows()

    def _size(self) -> Size:
        """As large as the window is now."""
        _, _, width, height = cv2.getWindowImageRect(TITLE)
        return (width, height) if width > 0 and height > 0 else _SIZE


def _is_open() -> bool:
    try:
        return cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1
    except cv2.error:  # Qt's way to say that there is none
        return False
