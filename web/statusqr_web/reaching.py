"""How people reach a server: its addresses, its certificate, what its command says to them."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from .address_qr import address_qr
from .addresses import machine_addresses
from .hosts import hosts_for, is_loopback
from .running import Address
from .tls import ServerCertificate, given_certificate, local_certificate, local_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The options of a `serve` command that say where the server is.

    `certificate` and `key` are given both or neither; `tls_folder` is for those that are made.
    """

    host: str
    port: int
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    tls_folder: Path = Path("statusqr-tls")
    proxies: tuple[str, ...] = ()

    @property
    def reached(self) -> tuple[str, ...]:
        """By what it can be reached, for `refuse_open_door`.

        Behind a proxy, or by a name of its own, a server is reached from outside wherever it
        listens.
        """
        outside = tuple(name for name in self.names if not is_loopback(name))
        return (self.host, *outside, *("0.0.0.0" for _ in self.proxies))  # noqa: S104 - judged only

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses at which devices find it; none on loopback."""
        if is_loopback(self.host):
            return ()
        anywhere = self.host in ("", "0.0.0.0", "::")  # noqa: S104 - compared
        return machine_addresses() if anywhere else (self.host,)

    @property
    def hosts(self) -> frozenset[str]:
        """What the Host header may name."""
        return hosts_for(self.host, self.addresses, self.names)

    @property
    def shown(self) -> str:
        """The host in the address that people are told."""
        return next(iter((*self.names, *self.addresses)), self.host)

    def server_certificate(self) -> ServerCertificate | None:
        """The one given; off loopback one of our own, made if need be; none on loopback."""
        now = datetime.now(UTC)
        if self.certificate is not None and self.key is not None:
            return given_certificate(self.certificate, self.key, now)
        if is_loopback(self.host):
            return None
        return local_certificate(self.tls_folder, local_names(self.addresses, self.names), now)

    def secure(self, address: Address) -> bool:
        """Whether browsers reach it by TLS: its own, or that of a proxy."""
        return address.secure or bool(self.proxies)


def tell(title: str, address: Address, shown: str) -> None:
    """Where the page is; for phones also as a QR, and how to know the certificate."""
    url = address.url(shown)
    typer.echo(f"{title}: {url}")
    if address.certificate is not None:
        if sys.stdout.isatty():
            typer.echo(address_qr(url))
        typer.echo(f"Отпечаток сертификата (SHA-256): {address.certificate.fingerprint}")
    typer.echo("Остановить: Ctrl+C")
    sys.stdout.flush()
