"""What revocation speaks of: states, what a change is aimed at, its reason, what came of it.

A printed code has a state of its own (a lost paper), and falls with its certificate or its person
(the status was annulled). These are three separate holds: lifting one leaves the others, so that a
lost paper stays revoked when the status is restored. A code's state is the worst of the three.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TypeAlias

from statusqr_schema import IssueRefused, Snils, StatusReference
from statusqr_schema.claims import LIST_SIZE, MAX_LIST_NUMBER
from statusqr_schema.snils import LOOKALIKE

from . import status_list

MAX_REASON, MAX_AUTHOR = 500, 200  # characters
_HELD = (
    "удостоверение или статусы этого человека {state}: новые коды не выпускаются, "
    "пока их не восстановят (statusqr-issuer restore)"
)


class State(IntEnum):
    """The state of a printed code, in the numbers of a status list."""

    VALID = status_list.VALID
    INVALID = status_list.INVALID
    SUSPENDED = status_list.SUSPENDED


@dataclass(frozen=True, slots=True)
class CodeTarget:
    """One printed code. Its holder may have a new one at once."""

    issuer_id: str
    reference: StatusReference

    def __post_init__(self) -> None:
        number, index = self.reference.list_number, self.reference.index
        if not (0 <= number <= MAX_LIST_NUMBER and 0 <= index < LIST_SIZE):
            raise ValueError("no such entry of a status list")


@dataclass(frozen=True, slots=True)
class CertificateTarget:
    """All codes of a certificate, printed before and asked for later; None: of every issuer."""

    number: str = field(repr=False)
    issuer_id: str | None = None

    def __post_init__(self) -> None:
        if not self.number.strip():
            raise ValueError("a certificate without a number")


@dataclass(frozen=True, slots=True)
class PersonTarget:
    """All codes of a person, printed before and asked for later; None: of every issuer."""

    person: Snils
    issuer_id: str | None = None


Target: TypeAlias = CodeTarget | CertificateTarget | PersonTarget


@dataclass(frozen=True, slots=True)
class Note:
    """Why, by whom and when. ValueError says in Russian what is wrong with it.

    The reason is kept in clear, so it names no person; a SNILS in it is refused.
    """

    reason: str
    author: str
    moment: datetime  # aware

    def __post_init__(self) -> None:
        for name, text, most in (
            ("причина", self.reason, MAX_REASON),
            ("автор", self.author, MAX_AUTHOR),
        ):
            if not text.strip() or len(text) > most or not text.isprintable():
                raise ValueError(f"{name}: нужен текст от 1 до {most} знаков в одну строку")
            if any(_is_snils(match[0]) for match in LOOKALIKE.finditer(text)):
                raise ValueError(f"{name}: не указывайте СНИЛС, журнал хранит этот текст открыто")
        if self.moment.tzinfo is None:
            raise ValueError("момент без часового пояса")


@dataclass(frozen=True, slots=True)
class CodeChange:
    """How the state of one printed code changed."""

    issuer_id: str
    reference: StatusReference
    before: State
    after: State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change: of the hold that it was aimed at, and of the printed codes under it.

    `before is after` where there was nothing to do. A suspension never weakens a revocation.
    """

    before: State
    after: State
    changes: tuple[CodeChange, ...]
    codes: int  # printed codes under this hold that are known
    not_valid: int  # of them not valid now, for whatever reason
    registered: bool | None = None  # whether a registry has a status under it; None: no registry

    @property
    def changed(self) -> bool:
        """Whether the hold is another than before."""
        return self.before is not self.after


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the log. Certificates and persons stand in it as digests."""

    id: int
    note: Note
    target: str  # code, certificate or person
    issuer_id: str | None  # None: every issuer
    reference: StatusReference | None  # of a code
    before: State
    after: State
    changes: tuple[CodeChange, ...]


def demand_valid(state: State) -> None:
    """IssueRefused, code REVOKED or SUSPENDED, where a standing forbids new codes."""
    match state:
        case State.INVALID:
            raise IssueRefused(_HELD.format(state="отозваны"), code="REVOKED")
        case State.SUSPENDED:
            raise IssueRefused(_HELD.format(state="приостановлены"), code="SUSPENDED")
        case State.VALID:
            pass


def _is_snils(text: str) -> bool:
    return Snils(int(re.sub(r"\D", "", text))).valid
