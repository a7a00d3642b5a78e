"""Certificates that a server makes for itself or is given, and reaching it over a real network."""

import ipaddress
import json
import os
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from served import served
from starlette.responses import PlainTextResponse

from statusqr_web.addresses import machine_addresses
from statusqr_web.tls import (
    LASTS,
    ServerCertificate,
    TlsProblem,
    given_certificate,
    local_certificate,
    local_names,
)

HERE = Path(__file__).parent
NOON = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NAMES = frozenset({"localhost", "127.0.0.1", "192.0.2.7", "2001:db8::1", "checkpoint.local"})


def leaf_of(made: ServerCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(made.certificate.read_bytes())


def test_what_the_certificate_says(tmp_path: Path) -> None:
    made = local_certificate(tmp_path / "new" / "tls", NAMES, NOON)
    leaf = leaf_of(made)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == {"localhost", "checkpoint.local"}
    assert {str(each) for each in names.get_values_for_type(x509.IPAddress)} == {
        *("127.0.0.1", "192.0.2.7", "2001:db8::1")
    }
    lasts = leaf.not_valid_after_utc - leaf.not_valid_before_utc
    assert lasts == LASTS == timedelta(days=397)
    assert leaf.not_valid_before_utc == NOON - timedelta(days=1)
    key = leaf.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert (made.through, len(made.fingerprint)) == (leaf.not_valid_after_utc, 95)


def test_the_key_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    made = local_certificate(folder, NAMES, NOON)
    assert made.key.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["certificate.pem", "key.pem"]


def test_it_is_kept(tmp_path: Path) -> None:
    first = local_certificate(tmp_path, NAMES, NOON)
    content = first.key.read_bytes(), first.certificate.read_bytes()
    later = NOON + LASTS - timedelta(days=31, seconds=1)
    # an address that is gone is no reason for a warning on each device
    again = local_certificate(tmp_path, NAMES - {"192.0.2.7"}, later)
    assert again == first
    assert (again.key.read_bytes(), again.certificate.read_bytes()) == content


@pytest.mark.parametrize(
    ("names", "later"),
    [
        (NAMES | {"192.0.2.8"}, timedelta()),
        (NAMES | {"other.local"}, timedelta()),
        (NAMES, LASTS - timedelta(days=30)),
        (NAMES, LASTS * 2),
        (NAMES, -timedelta(days=2)),  # made while the clock was ahead
    ],
)
def test_it_is_made_anew(tmp_path: Path, names: frozenset[str], later: timedelta) -> None:
    first = local_certificate(tmp_path, NAMES, NOON)
    again = local_certificate(tmp_path, names, NOON + later)
    assert again.fingerprint != first.fingerprint
    assert local_certificate(tmp_path, names, NOON + later) == again


@pytest.mark.parametrize("name", ["certificate.pem", "key.pem"])
@pytest.mark.parametrize("content", [None, b"", b"damaged", b"another"])
def test_damage_is_mended(tmp_path: Path, name: str, content: bytes | None) -> None:
    first = local_certificate(tmp_path / "tls", NAMES, NOON)
    path = tmp_path / "tls" / name
    if content is None:
        path.unlink()
    elif content == b"another":  # as after a crash between the two
        local_certificate(tmp_path / "other", NAMES, NOON)
        path.write_bytes((tmp_path / "other" / name).read_bytes())
    else:
        path.write_bytes(content)
    again = local_certificate(tmp_path / "tls", NAMES, NOON)
    assert again.fingerprint != first.fingerprint
    assert given_certificate(again.certificate, again.key, NOON) == again


def test_two_servers_that_start_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: local_certificate(tmp_path, NAMES, NOON), range(16)))
    assert len(made) == 1


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TlsProblem, match="не сохраняется"):
        local_certificate(tmp_path / "file" / "tls", NAMES, NOON)


def test_names_for_a_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Desk-1")
    names = local_names(["192.0.2.7", "2001:db8::1"], ["Checkpoint.Local"])
    assert names == {"localhost", "127.0.0.1", "::1", "desk-1", "192.0.2.7", "2001:db8::1"} | {
        "checkpoint.local"
    }
    monkeypatch.setattr("socket.gethostname", lambda: "стол_1 ")
    assert local_names([]) == {"localhost", "127.0.0.1", "::1"}
    assert local_names([], ["*.example", "-a", "a..b", "a b", ""]) == local_names([])


@cache
def pair() -> tuple[bytes, bytes, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(NOON).not_valid_after(NOON + timedelta(days=10))
    pem = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    return pem, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), key


def locked_key() -> bytes:
    secret = BestAvailableEncryption(b"a passphrase for tests")
    return pair()[2].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, secret)


def other_key() -> bytes:
    key = ec.generate_private_key(ec.SECP384R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_given_certificate(tmp_path: Path) -> None:
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    certificate.write_bytes(pair()[0])
    key.write_bytes(pair()[1])
    given = given_certificate(certificate, key, NOON)
    assert (given.certificate, given.key) == (certificate, key)
    for moment in (NOON - timedelta(seconds=1), NOON + timedelta(days=10, seconds=1)):
        with pytest.raises(TlsProblem, match=r"действует с 21.11.2026 по 01.12.2026 включительно"):
            given_certificate(certificate, key, moment)


@pytest.mark.parametrize(
    ("certificate", "key", "message"),
    [
        (None, pair()[1], r"c\.pem: файл не читается"),
        (pair()[0], None, r"k\.pem: файл не читается"),
        (b"", pair()[1], r"c\.pem: это не сертификат"),
        (pair()[1], pair()[1], r"c\.pem: это не сертификат"),
        (pair()[0], b"", r"k\.pem: это не закрытый ключ"),
        (pair()[0], pair()[0], r"k\.pem: это не закрытый ключ"),
        (pair()[0], locked_key(), r"k\.pem: ключ под паролем"),
        (pair()[0], other_key(), r"k\.pem: ключ не от сертификата"),
    ],
)
def test_a_given_certificate_that_is_wrong(
    tmp_path: Path, certificate: bytes | None, key: bytes | None, message: str
) -> None:
    paths = tmp_path / "c.pem", tmp_path / "k.pem"
    for path, content in zip(paths, (certificate, key), strict=True):
        if content is not None:
            path.write_bytes(content)
    with pytest.raises(TlsProblem, match=message):
        given_certificate(*paths, NOON)


def test_addresses_of_this_machine() -> None:
    for address in machine_addresses():
        parsed = ipaddress.ip_address(address)
        assert not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
        |-- 127.0.0.1
           /32 host LOCAL
     +-- 198.51.100.0/24 2 0 2
        |-- 198.51.100.0
           /24 link UNICAST
        |-- 198.51.100.7
           /32 host LOCAL
        |-- 198.51.100.255
           /32 link BROADCAST
"""
INET6 = """00000000000000000000000000000001 01 80 10 80       lo
20010db8000000000000000000000007 04 40 00 80     eth0
20010db80000000000000000dead0007 04 40 00 01     eth0
20010db80000000000000000dead0008 04 40 00 40     eth0
fe8000000000000000fc00fffe000001 04 40 20 80     eth0
"""


def test_addresses_out_of_the_kernels_tables(tmp_path: Path) -> None:
    (tmp_path / "fib_trie").write_text(TRIE, encoding="ascii")
    (tmp_path / "if_inet6").write_text(INET6, encoding="ascii")
    known = {"198.51.100.7", "2001:db8::7"}
    assert known <= set(machine_addresses(tmp_path)) <= known | set(machine_addresses())
    assert set(machine_addresses(tmp_path / "absent")) <= set(machine_addresses())


NETWORK = """
set -e
ip link set lo up
ip link add eth7 type veth peer name eth8
ip addr add 198.51.100.7/24 dev eth7
ip addr add 2001:db8::7/64 dev eth7 nodad
ip link set eth7 up
ip link set eth8 up
exec "$@"
"""
NAMESPACE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "-r", "--net"]
NAMESPACE += ["sh", "-c", NETWORK, "sh"]


@cache
def own_network() -> bool:
    """Whether this machine lets us have a network of our own."""
    try:
        return (
            subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def reached(command: list[str], folder: Path) -> dict[str, object]:
    """What `reach.py` has found, by address."""
    words = [*command, sys.executable, str(HERE / "reach.py"), str(folder)]
    paths = os.pathsep.join([str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {each.pop("address"): each for each in found}


FINE = {"told": "страница", "refused": True, "named": 421}


def test_over_a_network_of_its_own(tmp_path: Path) -> None:
    """Verified with the made certificate, unknown without it, and by no foreign name."""
    if own_network():
        assert reached(NAMESPACE, tmp_path) == {"198.51.100.7": FINE, "2001:db8::7": FINE}
    else:  # a container that may not: its own addresses, which are not loopback either
        addresses = machine_addresses()
        assert addresses, "neither a network namespace nor an address of our own"
        assert reached([], tmp_path) == dict.fromkeys(addresses, FINE)


def test_over_this_machines_own_addresses(tmp_path: Path) -> None:
    addresses = machine_addresses()
    if not addresses:
        pytest.skip("this machine has loopback only")
    assert reached([], tmp_path) == dict.fromkeys(addresses, FINE)


def test_a_certificate_of_another_machine_is_not_taken(tmp_path: Path) -> None:
    """Of the same names, so that only the key tells them apart."""
    one, other = (local_certificate(tmp_path / name, NAMES, datetime.now(UTC)) for name in "ab")
    page = PlainTextResponse("страница")
    with served(page, certificate=(one.certificate, one.key)) as port:
        url = f"https://127.0.0.1:{port}/"
        trusting = ssl.create_default_context(cafile=one.certificate)
        assert httpx.get(url, verify=trusting, trust_env=False).text == "страница"
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(url, verify=ssl.create_default_context(cafile=other.certificate))
