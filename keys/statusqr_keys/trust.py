"""Who may sign what: issuers, their keys, and the scope of each key.

`trust_list` holds them all, `trust_json` is their form in JSON.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from statusqr_schema import KeyProblem, Presentation, StatusRecord

from .keys import PublicKey


class KeyUse(StrEnum):
    """What a key signs: printed codes, live and screen codes, or status lists."""

    PRINT = "print"
    LIVE = "live"
    STATUS = "status"

    @classmethod
    def for_presentation(cls, presentation: Presentation) -> "KeyUse":
        """Which keys sign which codes: print keys the printed ones, live keys the others."""
        return cls.PRINT if presentation is Presentation.PRINT else cls.LIVE


class KeyState(StrEnum):
    """`retired` signs no more, what it signed stands; of a `compromised` key nothing stands."""

    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a key may state; an empty set means anything (an aggregator such as a portal)."""

    categories: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()

    def admits_record(self, record: StatusRecord) -> bool:
        """Whether what a record states lies within."""
        if not (self.categories or self.regions or self.authorities):
            return True
        return self.admits(record.category, record.region_code, record.authority)

    def admits(self, category: str, region: str | None, authority: str | None) -> bool:
        """Whether a statement lies within. What a code does not state cannot lie outside."""
        return (
            (not self.categories or category in self.categories)
            and (not self.regions or region is None or region in self.regions)
            and (not self.authorities or authority is None or authority in self.authorities)
        )


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key with what it is for; both moments are aware and inclusive."""

    key: PublicKey
    use: KeyUse
    valid_from: datetime
    valid_through: datetime
    state: KeyState = KeyState.ACTIVE
    scope: Scope = Scope()
    _term: tuple[float, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.valid_from.tzinfo is None or self.valid_through.tzinfo is None:
            raise KeyProblem("срок действия ключа без часового пояса")
        if self.valid_through < self.valid_from:
            raise KeyProblem("срок действия ключа кончается раньше, чем начинается")
        term = (self.valid_from.timestamp(), self.valid_through.timestamp())
        object.__setattr__(self, "_term", term)

    @property
    def kid(self) -> bytes:
        """The key's id, computed from the key."""
        return self.key.kid

    def covers(self, instant: int) -> bool:
        """Whether `instant` (epoch seconds), a moment of signing, lies within the key's term."""
        start, end = self._term
        return start <= instant <= end


@dataclass(frozen=True, slots=True)
class Issuer:
    """A signer of credentials, which is not always the authority that decides on the status."""

    id: str
    name: str
    keys: tuple[KeyRecord, ...]
    status_lists: str | None = None  # where its status lists are, a URL


def utc(moment: datetime) -> datetime:
    """The moment in UTC, without fractions of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)
