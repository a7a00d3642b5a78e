"""One request of a person who has signed in: the only way to what the registry holds about them.

Nothing is shown or issued before consent (order 653n, point 4). That is judged here and nowhere
else: `agreed`, `agreed_status` and `agreed_change` open the registry only under a consent to the
text in force, in the same view in which the page then reads. `reading` and `writing` are for the
consent itself.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request

from statusqr_web.problems import Problem
from statusqr_web.sessions import Session, session_of
from statusqr_web.staying import NO_LOGIN

from ..registry import View, Work, consents
from ..registry.glances import consent_and_status
from ..registry.statuses import HeldStatus, find
from .citizens import NAME, PERSON
from .office import Office

ACTOR: Final = "holder"  # in the audit log: whoever it is, stands there as a digest at most


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks, by the digest of their SNILS, and when."""

    office: Office
    session: Session = field(repr=False)
    person: bytes = field(repr=False)
    name: str = field(repr=False)
    at: datetime

    @contextmanager
    def reading(self) -> Iterator[View]:
        """A view without a consent, for the pages of the consent."""
        with self.office.registry.reading() as view:
            yield view

    @contextmanager
    def writing(self) -> Iterator[Work]:
        """A change without a consent, for the pages of the consent."""
        with self.office.registry.writing(ACTOR, self.at) as work:
            yield work

    @contextmanager
    def agreed(self) -> Iterator[View]:
        """A view under consent; Problem 403, NO_CONSENT, otherwise."""
        with self.reading() as view:
            self._demand(view)
            yield view

    @contextmanager
    def agreed_change(self) -> Iterator[Work]:
        """A change under consent; Problem 403, NO_CONSENT, otherwise."""
        with self.writing() as work:
            self._demand(work)
            yield work

    def agreed_status(self, text: str) -> HeldStatus:
        """A status under consent, by what stands in an address: at one glance.

        Problem 403, NO_CONSENT, without a consent; Problem 404 where it is not theirs.
        """
        status_id = identifier(text)
        consent, held = self.office.registry.glance(
            lambda view: consent_and_status(view, self.person, status_id)
        )
        self._demand_of(consent)
        if held is None:
            raise nothing_here()
        return held

    def status(self, view: View, text: str) -> HeldStatus:
        """A status of this person by what stands in an address; else Problem 404."""
        status_id = identifier(text)
        held = find(view, self.person, status_id) if status_id else None
        if held is None:
            raise nothing_here()
        return held

    def _demand(self, view: View) -> None:
        self._demand_of(consents.standing(view, self.person))

    def _demand_of(self, consent: consents.Consent | None) -> None:
        if not in_force(self.office, consent):
            detail = "Без вашего согласия сведения не показываются и коды не выдаются."
            raise Problem(403, "NO_CONSENT", "Нужно согласие", detail)


def in_force(office: Office, consent: consents.Consent | None) -> bool:
    """Whether this is a consent to the text in force, and to no other."""
    if consent is None or consent.version != office.consent.version:
        return False
    return consent.text_digest == hashlib.sha256(office.consent.russian.encode("utf-8")).digest()


async def visit(request: Request) -> Visit:
    """The visit of whoever has signed in, else the Problem 401, NO_LOGIN."""
    office = request.app.state.office
    assert isinstance(office, Office)  # noqa: S101 - as create_app has put it there
    session = await session_of(request)
    person, name = person_of(session)
    if person is None:
        detail = "Войдите снова: страница откроется на том же месте."
        raise Problem(401, NO_LOGIN, "Вы вышли из кабинета", detail)
    return Visit(office, session, person, name, office.now())


Here = Annotated[Visit, Depends(visit)]


def person_of(session: Session) -> tuple[bytes | None, str]:
    """The digest and the name of who has signed in; None and «» for a visitor."""
    if session.user is None:  # asked first: a form of a session that has run out has no data
        return None, ""
    person, name = session.data.get(PERSON), session.data.get(NAME)
    if not isinstance(person, str):
        return None, ""
    return bytes.fromhex(person), name if isinstance(name, str) else ""


def identifier(text: str) -> UUID | None:
    """An id as addresses have it, in its one spelling; None for anything else."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def nothing_here() -> Problem:
    """The same for what is not there, what is another's, and what is no id."""
    detail = "Такой страницы нет или она не ваша. Вернитесь к списку статусов."
    return Problem(404, "NOT_FOUND", "Здесь ничего нет", detail)
