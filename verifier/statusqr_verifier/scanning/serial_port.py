"""Events of a scanner on a serial port, which may be unplugged and plugged in again."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from statusqr_schema import StatusQRError

from .events import Change, Event
from .scanner_lines import MAX_SCAN, ScannerLines

if TYPE_CHECKING:
    import serial

BAUD = 9600
RETRY = 1.0  # seconds between two attempts to get a port back
_PATIENCE = 0.05  # seconds for which bytes are gathered


class PortFailed(StatusQRError):
    """A serial port that cannot be opened."""

    code = "SERIAL"


class MissingSerial(StatusQRError):
    """The library for serial ports is not installed."""

    code = "EXTRA"

    def __init__(self) -> None:
        super().__init__("не установлено: pyserial; в папке проекта: pip install '.[camera]'")


class SerialScanner:
    """A scanner on `port`, e.g. `/dev/ttyACM0`; better a name under `/dev/serial/by-id`, which
    stays the same when the scanner is plugged in again.
    """

    def __init__(
        self,
        port: str,
        baud: int = BAUD,
        *,
        retry: float = RETRY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the port, or PortFailed, or MissingSerial."""
        try:
            import serial
        except ImportError as error:
            raise MissingSerial from error
        self._name = port
        self._baud = baud
        self._retry = retry
        self._clock = clock
        try:
            self._port: serial.Serial | None = self._open()
        except (OSError, ValueError) as error:  # ValueError: a rate or a name that cannot be
            raise PortFailed(f"порт не открывается: {_why(error)}") from error

    def __enter__(self) -> "SerialScanner":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def events(self) -> Iterator[Event]:
        """For ever: scans and changes; twenty times a second at least that time has passed."""
        lines = ScannerLines()
        while True:
            if self._port is None:
                yield from self._come_back()
                continue
            try:
                data = self._port.read(MAX_SCAN)  # what comes within the patience
            except (OSError, TypeError):  # TypeError: pyserial, where the port goes while it waits
                self._close()
                lines.drop()
                yield Event(self._clock(), change=Change.LOST)
                continue
            now = self._clock()
            yield Event(now, texts=lines.feed(data, now))

    def _come_back(self) -> Iterator[Event]:
        """Wait, showing that time passes, and try once."""
        until = self._clock() + self._retry
        while self._clock() < until:
            time.sleep(min(_PATIENCE, self._retry))
            yield Event(self._clock())
        with suppress(OSError, ValueError):
            self._port = self._open()
            yield Event(self._clock(), change=Change.BACK)

    def _open(self) -> "serial.Serial":
        import serial

        # exclusive: two programs on one port would each get half of a code
        return serial.Serial(self._name, self._baud, timeout=_PATIENCE, exclusive=True)

    def _close(self) -> None:
        if self._port is not None:
            with suppress(OSError):
                self._port.close()
            self._port = None


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "такой скорости или такого имени не бывает"
    # pyserial's own text names the path a second time
    return os.strerror(error.errno) if error.errno else "это не последовательный порт"
