"""What the pages say of the age of the trust data. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from statusqr_schema.wording import counted, moscow_time, moscow_time_en

from ..words import Language


@dataclass(frozen=True, slots=True)
class DataAge:
    """A line, and whether it is a warning."""

    text: str
    old: bool = False


def data_age(
    published: datetime | None,
    at: datetime,
    max_age: timedelta,
    language: Language,
    translate: Callable[[str], str],
) -> DataAge:
    """«Данные обновлены 21.11.2026 09:30 (МСК), 2 часа назад», and what to do when they are old."""
    if published is None:
        return DataAge(translate("Список доверия из файла: отозванные коды не видны."))
    time = moscow_time if language is Language.RU else moscow_time_en
    age = at - published
    ago = _ago(age, language)
    if age > max_age:
        text = translate("Данные обновлены {time}, {ago}. Подключите сеть и обновите данные.")
        return DataAge(text.format(time=time(published), ago=ago), old=True)
    text = translate("Данные обновлены {time}, {ago}.")
    return DataAge(text.format(time=time(published), ago=ago))


def _ago(age: timedelta, language: Language) -> str:
    minutes = max(age // timedelta(minutes=1), 0)
    for size, ru, en in (
        (1440, ("сутки", "суток", "суток"), "day"),
        (60, ("час", "часа", "часов"), "hour"),
    ):
        if minutes >= 2 * size:
            return _counted(minutes // size, ru, en, language)
    return _counted(minutes, ("минуту", "минуты", "минут"), "minute", language)


def _counted(number: int, ru: tuple[str, str, str], en: str, language: Language) -> str:
    if language is Language.RU:
        return f"{counted(number, *ru)} назад"
    return f"{number} {en}{'s' * (number != 1)} ago"
