"""Codes of the account: which may be had, and how they are made.

Codes for the screen leave no trace: no row, no entry in the audit log, no line in any log. A
printed code has its row before it is signed.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from statusqr_schema import Disclosure, IssueRefused, Presentation, Profile
from statusqr_web.problems import Problem

from ..desk import Order
from ..issuing import Credential
from ..registry import printouts
from ..registry.statuses import HeldStatus
from .office import Office
from .phases import Phase, phase
from .phrases import Phrases
from .visits import Visit

LIVE_LIFE: Final = timedelta(seconds=60)
RENEWED_EVERY: Final = 30  # seconds; the other half of its life is for who walks away with it
SCREEN_LIFE: Final = timedelta(minutes=5)


def demand_standing(held: HeldStatus, at: datetime, say: Phrases) -> None:
    """Problem 409, NO_CODE, where the status gives no codes now: why, and what to do."""
    period = held.record.period
    match phase(held, at):
        case Phase.STANDS:
            return
        case Phase.LATER:
            title = say("Статус ещё не действует")
            detail = say(
                "Код можно будет показать и напечатать с {day}.", day=say.day(period.valid_from)
            )
        case Phase.SUSPENDED:
            title = say("Статус приостановлен")
            detail = say("Код сейчас не выдаётся. Причину объяснит орган, который принял решение.")
        case Phase.REVOKED:
            title = say("Статус отозван")
            detail = say("Код больше не выдаётся. Причину объяснит орган, который принял решение.")
        case Phase.PAST | Phase.ENDED_EARLY:
            title = say("Статус закончился")
            detail = say("Код больше не выдаётся. Чтобы продлить статус, подайте новое заявление.")
    raise Problem(409, "NO_CODE", title, detail)


def for_screen(
    office: Office,
    held: HeldStatus,
    presentation: Presentation,
    profile: Profile,
    made_at: datetime,
) -> Credential:
    """A live code or one for five minutes, of a status that stands."""
    order = Order(made_at, presentation, Disclosure(profile), _LIVES[presentation])
    draft = office.desk.prepare(held.record, order)
    return office.desk.sign(draft.content, draft.key)


def for_paper(
    visit: Visit, status_id: str, profile: Profile, say: Phrases
) -> tuple[Credential, HeldStatus, str]:
    """A printed code with its row in the registry, its status, and who signed it.

    All in one transaction: where signing fails no row stays; no code leaves before its row stands.
    """
    office = visit.office
    with visit.agreed_change() as work:
        held = visit.status(work, status_id)
        demand_standing(held, visit.at, say)
        order = Order(visit.at, Presentation.PRINT, Disclosure(profile))
        draft = office.desk.prepare(held.record, order)
        content, key = draft.content, draft.key
        made = printouts.take(
            work, held.id, key.issuer_id, content, profile, draft.identity, version=held.version
        )
        credential = office.desk.sign(replace(content, status=made.reference), key)
    return credential, held, key.issuer_name


def told(error: IssueRefused, say: Phrases) -> Problem:
    """What a citizen is told where the desk refuses: its own words are for an operator."""
    title, detail = _TOLD.get(error.code, _OUR_FAULT)
    return Problem(409, error.code, say(title), say(detail))


_LIVES: Final = {Presentation.LIVE: LIVE_LIFE, Presentation.SCREEN: SCREEN_LIFE}
_HELD: Final = "Код сейчас не выдаётся. Причину объяснит орган, который принял решение."
_OUR_FAULT: Final = (
    "Код сейчас не получить",
    "Это неполадка у нас, с вашим статусом всё в порядке. Попробуйте через час.",
)
_TOLD: Final = {
    "REVOKED": ("Статус отозван", _HELD),
    "SUSPENDED": ("Статус приостановлен", _HELD),
    "STATUS_CHANGED": (
        "Сведения только что изменились",
        "Вернитесь к списку статусов и откройте этот статус ещё раз.",
    ),
    "TOO_LARGE": (
        "Сведения не помещаются в код",
        "Выберите сокращённый код: имя, статус и срок.",
    ),
}
