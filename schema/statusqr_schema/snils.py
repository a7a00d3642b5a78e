"""СНИЛС, the individual insurance account number: eleven digits, of which two are a check.

The check rule: digit × position from the end, summed over the nine; the remainder modulo 101, where
100 becomes 00. It holds only for numbers above 001-001-998 (the Pension Fund's instruction, p. 8).

A number is personal data: `repr()` and `str()` show the mask, so that a log or a traceback cannot
hold it. Ask for `formatted` where the whole number is really wanted.
"""

import re
from dataclasses import dataclass
from operator import mul
from typing import Self

LAST_UNCHECKED = 1_001_998
LOOKALIKE = re.compile(r"(?<!\d)\d{3}[-\s]?\d{3}[-\s]?\d{3}[-\s]?\d{2}(?!\d)")
"""What is written as a whole number, in any text; only its check tells whether it is one."""
_WEIGHTS = range(9, 0, -1)
_SEPARATORS = re.compile("[- \u00a0\u2011]")


def check_digits(number: int) -> int:
    """The two check digits of a nine-digit number (0..999999999)."""
    total: int = sum(map(mul, _WEIGHTS, map(int, f"{number:09d}")))
    return total % 101 % 100


def broken_rule(text: str) -> str | None:
    """The code of the rule that `text` breaks as a whole СНИЛС, or None."""
    digits = _SEPARATORS.sub("", text)
    if not re.fullmatch("[0-9]*", digits):
        return "SNILS_CHARS"
    if len(digits) != 11:
        return "SNILS_LENGTH"
    number, check = int(digits[:9]), int(digits[9:])
    if number == 0:
        return "SNILS_ZERO"  # passes the sum and lies below the threshold, but was never issued
    if number <= LAST_UNCHECKED or check_digits(number) == check:
        return None
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(digits[:9]))
    return "SNILS_REMAINDER_100" if total % 101 == 100 else "SNILS_CHECKSUM"


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Snils:
    """A whole СНИЛС as a number 0..99999999999.

    The constructor checks the range only, as a reader of codes must (reading is tolerant);
    `parse` checks everything, as an issuer must.
    """

    number: int

    def __post_init__(self) -> None:
        if not 0 <= self.number <= 99_999_999_999:
            raise ValueError("a СНИЛС has eleven digits")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read «112-233-445 95» or eleven bare digits; ValueError names the broken rule."""
        if rule := broken_rule(text):
            raise ValueError(rule)
        return cls(int(_SEPARATORS.sub("", text)))

    @property
    def valid(self) -> bool:
        """Whether every rule holds, the check digits among them."""
        number, check = divmod(self.number, 100)
        return 0 < number <= LAST_UNCHECKED or (number > 0 and check_digits(number) == check)

    @property
    def tail(self) -> "SnilsTail":
        """The last five digits, enough to compare with a document and no more."""
        return SnilsTail(self.number % 100_000)

    @property
    def formatted(self) -> str:
        """`112-233-445 95`: the whole number, for the holder's own papers."""
        d = f"{self.number:011d}"
        return f"{d[:3]}-{d[3:6]}-{d[6:9]} {d[9:]}"

    @property
    def masked(self) -> str:
        """`•••-•••-445 95`: what a checkpoint may see."""
        return self.tail.masked

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Snils({self.masked})"


@dataclass(frozen=True, slots=True, order=True)
class SnilsTail:
    """The last five digits of a СНИЛС, 0..99999, where the whole number is not disclosed."""

    last_five: int

    def __post_init__(self) -> None:
        if not 0 <= self.last_five <= 99_999:
            raise ValueError("a СНИЛС tail has five digits")

    @property
    def tail(self) -> "SnilsTail":
        """Itself, so that callers need not ask which of the two they hold."""
        return self

    @property
    def formatted(self) -> str:
        """The same as `masked`: nothing more is known."""
        return self.masked

    @property
    def masked(self) -> str:
        """`•••-•••-445 95`."""
        d = f"{self.last_five:05d}"
        return f"•••-•••-{d[:3]} {d[3:]}"

    def __str__(self) -> str:
        return self.masked
