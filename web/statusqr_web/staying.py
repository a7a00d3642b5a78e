"""More time for a person who is signed in, before it runs out (WCAG 2.2, 2.2.1 and 2.2.6).

::

    app.include_router(staying.router())

    GET  /session          {"seconds": 95, "at_most": 41000}      does not count as use
    POST /session/extend   {"seconds": 1800, "at_most": 40905}    when the person wants to stay

Both answer 401 NO_LOGIN where nobody is signed in any more, and 403 FORGED to a page of another
session: who sends its CSRF token learns that somebody else has signed in since. `seconds` are those
until the session runs out unused, `at_most` those until it does so however much it is used: once
they are near each other, more time is had by logging in again, and the way leads back to the same
page. A page that is rendered takes its numbers from `session_cookie.time_left`.

What a page asks by itself, without anybody there, sets `session.use = Use.NONE`.
"""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request

from .problems import Problem
from .session_cookie import CSRF_HEADER, time_left
from .sessions import Session, Use, forged, session_of

PATH: Final = "/session"
NO_LOGIN: Final = "NO_LOGIN"


async def signed_in(request: Request) -> Session:
    """The session of who is signed in, a dependency of FastAPI; Problem 401 for a visitor."""
    session = await session_of(request)
    if session.user is None:
        detail = "Вход завершён. Войдите ещё раз: вы вернётесь на эту страницу."
        raise Problem(401, NO_LOGIN, "Нужен вход", detail)
    return session


Person = Annotated[Session, Depends(signed_in)]


def router() -> APIRouter:
    """The two routes."""
    routes = APIRouter(prefix=PATH, include_in_schema=False)

    @routes.get("")
    async def left(request: Request, session: Person) -> dict[str, int]:
        session.use = Use.NONE
        token = request.headers.get(CSRF_HEADER)
        if token is not None and not session.gave(token):
            raise forged()
        return asdict(time_left(request.scope))

    @routes.post("/extend")
    async def extend(request: Request, session: Person) -> dict[str, int]:
        session.use = Use.STAY
        return asdict(time_left(request.scope))

    return routes
