"""Issuers and keys as the JSON of a trust list (`trust-list.schema.json`), both ways."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from statusqr_schema import KeyProblem, TrustListRefused
from statusqr_schema.strict_json import JsonValue, loads

from .keys import PublicKey
from .trust import Issuer, KeyRecord, KeyState, KeyUse, Scope, utc

FORMAT = "statusqr-trust-list"
VERSION = 1

T = TypeVar("T")

ISSUER_ID = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LISTS_AT = re.compile(r"https://|http://(127\.0\.0\.1|localhost)([:/]|$)")
_MOMENT = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


def issuers_from_json(text: str) -> tuple[list[Issuer], datetime | None]:
    """The issuers of a list and when it was made; TrustListRefused where any part is broken."""
    try:
        document = loads(text)
    except ValueError as error:
        raise TrustListRefused(f"список доверия: {error}") from error
    if not isinstance(document, dict) or document.get("type") != FORMAT:
        raise TrustListRefused("type: это не список доверия StatusQR")
    root = _object(document, "документ", {"type", "version", "published", "issuers"})
    if type(root.get("version")) is not int or root.get("version") != VERSION:
        raise TrustListRefused("version: эта версия списка программе неизвестна")
    published = root.get("published")
    moment = None if published is None else parse_moment(published, "published")
    issuers = [
        _issuer(item, f"issuers[{number}]")
        for number, item in enumerate(_list(root.get("issuers"), "issuers"))
    ]
    return issuers, moment


def _issuer(value: JsonValue, path: str) -> Issuer:
    fields = _object(value, path, {"id", "name", "status_lists", "keys"})
    identifier = _text(fields.get("id"), f"{path}.id")
    if not ISSUER_ID.fullmatch(identifier):
        raise TrustListRefused(f"{path}.id: латинские буквы, цифры, «.», «_», «-», до 64 знаков")
    lists = fields.get("status_lists")
    keys = [
        _key(item, f"{path}.keys[{number}]")
        for number, item in enumerate(_list(fields.get("keys"), f"{path}.keys"))
    ]
    name = _text(fields.get("name"), f"{path}.name")
    where = None if lists is None else _text(lists, f"{path}.status_lists")
    if where is not None and not _LISTS_AT.match(where):
        raise TrustListRefused(f"{path}.status_lists: нужен адрес https://")
    return Issuer(identifier, name, tuple(keys), where)


def _key(value: JsonValue, path: str) -> KeyRecord:
    known = {"kid", "jwk", "use", "state", "valid_from", "valid_through", "scope"}
    fields = _object(value, path, known)
    jwk = fields.get("jwk")
    if not isinstance(jwk, dict):
        raise TrustListRefused(f"{path}.jwk: нужен объект")
    key = _checked(f"{path}.jwk", lambda: PublicKey.from_jwk(jwk))
    if fields.get("kid") != key.kid.hex():
        raise TrustListRefused(f"{path}.kid: не совпадает с ключом")
    use = _choice(KeyUse, fields.get("use"), f"{path}.use")
    state = _choice(KeyState, fields.get("state"), f"{path}.state")
    start = parse_moment(fields.get("valid_from"), f"{path}.valid_from")
    end = parse_moment(fields.get("valid_through"), f"{path}.valid_through")
    scope = _scope(fields.get("scope"), f"{path}.scope")
    return _checked(path, lambda: KeyRecord(key, use, start, end, state, scope))


def _scope(value: JsonValue, path: str) -> Scope:
    parts = ("categories", "regions", "authorities")
    fields = _object(value, path, set(parts))
    return Scope(
        *(
            frozenset(
                _text(item, f"{path}.{part}[{number}]")
                for number, item in enumerate(_list(fields.get(part), f"{path}.{part}"))
            )
            for part in parts
        )
    )


def _object(value: JsonValue, path: str, known: set[str]) -> Mapping[str, JsonValue]:
    if not isinstance(value, dict):
        raise TrustListRefused(f"{path}: нужен объект")
    if unknown := value.keys() - known:  # it may be a restriction, so it must not be passed over
        raise TrustListRefused(f"{path}: неизвестные поля: {len(unknown)}")
    return value


def _list(value: JsonValue, path: str) -> list[JsonValue]:
    if not isinstance(value, list):
        raise TrustListRefused(f"{path}: нужен список")
    return value


def _text(value: JsonValue, path: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= 1000 or not value.isprintable():
        raise TrustListRefused(f"{path}: нужен непустой текст")
    return value


def _choice(kind: type[T], value: JsonValue, path: str) -> T:
    try:
        return kind(value)  # type: ignore[call-arg]
    except ValueError as error:
        raise TrustListRefused(f"{path}: неизвестное значение") from error


def parse_moment(value: JsonValue, path: str) -> datetime:
    """The moment in a field of the document, in UTC, or TrustListRefused."""
    try:
        text = _text(value, path)
        if not _MOMENT.fullmatch(text):
            raise ValueError
        moment = datetime.fromisoformat(text).astimezone(UTC)
        if not 1000 <= moment.year <= 9998:  # the edges of the calendar break arithmetic
            raise ValueError
        return moment
    except (ValueError, OverflowError) as error:
        raise TrustListRefused(f"{path}: нужно время вида 2026-11-21T09:30:00Z") from error


def _checked(path: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except KeyProblem as error:
        raise TrustListRefused(f"{path}: {error.message}") from error


def issuers_to_json(issuers: Iterable[Issuer], published: datetime | None) -> dict[str, JsonValue]:
    """The document of a list."""
    return {
        "type": FORMAT,
        "version": VERSION,
        "published": moment_out(published) if published else None,
        "issuers": [
            {
                "id": issuer.id,
                "name": issuer.name,
                "status_lists": issuer.status_lists,
                "keys": [key_to_json(key) for key in issuer.keys],
            }
            for issuer in issuers
        ],
    }


def key_to_json(key: KeyRecord) -> dict[str, JsonValue]:
    """One key of the document."""
    return {
        "kid": key.kid.hex(),
        "use": key.use.value,
        "state": key.state.value,
        "valid_from": moment_out(key.valid_from),
        "valid_through": moment_out(key.valid_through),
        "scope": {
            "categories": sorted(key.scope.categories),
            "regions": sorted(key.scope.regions),
            "authorities": sorted(key.scope.authorities),
        },
        "jwk": key.key.to_jwk(),
    }


def key_from_json(value: JsonValue) -> KeyRecord:
    """One key of the document back, or TrustListRefused."""
    return _key(value, "key")


def moment_out(moment: datetime) -> str:
    """`2026-11-21T09:30:00Z`."""
    return utc(moment).replace(tzinfo=None).isoformat() + "Z"
