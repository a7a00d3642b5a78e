"""The trust list: the one document a verifier needs besides the code itself.

It is loaded wholly or not at all: every part is checked, every kid recomputed from its key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from types import MappingProxyType

from statusqr_schema import KeyProblem, TrustListRefused
from statusqr_schema.strict_json import JsonValue

from .trust import Issuer, KeyRecord
from .trust_json import issuers_from_json, issuers_to_json

MAX_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class TrustList:
    """Issuers by the kid of their keys. `published` is when the list was made, if it says so."""

    issuers: tuple[Issuer, ...]
    published: datetime | None
    _by_kid: Mapping[bytes, tuple[Issuer, KeyRecord]]

    @classmethod
    def of(cls, issuers: Iterable[Issuer], published: datetime | None = None) -> "TrustList":
        """A list of `issuers`, or KeyProblem where a kid or an issuer's id stands twice."""
        issuers = tuple(issuers)
        if len({issuer.id for issuer in issuers}) < len(issuers):
            raise KeyProblem("издатель указан дважды")
        pairs = [(key.kid, (issuer, key)) for issuer in issuers for key in issuer.keys]
        by_kid = MappingProxyType(dict(pairs))
        if len(by_kid) < len(pairs):
            raise KeyProblem("один ключ указан дважды")
        return cls(issuers, published, by_kid)

    @classmethod
    def parse(cls, text: str) -> "TrustList":
        """The list in a JSON text, or TrustListRefused."""
        try:
            return cls.of(*issuers_from_json(text))
        except KeyProblem as error:
            raise TrustListRefused(f"issuers: {error.message}") from error

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "TrustList":
        """The list in a file, or TrustListRefused with what is wrong and where."""
        try:
            with Path(path).open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:  # ValueError: a path that no system can have
            why = getattr(error, "strerror", None) or "такого пути не бывает"
            raise TrustListRefused(f"список доверия не открывается: {why}") from error
        if len(data) > MAX_BYTES:
            raise TrustListRefused("список доверия слишком велик")
        try:
            return cls.parse(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise TrustListRefused("список доверия не в UTF-8") from error

    def find(self, kid: bytes) -> tuple[Issuer, KeyRecord] | None:
        """The issuer and key with this kid."""
        return self._by_kid.get(kid)

    def to_json(self) -> dict[str, JsonValue]:
        """The document of the list."""
        return issuers_to_json(self.issuers, self.published)
