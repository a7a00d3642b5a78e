"""Which citizen has logged in: found by the SNILS alone, never by a name; confirmed accounts only.

Order 653n, point 4: the account is that of a person who «завершил прохождение процедуры
регистрации» in ESIA, which an unconfirmed account has not. The SNILS goes no further than this
module: what the session remembers is the keyed digest by which the registry finds the person.
"""

from collections.abc import Callable, Mapping
from typing import Final

from statusqr_schema import Person, Snils
from statusqr_schema.strict_json import JsonValue
from statusqr_web.login import Admit, Admitted
from statusqr_web.login_config import CitizenRule
from statusqr_web.relying_party import Claims, LoginFailed

PERSON: Final = "person"  # in the session: Finder.person as hexadecimal digits
NAME: Final = "name"  # in the session: «Лебедева О. С.», or nothing
_LONGEST_NAME: Final = 100  # characters of each part
_LONGEST_SUBJECT: Final = 255  # OpenID Connect Core §2


def citizens(rule: CitizenRule, person: Callable[[Snils], bytes]) -> Admit:
    """Let in who has a confirmed account with a SNILS; `person` is `Finder.person`.

    LoginFailed: LOGIN_UNCONFIRMED, LOGIN_NO_SNILS; LOGIN_REFUSED for a SNILS that cannot be one.
    """

    def admit(claims: Claims) -> Admitted:
        held = claims.get(rule.confirmed_claim)
        if type(held) is not type(rule.confirmed_value) or held != rule.confirmed_value:
            raise _unconfirmed()
        snils = _snils(claims.get(rule.snils_claim))
        digest = person(snils).hex()
        data: dict[str, JsonValue] = {PERSON: digest, NAME: _name(rule, claims)}
        return Admitted(_subject(claims, snils) or digest, data)

    return admit


def _snils(value: JsonValue) -> Snils:
    if value is None or value == "":
        message = (
            "В вашей учётной записи нет СНИЛС, а статусы находят по нему. Добавьте СНИЛС в личном "
            "кабинете Госуслуг (раздел «Документы и данные») и войдите ещё раз."
        )
        raise LoginFailed(message, code="LOGIN_NO_SNILS")
    try:
        return Snils.parse(value if isinstance(value, str) else "")
    except ValueError:  # neither the number nor the exception, which may quote it
        message = (
            "СНИЛС в вашей учётной записи записан с ошибкой: контрольное число не сходится. "
            "Проверьте его в личном кабинете Госуслуг или обратитесь в МФЦ, затем войдите ещё раз."
        )
        raise LoginFailed(message, code="LOGIN_REFUSED") from None


def _unconfirmed() -> LoginFailed:
    message = (
        "Ваша учётная запись не подтверждена, поэтому статусы показать нельзя. Подтвердите её на "
        "Госуслугах через приложение банка или лично в МФЦ с паспортом и СНИЛС, затем войдите "
        "ещё раз."
    )
    return LoginFailed(message, code="LOGIN_UNCONFIRMED")


def _subject(claims: Claims, snils: Snils) -> str | None:
    """The provider's name for the person, unless that is their SNILS or no name at all."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or len(subject) > _LONGEST_SUBJECT:
        return None
    digits = "".join(filter(str.isdigit, subject))
    return None if f"{snils.number:011d}" in digits else subject or None


def _name(rule: CitizenRule, claims: Mapping[str, JsonValue]) -> str:
    """Surname and initials; empty where the provider does not tell them."""
    names = (rule.family_name_claim, rule.given_name_claim, rule.patronymic_claim)
    family, given, patronymic = (_text(claims.get(name)) for name in names)
    if not family:
        return ""
    return Person(family, given, patronymic, None).surname_and_initials


def _text(value: JsonValue) -> str | None:
    known = isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST_NAME
    return str(value).strip() or None if known else None
