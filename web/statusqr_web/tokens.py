"""API tokens of machines: turnstiles, cash registers, a monitoring system.

::

    sqr_7Yk…                                    what the machine holds: shown once, 32 random bytes
    tokens.json (0600)                          what we hold: SHA-256 of it, name, scopes, days
      {"version": 1, "tokens": [{"id": "4f0c2a91", "name": "Турникет 1", "sha256": "…",
                                 "scopes": ["scans", "verify"], "created": "2026-11-21",
                                 "expires": null}]}

A plain hash is enough, unlike for a password: nobody can try 2^256 tokens, however fast the hash
is, so a slow one would only slow down each request.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from statusqr_keys.files import locked, write_atomic
from statusqr_schema import StatusQRError
from statusqr_schema.days import MOSCOW
from statusqr_schema.strict_json import JsonValue, loads

T = TypeVar("T")
PREFIX = "sqr_"  # lets people and leak scanners know it for what it is
_BYTES = 32
_MAX_FILE = 2**20
_MAX_NAME = 100  # characters


class TokenProblem(StatusQRError):
    """A token file that cannot be used, or a token that cannot be made or found."""

    code = "TOKEN"


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What is known of a token; not the token itself. `expires` is its last day, Moscow time."""

    id: str
    name: str
    digest: bytes
    scopes: frozenset[str]
    created: date
    expires: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it has not run out."""
        return self.expires is None or day <= self.expires


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def moscow_day(moment: datetime) -> date:
    """The day in Moscow, by which tokens begin and end."""
    return moment.astimezone(MOSCOW).date()


class TokenFile:
    """The tokens in a file, for the commands that change it. Errors: TokenProblem."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> tuple[ApiToken, ...]:
        """Every token, the ones that ran out too; none where there is no file."""
        try:
            with self.path.open("rb") as file:
                data = file.read(_MAX_FILE + 1)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise TokenProblem(f"файл ключей доступа не читается: {error.strerror}") from error
        return _parse(data)

    def new(
        self, name: str, scopes: Collection[str], today: date, expires: date | None = None
    ) -> str:
        """Make a token and give it: it cannot be had again."""
        if not 1 <= len(name.strip()) <= _MAX_NAME or not name.isprintable():
            raise TokenProblem(f"имя ключа: от 1 до {_MAX_NAME} печатных знаков")
        if not scopes:
            raise TokenProblem("у ключа должно быть хотя бы одно право (--scope)")
        if expires is not None and expires < today:
            raise TokenProblem("последний день действия ключа уже прошёл")
        token = PREFIX + secrets.token_urlsafe(_BYTES)
        with self._held():
            tokens = self.all()
            if any(other.name == name for other in tokens):
                raise TokenProblem(f"ключ с именем «{name}» уже есть: отзовите его или смените имя")
            made = ApiToken(
                secrets.token_hex(4), name, digest_of(token), frozenset(scopes), today, expires
            )
            self._write((*tokens, made))
        return token

    def revoke(self, name_or_id: str) -> ApiToken:
        """Forget a token; servers refuse it from the next request on."""
        with self._held():
            tokens = self.all()
            found = [token for token in tokens if name_or_id in (token.name, token.id)]
            if len(found) != 1:
                # a token given by mistake is not repeated: messages are kept in logs
                what = "с таким секретом" if name_or_id.startswith(PREFIX) else f"«{name_or_id}»"
                raise TokenProblem(f"нет ключа {what}: имена показывает token list")
            self._write(token for token in tokens if token is not found[0])
        return found[0]

    @contextmanager
    def _held(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path.parent):
                yield
        except OSError as error:
            raise TokenProblem(f"файл ключей доступа не пишется: {error.strerror}") from error

    def _write(self, tokens: Iterable[ApiToken]) -> None:
        document = {"version": 1, "tokens": [to_json(token) for token in tokens]}
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        write_atomic(self.path, text.encode("utf-8"), 0o600)


class TokenBook:
    """The tokens of a running server: the file is read again when it changes, without a restart.

    A file that is gone or damaged opens nothing: gone means no token, damaged is a TokenProblem.
    """

    def __init__(
        self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._file = TokenFile(path)
        self._clock = clock
        self._tokens: tuple[ApiToken, ...] = ()
        self._read_at: tuple[int, int, int] | None = None
        self._refresh()

    def find(self, token: str) -> ApiToken | None:
        """The token that is held and has not run out. The time does not tell which, or how near."""
        digest, found = digest_of(token), None
        for known in self.current():
            if hmac.compare_digest(known.digest, digest):
                found = known
        return found

    def allows(self, token_id: str, scope: str) -> bool:
        """Whether a token that was seen before is still held, with this scope."""
        return any(token.id == token_id and scope in token.scopes for token in self.current())

    def current(self) -> tuple[ApiToken, ...]:
        """The tokens that have not run out."""
        self._refresh()
        today = moscow_day(self._clock())
        return tuple(token for token in self._tokens if token.holds_on(today))

    def _refresh(self) -> None:
        """Read the file if it is another one: each write makes a new one, with a new inode."""
        try:
            found = self._file.path.stat()
            stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        except OSError:
            self._tokens, self._read_at = (), None
            return
        if stamp != self._read_at:
            self._tokens, self._read_at = (), None
            self._tokens = self._file.all()
            self._read_at = stamp


def to_json(token: ApiToken) -> dict[str, JsonValue]:
    """A token as the file holds it."""
    return {
        "id": token.id,
        "name": token.name,
        "sha256": token.digest.hex(),
        "scopes": sorted(token.scopes),
        "created": token.created.isoformat(),
        "expires": token.expires.isoformat() if token.expires else None,
    }


def _parse(data: bytes) -> tuple[ApiToken, ...]:
    try:
        if len(data) > _MAX_FILE:
            raise ValueError("too large")
        document = loads(data.decode("utf-8"))
        if not isinstance(document, dict) or document.get("version") != 1:
            raise ValueError("another version")
        return tuple(map(_from_json, _strict(document, "tokens", list)))
    except ValueError as error:
        raise TokenProblem("файл ключей доступа повреждён: восстановите его из копии") from error


def _from_json(item: JsonValue) -> ApiToken:
    if not isinstance(item, dict):
        raise ValueError("not an object")
    digest = bytes.fromhex(_strict(item, "sha256", str))
    scopes = _strict(item, "scopes", list)
    if len(digest) != hashlib.sha256().digest_size or not all(isinstance(s, str) for s in scopes):
        raise ValueError("a digest of another length, or a scope that is no text")
    return ApiToken(
        _strict(item, "id", str),
        _strict(item, "name", str),
        digest,
        frozenset(scopes),
        date.fromisoformat(_strict(item, "created", str)),
        None if item.get("expires") is None else date.fromisoformat(_strict(item, "expires", str)),
    )


def _strict(item: Mapping[str, JsonValue], name: str, kind: type[T]) -> T:
    value = item.get(name)
    if not isinstance(value, kind):
        raise ValueError(f"{name} is absent or of another type")
    return value
