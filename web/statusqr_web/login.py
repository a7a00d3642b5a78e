"""The routes of the login: `/auth/login`, `/auth/callback`, `/auth/logout`.

::

    party = RelyingParty(config.provider)
    app.include_router(login_router(party, admit=staff(config.staff)))

`/auth/login?anew=yes` makes the provider ask who it is, whomever it knows (`prompt=login`, OpenID
Connect Core §3.1.2.1). That goes without saying in a browser whose session here has ended.

What a login has to remember stays in the session here; the browser carries only the session's
cookie, and state and nonce within the provider's addresses. Each way back is good for one use.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from statusqr_schema.strict_json import JsonValue

from .login_config import StaffRule
from .problems import Problem
from .relying_party import Claims, LoginFailed, Pending, RelyingParty
from .sessions import Session, session_of

_PENDING: Final = "logins"
_MOST_PENDING: Final = 3  # tabs in which a login was begun
_LONGEST_NEXT: Final = 500
_STATUS: Final = {
    "LOGIN_DOWN": 503,
    **dict.fromkeys(("LOGIN_CLOSED", "LOGIN_UNCONFIRMED", "LOGIN_NO_SNILS"), 403),
}


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who has come in: `user` names them in the session, `data` is remembered beside it."""

    user: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)


Visitor = Annotated[Session, Depends(session_of)]
Admit = Callable[[Claims], Admitted]
"""Decides over the provider's claims; raises LoginFailed."""
Tell = Callable[[Request, LoginFailed], Response]
"""Tells a person why the login came to nothing."""


def staff(rule: StaffRule) -> Admit:
    """Let in whose claim holds the value that the rule names."""

    def admit(claims: Claims) -> Admitted:
        held = claims.get(rule.access_claim)
        values = held if isinstance(held, list) else [held]
        if rule.access_value not in values:
            message = (
                "Вы вошли, но доступа к этой программе у вас нет. Обратитесь к ответственному "
                "за доступ сотрудников."
            )
            raise LoginFailed(message, code="LOGIN_CLOSED")
        name = claims.get(rule.name_claim)
        if not isinstance(name, str) or not name or not name.isprintable():
            message = "Вход не удался: сервер входа не назвал вас. Сообщите ответственному."
            raise LoginFailed(message, code="LOGIN_REFUSED")
        return Admitted(name)

    return admit


def tell_as_problem(_: Request, error: LoginFailed) -> Response:
    """The plain answer, where there is no page for it."""
    return Problem(status_of(error), error.code, "Вход не удался", error.message).response()


def status_of(error: LoginFailed) -> int:
    """The HTTP status of the answer that tells it."""
    return _STATUS.get(error.code, 400)


def login_router(
    party: RelyingParty,
    admit: Admit,
    *,
    home: str = "/",
    tell: Tell = tell_as_problem,
) -> APIRouter:
    """The three routes. `home` is where people get who did not come from a page of ours.

    Beyond this server's own address, which the request names and AllowedHosts has checked, its
    public one counts where the provider's configuration has it.
    """
    router = APIRouter(prefix="/auth", include_in_schema=False)

    def address(request: Request, path: str) -> str:
        base = party.provider.public_url or str(request.base_url).rstrip("/")
        return base + path

    @router.get("/login")
    async def login(
        request: Request, session: Visitor, next: str = "", anew: bool = False
    ) -> Response:
        # Whoever was here before has left; at a shared computer the provider may know them still.
        anew = anew or session.lapsed
        try:
            url, pending = await party.begin(address(request, "/auth/callback"), anew=anew)
        except LoginFailed as error:
            return tell(request, error)
        begun = [*_begun(session), {**pending.to_json(), "next": safe_next(next, home)}]
        session.data[_PENDING] = begun[-_MOST_PENDING:]
        return RedirectResponse(url, 303)

    @router.get("/callback")
    async def callback(request: Request, session: Visitor) -> Response:
        begun = _begun(session)
        state = request.query_params.get("state", "")
        found = next((one for one in begun if one["state"] == state), None)
        if found is None:
            message = (
                "Вход не удался: он начат не здесь, давно или уже завершён. Начните вход заново."
            )
            return tell(request, LoginFailed(message, code="LOGIN_STATE"))
        session.data[_PENDING] = [one for one in begun if one is not found]
        try:
            claims = await party.finish(Pending.from_json(found), dict(request.query_params))
            admitted = admit(claims)
        except LoginFailed as error:
            return tell(request, error)
        session.sign_in(user=admitted.user, data=admitted.data)
        return RedirectResponse(safe_next(str(found.get("next", "")), home), 303)

    @router.post("/logout")
    async def logout(request: Request, session: Visitor) -> Response:
        if session.signed_in:  # else it has run out: nothing is left to end
            session.end()
        return RedirectResponse(await party.farewell(address(request, home)) or home, 303)

    return router


def safe_next(path: str, home: str) -> str:
    """`path` if it is a path of this server, else `home`: never the way to another site.

    Browsers read `//host`, `/\\host` and `/<tab>/host` as another site's address.
    """
    plain = path.isascii() and path.isprintable() and "\\" not in path and " " not in path
    if plain and path.startswith("/") and not path.startswith("//") and len(path) <= _LONGEST_NEXT:
        return path
    return home


def _begun(session: Session) -> list[dict[str, JsonValue]]:
    """The logins on their way in this session."""
    kept = session.data.get(_PENDING)
    return [dict(one) for one in kept if isinstance(one, dict)] if isinstance(kept, list) else []
