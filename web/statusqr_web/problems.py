"""Errors as `application/problem+json` (RFC 9457): a stable code, and words a person can act on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from statusqr_schema.strict_json import JsonValue

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """What is told: `code` never changes, `title` and `detail` are words. No personal data."""

    status: int
    code: str
    title: str
    detail: str = ""

    def to_json(self) -> dict[str, JsonValue]:
        """The members of RFC 9457 §3.1, and `code` as the extension of §3.2."""
        return {
            "type": f"urn:statusqr:problem:{self.code.lower()}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }


class Problem(Exception):
    """Raised anywhere in a request; becomes its answer."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.details = ProblemDetails(status, code, title, detail)
        self.headers = dict(headers or {})

    def response(self) -> JSONResponse:
        """The answer that tells it."""
        return answer(self.details, self.headers)


def answer(details: ProblemDetails, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem as an HTTP answer."""
    return JSONResponse(
        details.to_json(), details.status, dict(headers or {}), media_type=MEDIA_TYPE
    )


class Faults:
    """ASGI, placed within SecurityHeaders: what nobody foresaw is answered there, and goes on.

    Starlette answers such errors outside of every middleware, where no security header is put on.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; 500 where an error comes before the answer. It is raised again."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if scope["type"] == "http" and not begun:
                await _fault()(scope, receive, send)
            raise


def _fault() -> JSONResponse:
    return answer(ProblemDetails(500, "INTERNAL", "Ошибка программы: попробуйте ещё раз"))


def install(app: FastAPI) -> None:
    """Answer every error of `app` as a problem."""

    async def told(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)  # noqa: S101 - as registered below
        return error.response()

    async def http(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101
        title = HTTPStatus(error.status_code).phrase
        details = ProblemDetails(error.status_code, f"HTTP_{error.status_code}", title)
        return answer(details, error.headers)

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        # Where, and what was expected; never what was sent, which may hold a person's code.
        places = {_place(e["type"], e["loc"]): e["type"] for e in error.errors()}
        detail = "; ".join(f"{place or 'body'}: {kind}" for place, kind in places.items())
        return answer(ProblemDetails(422, "REQUEST", "Запрос не той формы", detail[:1000]))

    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        return _fault()  # where there are no Faults

    app.add_exception_handler(Problem, told)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)


def _place(kind: str, path: Sequence[object]) -> str:
    """Where in the request. The name of a field that nobody knows is the sender's own word."""
    known = path[1:-1] if kind == "extra_forbidden" else path[1:]
    return ".".join(map(str, known))
