"""The login provider and who may enter, from a TOML file.

::

    name = "Вход сотрудников"                   # what people know it by; default: its host
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

In place of `[staff]`, where citizens log in (what is shown are the defaults)::

    [citizen]
    snils_claim = "snils"                       # «112-233-445 95» or eleven digits
    confirmed_claim = "trusted"                 # an account is confirmed if this claim …
    confirmed_value = true                      # … is this value
    family_name_claim = "family_name"
    given_name_claim = "given_name"
    patronymic_claim = "middle_name"
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from statusqr_schema import StatusQRError
from statusqr_schema.strict_json import JsonValue

from .provider import Provider as Provider
from .provider import is_safe_url as is_safe_url

_FIELDS: Final = ("issuer", "client_id", "client_secret", "client_secret_file", "scopes")
_FIELDS_MORE: Final = ("name", "ca_file", "public_url")
_STAFF_FIELDS: Final = ("name_claim", "access_claim", "access_value")
_CITIZEN_FIELDS: Final = (
    *("snils_claim", "confirmed_claim", "confirmed_value"),
    *("family_name_claim", "given_name_claim", "patronymic_claim"),
)
_ANOTHER: Final = {
    "staff": "этот файл – для входа сотрудников (statusqr-verifier serve)",
    "citizen": "этот файл – для входа граждан (statusqr-issuer serve)",
}
_ENOUGH: Final[Mapping[str, JsonValue]] = {"access_claim": "?", "access_value": "?"}


class LoginConfigRefused(StatusQRError):
    """A file of the login that is wrong somewhere; the message names every place."""

    code = "LOGIN_CONFIG"


@dataclass(frozen=True, slots=True)
class StaffRule:
    """Which claim names a member of staff, and which claim must hold which value."""

    name_claim: str
    access_claim: str
    access_value: str


@dataclass(frozen=True, slots=True)
class CitizenRule:
    """Which claims tell who a citizen is, and that the provider has seen their passport."""

    snils_claim: str = "snils"
    confirmed_claim: str = "trusted"
    confirmed_value: str | int = True
    family_name_claim: str = "family_name"
    given_name_claim: str = "given_name"
    patronymic_claim: str = "middle_name"


@dataclass(frozen=True, slots=True)
class LoginConfig:
    """What the file says where staff log in."""

    provider: Provider
    staff: StaffRule


@dataclass(frozen=True, slots=True)
class CitizenLogin:
    """What the file says where citizens log in."""

    provider: Provider
    citizen: CitizenRule = CitizenRule()


def load_login(path: Path) -> LoginConfig:
    """Read the file of a login of staff, or LoginConfigRefused."""
    with _reading(path) as reader:
        return LoginConfig(reader.provider("staff"), reader.staff())


def load_citizen_login(path: Path) -> CitizenLogin:
    """Read the file of a login of citizens, or LoginConfigRefused."""
    with _reading(path) as reader:
        return CitizenLogin(reader.provider("citizen"), reader.citizen())


@contextmanager
def _reading(path: Path) -> Iterator["_Reader"]:
    """What is made within is of no use where there are faults: they are raised."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LoginConfigRefused(f"{path.name}: не читается: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LoginConfigRefused(f"{path.name}: не TOML: {error}") from error
    reader = _Reader(path.parent, document)
    yield reader
    if reader.faults:
        raise LoginConfigRefused(f"{path.name}: " + "; ".join(reader.faults))


class _Reader:
    """Reads field by field and notes what is wrong."""

    def __init__(self, folder: Path, document: Mapping[str, JsonValue]) -> None:
        self._folder = folder
        self._document = document
        self.faults: list[str] = []

    def provider(self, section: str) -> Provider:
        """The provider, in a file that is to have this section."""
        self._only(section)
        self._unknown(self._document, (*_FIELDS, *_FIELDS_MORE, *_ANOTHER), "")
        return Provider(
            self._url("issuer") or "",
            self._text(self._document, "client_id"),
            self._secret(),
            self._scopes(),
            self._file("ca_file"),
            self._url("public_url") if "public_url" in self._document else None,
            self._text(self._document, "name") if "name" in self._document else "",
        )

    def staff(self) -> StaffRule:
        """The section [staff]."""
        staff = self._section("staff")
        self._unknown(staff, _STAFF_FIELDS, "staff.")
        return StaffRule(
            self._text(staff, "name_claim", "staff.") if "name_claim" in staff else "sub",
            self._text(staff, "access_claim", "staff."),
            self._text(staff, "access_value", "staff."),
        )

    def citizen(self) -> CitizenRule:
        """The section [citizen]."""
        citizen = self._section("citizen")
        self._unknown(citizen, _CITIZEN_FIELDS, "citizen.")
        claims = {
            name: self._text(citizen, name, "citizen.")
            for name in _CITIZEN_FIELDS
            if name in citizen and name != "confirmed_value"
        }
        value = citizen.get("confirmed_value", True)
        if not isinstance(value, str | int):
            self.faults.append("citizen.confirmed_value: нужно true, текст или целое число")
            value = True
        return CitizenRule(**claims, confirmed_value=value)

    def _only(self, section: str) -> None:
        """Note what is wrong with the sections: the one that is wanted, and no other."""
        others = [name for name in _ANOTHER if name != section and name in self._document]
        if not isinstance(self._document.get(section), dict):
            told = _ANOTHER[others[0]] + "; " if others else ""
            self.faults.append(f"{section}: {told}нужен раздел [{section}]")
        elif others:
            self.faults.append(f"{others[0]}: {_ANOTHER[others[0]]}; нужен один раздел")

    def _section(self, name: str) -> Mapping[str, JsonValue]:
        """The section; where there is none, that was noted, and nothing more is."""
        section = self._document.get(name)
        return section if isinstance(section, dict) else _ENOUGH

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
