"""Who calls, and what they may: a machine by its token, a person by their session.

::

    access = Access(book, signed_in=frozenset({"page", "verify", "scans"}))

    @app.post("/api/v1/verify")
    def verify(caller: Annotated[Caller, Depends(access.needs("verify"))]) -> …

A token comes first where there is one; if it is wrong, the session does not help. 401 and 403
follow RFC 6750 §3.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from .problems import Problem
from .session_cookie import still_holds
from .sessions import session_of
from .tokens import TokenBook, TokenProblem

Scopes = frozenset[str]
_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="Ключ доступа машины (statusqr-verifier token new).",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what they may."""

    kind: Literal["token", "session", "anyone"]
    scopes: Scopes


class Access:
    """The rule of one server. Without `book` no token is accepted.

    `signed_in`: the scopes of a person who has logged in. `anyone`: those of callers who say
    nothing about themselves; for a server on loopback only (see `refuse_open_door`).
    """

    def __init__(
        self,
        book: TokenBook | None = None,
        *,
        signed_in: Scopes = frozenset(),
        anyone: Scopes = frozenset(),
    ) -> None:
        self._book = book
        self._signed_in = signed_in
        self._anyone = anyone

    def needs(self, scope: str) -> Callable[..., Awaitable[Caller]]:
        """A dependency: the caller if `scope` is theirs, else the Problem 401 or 403."""

        async def caller(
            request: Request,
            _: HTTPAuthorizationCredentials | None = Security(_BEARER),  # noqa: B008 - FastAPI's way
        ) -> Caller:
            found = await self.caller(request)
            if scope not in found.scopes:
                raise _refusal(found, scope)
            return found

        return caller

    async def caller(self, request: Request) -> Caller:
        """Who calls; Problem 401 for a token that is wrong."""
        given = request.headers.getlist("authorization")
        if given:
            return self._by_token(given)
        session = await session_of(request)
        if session.user is not None:
            return Caller("session", self._signed_in)
        opened = self._scopes_of(session.token_id) if session.token_id is not None else None
        if opened is not None:
            return Caller("session", opened)
        return Caller("anyone", self._anyone)

    async def still(self, request: Request, scope: str) -> bool:
        """Whether the caller has `scope` now. No Problem: who cannot be known has nothing.

        For an answer that lasts longer than what opened it may: a token is revoked, a session ends.
        """
        try:
            found = await self.caller(request)
        except Problem:
            return False
        if found.kind == "session" and not await still_holds(request.scope):
            return False
        return scope in found.scopes

    def _by_token(self, given: list[str]) -> Caller:
        scheme, _, token = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer":
            raise _unauthorized("invalid_request")
        with _readable():
            found = self._book.find(token.strip()) if self._book else None
        if found is None:
            raise _unauthorized("invalid_token")
        return Caller("token", found.scopes)

    def _scopes_of(self, token_id: str) -> Scopes | None:
        """What an access code opens now; None once its token is revoked: then nobody is behind."""
        with _readable():
            known = self._book.current() if self._book else ()
        return next((token.scopes for token in known if token.id == token_id), None)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except TokenProblem as error:
        raise Problem(503, error.code, "Ключи доступа не читаются", error.message) from error


def _refusal(caller: Caller, scope: str) -> Problem:
    if caller.kind == "anyone":
        return _unauthorized()
    detail = f"Нужно право «{scope}»."
    challenge = f'Bearer realm="statusqr", error="insufficient_scope", scope="{scope}"'
    return Problem(403, "NO_SCOPE", "Доступ закрыт", detail, {"WWW-Authenticate": challenge})


def _unauthorized(error: str = "") -> Problem:
    detail = "Нужен действующий ключ доступа (Authorization: Bearer …) или вход сотрудника."
    challenge = 'Bearer realm="statusqr"' + (f', error="{error}"' if error else "")
    return Problem(401, "NO_ACCESS", "Доступ закрыт", detail, {"WWW-Authenticate": challenge})
