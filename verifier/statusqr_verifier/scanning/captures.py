"""Frames through OpenCV: a local camera, the stream of a network camera, a video file."""

import os
from pathlib import Path
from typing import Protocol

import numpy as np

from statusqr_schema import StatusQRError

from .events import Frame

_TIMEOUT = 5_000  # milliseconds for a network camera to answer, or to go on
_DIGITS = 4  # of a camera's number; what is longer OpenCV may not take for one
_USUAL_RATE = 25.0  # frames a second, where a file does not say


class CaptureFailed(StatusQRError):
    """A camera or a video file that gives no frame."""

    code = "CAMERA"


class Capture(Protocol):
    """An open source of frames."""

    @property
    def rate(self) -> float:
        """Frames a second of a recording."""
        ...

    def frame(self) -> Frame | None:
        """The next frame, waiting for it; None where there is none any more."""
        ...

    def close(self) -> None:
        """Give the device back."""
        ...


class _OpenCvCapture:
    def __init__(self, source: int | str) -> None:
        # What the libraries would say on stderr may hold an address with a password.
        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
        import cv2

        self._error = cv2.error
        self._rate_property = cv2.CAP_PROP_FPS
        logging = cv2.utils.logging
        before = logging.setLogLevel(logging.LOG_LEVEL_SILENT)
        try:
            if isinstance(source, str) and not source.startswith("/dev/"):
                # FFmpeg alone: the others take names for patterns, and print what they read.
                limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
                parameters = [value for limit in limits for value in (limit, _TIMEOUT)]
                self._capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, parameters)
            else:
                self._capture = cv2.VideoCapture(source)
        finally:
            logging.setLogLevel(before)

    @property
    def is_open(self) -> bool:
        return self._capture.isOpened()

    @property
    def rate(self) -> float:
        rate = self._capture.get(self._rate_property)
        return rate if 1 <= rate <= 1000 else _USUAL_RATE

    def frame(self) -> Frame | None:
        try:
            there, frame = self._capture.read()
        except self._error:  # a damaged stream; there is nothing more to be had of it
            return None
        return np.asarray(frame, np.uint8) if there and frame is not None else None

    def close(self) -> None:
        self._capture.release()


def open_capture(source: str) -> Capture | None:
    """A camera by its number, or by its device or address; None where it cannot be opened."""
    is_number = source.isdecimal() and len(source) <= _DIGITS
    capture = _OpenCvCapture(int(source) if is_number else source)
    if capture.is_open:
        return capture
    capture.close()
    return None


def open_video(path: Path) -> Capture:
    """A video file, or CaptureFailed."""
    capture = open_capture(str(path.absolute()))  # absolute: a file called «0» is no camera
    if capture is None:
        raise CaptureFailed("файл не открывается как видео", code="VIDEO")
    return capture
