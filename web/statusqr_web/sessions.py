"""Sessions, kept on this side: the browser holds 32 random bytes, we hold their SHA-256.

A request that another site may have caused does not get its session: for an unsafe method it stays
sealed until the CSRF token came with it, in the header `X-CSRF-Token` or the form field
`csrf_token`. A route cannot forget to ask: without asking it sees nothing and writes nothing.

The token is an HMAC under the id, so it belongs to this session alone, changes with the id, and
need not be kept.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

from starlette.requests import Request

from statusqr_schema.strict_json import JsonValue

from .problems import Problem

SCOPE_KEY: Final = "statusqr.session"
CSRF_FIELD: Final = "csrf_token"
ID_BYTES: Final = 32
_MAX_DATA: Final = 16_384  # characters of JSON
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as a store keeps it: JSON, and epoch seconds of its making and its last use."""

    data: str
    created: float
    used: float
    signed_in: bool


class Use(Enum):
    """Whether a request counts as use of its session, from which the idle time is reckoned.

    One whose route asks for no session, such as for a file, never does: browsers look for news of
    an installed application when they like.
    """

    NONE = auto()  # what a page asks by itself
    USUAL = auto()  # noted now and then, to spare the store a write for each request
    STAY = auto()  # the person asked for more time: noted now


class SessionStore(Protocol):
    """Where sessions are kept, by the SHA-256 of their id."""

    async def load(self, digest: bytes) -> Kept | None:
        """The session, however old."""

    async def add(self, digest: bytes, kept: Kept) -> None:
        """Keep a new session."""

    async def replace(self, digest: bytes, kept: Kept) -> None:
        """Keep its new state; nothing where it is gone: a late answer revives no session."""

    async def drop(self, digest: bytes) -> None:
        """Forget it."""

    async def forget_unused(self, since: float) -> None:
        """Forget what was last used before `since` (epoch seconds)."""


class MemoryStore:
    """Sessions of one process. At most `most` signed in and `most` others; the longest unused goes.

    Anyone can cause sessions that are not signed in: however many, they push out none that is.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._pools: dict[bool, OrderedDict[bytes, Kept]] = {
            True: OrderedDict(),
            False: OrderedDict(),
        }

    def __len__(self) -> int:
        return sum(map(len, self._pools.values()))

    async def load(self, digest: bytes) -> Kept | None:
        """As the protocol says; likewise the others."""
        return self._pools[True].get(digest) or self._pools[False].get(digest)

    async def add(self, digest: bytes, kept: Kept) -> None:
        """Keep a new session, and let the longest unused of its kind go where there is no room."""
        pool = self._pools[kept.signed_in]
        pool[digest] = kept
        pool.move_to_end(digest)
        while len(pool) > self._most:
            pool.popitem(last=False)

    async def replace(self, digest: bytes, kept: Kept) -> None:
        """Keep the new state of a session that is still there."""
        if digest in self._pools[kept.signed_in]:
            await self.add(digest, kept)

    async def drop(self, digest: bytes) -> None:
        """Forget it."""
        for pool in self._pools.values():
            pool.pop(digest, None)

    async def forget_unused(self, since: float) -> None:
        """The pools are in the order of use, so this looks at no more than it forgets."""
        for pool in self._pools.values():
            while pool and next(iter(pool.values())).used < since:
                pool.popitem(last=False)


def digest_of(session_id: bytes) -> bytes:
    """What a store knows of an id: a copy of the store signs nobody in."""
    return hashlib.sha256(session_id).digest()


class Session:
    """One visitor's session during one request. Nothing is kept until something is written."""

    def __init__(
        self, session_id: bytes | None, kept: Kept | None, *, sealed: bool, lapsed: bool = False
    ) -> None:
        self._id = session_id if kept else None
        self.kept = kept
        self.lapsed = lapsed  # this browser had one before, which has ended
        self.old_id = self._id
        self.ended = False
        self.use = Use.USUAL
        self.asked = False  # whether a route wanted to know who it is: files are no use of it
        self._sealed = sealed
        self._data: dict[str, JsonValue] = json.loads(kept.data) if kept else {}

    @property
    def data(self) -> dict[str, JsonValue]:
        """What is remembered, to read and to change. Problem 403 while sealed."""
        if self._sealed:
            raise forged()
        return self._data

    @property
    def user(self) -> str | None:
        """The subject that signed in; None for a visitor, and for a device with an access code."""
        return self._text("user")

    @property
    def subject(self) -> str | None:
        """The same also while sealed: whom to count a request for, not whom to serve."""
        value = self._data.get("user")
        return value if isinstance(value, str) else None

    @property
    def token_id(self) -> str | None:
        """The API token whose access code opened this session; it may be revoked since."""
        return self._text("token_id")

    def _text(self, name: str) -> str | None:
        if self._sealed and self.kept:
            raise forged()
        value = self._data.get(name)
        return value if isinstance(value, str) else None

    @property
    def signed_in(self) -> bool:
        """Whether a person or a device is behind it."""
        return "user" in self._data or "token_id" in self._data

    @property
    def csrf_token(self) -> str:
        """To be put into forms, and for scripts into a meta element. Makes a session."""
        code = hmac.digest(self.id, b"statusqr csrf", "sha256")
        return urlsafe_b64encode(code).rstrip(b"=").decode("ascii")

    @property
    def id(self) -> bytes:
        """The id that the cookie will hold."""
        if self._id is None:
            self._id = secrets.token_bytes(ID_BYTES)
        return self._id

    @property
    def wanted(self) -> bool:
        """Whether there is anything to keep."""
        return self._id is not None and not self.ended

    def sign_in(
        self,
        *,
        user: str | None = None,
        token_id: str | None = None,
        data: Mapping[str, JsonValue] | None = None,
    ) -> None:
        """Begin anew under a new id: whoever knew the old one knows nothing of this (fixation)."""
        if self._sealed:
            raise forged()
        if (user is None) == (token_id is None):
            raise ValueError("a person or a device, not both")
        who = {"user": user} if user is not None else {"token_id": token_id}
        self._data = {**(data or {}), **who}
        self._id = secrets.token_bytes(ID_BYTES)
        self.ended = False

    def end(self) -> None:
        """Forget everything; the id opens nothing any more."""
        if self._sealed:
            raise forged()
        self._data = {}
        self._id = None
        self.ended = True

    def open(self, token: str) -> None:
        """Take off the seal if this is the CSRF token."""
        if self.gave(token):
            self._sealed = False

    def gave(self, token: str) -> bool:
        """Whether a page with this CSRF token is of this session, and of no other before it."""
        given = token.encode("utf-8", "surrogateescape")
        return self.old_id is not None and hmac.compare_digest(
            given, self.csrf_token.encode("ascii")
        )

    @property
    def sealed(self) -> bool:
        """Whether the CSRF token has yet to come."""
        return self._sealed

    def dump(self) -> str:
        """The data as a store keeps them; asks for an id where there is something to keep."""
        text = json.dumps(self._data, ensure_ascii=False)
        if len(text) > _MAX_DATA:
            raise ValueError("a session is no place for so much")
        if self._data and not self.ended:
            _ = self.id
        return text


async def session_of(request: Request) -> Session:
    """The session of a request, a dependency of FastAPI; the form is read for its CSRF token.

    Problem 403 where there is a session and the token is missing or wrong.
    """
    session = request.scope[SCOPE_KEY]
    assert isinstance(session, Session)  # noqa: S101 - the middleware Sessions put it there
    session.asked = True
    if session.sealed and session.kept:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in _FORMS:
            token = (await request.form()).get(CSRF_FIELD)
            session.open(token if isinstance(token, str) else "")
        if session.sealed:
            await request.close()  # the files of the form
            raise forged()
    return session


def forged() -> Problem:
    """The answer to what another site may have caused."""
    detail = "Обновите страницу и повторите: так мы убеждаемся, что запрос отправили вы."
    return Problem(403, "FORGED", "Запрос не принят", detail)
