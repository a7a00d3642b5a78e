"""The login provider and who may enter, from a TOML file.

::

    issuer = "https://login.example.ru"         # as its discovery document names itself
    client_id = "checkpoint"
    client_secret_file = "client-secret"        # beside this file; or client_secret = "…"
    scopes = ["openid", "groups"]               # "openid" is always asked for
    ca_file = "ca.pem"                          # its certificate authority, unless the system's
    public_url = "https://checkpoint.local:8653"    # ours, where a proxy hides it

    [staff]
    name_claim = "preferred_username"           # what we call the person; default: sub
    access_claim = "groups"                     # who may enter: this claim …
    access_value = "checkpoint"                 # … is this value, or a list that contains it
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from statusqr_schema import StatusQRError
from statusqr_schema.strict_json import JsonValue

from .hosts import is_loopback

_FIELDS: Final = ("issuer", "client_id", "client_secret", "client_secret_file", "scopes")
_FIELDS_MORE: Final = ("ca_file", "public_url", "staff")
_STAFF_FIELDS: Final = ("name_claim", "access_claim", "access_value")


class LoginConfigRefused(StatusQRError):
    """A file of the login that is wrong somewhere; the message names every place."""

    code = "LOGIN_CONFIG"


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid",)
    ca_file: Path | None = None
    public_url: str | None = None

    @property
    def origin(self) -> str:
        """For the content policy's `form-action`: the way out leads there."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class StaffRule:
    """Which claim names a member of staff, and which claim must hold which value."""

    name_claim: str
    access_claim: str
    access_value: str


@dataclass(frozen=True, slots=True)
class LoginConfig:
    """What the file says."""

    provider: Provider
    staff: StaffRule


def load_login(path: Path) -> LoginConfig:
    """Read the file, or LoginConfigRefused."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LoginConfigRefused(f"{path.name}: не читается: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LoginConfigRefused(f"{path.name}: не TOML: {error}") from error
    reader = _Reader(path.parent, document)
    config = reader.read()
    if reader.faults:
        raise LoginConfigRefused(f"{path.name}: " + "; ".join(reader.faults))
    return config


def is_safe_url(text: str) -> bool:
    """Whether a URL is TLS, or within this machine, without anything beside host and path."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    plain = text.isascii() and text.isprintable() and not set(text) & set(' "<>\\^`{|}')
    bare = not (parts.query or parts.fragment or "@" in parts.netloc or "?" in text or "#" in text)
    known = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    return plain and bare and known and bool(host)


class _Reader:
    """Reads field by field and notes what is wrong."""

    def __init__(self, folder: Path, document: Mapping[str, JsonValue]) -> None:
        self._folder = folder
        self._document = document
        self.faults: list[str] = []

    def read(self) -> LoginConfig:
        """The configuration; of no use where there are faults."""
        staff = self._document.get("staff")
        if not isinstance(staff, dict):
            self.faults.append("staff: нужен раздел [staff]")
            staff = {"access_claim": "?", "access_value": "?"}
        self._unknown(self._document, (*_FIELDS, *_FIELDS_MORE), "")
        self._unknown(staff, _STAFF_FIELDS, "staff.")
        provider = Provider(
            self._url("issuer") or "",
            self._text(self._document, "client_id"),
            self._secret(),
            self._scopes(),
            self._file("ca_file"),
            self._url("public_url") if "public_url" in self._document else None,
        )
        rule = StaffRule(
            self._text(staff, "name_claim", "staff.") if "name_claim" in staff else "sub",
            self._text(staff, "access_claim", "staff."),
            self._text(staff, "access_value", "staff."),
        )
        return LoginConfig(provider, rule)

    def _unknown(self, given: Mapping[str, JsonValue], known: tuple[str, ...], prefix: str) -> None:
        self.faults += [f"{prefix}{name}: нет такого поля" for name in given if name not in known]

    def _text(self, given: Mapping[str, JsonValue], name: str, prefix: str = "") -> str:
        value = given.get(name)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value
        self.faults.append(f"{prefix}{name}: нужен непустой текст")
        return ""

    def _url(self, name: str) -> str | None:
        value = self._document.get(name)
        if isinstance(value, str) and is_safe_url(value):
            return value.rstrip("/") if name == "public_url" else value
        self.faults.append(f"{name}: нужен адрес https://… (http только для этого компьютера)")
        return None

    def _scopes(self) -> tuple[str, ...]:
        value = self._document.get("scopes", [])
        if not isinstance(value, list):
            value = [None]
        scopes = [scope for scope in value if isinstance(scope, str) and scope.isprintable()]
        if len(scopes) < len(value) or any(not scope or " " in scope for scope in scopes):
            self.faults.append('scopes: нужен список слов, например ["openid", "groups"]')
        return tuple(dict.fromkeys(["openid", *scopes]))

    def _secret(self) -> str:
        if ("client_secret" in self._document) == ("client_secret_file" in self._document):
            self.faults.append("client_secret: нужно одно из двух: оно или client_secret_file")
            return ""
        if "client_secret" in self._document:
            return self._text(self._document, "client_secret")
        path = self._file("client_secret_file")
        if path is None:
            return ""
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            secret = ""
        if not secret:
            self.faults.append("client_secret_file: файл не читается или пуст")
        return secret

    def _file(self, name: str) -> Path | None:
        if name not in self._document:
            return None
        path = self._folder / self._text(self._document, name)
        if not path.is_file():
            self.faults.append(f"{name}: нет такого файла")
            return None
        return path
