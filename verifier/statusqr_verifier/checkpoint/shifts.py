"""Shifts: one device at one place from «Начать смену» to «Закончить смену». In memory only."""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from .history import History
from .place import Place

LONGEST: Final = timedelta(hours=24)
_MOST: Final = 500


@dataclass(slots=True)
class Shift:
    """What a device does now."""

    place: Place
    began: datetime
    ended: datetime | None = None
    history: History = field(default_factory=History)


class Shifts:
    """The shifts of this program by their random ids. May be shared by threads."""

    def __init__(self) -> None:
        self._shifts: OrderedDict[str, Shift] = OrderedDict()
        self._turn = threading.Lock()

    def begin(self, place: Place, at: datetime, instead_of: str = "") -> str:
        """Begin a shift; its id. It replaces the one that the same device had before.

        Where there are too many one that has ended is forgotten, else the oldest.
        """
        key = secrets.token_urlsafe(24)
        with self._turn:
            self._shifts.pop(instead_of, None)
            self._shifts[key] = Shift(place, at)
            while len(self._shifts) > _MOST:
                ended = (old for old, shift in self._shifts.items() if shift.ended)
                del self._shifts[next(ended, next(iter(self._shifts)))]
        return key

    def find(self, key: str, at: datetime) -> Shift | None:
        """The shift with this id, ended or not; None after 24 hours, or after a restart."""
        with self._turn:
            shift = self._shifts.get(key)
            if shift is not None and at - shift.began > LONGEST:
                del self._shifts[key]
                return None
            return shift

    def running(self, key: str, at: datetime) -> Shift | None:
        """The shift with this id, if it has not ended."""
        shift = self.find(key, at)
        return None if shift is None or shift.ended else shift
