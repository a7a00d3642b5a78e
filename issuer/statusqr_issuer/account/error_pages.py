"""What a citizen sees where something did not go as asked: a page, not a problem document.

Whoever answers with a problem, a route or a guard, a browser that asks for a page gets one here, in
its language, and is led to the login or to the consent where that is what is missing. Scripts get
the problem, its words in their language.
"""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from statusqr_web.problems import MEDIA_TYPE

from .answers import frame
from .office import Office
from .phrases import Phrases

_LED: Final = {"NO_LOGIN": "/?next=", "NO_CONSENT": "/consent?next="}
_SELF_EVIDENT: Final = frozenset(  # nobody needs to be told that it happened
    {"HTTP_404", "NOT_FOUND", "NO_LOGIN", "NO_CONSENT", "NO_CODE", "TOO_OFTEN", "FORGED"}
)
_PLAIN: Final[Mapping[str, tuple[str, str]]] = {  # what says nothing to a citizen
    "HTTP_400": ("Что-то заполнено не так", "Вернитесь на страницу и попробуйте ещё раз."),
    "HTTP_404": ("Здесь ничего нет", "Такой страницы нет. Вернитесь к списку статусов."),
    "HTTP_405": ("Так страницу не открыть", "Вернитесь к списку статусов и нажмите нужную кнопку."),
    "REQUEST": ("Что-то заполнено не так", "Вернитесь на страницу и попробуйте ещё раз."),
    "INTERNAL": ("Ошибка программы", "Ваши данные сохранены. Попробуйте ещё раз через минуту."),
    "TOO_OFTEN": ("Слишком часто", "Подождите немного и повторите."),
    "FORGED": (
        "Страница устарела",
        "Вы вошли заново в другой вкладке или не нажимали кнопок слишком долго. Вернитесь к списку "
        "статусов и повторите: ничего не изменено.",
    ),
}


class ErrorPages:
    """ASGI, around all that may answer with a problem."""

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self._app = app
        self._office = office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; turn a problem into what the asker can use."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def watched(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                if Headers(raw=message["headers"]).get("content-type") == MEDIA_TYPE:
                    start = message
                    return
            elif start is not None and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    answer = self._answer(Request(scope), start["status"], body)
                    _keep(start, answer)
                    await answer(scope, receive, send)
                return
            await send(message)

        await self._app(scope, receive, watched)

    def _answer(self, request: Request, status: int, body: bytes) -> Response:
        told: dict[str, object] = json.loads(body)
        code = str(told.get("code", ""))
        wants_page = "text/html" in request.headers.get("accept", "")
        if wants_page and request.method == "GET" and code in _LED:
            return RedirectResponse(_LED[code] + quote(request.url.path, safe=""), 303)
        say = Phrases.for_request(request)
        title, detail = _PLAIN.get(code, (str(told.get("title")), str(told.get("detail", ""))))
        title, detail = say(title), say(detail) if detail else ""
        if not wants_page:
            content = {**told, "title": title, "detail": detail}
            return JSONResponse(content, status, media_type=MEDIA_TYPE)
        values = {**frame(self._office, None), "title": title, "detail": detail}
        values["code"] = "" if code in _SELF_EVIDENT else code
        values |= {"login": "/" if code == "NO_LOGIN" else "", "path": "/"}
        page = self._office.pages.render("error.html", say.locale, values)
        return HTMLResponse(page, status)


def _keep(start: Message, answer: Response) -> None:
    """What the problem's answer had in its head beside its own form: cookies, Retry-After."""
    ours = MutableHeaders(raw=answer.raw_headers)
    for name, value in Headers(raw=start["headers"]).items():
        if name not in ("content-type", "content-length"):
            ours.append(name, value)
