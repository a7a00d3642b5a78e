"""How much a request may bring, and how long that may take.

A declared length over the limit is refused before a byte of it is read; a body without one is
counted while it comes. A body that trickles is refused when its time is up, however regularly it
trickles. What is not read at all costs nothing: the limits apply to what the application takes.

A head that is too long is refused here as well, once the server has taken it: see `server_options`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from anyio import current_time, fail_after
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import Problem

KIB: Final = 2**10
MIB: Final = 2**20
LONGEST_HEAD: Final = 16 * KIB  # path, query and headers


@dataclass(frozen=True, slots=True)
class BodyRule:
    """For paths that begin with `prefix`: bytes of body, and seconds until the whole of it is here.

    The longest prefix that fits decides.
    """

    prefix: str = ""
    most: int = 16 * KIB
    seconds: float = 10


class BodyLimits:
    """ASGI: bodies within the rule of their path; 413, 408 or 400 for the others."""

    def __init__(self, app: ASGIApp, rules: Sequence[BodyRule] = ()) -> None:
        self._app = app
        self._rules = sorted((*rules, BodyRule()), key=lambda rule: len(rule.prefix), reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that is watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        rule = next(rule for rule in self._rules if scope["path"].startswith(rule.prefix))
        refusal = _refusal_of_head(scope) or _refusal_of_length(scope, rule)
        if refusal is not None:
            await refusal.response()(scope, receive, send)
            return
        watched = _Watched(rule, receive, send)
        try:
            await self._app(scope, watched.receive, watched.send)
        except Exception:
            if watched.refusal is None or watched.answering:
                raise
        if watched.refusal is not None and not watched.answering:
            await watched.refusal.response()(scope, receive, send)


class BodyRefused(Exception):
    """Ends the reading of a body; whatever is made of it, the answer is the middleware's."""


@dataclass(slots=True)
class _Watched:
    """The two channels of one request."""

    rule: BodyRule
    _receive: Receive
    _send: Send
    refusal: Problem | None = None
    answering: bool = False
    _taken: int = 0
    _ends: float | None = field(default=None)
    _whole: bool = False

    async def receive(self) -> Message:
        """The next part of the body; once it is whole, waiting for the end has no limit."""
        if self._whole:
            return await self._receive()
        if self._ends is None:
            self._ends = current_time() + self.rule.seconds
        try:
            with fail_after(self._ends - current_time()):
                message = await self._receive()
        except TimeoutError:
            raise self._refuse(_too_slow()) from None
        if message["type"] == "http.request":
            self._taken += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._taken > self.rule.most:
                raise self._refuse(_too_large(self.rule))
        return message

    async def send(self, message: Message) -> None:
        """Pass an answer on, unless it was made for want of the body."""
        if self.refusal is None or self.answering:
            self.answering = True
            await self._send(message)

    def _refuse(self, refusal: Problem) -> BodyRefused:
        self.refusal = refusal
        return BodyRefused(refusal.details.code)


def _refusal_of_head(scope: Scope) -> Problem | None:
    length = len(scope["path"]) + len(scope["query_string"])
    length += sum(len(name) + len(value) for name, value in scope["headers"])
    if length <= LONGEST_HEAD:
        return None
    detail = f"Адрес и заголовки: не больше {LONGEST_HEAD // KIB} КиБ."
    return Problem(431, "HEAD_SIZE", "Запрос слишком велик", detail, _CLOSE)


def _refusal_of_length(scope: Scope, rule: BodyRule) -> Problem | None:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    if not lengths:
        return None
    if len(lengths) > 1 or not lengths[0].isdigit():
        return Problem(400, "BAD_LENGTH", "Неверный запрос", "Content-Length не число.", _CLOSE)
    # compared as text first: no number is made of a million digits
    if len(lengths[0].lstrip(b"0")) > 18 or int(lengths[0]) > rule.most:
        return _too_large(rule)
    return None


def _too_large(rule: BodyRule) -> Problem:
    most = f"{rule.most // MIB} МиБ" if rule.most >= MIB else f"{rule.most // KIB} КиБ"
    return Problem(413, "BODY_SIZE", "Запрос слишком велик", f"Не больше {most}.", _CLOSE)


def _too_slow() -> Problem:
    detail = "Данные шли слишком долго. Повторите при лучшей связи или отправьте меньший файл."
    return Problem(408, "BODY_SLOW", "Запрос не получен", detail, _CLOSE)


_CLOSE: Final = {"Connection": "close"}  # the rest of the body is not worth reading
