"""Numbers: СНИЛС of nobody, and numbers of decisions and certificates in the forms that are met."""

import re
from random import Random

from statusqr_schema.snils import check_digits

LETTERS = "АБВГДЕЖКЛМНОПРСТУФХЭЮЯ"


class SnilsMaker:
    """СНИЛС with right check digits, no two alike.

    All begin with 9, which has not been issued to anybody. On the wire they are as long as those
    in use, save the oldest (below 043), which are four bytes shorter.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[int] = set()

    def new(self) -> str:
        """Another one: `912-345-678 90`."""
        number = self._random.randrange(900_000_000, 1_000_000_000)
        while number in self._taken:
            number = self._random.randrange(900_000_000, 1_000_000_000)
        self._taken.add(number)
        digits = f"{number:09d}"
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {check_digits(number):02d}"


def fill(random: Random, form: str, year: int, region: str) -> str:
    """A number in this form; see lists/statuses.toml for what the signs mean.

    Up to four # are a number that counts up from 1, more are digits with leading zeros.
    """

    def digits(found: re.Match[str]) -> str:
        places = len(found[0])
        number = random.randrange(1, 10**places)
        return str(number) if places <= 4 else f"{number:0{places}d}"

    text = re.sub("#+", digits, form)
    text = re.sub("@", lambda _: random.choice(LETTERS), text)
    return text.replace("%Y", str(year)).replace("%y", f"{year % 100:02d}").replace("%r", region)
