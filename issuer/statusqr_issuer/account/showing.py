"""Codes on the screen: the live one, renewed while the page is open, and one for five minutes.

The code for five minutes is not kept: the session remembers for which status and when the button
was pressed, so that loading the page again shows a code with the same end, and no other.
"""

from datetime import timedelta
from typing import Annotated, Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from statusqr_schema import Presentation, Profile
from statusqr_schema.days import from_instant, to_instant
from statusqr_schema.strict_json import JsonValue
from statusqr_web.sessions import Use

from ..registry.statuses import HeldStatus
from .answers import Say, go, page
from .codes import LIVE_LIFE, RENEWED_EVERY, SCREEN_LIFE, demand_standing, for_screen
from .drawing import drawn, packed
from .office import Office
from .phrases import Phrases
from .preview import preview
from .status_card import status_card
from .visits import Here, Visit

# Only the wait for a server goes to threads, and to few: beside the event loop, threads of one
# interpreter mostly wait for each other, and each further one makes all of them dearer.
_WAITING: Final = CapacityLimiter(2)
_KEPT: Final = "screen"  # in the session: [status id, profile, epoch seconds]


def router(office: Office) -> APIRouter:
    """`/statuses/{id}/show`, `/live` and `/screen`."""
    routes = APIRouter(prefix="/statuses/{status_id}", include_in_schema=False)

    @routes.get("/show")
    def show(
        status_id: str,
        request: Request,
        visit: Here,
        say: Say,
        profile: Profile = Profile.MINIMAL,
    ) -> HTMLResponse:
        held = visit.agreed_status(status_id)
        demand_standing(held, visit.at, say)
        values = {
            "card": status_card(held, visit.at, say),
            "profile": profile.value,
            "seen": preview(held.record, profile, visit.at, say),
            "query": f"profile={profile.value}&",
            "every": RENEWED_EVERY,
            "life": int(LIVE_LIFE.total_seconds()),
        }
        return page(visit, request, "show.html", values)

    @routes.post("/live")
    async def live(
        status_id: str, visit: Here, say: Say, profile: Profile = Profile.MINIMAL
    ) -> Response:
        visit.session.use = Use.NONE  # the page asks by itself
        if office.registry.database.sqlite:
            # A file answers at once: the way to another thread takes longer than all of this.
            held = visit.agreed_status(status_id)
        else:
            held = await to_thread.run_sync(visit.agreed_status, status_id, limiter=_WAITING)
        return _live(visit, held, profile, say)

    @routes.post("/screen")
    def begin(
        status_id: str, visit: Here, say: Say, profile: Annotated[Profile, Form()]
    ) -> RedirectResponse:
        held = visit.agreed_status(status_id)
        demand_standing(held, visit.at, say)
        visit.session.data[_KEPT] = [str(held.id), profile.value, to_instant(visit.at)]
        return go(f"/statuses/{held.id}/screen")

    @routes.get("/screen")
    def screen(status_id: str, request: Request, visit: Here, say: Say) -> HTMLResponse:
        held = visit.agreed_status(status_id)
        demand_standing(held, visit.at, say)
        profile, begun = _kept(visit, str(held.id))
        made_at = from_instant(begun)
        left = timedelta() if begun == 0 else made_at + SCREEN_LIFE - visit.at
        values: dict[str, object] = {
            "card": status_card(held, visit.at, say),
            "profile": profile.value,
            "seen": preview(held.record, profile, visit.at, say),
            "left": 0,
        }
        if timedelta() < left <= SCREEN_LIFE:
            code = for_screen(office, held, Presentation.SCREEN, profile, made_at)
            ends = code.claims.expires_at
            values |= {
                "left": max(0, ends - to_instant(visit.at)),
                "whole": ends - begun,
                "ends": say.moment_with_seconds(from_instant(ends)),
                "code": drawn(code.text),
            }
        return page(visit, request, "screen.html", values)

    return routes


def _live(visit: Visit, held: HeldStatus, profile: Profile, say: Phrases) -> JSONResponse:
    """A code that lives for a minute; the page draws it."""
    demand_standing(held, visit.at, say)
    code = for_screen(visit.office, held, Presentation.LIVE, profile, visit.at)
    symbol = packed(code.text)
    content: dict[str, JsonValue] = {
        "side": symbol.side,
        "modules": symbol.modules,
        "every": RENEWED_EVERY,
        "life": code.claims.expires_at - code.claims.issued_at,
    }
    return JSONResponse(content)


def _kept(visit: Visit, status_id: str) -> tuple[Profile, int]:
    """What was asked for, and when; 0 where no code for this status was."""
    match visit.session.data.get(_KEPT):
        case [str(kept), str(profile), int(begun)] if kept == status_id:
            return Profile(profile), begun
    return Profile.MINIMAL, 0
