"""The page on which staff and devices say who they are, and the way to it."""

from typing import Annotated, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, FastAPI, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from statusqr_web.locale import chosen, translator
from statusqr_web.login import Tell
from statusqr_web.problems import Problem
from statusqr_web.relying_party import LoginFailed
from statusqr_web.sessions import SCOPE_KEY, Session, session_of
from statusqr_web.tokens import TokenBook, TokenProblem

from .desk import HERE, SIGN_OUT, Desk

SIGN_IN: Final = "/sign-in"
_PAGES: Final = frozenset({"/", "/check", "/shift"})


def router(desk: Desk, tokens: TokenBook | None, *, login: bool) -> APIRouter:
    """`/sign-in`: the way to the provider, and the form for an access code."""
    routes = APIRouter(include_in_schema=False)

    async def page(request: Request, target: str, error: str = "") -> HTMLResponse:
        values = {
            "next": quote(target, safe="/"),
            "login": login,
            "codes": tokens is not None,
            "error": error,
        }
        return await desk.answer(request, "sign_in.html", values, 401 if error else 200)

    @routes.get(SIGN_IN)
    async def form(request: Request, next: str = "/") -> HTMLResponse:
        return await page(request, _own(next))

    @routes.post(SIGN_IN)
    async def enter(
        request: Request,
        code: Annotated[str, Form(max_length=200)],
        next: Annotated[str, Form(max_length=200)] = "/",
    ) -> Response:
        session = await session_of(request)
        try:
            found = tokens.find(code.strip()) if tokens is not None else None
        except TokenProblem as damaged:
            title = "Ключи доступа не читаются"
            raise Problem(503, damaged.code, title, damaged.message) from damaged
        if found is None or "page" not in found.scopes:
            translate = translator(chosen(request), (HERE / "locale",))
            error = translate("Код доступа не подходит. Попросите новый у ответственного.")
            return await page(request, _own(next), error)
        session.sign_in(token_id=found.id)
        return RedirectResponse(_own(next), 303)

    @routes.post(SIGN_OUT)
    async def leave(request: Request) -> RedirectResponse:
        (await session_of(request)).end()
        return RedirectResponse(SIGN_IN, 303)

    return routes


def lead_there(app: FastAPI) -> None:
    """Who opens a page without having signed in is led to the sign-in, not told an error."""

    async def lead(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - as registered below
        page = request.method == "GET" and request.url.path in _PAGES
        if error.details.status == 401 and page:
            return RedirectResponse(f"{SIGN_IN}?next={quote(request.url.path)}", 303)
        return error.response()

    app.add_exception_handler(Problem, lead)


def tell_on_page(desk: Desk, tokens: TokenBook | None) -> Tell:
    """What the way back from the provider shows where the login came to nothing."""

    def tell(request: Request, error: LoginFailed) -> Response:
        session: Session = request.scope[SCOPE_KEY]
        told = translator(chosen(request), (HERE / "locale",))(error.message)
        values = {"next": "/", "login": True, "codes": tokens is not None, "error": told}
        status = 503 if error.code == "LOGIN_DOWN" else 403
        shared = {"csrf": session.csrf_token}
        return desk.pages.answer(request, "sign_in.html", {**shared, **values}, status)

    return tell


def _own(target: str) -> str:
    """A path of ours to go to; the start for anything else."""
    path = urlsplit(target).path
    return path if path in _PAGES else "/"
