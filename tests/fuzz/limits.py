"""Values at and beyond the limits of the format, for every place in the claims that has some."""

from .wire import Node

FIRST_DAY, LAST_DAY, LAST_INSTANT = -25_567, 84_005, 7_258_118_399
NOON = 1_795_251_600  # 2026-11-21, 9:00 UTC
TODAY = NOON // 86_400

FAR = (-1, 0, 1, 2**31, 2**32, 2**53 + 1, 2**63, 2**64 - 1, 2**64, -(2**64), -(2**64) - 1)
_YEAR = 400 * 86_400  # and some days
_TODAYS: list[Node] = [TODAY + day for day in (-2, -1, 0, 1, 2)]
PERIODS: tuple[list[Node], ...] = (
    *([day] for day in _TODAYS),
    *([day, None] for day in _TODAYS),
    *([TODAY, day] for day in _TODAYS),
    *([TODAY - 2, day] for day in _TODAYS),
    [TODAY, 0],
    [TODAY, False],
)
LIVES = (0, 1, 59, 60, 61, 599, 600, 601, _YEAR - 1, _YEAR, _YEAR + 1)
_INSTANTS: tuple[Node, ...] = (
    *FAR,
    *(NOON + life + slip for life in LIVES for slip in (-60, 0)),
    *(NOON + early for early in (-61, -60, -59, -1)),
    LAST_INSTANT,
    LAST_INSTANT + 1,
)
_DAYS: tuple[Node, ...] = (
    *(FIRST_DAY - 1, FIRST_DAY, LAST_DAY, LAST_DAY + 1, None),
    *_TODAYS,
)


def _texts(longest: int) -> tuple[Node, ...]:
    full = "я" * longest
    odd = ("", "я", "\0", "\n", "\u202eя", "и\u0306", "\u0344", "𐍈", "\ud800", "\uffff")
    return (*odd, full, full + "я", "𐍈" * longest, "й" * (longest - 1) + "и\u0306", None)


_SNILS: tuple[Node, ...] = (-100_001, -100_000, -1, 0, 99_999_999_999, 10**11, None)
_NAME = {0: _texts(100), 1: _texts(100), 2: _texts(100), 3: _SNILS, 4: _texts(100)}

# By the path of a value, with 0 for every place in the list of family members.
LIMITS: dict[tuple[object, ...], tuple[Node, ...]] = {
    (4,): _INSTANTS,
    (5,): _INSTANTS,
    (6,): _INSTANTS,
    (-65538, 0): (-1, 0, 2**32 - 1, 2**32),
    (-65538, 1): (-1, 0, 2**20 - 1, 2**20),
    (-65539,): (-1, 0, 1, 2, 3),
    **{(-65537, 1, part): values for part, values in _NAME.items() if part < 4},
    **{(-65537, 2, 0, part): values for part, values in _NAME.items()},
    (-65537, 3): ("large_family", "veteran", *_texts(64)),
    (-65537, 4): _texts(300),
    (-65537, 5): _DAYS,
    (-65537, 6, 0): _DAYS,
    (-65537, 6, 1): _DAYS,
    (-65537, 7, 0): _texts(500),
    (-65537, 7, 1): _texts(100),
    (-65537, 7, 2): _DAYS,
    (-65537, 8): ("Другой вымышленный орган", *_texts(500)),
    (-65537, 9): _texts(100),
    (-65537, 10): _DAYS,
    (-65537, 11): (0, 1, 2, 76, 999, 1000, -1),
    (-65537, 12): (-1, 0, NOON, LAST_INSTANT, LAST_INSTANT + 1),
}
