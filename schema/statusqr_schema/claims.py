"""The claims of a credential: a CWT claims set (RFC 8392) with three private claims.

==========  ======================================================================================
claim       meaning
==========  ======================================================================================
4 exp       epoch seconds at which the code ends to be valid (exclusive); required
5 nbf       epoch seconds from which it is valid; only where that lies after iat
6 iat       epoch seconds at which it was issued; required
-65537      the status record, see `record_cbor`; required
-65538      status reference [list number, index]; required in print, absent in screen and live
-65539      presentation: 0 print, 1 screen, 2 live; required
==========  ======================================================================================

Reading checks types, sizes and ranges, and keeps what it does not know: an old verifier does not
refuse a newer issuer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from . import cbor, record_cbor
from .cbor import CborValue
from .days import DAY_SECONDS, LAST_INSTANT
from .errors import MalformedCredential
from .record import StatusRecord
from .shapes import array, integer

EXP, NBF, IAT = 4, 5, 6
RECORD, STATUS, PRESENTATION = -65537, -65538, -65539
_KNOWN = frozenset({EXP, NBF, IAT, RECORD, STATUS, PRESENTATION})

MAX_LIST_NUMBER = 2**32 - 1
LIST_SIZE = 2**20  # entries in one status list

Unknown: TypeAlias = tuple[tuple[int, CborValue], ...]


class Presentation(IntEnum):
    """How the code is shown, which decides how long it may live."""

    PRINT = 0
    SCREEN = 1
    LIVE = 2

    @property
    def max_lifetime(self) -> int:
        """The longest exp - iat in seconds."""
        return _MAX_LIFETIMES[self]


_MAX_LIFETIMES = (400 * DAY_SECONDS, 600, 60)
_PRESENTATIONS = tuple(Presentation)


@dataclass(frozen=True, slots=True)
class StatusReference:
    """Where a printed code's revocation stands: entry `index` of a list of the issuer."""

    list_number: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What one credential claims; moments are epoch seconds."""

    record: StatusRecord
    issued_at: int
    expires_at: int
    not_before: int | None = None
    presentation: Presentation
    status: StatusReference | None = None
    unknown_claims: Unknown = ()
    unknown_fields: Unknown = ()


def encode(claims: Claims) -> bytes:
    """Deterministic CBOR of the claims; ValueError where a reader would refuse them."""
    known = [key for key, _ in claims.unknown_claims if key in _KNOWN]
    known += [key for key, _ in claims.unknown_fields if key in record_cbor.KNOWN]
    if known:
        raise ValueError(f"unknown claims and fields that are known: {known}")
    content: dict[int, CborValue] = {EXP: claims.expires_at}
    if claims.not_before is not None:
        content[NBF] = claims.not_before
    content[IAT] = claims.issued_at
    content[RECORD] = record_cbor.to_map(claims.record, claims.unknown_fields)
    if claims.status is not None:
        content[STATUS] = [claims.status.list_number, claims.status.index]
    content[PRESENTATION] = int(claims.presentation)
    content.update(claims.unknown_claims)
    try:
        data = cbor.encode(content)
        _read(content)  # strict issuing: what a reader refuses is never signed
    except (MalformedCredential, ValueError) as error:
        raise ValueError(f"a reader would refuse these claims: {error}") from error
    return data


def decode(data: bytes) -> Claims:
    """The claims in `data`, or MalformedCredential."""
    return _read(cbor.decode(data))


def _read(content: CborValue) -> Claims:
    if type(content) is not dict:
        raise MalformedCredential("the claims are not a map")
    presentation = _PRESENTATIONS[integer(content.get(PRESENTATION), 0, 2)]
    issued_at = integer(content.get(IAT), 0, LAST_INSTANT)
    expires_at = integer(content.get(EXP), 0, LAST_INSTANT)
    if expires_at - issued_at > presentation.max_lifetime:
        raise MalformedCredential("a lifetime longer than the presentation allows")
    record, unknown_fields = record_cbor.from_map(content.get(RECORD))
    return Claims(
        record=record,
        issued_at=issued_at,
        expires_at=expires_at,
        not_before=integer(content[NBF], 0, LAST_INSTANT) if NBF in content else None,
        presentation=presentation,
        status=_status(content, presentation),
        unknown_claims=_unknown(content),
        unknown_fields=unknown_fields,
    )


def _unknown(content: Mapping[int, CborValue]) -> Unknown:
    if content.keys() <= _KNOWN:
        return ()
    return tuple((key, value) for key, value in content.items() if key not in _KNOWN)


def _status(content: Mapping[int, CborValue], presentation: Presentation) -> StatusReference | None:
    if (STATUS in content) != (presentation is Presentation.PRINT):
        raise MalformedCredential("a status reference belongs in printed codes and in no others")
    if STATUS not in content:
        return None
    number, index = array(content[STATUS], 2, 2)
    return StatusReference(integer(number, 0, MAX_LIST_NUMBER), integer(index, 0, LIST_SIZE - 1))
