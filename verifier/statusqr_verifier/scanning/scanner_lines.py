"""The bytes of a serial scanner cut into scans. No clock: moments are passed in.

Scanners end a scan with CR, LF, both, TAB or nothing at all; then a pause ends it. Some put STX
and ETX around it or an identifier of the symbology («]Q1») before it.
"""

import re

GAP = 0.5  # seconds of silence that end a scan without a suffix
MAX_SCAN = 4096  # bytes; a code has 1,600 digits at most

_ENDS = re.compile(rb"[\r\n\t]+")
_AIM = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
_AROUND = bytes(range(0x21))  # control characters and the space


class ScannerLines:
    """Collects bytes until a scan is whole; holds 4,096 of them at most.

    Of a longer line the first 4,096 bytes are given, which no code of ours can be, and the rest is
    thrown away.
    """

    def __init__(self) -> None:
        self._begun = bytearray()
        self._last = float("-inf")

    @property
    def held(self) -> int:
        """How many bytes of a scan have come."""
        return len(self._begun)

    def feed(self, data: bytes, at: float) -> tuple[str, ...]:
        """The scans that are whole once `data` has come at `at` (seconds)."""
        scans = list(self.after(at))
        *ended, rest = _ENDS.split(data)
        for part in ended:
            self._take(part)
            scans += self._whole()
        self._take(rest)
        if data:
            self._last = at
        return tuple(scans)

    def after(self, at: float) -> tuple[str, ...]:
        """The scan that silence until `at` has ended, if any."""
        return self._whole() if at - self._last >= GAP else ()

    def drop(self) -> None:
        """Forget what has begun: the scanner went away in the middle."""
        self._begun.clear()

    def _take(self, data: bytes) -> None:
        self._begun += data[: MAX_SCAN - len(self._begun)]

    def _whole(self) -> tuple[str, ...]:
        scan = bytes(self._begun).strip(_AROUND)
        self._begun.clear()
        if aim := _AIM.match(scan):
            scan = scan[aim.end() :].strip(_AROUND)
        # What is not ASCII is noise; the mark that stands for it makes the text a foreign one.
        return (scan.decode("ascii", "replace"),) if scan else ()
