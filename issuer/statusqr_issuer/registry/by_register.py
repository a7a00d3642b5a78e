"""What the register has ended or changed, and an operator wants back: only a load may do that.

A paper that a load has revoked says something that the register has taken back. Whoever revoked it
before, as lost, say, cannot make it true again by lifting that.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, select

from statusqr_keys.holds import State
from statusqr_schema import RegistryProblem

from .hold_rows import ENDED_BY_LOAD, REGISTER, Hold, at_place, owners
from .load_plan import Change
from .registry import View
from .tables import credential, hold, person, status, status_entry

REASONS: Final = {  # of what falls with a load; a code that has one of them has fallen so
    Change.CHANGED: "сведения о статусе изменились в ведомстве",
    Change.ENDED: "статус прекращён ведомством",
    Change.RECOVERED: "статус восстановлен ведомством",
}
_REVOKED_BY_LOAD: Final = (
    "код отозван загрузкой: сведения в нём больше не те, что в реестре. Выпустите новый код"
)


def is_registered(view: View, under: Hold) -> bool:
    """Whether a status of the registry has this certificate, or is this person's."""
    query = select(status.c.id).join(person).limit(1)
    column = status.c.certificate if under.kind == "certificate" else person.c.digest
    return view.connection.execute(query.where(column == under.digest)).first() is not None


def demand_not_by_load(view: View, under: Hold) -> None:
    """RegistryProblem where only a load can bring back what is held.

    Code STATUS_ENDED where the status has ended, STATUS_CHANGED where a load has revoked the code.
    """
    if under.reference is None:
        if _is_ended(view, under.digest):
            raise RegistryProblem(ENDED_BY_LOAD, code="STATUS_ENDED")
        return
    row = view.connection.execute(_code(at_place(under.issuer, under.reference))).first()
    if row is None:
        return
    if row.ended or (_is_ended(view, row.certificate) and _reaches(view, row)):
        raise RegistryProblem(ENDED_BY_LOAD, code="STATUS_ENDED")
    if row.own == State.INVALID and row.reason in REASONS.values():
        raise RegistryProblem(_REVOKED_BY_LOAD, code="STATUS_CHANGED")


def _code(place: ColumnElement[bool]) -> Select[Any]:
    """A printed code, and whether the status that it was taken of has ended."""
    columns = (status_entry.c.certificate, status_entry.c.person, status_entry.c.own)
    taken = (
        (credential.c.issuer == status_entry.c.issuer)
        & (credential.c.number == status_entry.c.number)
        & (credential.c.entry == status_entry.c.entry)
    )
    query = select(*columns, status_entry.c.reason, status.c.ended)
    query = query.outerjoin(credential, taken).outerjoin(status)
    return query.where(place)


def _reaches(view: View, code: Row[Any]) -> bool:
    """Whether what the register holds on the code's certificate is for this code."""
    whose = (code.certificate, code.person)
    return code.person is None or whose in owners(view, [code.certificate])


def _is_ended(view: View, certificate: bytes | None) -> bool:
    """Whether an end that was loaded keeps the certificate."""
    if certificate is None:
        return False
    held = select(hold.c.state).where(hold.c.issuer == REGISTER, hold.c.digest == certificate)
    return view.connection.execute(held).first() is not None
