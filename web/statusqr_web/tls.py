"""Certificates: the one that a server makes for itself, and the one that it is given.

A phone's camera works over TLS only, and a machine in a local network has no name that a public
authority could vouch for. So the server signs a certificate for itself on its first start; each
device shows a warning once, and the fingerprint tells that it is the right one. There is no
authority of our own: its key, lying on a desk's machine, could vouch for any site to every device
that trusts it.
"""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from statusqr_keys.files import locked, write_atomic
from statusqr_schema import StatusQRError

from .hosts import LOOPBACK_HOSTS

LASTS: Final = timedelta(days=397)  # browsers accept no more
_RENEW_BEFORE: Final = timedelta(days=30)
_CLOCKS_DIFFER: Final = timedelta(days=1)  # a device's clock may be behind ours
_DNS_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_MAX_FILE: Final = 2**20


class TlsProblem(StatusQRError):
    """A certificate or key that cannot be used, made or kept."""

    code = "TLS"


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """Two PEM files. `fingerprint`: SHA-256 as browsers show it, for people to compare."""

    certificate: Path
    key: Path
    fingerprint: str
    through: datetime


def local_names(addresses: Iterable[str], names: Iterable[str] = ()) -> frozenset[str]:
    """What a certificate of this machine is for: loopback, its name, `addresses` and `names`."""
    host = socket.gethostname().lower()
    given = {*addresses, *(name.lower() for name in names), *LOOPBACK_HOSTS, host}
    return frozenset(each for each in given if _is_address(each) or _DNS_NAME.fullmatch(each))


def local_certificate(folder: Path, names: Iterable[str], now: datetime) -> ServerCertificate:
    """The certificate kept in `folder`; a new one where there is none that holds.

    It is made anew where it does not cover each of `names`, runs out within a month or is damaged.
    It covers addresses that are gone as well: each new certificate means a warning on each device.
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    wanted = frozenset(names)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locked(folder):
            kept = _load(certificate, key)
            if kept is None or not _still_good(kept, wanted, now):
                kept = _make(certificate, key, wanted, now)
    except OSError as error:
        raise TlsProblem(f"сертификат не сохраняется в {folder}: {error.strerror}") from error
    return _described(certificate, key, kept)


def given_certificate(certificate: Path, key: Path, now: datetime) -> ServerCertificate:
    """The certificate and key that someone else has made, or TlsProblem saying what is wrong."""
    for path in (certificate, key):
        if _read(path) is None:
            raise TlsProblem(f"{path}: файл не читается")
    try:
        leaf = x509.load_pem_x509_certificates(_read(certificate) or b"")[0]
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TlsProblem(f"{certificate}: это не сертификат в виде PEM") from error
    try:
        private = serialization.load_pem_private_key(_read(key) or b"", None)
    except TypeError as error:
        raise TlsProblem(f"{key}: ключ под паролем; сохраните его без пароля") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TlsProblem(f"{key}: это не закрытый ключ в виде PEM") from error
    if private.public_key() != leaf.public_key():
        raise TlsProblem(f"{key}: ключ не от сертификата {certificate}")
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise TlsProblem(
            f"{certificate}: действует с {leaf.not_valid_before_utc:%d.%m.%Y} "
            f"по {leaf.not_valid_after_utc:%d.%m.%Y} включительно"
        )
    return _described(certificate, key, leaf)


def _described(certificate: Path, key: Path, leaf: x509.Certificate) -> ServerCertificate:
    fingerprint = leaf.fingerprint(hashes.SHA256()).hex(":").upper()
    return ServerCertificate(certificate, key, fingerprint, leaf.not_valid_after_utc)


def _load(certificate: Path, key: Path) -> x509.Certificate | None:
    """The certificate if both files are there, whole, and belong together."""
    try:
        leaf = x509.load_pem_x509_certificate(_read(certificate) or b"")
        private = serialization.load_pem_private_key(_read(key) or b"", None)
        return leaf if private.public_key() == leaf.public_key() else None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _still_good(leaf: x509.Certificate, wanted: frozenset[str], now: datetime) -> bool:
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    covered = {*names.get_values_for_type(x509.DNSName)}
    covered |= {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    lasts = leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc - _RENEW_BEFORE
    return lasts and wanted <= covered


def _make(certificate: Path, key: Path, names: frozenset[str], now: datetime) -> x509.Certificate:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "StatusQR")])
    start = now.astimezone(UTC).replace(microsecond=0) - _CLOCKS_DIFFER
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    leaf = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LASTS)
        .add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_only(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),  # the server starts without anybody there
    )
    write_atomic(key, pem, 0o600)
    write_atomic(certificate, leaf.public_bytes(serialization.Encoding.PEM))
    return leaf


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternatives(names: frozenset[str]) -> list[x509.GeneralName]:
    return [
        x509.IPAddress(ip_address(name)) if _is_address(name) else x509.DNSName(name)
        for name in sorted(names)
    ]


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_FILE)
    except OSError:
        return None
