"""What a source tells, one event after the other."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Frame: TypeAlias = npt.NDArray[np.uint8]  # height × width × 3, BGR, or height × width


class Change(Enum):
    """A source that went away, or came back."""

    LOST = auto()
    BACK = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """At `at` (seconds on the source's own clock): a frame, texts that a scanner read, a change.

    None of them: nothing has happened for a moment, but time has passed.
    """

    at: float
    frame: Frame | None = None
    texts: tuple[str, ...] = ()
    change: Change | None = None
