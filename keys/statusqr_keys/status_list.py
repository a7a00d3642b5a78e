"""Token Status List (draft-ietf-oauth-status-list-21): the states of up to 2^20 printed codes.

A list is a byte string of entries of 1, 2, 4 or 8 bits, the first in the lowest bits of the first
byte, compressed with zlib (§4.1). We write 2 bits and read all four. `status_token` signs lists and
reads them.

    revoked = StatusList.of({4711: INVALID}, subject=…, issued_at=…, expires_at=…)
    revoked.lookup(4711)

Beyond the draft exp is required, and lies at least 7 days after iat.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from statusqr_schema import StatusListRefused
from statusqr_schema.claims import LIST_SIZE
from statusqr_schema.days import DAY_SECONDS, LAST_INSTANT

VALID, INVALID, SUSPENDED = 0, 1, 2  # §7.1; of other states nothing is known

LEAST_LIFETIME = 7 * DAY_SECONDS  # a checkpoint may be without a network for days
CLOCK_TOLERANCE = 60  # seconds by which an issuer's clock may be ahead
BITS = 2  # what we write
MAX_SUBJECT = 2000  # characters

# The matches in a sparse list are near: a window of 1 KB makes it smaller than one of 32 KB (15.0
# instead of 15.3 KB at 1 % revoked) in less than half the time. Any zlib reads it.
_LEVEL, _WINDOW_BITS = 9, 10

_TOO_MANY = f"в списке отзыва больше {LIST_SIZE} записей"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One list; StatusListRefused where it breaks a rule. Moments are epoch seconds."""

    subject: str  # its own address, by which it is known
    issued_at: int
    expires_at: int  # exclusive
    ttl: int | None = None  # seconds after which to look for a newer one
    bits: int = BITS
    entries: bytes = field(repr=False)  # as §4.1 packs them, not compressed

    def __post_init__(self) -> None:
        if type(self.subject) is not str or not 1 <= len(self.subject) <= MAX_SUBJECT:
            raise StatusListRefused("в списке отзыва нет его адреса (sub)")
        if not is_integer(self.issued_at, 0, LAST_INSTANT):
            raise StatusListRefused("в списке отзыва не указано, когда он выпущен (iat)")
        if not is_integer(self.expires_at, 0, LAST_INSTANT):
            raise StatusListRefused("в списке отзыва не указано, когда он кончается (exp)")
        if self.expires_at < self.issued_at + LEAST_LIFETIME:
            raise StatusListRefused("список отзыва действует меньше семи суток (exp)")
        if self.ttl is not None and not is_integer(self.ttl, 1, LAST_INSTANT):
            raise StatusListRefused("в списке отзыва неверный срок обновления (ttl)")
        if len(self.entries) > _most_bytes(self.bits):
            raise StatusListRefused(_TOO_MANY)

    @classmethod
    def of(
        cls,
        states: Mapping[int, int],
        *,
        subject: str,
        issued_at: int,
        expires_at: int,
        ttl: int | None = None,
    ) -> Self:
        """2^20 entries of 2 bits: `states` (0 to 3) by index, all others valid.

        ValueError for an index or a state that the list cannot have.
        """
        if states and not 0 <= min(states) <= max(states) < LIST_SIZE:
            raise ValueError("an index beyond the list")
        if states and not 0 <= min(states.values()) <= max(states.values()) < 2**BITS:
            raise ValueError(f"a state of more than {BITS} bits")
        entries = bytearray(_most_bytes(BITS))
        for index, state in states.items():
            entries[index >> 2] |= state << ((index & 3) << 1)
        return cls(
            subject=subject,
            issued_at=issued_at,
            expires_at=expires_at,
            ttl=ttl,
            entries=bytes(entries),
        )

    @property
    def size(self) -> int:
        """How many entries there are; where their bits do not fill the last byte, a few more."""
        return len(self.entries) * 8 // self.bits

    def lookup(self, index: int) -> int:
        """The state of an entry; IndexError beyond the list: nothing is said of it (§8.3)."""
        if index < 0:
            raise IndexError("a negative index")
        place = index * self.bits
        return self.entries[place >> 3] >> (place & 7) & (1 << self.bits) - 1

    def is_current(self, at: int) -> bool:
        """Whether the list may be relied on at `at`: neither expired nor from the future."""
        return self.issued_at - CLOCK_TOLERANCE <= at < self.expires_at


def newer(held: StatusList, offered: StatusList) -> StatusList:
    """Of two versions of one list the one issued later, `held` where both were issued at once.

    So an older one never takes the place of what was seen. Offer only a list that is current: one
    from the far future would keep all others out. ValueError for two different lists.
    """
    if held.subject != offered.subject:
        raise ValueError("versions of two different lists")
    return offered if offered.issued_at > held.issued_at else held


def compress(entries: bytes) -> bytes:
    """Entries as one zlib stream (RFC 1950)."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS)
    return compressor.compress(entries) + compressor.flush()


def decompress(compressed: bytes, bits: int) -> bytes:
    """The entries of `bits` bits in one whole zlib stream, or StatusListRefused.

    The inflater makes at most one byte more than 2^20 entries have.
    """
    most = _most_bytes(bits)
    inflater = zlib.decompressobj()
    try:
        entries = inflater.decompress(compressed, most + 1)
    except zlib.error as error:
        raise StatusListRefused("записи списка отзыва не распаковываются (lst)") from error
    if len(entries) > most:
        raise StatusListRefused(_TOO_MANY)
    if not inflater.eof:
        raise StatusListRefused("записи списка отзыва обрываются (lst)")
    if inflater.unused_data:
        raise StatusListRefused("после записей списка отзыва лишние байты (lst)")
    return entries


def is_integer(value: object, least: int, most: int) -> bool:
    """Whether `value` is an integer within bounds; true and false are not integers."""
    return type(value) is int and least <= value <= most


def _most_bytes(bits: object) -> int:
    """The length of 2^20 entries; StatusListRefused for a width that does not exist (§4.1)."""
    if type(bits) is not int or bits not in (1, 2, 4, 8):
        raise StatusListRefused("в списке отзыва на запись не 1, 2, 4 или 8 бит (bits)")
    return LIST_SIZE * bits // 8
