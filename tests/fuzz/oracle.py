"""What may be VALID, worked out from the design without our own code: the other opinion.

It knows the payload that was signed, the key's entry in the trust list and the moment, and judges
them by `status.cddl` and by the order of checks in the design: types and ranges, lifetimes, the
key, the clock, the instants, the days.
"""

import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import TypeGuard

from statusqr_keys import KeyRecord

from .strict import Refused, read

DICTIONARY = files("statusqr_schema").joinpath("dictionary_v1.bin").read_bytes()
FIRST_DAY, LAST_DAY, LAST_INSTANT = -25_567, 84_005, 7_258_118_399
LIFETIMES = (400 * 86_400, 600, 60)  # print, screen, live
LONGEST_CONTENT = 4096  # bytes
LONGEST_NAME = 100  # characters of one part of a name
LARGEST_FAMILY = 32
LARGEST_REGION = 999
CLOCK = 60  # seconds by which a clock may be slow
GRACE = 60  # seconds for live and screen codes
EARLIEST_BEGIN = 14 * 3600  # a day begins first at UTC+14
LATEST_END = 12 * 3600  # and ends last at UTC-12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def refusal(payload: bytes, key: KeyRecord, at: datetime) -> str | None:
    """Why this payload under this key cannot be VALID at `at`; None where it must be."""
    try:
        claims = read(inflated(payload))
        _demand_claims(claims)
        assert isinstance(claims, dict)
        _demand_key(key, claims)
        _demand_time(claims, (at - _EPOCH) // _MICRO)
    except Refused as reason:
        return str(reason)
    return None


def inflated(payload: bytes) -> bytes:
    """The content of a payload of version 1, or Refused."""
    if payload[:1] != b"\x01":
        raise Refused("another version")
    inflater = zlib.decompressobj(-15, DICTIONARY)
    try:
        content = inflater.decompress(payload[1:])
    except zlib.error as error:
        raise Refused("not DEFLATE") from error
    if not inflater.eof or inflater.unused_data or len(content) > LONGEST_CONTENT:
        raise Refused("a stream that is cut, followed by bytes, or too long")
    return content


def _demand(what: bool, why: str) -> None:
    if not what:
        raise Refused(why)


def _whole(value: object, lowest: int, highest: int) -> TypeGuard[int]:
    return type(value) is int and lowest <= value <= highest


def _instant(value: object) -> TypeGuard[int]:
    return _whole(value, 0, LAST_INSTANT)


def _day(value: object) -> TypeGuard[int]:
    return _whole(value, FIRST_DAY, LAST_DAY)


def _text(value: object, longest: int) -> bool:
    return type(value) is str and 1 <= len(value) <= longest


def _demand_claims(claims: object) -> None:
    if not isinstance(claims, dict):
        raise Refused("no map")
    _demand(_instant(claims.get(4)) and _instant(claims.get(6)), "exp or iat")
    _demand(5 not in claims or _instant(claims[5]), "nbf")
    presentation = claims.get(-65539)
    if not _whole(presentation, 0, 2):
        raise Refused("presentation")
    _demand(claims[4] - claims[6] <= LIFETIMES[presentation], "lifetime")
    _demand((-65538 in claims) == (presentation == 0), "status reference")
    if presentation == 0:
        match claims[-65538]:
            case [number, index]:
                _demand(_whole(number, 0, 2**32 - 1) and _whole(index, 0, 2**20 - 1), "status")
            case _:
                raise Refused("status")
    _demand_record(claims.get(-65537))


def _demand_record(record: object) -> None:
    if not isinstance(record, dict):
        raise Refused("no record")
    _demand(_person(record.get(1)), "1")
    checks: dict[int, Callable[[object], bool]] = {
        2: lambda v: type(v) is list and 1 <= len(v) <= LARGEST_FAMILY and all(map(_member, v)),
        3: lambda v: _text(v, 64),
        4: lambda v: _text(v, 300),
        5: _day,
        6: _period,
        7: _basis,
        8: lambda v: _text(v, 500),
        9: lambda v: _text(v, 100),
        10: _day,
        11: lambda v: _whole(v, 1, LARGEST_REGION),
        12: _instant,
    }
    for key, check in checks.items():
        if key in record or key in (3, 4, 6):
            _demand(check(record.get(key)), str(key))


def _person(value: object) -> bool:
    match value:
        case [family, given, patronymic, snils]:
            return (
                _text(family, LONGEST_NAME)
                and (given is None or _text(given, LONGEST_NAME))
                and (patronymic is None or _text(patronymic, LONGEST_NAME))
                and (snils is None or _whole(snils, -100_000, 99_999_999_999))
            )
        case _:
            return False


def _member(value: object) -> bool:
    return type(value) is list and len(value) == 5 and _person(value[:4]) and _text(value[4], 100)


def _period(value: object) -> bool:
    match value:
        case [start] | [start, None]:
            return _day(start)
        case [start, through]:
            return _day(start) and _day(through) and start <= through
        case _:
            return False


def _basis(value: object) -> bool:
    match value:
        case [title]:
            return _text(title, 500)
        case [title, number]:
            return _text(title, 500) and _text(number, 100)
        case [title, number, day]:
            return _text(title, 500) and (number is None or _text(number, 100)) and _day(day)
        case _:
            return False


def _demand_key(key: KeyRecord, claims: dict[int, object]) -> None:
    record, iat = claims[-65537], claims[6]
    assert isinstance(record, dict)
    assert isinstance(iat, int)
    issued = _EPOCH + timedelta(seconds=iat)
    _demand(key.state.value != "compromised", "a compromised key")
    _demand(key.use.value == ("live" if claims[-65539] else "print"), "the use of the key")
    _demand(key.valid_from <= issued <= key.valid_through, "the term of the key")
    region = f"{record[11]:02d}" if 11 in record else None
    stated = (record[3], region, record.get(8))
    scope = (key.scope.categories, key.scope.regions, key.scope.authorities)
    for allowed, what in zip(scope, stated, strict=True):
        _demand(not allowed or what is None or what in allowed, "the scope of the key")


def _demand_time(claims: dict[int, object], now: int) -> None:
    """`now` in microseconds."""
    exp, nbf, iat, record = claims[4], claims.get(5, 0), claims[6], claims[-65537]
    assert isinstance(exp, int)
    assert isinstance(nbf, int)
    assert isinstance(iat, int)
    assert isinstance(record, dict)
    second = 1_000_000
    grace = GRACE if claims[-65539] else 0
    first, *through = record[6]
    _demand(now >= (iat - CLOCK) * second, "the clock")
    _demand(now >= nbf * second, "nbf")
    _demand(now < (exp + grace) * second, "exp")
    _demand(now >= (first * 86_400 - EARLIEST_BEGIN) * second, "before the first day")
    if through and through[0] is not None:
        ended = (through[0] + 1) * 86_400 + LATEST_END
        _demand(now < ended * second, "after the last day")
