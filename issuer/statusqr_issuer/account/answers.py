"""What all pages of the account have: who is signed in, the CSRF token, the language."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse

from statusqr_web.session_cookie import time_left
from statusqr_web.sessions import Session

from .office import Office
from .phrases import Phrases
from .visits import Visit


def page(
    visit: Visit, request: Request, name: str, values: Mapping[str, object] | None = None
) -> HTMLResponse:
    """A page of somebody who has signed in."""
    shared = frame(visit.office, visit.session, visit.name)
    shared["session_left"] = time_left(request.scope)
    return visit.office.pages.answer(request, name, {**shared, **(values or {})})


def frame(office: Office, session: Session | None, name: str = "") -> dict[str, object]:
    """What the frame of a page asks for; without a session no form of it is needed."""
    return {
        "signed_in": session is not None,
        "name": name,
        "csrf": session.csrf_token if session is not None else "",
        "demo": office.demo,
    }


def go(path: str) -> RedirectResponse:
    """On to a page, after a form: loading that one again sends nothing twice."""
    return RedirectResponse(path, 303)


async def phrases(request: Request) -> Phrases:
    """The texts in the language of the request."""
    return Phrases.for_request(request)


Say = Annotated[Phrases, Depends(phrases)]
