"""What the command says besides the cards, in Russian and English, and when a hint is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from ..frames import Hint
from ..words import Language

_STEADY = 1.0  # seconds for which a hint stays: the next frame may well give none


class Saying(Enum):
    """What may be said."""

    SHOW_CODE = auto()
    SCAN_CODE = auto()
    CAMERA_LOST = auto()
    CAMERA_BACK = auto()
    SCANNER_LOST = auto()
    SCANNER_BACK = auto()
    BAD_FRAME = auto()
    NOTHING_READ = auto()
    DATA_TAKEN = auto()
    HOW_TO_END = auto()
    MORE_CODES = auto()
    FAMILY = auto()


_RU: Mapping[Saying | Hint, str] = {
    Hint.CLOSER: "Ближе",
    Hint.HOLD_STILL: "Не двигайте",
    Hint.MORE_LIGHT: "Больше света",
    Saying.SHOW_CODE: "Покажите код камере",
    Saying.SCAN_CODE: "Отсканируйте код",
    Saying.CAMERA_LOST: "Камера отключена. Жду её возвращения.",
    Saying.CAMERA_BACK: "Камера снова работает.",
    Saying.SCANNER_LOST: "Сканер отключён. Жду его возвращения.",
    Saying.SCANNER_BACK: "Сканер снова работает.",
    Saying.BAD_FRAME: "Камера даёт кадры, которые не читаются: проверьте её настройки.",
    Saying.NOTHING_READ: "В записи не прочитан ни один код.",
    Saying.DATA_TAKEN: "Приняты новые данные.",
    Saying.HOW_TO_END: "Закончить: Ctrl+C",
    Saying.MORE_CODES: "Кодов в кадре больше. Показывайте по одному.",
    Saying.FAMILY: "Члены семьи",
}
_EN: Mapping[Saying | Hint, str] = {
    Hint.CLOSER: "Closer",
    Hint.HOLD_STILL: "Hold still",
    Hint.MORE_LIGHT: "More light",
    Saying.SHOW_CODE: "Show the code to the camera",
    Saying.SCAN_CODE: "Scan a code",
    Saying.CAMERA_LOST: "The camera is gone. Waiting for it to come back.",
    Saying.CAMERA_BACK: "The camera works again.",
    Saying.SCANNER_LOST: "The scanner is gone. Waiting for it to come back.",
    Saying.SCANNER_BACK: "The scanner works again.",
    Saying.BAD_FRAME: "The camera gives frames that cannot be read: check its settings.",
    Saying.NOTHING_READ: "No code was read in the recording.",
    Saying.DATA_TAKEN: "New data taken.",
    Saying.HOW_TO_END: "To end: Ctrl+C",
    Saying.MORE_CODES: "There are more codes in view. Show them one at a time.",
    Saying.FAMILY: "Family",
}


def words_for(what: Saying | Hint, language: Language) -> str:
    """The words for it."""
    return (_RU if language is Language.RU else _EN)[what]


@dataclass(slots=True)
class SteadyHint:
    """The hint to show: the last that was given, for a second; none once a code is read."""

    _hint: Hint | None = None
    _given: float = float("-inf")

    def after(self, hint: Hint | None, at: float, *, read: bool) -> Hint | None:
        """The hint at `at` (seconds), after a frame gave `hint` or a code was `read`."""
        if read:
            self._hint = None
        elif hint is not None:
            self._hint, self._given = hint, at
        elif at - self._given > _STEADY:
            self._hint = None
        return self._hint
