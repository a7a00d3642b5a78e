"""How the account speaks: its texts, dates and terms in the language of a request. Pure.

What the register says (names, statuses, authorities) stays Russian in every language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from starlette.requests import HTTPConnection

from statusqr_schema import Period, wording
from statusqr_schema.days import MOSCOW
from statusqr_schema.record import NBSP
from statusqr_web.locale import Locale, chosen, translator

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Phrases:
    """The texts of one language; called with a Russian text, gives it in that language."""

    locale: Locale
    _translate: Callable[[str], str]

    @classmethod
    def of(cls, locale: Locale) -> "Phrases":
        """Those of a language."""
        return cls(locale, translator(locale, (HERE / "locale",)))

    @classmethod
    def for_request(cls, request: HTTPConnection) -> "Phrases":
        """Those that the request asks for."""
        return cls.of(chosen(request))

    def __call__(self, text: str, **values: object) -> str:
        """A text; `{name}` in it becomes the value of that name."""
        found = self._translate(text)
        # a date ends with the dot of «г.», which is the sentence's as well
        return found.format(**values).replace("г..", "г.") if values else found

    @property
    def russian(self) -> bool:
        """Whether this is Russian."""
        return self.locale is Locale.RU

    def day(self, day: date) -> str:
        """«21 ноября 2026 г.», `21.11.2026`."""
        return wording.long_date(day) if self.russian else wording.short_date(day)

    def moment(self, moment: datetime) -> str:
        """«21.11.2026 09:30 (МСК)»: the zone is always named."""
        return wording.moscow_time(moment) if self.russian else wording.moscow_time_en(moment)

    def moment_with_seconds(self, moment: datetime) -> str:
        """«14:35:10 (МСК)»: for what ends within minutes."""
        zone = "МСК" if self.russian else "Moscow time"
        return f"{moment.astimezone(MOSCOW):%H:%M:%S}{NBSP}({zone})"

    def term(self, period: Period) -> str:
        """«с 15 апреля 2024 г., бессрочно»."""
        if not self.russian:
            return wording.term_en(period)
        start = f"с{NBSP}{wording.long_date(period.valid_from)}"
        if period.valid_through is None:
            return f"{start}, {wording.term_end(period)}"
        return f"{start} по{NBSP}{wording.long_date(period.valid_through)} включительно"

    def through(self, day: date) -> str:
        """«по 31 декабря 2026 г. включительно»."""
        if self.russian:
            return f"по{NBSP}{wording.long_date(day)} включительно"
        return f"through {wording.short_date(day)}"
