"""What a person is told, in Russian and English: said and do next for every reason and notice.

The Russian words are fixed; never «подделка» or «мошенник»: the machine does not know.
"""

from collections.abc import Mapping
from enum import StrEnum

from statusqr_schema import Categories, subjects
from statusqr_schema.wording import counted, long_date, short_date

from .policy import Policy
from .report import Finding, Notice, NoticeKind, Reason, Report, Verdict


class Language(StrEnum):
    """The languages of the cards."""

    RU = "ru"
    EN = "en"


# reason: (said, do next). {day} is 21.11.2026, {long_day} is 21 ноября 2026 г.
_RU: Mapping[Reason, tuple[str, str]] = {
    Reason.STATUS_ENDED: (
        "СРОК ИСТЁК: действовал по {day} включительно",
        "Нужно новое решение органа.",
    ),
    Reason.CODE_EXPIRED: (
        "ДОКУМЕНТ УСТАРЕЛ: статус мог сохраниться",
        "Попросите показать код с экрана или новую распечатку.",
    ),
    Reason.NOT_YET_VALID: ("ЕЩЁ НЕ ДЕЙСТВУЕТ: начнёт {day}", "Приходите с\u00a0{long_day}"),
    Reason.LIVE_CODE_EXPIRED: (
        "КОД УСТАРЕЛ: показан {minutes} назад",
        "Попросите обновить код на экране. Снимок экрана не подходит.",
    ),
    Reason.REVOKED: ("ОТОЗВАН", "Причину владелец узнает в личном кабинете или в органе."),
    Reason.SUSPENDED: ("ПРИОСТАНОВЛЕН", "Причину владелец узнает в личном кабинете или в органе."),
    Reason.STALE_STATUS: (
        "НЕ УДАЛОСЬ ПРОВЕРИТЬ: сведениям об отзыве {days}",
        "Подключите сеть и обновите данные.",
    ),
    Reason.BAD_SIGNATURE: (
        "НЕ ПОДТВЕРЖДЁН: код изменён или прочитан с ошибкой",
        "Попросите показать код ещё раз.",
    ),
    Reason.NOT_AUTHORISED: (
        "НЕ ПОДТВЕРЖДЁН: этот ключ не подтверждает такой статус",
        "Обратитесь к ответственному.",
    ),
    Reason.KEY_COMPROMISED: ("НЕ ПОДТВЕРЖДЁН: ключ отозван", "Нужен новый код."),
    Reason.UNKNOWN_ISSUER: (
        "НЕ УДАЛОСЬ ПРОВЕРИТЬ: орган неизвестен этой программе",
        "Обновите данные; если не помогло, не принимайте код.",
    ),
    Reason.STALE_TRUST: (
        "НЕ УДАЛОСЬ ПРОВЕРИТЬ: данные не обновлялись {days}",
        "Подключите сеть и обновите данные.",
    ),
    Reason.CLOCK_WRONG: (
        "НЕ УДАЛОСЬ ПРОВЕРИТЬ: часы устройства неверны",
        "Исправьте дату и время.",
    ),
    Reason.MALFORMED: ("КОД ПРОЧИТАН НЕ ПОЛНОСТЬЮ", "Попросите показать код ещё раз."),
    Reason.NEWER_VERSION: ("НЕ УДАЛОСЬ ПРОВЕРИТЬ: код новее программы", "Обновите программу."),
    Reason.FOREIGN: ("Это не код статуса", "Наведите на код из документа."),
}

_EN: Mapping[Reason, tuple[str, str]] = {
    Reason.STATUS_ENDED: ("TERM ENDED: was valid through {day}", "A new decision is needed."),
    Reason.CODE_EXPIRED: (
        "DOCUMENT TOO OLD: the status may still hold",
        "Ask for the code on the screen or a new printout.",
    ),
    Reason.NOT_YET_VALID: ("NOT VALID YET: begins {day}", "Come from {day} on."),
    Reason.LIVE_CODE_EXPIRED: (
        "CODE TOO OLD: shown {minutes} ago",
        "Ask to refresh the code on the screen. A screenshot will not do.",
    ),
    Reason.REVOKED: ("REVOKED", "The holder can learn why in the account or from the authority."),
    Reason.SUSPENDED: (
        "SUSPENDED",
        "The holder can learn why in the account or from the authority.",
    ),
    Reason.STALE_STATUS: (
        "COULD NOT CHECK: revocation data are {days} old",
        "Connect to the network and update the data.",
    ),
    Reason.BAD_SIGNATURE: (
        "NOT CONFIRMED: the code was changed or misread",
        "Ask to show the code again.",
    ),
    Reason.NOT_AUTHORISED: (
        "NOT CONFIRMED: this key does not confirm such a status",
        "Ask the person in charge.",
    ),
    Reason.KEY_COMPROMISED: ("NOT CONFIRMED: the key was revoked", "A new code is needed."),
    Reason.UNKNOWN_ISSUER: (
        "COULD NOT CHECK: this program does not know the issuer",
        "Update the data; if that does not help, do not accept the code.",
    ),
    Reason.STALE_TRUST: (
        "COULD NOT CHECK: data not updated for {days}",
        "Connect to the network and update the data.",
    ),
    Reason.CLOCK_WRONG: ("COULD NOT CHECK: the device's clock is wrong", "Set date and time."),
    Reason.MALFORMED: ("CODE READ IN PART", "Ask to show the code again."),
    Reason.NEWER_VERSION: (
        "COULD NOT CHECK: the code is newer than the program",
        "Update the program.",
    ),
    Reason.FOREIGN: ("This is not a status code", "Point at the code on the document."),
}

_NOTICES: Mapping[Language, Mapping[NoticeKind, str]] = {
    Language.RU: {
        NoticeKind.NOT_FOR_THIS_PLACE: "Не для этого места: {category}",
        NoticeKind.PRINTED: "Печатная форма",
        NoticeKind.MEASURES_ENDED: "Мера поддержки закончилась {long_day}, статус действует",
        NoticeKind.END_NOT_STATED: "Срок окончания не указан",
        NoticeKind.OLD_DATA: "Сведения старше {older_days}",
        NoticeKind.SHOWN_BEFORE: "Предъявлялся здесь {minutes} назад",
        NoticeKind.REVOCATION_NOT_CHECKED: "Отзыв не проверяется: нет данных об отзыве",
    },
    Language.EN: {
        NoticeKind.NOT_FOR_THIS_PLACE: "Not for this place: {category}",
        NoticeKind.PRINTED: "Printed form",
        NoticeKind.MEASURES_ENDED: "The support measure ended {day}, the status holds",
        NoticeKind.END_NOT_STATED: "End of the term not stated",
        NoticeKind.OLD_DATA: "Data older than {days}",
        NoticeKind.SHOWN_BEFORE: "Shown here {minutes} ago",
        NoticeKind.REVOCATION_NOT_CHECKED: "Revocation not checked: no revocation data",
    },
}

_JUST_SHOWN = {
    Language.RU: "Предъявлялся здесь меньше минуты назад",
    Language.EN: "Shown here less than a minute ago",
}
_NO_STATUS = {  # STALE_STATUS where there is no list that has an age
    Language.RU: "НЕ УДАЛОСЬ ПРОВЕРИТЬ: нет сведений об отзыве",
    Language.EN: "COULD NOT CHECK: no revocation data",
}

UNREADABLE = {
    Language.RU: "Код на изображении не найден или не читается",
    Language.EN: "No code found in the picture, or not readable",
}


VALID = {Language.RU: "ДЕЙСТВУЕТ", Language.EN: "VALID"}
ELSEWHERE = {
    Language.RU: "ДЕЙСТВУЕТ, НО НЕ ДЛЯ ЭТОГО МЕСТА",
    Language.EN: "VALID, BUT NOT FOR THIS PLACE",
}


def headline(reason: Reason, language: Language) -> str:
    """The word of a reason, without what follows the colon."""
    return _table(language)[reason][0].partition(": ")[0]


def said(finding: Finding, language: Language) -> str:
    """The line «WORD: detail» of a finding."""
    if finding.reason is Reason.STALE_STATUS and finding.count is None:
        return _NO_STATUS[language]
    return _table(language)[finding.reason][0].format_map(_values(finding, language))


def do_next(report: Report, language: Language, policy: Policy, categories: Categories) -> str:
    """What the person at the checkpoint does now."""
    if report.headline is not None:
        text = _table(language)[report.headline.reason][1]
        return text.format_map(_values(report.headline, language))
    if not report.accepted:
        return _taken_here(language, policy, categories)
    if language is Language.RU:
        return "Сверьте фамилию с документом."
    return "Compare the surname with a document."


def _taken_here(language: Language, policy: Policy, categories: Categories) -> str:
    """«Здесь принимают: …»: the categories of the place, and its regions if it names some."""
    known = {code: category_name(code, language, categories) for code in policy.categories}
    taken = [f"«{name}»" for name in sorted(known.values())]
    regions = (subjects().get(code) for code in sorted(policy.regions))
    taken += [region.name for region in regions if region]
    return (
        ("Здесь принимают: " if language is Language.RU else "Taken here: ")
        + ", ".join(taken)
        + "."
    )


def _not_taken(notice: Notice, language: Language, categories: Categories) -> str:
    if notice.region is None:
        return category_name(notice.category or "", language, categories)
    subject = subjects().get(notice.region)
    if notice.region == "":
        return "в коде не указан регион" if language is Language.RU else "the code names no region"
    return subject.name if subject else notice.region


def category_name(code: str, language: Language, categories: Categories) -> str:
    """A category in words; one that is not known here by its code."""
    known = categories.get(code)
    if known is None:
        return code
    return known.name if language is Language.RU else known.name_en


def verdict_line(report: Report, language: Language) -> tuple[str, str]:
    """The word of the card and the detail after it, which may be empty."""
    if report.headline is not None:
        word, _, detail = said(report.headline, language).partition(": ")
        return word, detail
    return (VALID if report.accepted else ELSEWHERE)[language], ""


def notice_text(notice: Notice, language: Language, categories: Categories) -> str:
    """The line of a notice."""
    if notice.kind is NoticeKind.SHOWN_BEFORE and notice.count == 0:
        return _JUST_SHOWN[language]
    values = _values(notice, language)
    values["category"] = _not_taken(notice, language, categories)
    return _NOTICES[language][notice.kind].format_map(values)


def _table(language: Language) -> Mapping[Reason, tuple[str, str]]:
    return _RU if language is Language.RU else _EN


def _values(subject: Finding | Notice, language: Language) -> dict[str, str]:
    values: dict[str, str] = {}
    if subject.day is not None:
        values |= {"day": short_date(subject.day), "long_day": long_date(subject.day)}
    if (count := subject.count) is not None:
        if language is Language.RU:
            values["minutes"] = counted(count, "минуту", "минуты", "минут")
            values["days"] = counted(count, "сутки", "суток", "суток")
            values["older_days"] = counted(count, "дня", "дней", "дней")
        else:
            values["minutes"] = f"{count} minute" + "s" * (count != 1)
            values["days"] = f"{count} day" + "s" * (count != 1)
    return values


def headline_code(report: Report) -> str:
    """The code that stands small in the corner for the support desk; empty for a plain VALID."""
    if report.headline is not None:
        return report.headline.reason.code
    if report.verdict is Verdict.VALID and not report.accepted:
        return NoticeKind.NOT_FOR_THIS_PLACE.code
    return ""
