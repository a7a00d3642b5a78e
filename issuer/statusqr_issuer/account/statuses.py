"""The pages of the statuses: the list, what changed, whom to turn to about an error."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from statusqr_schema.days import from_instant, to_instant
from statusqr_web.login import safe_next
from statusqr_web.sessions import session_of

from ..registry import messages, printouts, statuses
from ..registry.messages import Message, MessageKind
from ..registry.statuses import HeldStatus
from .answers import Say, frame, go, page
from .office import Office
from .paper_list import running_out
from .phrases import Phrases
from .status_card import in_order, status_card
from .visits import Here, person_of

_FAR: Final = 2**37  # epoch seconds; whatever was told is from before


@dataclass(frozen=True, slots=True)
class News:
    """A message in words."""

    text: str
    at: str


def router(office: Office) -> APIRouter:
    """`/` and what belongs to it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def start(request: Request, next: str = "") -> Response:
        session = await session_of(request)
        if person_of(session)[0] is None:
            return welcome(office, request, next)
        return go(safe_next(next, "/statuses"))

    @routes.get("/statuses")
    def listed(request: Request, visit: Here, say: Say) -> HTMLResponse:
        with visit.agreed() as view:
            held = statuses.of_person(view, visit.person)
            told = messages.of_person(view, visit.person)
            printed = printouts.of_person(view, visit.person)
        cards = in_order([status_card(status, visit.at, say) for status in held])
        values = {
            "current": [card for card in cards if not card.phase.over],
            "over": [card for card in cards if card.phase.over],
            "news": _news(told, held, say),
            "shown_at": max((to_instant(one.at) for one in told if one.read_at is None), default=0),
            "reminders": running_out(printed, held, visit.at, say),
        }
        return page(visit, request, "statuses.html", values)

    @routes.post("/messages/read")
    def read(visit: Here, told_by: Annotated[int, Form(ge=0, le=2**40)]) -> RedirectResponse:
        with visit.agreed_change() as work:
            messages.mark_read(work, visit.person, from_instant(min(told_by, _FAR)))
        return go("/statuses")

    @routes.get("/statuses/{status_id}/mistake")
    def mistake(status_id: str, request: Request, visit: Here, say: Say) -> HTMLResponse:
        held = visit.agreed_status(status_id)
        record = held.entry.record
        values = {
            "card": status_card(held, visit.at, say),
            "authority": record.authority,
            "register_id": held.entry.id,
        }
        return page(visit, request, "mistake.html", values)

    return routes


def welcome(
    office: Office,
    request: Request,
    target: str = "",
    *,
    error: str = "",
    status: int = 200,
    anew: bool = False,
) -> HTMLResponse:
    """The page of a visitor: what this is, and the way in. `target`: where it leads back to.

    `anew`: whoever was named there cannot come in; the way in leads to another account.
    """
    back = safe_next(target, "/statuses")
    values = {
        **frame(office, None),
        "provider": office.provider,
        "operator": office.operator,
        "next": back,
        "query": urlencode({"next": back}) + "&" if target else "",
        "returning": bool(target) and not error,
        "error": error,
        "anew": anew,
    }
    return office.pages.answer(request, "welcome.html", values, status)


def _news(told: Sequence[Message], held: Sequence[HeldStatus], say: Phrases) -> list[News]:
    """All that are unread: «Отметить прочитанным» is said of all that is shown."""
    names: dict[UUID | None, str] = {status.id: status.entry.record.status_name for status in held}
    return [
        News(_news_text(message, names.get(message.status_id, ""), say), say.moment(message.at))
        for message in told
        if message.read_at is None
    ]


def _news_text(message: Message, status: str, say: Phrases) -> str:
    text = say(_NEWS[message.kind], status=status)
    if message.printouts:
        told = "Напечатанные раньше коды ({count}) больше не действуют: напечатайте новый."
        if message.kind is MessageKind.STATUS_ENDED:
            told = "Напечатанные коды ({count}) больше не действуют."
        text += " " + say(told, count=message.printouts)
    return text


_NEWS: Final = {
    MessageKind.STATUS_ADDED: "Появился статус «{status}».",
    MessageKind.STATUS_CHANGED: "Сведения о статусе «{status}» изменились. Проверьте их.",
    MessageKind.STATUS_ENDED: "Статус «{status}» прекращён органом.",
    MessageKind.STATUS_RECOVERED: "Статус «{status}» снова действует.",
}
