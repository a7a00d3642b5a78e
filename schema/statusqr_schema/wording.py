"""How dates, terms and numbers are written in Russian (and in English), the same everywhere.

«по … включительно», never a bare «до»: the word leaves open whether the day counts.
"""

import unicodedata
from datetime import date, datetime

from .days import MOSCOW
from .record import NBSP, AnySnils, Basis, Period

MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]


def short_date(day: date) -> str:
    """`21.11.2026`."""
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


def long_date(day: date) -> str:
    """«21 ноября 2026 г.», held together by non-breaking spaces."""
    return NBSP.join((str(day.day), MONTHS[day.month - 1], str(day.year), "г."))


def moscow_time(moment: datetime) -> str:
    """«21.11.2026 09:30 (МСК)»."""
    local = moment.astimezone(MOSCOW)
    return NBSP.join((short_date(local.date()), f"{local:%H:%M}", "(МСК)"))


def moscow_time_en(moment: datetime) -> str:
    """`21.11.2026 09:30 (Moscow time)`."""
    return moscow_time(moment).replace("МСК", "Moscow time")


def number_sign(number: str) -> str:
    """«№ 76-000101»; a number that has its own sign («МСЭ-2019 № 1») is left as it is."""
    return glued(number) if "№" in number else f"№{NBSP}{number}"


def glued(text: str) -> str:
    """Keep «№ 285» together at the end of a line."""
    return text.replace("№ ", f"№{NBSP}")


def snils(number: AnySnils) -> str:
    """«112-233-445 95», or what is known of it, in one piece: no line breaks within."""
    return number.formatted.replace("-", "\u2011").replace(" ", NBSP)


def basis(act: Basis) -> str:
    """«Решение … от 15.04.2024 № МС-000101»."""
    dated = f" от {short_date(act.dated)}" if act.dated else ""
    number = f" {number_sign(act.number)}" if act.number else ""
    return glued(act.title) + dated + number


def term(period: Period) -> str:
    """«с 15.04.2024 по 31.12.2026 включительно», «…, бессрочно», «…, срок окончания не указан»."""
    return f"с {short_date(period.valid_from)}{_end(period, ' ', ', ')}"


def term_end(period: Period) -> str:
    """The end alone: «по 31.12.2026 включительно», «бессрочно», «срок окончания не указан»."""
    return _end(period, "", "")


def _end(period: Period, before_day: str, before_word: str) -> str:
    if period.valid_through:
        return f"{before_day}по {short_date(period.valid_through)} включительно"
    return before_word + ("бессрочно" if period.indefinite else "срок окончания не указан")


def term_en(period: Period) -> str:
    """The same in English: `from 15.04.2024 through 31.12.2026`."""
    start = f"from {short_date(period.valid_from)}"
    if period.valid_through:
        return f"{start} through {short_date(period.valid_through)}"
    return f"{start}, " + ("without an end" if period.indefinite else "end not stated")


def counted(number: int, one: str, few: str, many: str) -> str:
    """A number with the right form of its noun: 1 минуту, 2 минуты, 5 минут, 21 минуту."""
    tens, ones = number % 100, number % 10
    if ones == 1 and tens != 11:
        word = one
    elif 2 <= ones <= 4 and not 12 <= tens <= 14:
        word = few
    else:
        word = many
    return f"{number}{NBSP}{word}"


def is_plain(character: str) -> bool:
    """Whether a character can neither steer a terminal nor turn the writing round."""
    return not unicodedata.category(character).startswith(("C", "Zl", "Zp"))


def printable(text: str) -> str:
    """A text from a code, a trust list or a file's name as it may be shown."""
    return "".join(c if is_plain(c) else "\N{REPLACEMENT CHARACTER}" for c in text)
