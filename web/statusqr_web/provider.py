"""An OpenID provider as its relying party knows it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .hosts import is_loopback


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is spoken to that publishes no description of itself."""

    authorization: str
    token: str
    end_session: str | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider, and who we are to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ("openid",)
    ca_file: Path | None = None
    public_url: str | None = None
    name: str = ""
    endpoints: Endpoints | None = None

    @property
    def title(self) -> str:
        """What people know it by: «Войти через …»."""
        return self.name or urlsplit(self.issuer).hostname or self.issuer

    @property
    def origin(self) -> str:
        """Where the way out leads, as far as is known without a description."""
        ending = self.endpoints.end_session if self.endpoints else None
        return origin_of(ending or self.issuer)


def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


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
