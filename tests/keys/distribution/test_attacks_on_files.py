"""Files that are endless, slow, too long, not the ones named; status lists where they belong not.

The network attacks run against a real web server that behaves as the attacker wants.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from publishing import (
    AT,
    HOUR,
    SHORT,
    VLA,
    YAR,
    Authority,
    QuietHandler,
    serving,
    steal,
)

from statusqr_keys import KeySigner, KeyUse, StatusList
from statusqr_keys.distribution.client import sync
from statusqr_keys.distribution.fetch import Timeouts
from statusqr_keys.distribution.layout import status_path
from statusqr_keys.distribution.metadata import TargetFile, Targets
from statusqr_keys.distribution.offline import load
from statusqr_keys.status_token import sign
from statusqr_schema import SyncFailed

ONLINE = ["status", "snapshot", "timestamp"]


def offer(
    authority: Authority, path: str, token: bytes, *, at: str = "", named: bytes = b""
) -> None:
    """Have a list published at a path, as a thief of the online keys would."""

    def change(status: Targets) -> None:
        file = TargetFile.from_data(path, named or token, ["sha256"])
        status.targets[path] = file
        folder, _, name = path.rpartition("/")
        where = authority.site / "targets" / folder / f"{file.hashes['sha256']}.{name}"
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(token)

    steal(authority, ONLINE, status=change)


def token(
    signer: KeySigner, subject: str, *, entry: int = 6, issued: int = 60, state: int = 1
) -> bytes:
    instant = int(AT.timestamp()) + issued
    made = StatusList.of(
        {entry: state}, subject=subject, issued_at=instant, expires_at=instant + 14 * 86400
    )
    return sign(made, signer)


@pytest.fixture
def synced(authority: Authority) -> Authority:
    authority.publish()
    authority.sync()
    return authority


def test_a_newer_list_of_the_issuer_is_taken(synced: Authority) -> None:
    """So that the refusals below are for the reason they name."""
    path = status_path(YAR, 0)
    offer(synced, path, token(synced.key(YAR, KeyUse.STATUS), path, issued=30))
    data = synced.sync(AT + HOUR)
    assert data.lists[YAR, 0].lookup(6) == 1
    assert data.problems == ()


MakeToken = Callable[[Authority], bytes]
REFUSED: dict[str, tuple[str, MakeToken]] = {
    "another list of the same issuer": (
        "другим адресом",
        lambda a: token(a.key(YAR, KeyUse.STATUS), status_path(YAR, 1), issued=30),
    ),
    "the list of another issuer": (
        "не принадлежит этому издателю",
        lambda a: token(a.key(VLA, KeyUse.STATUS), status_path(VLA, 0), issued=30),
    ),
    "another issuer's key on this address": (
        "не принадлежит этому издателю",
        lambda a: token(a.key(VLA, KeyUse.STATUS), status_path(YAR, 0), issued=30),
    ),
    "a print key": (
        "не для списков отзыва",
        lambda a: token(a.key(YAR, KeyUse.PRINT), status_path(YAR, 0), issued=30),
    ),
    "an unknown key": (
        "не принадлежит этому издателю",
        lambda a: token(KeySigner.generate(), status_path(YAR, 0), issued=30),
    ),
    "an older list": (
        "старее уже виденного",
        lambda a: token(a.key(YAR, KeyUse.STATUS), status_path(YAR, 0), issued=-3600),
    ),
    "a list from the future": (
        "позже, чем опубликован",
        lambda a: token(a.key(YAR, KeyUse.STATUS), status_path(YAR, 0), issued=3600),
    ),
    "no list at all": ("это не список отзыва", lambda a: b"nothing"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_list_that_is_not_this_one_leaves_the_list_that_is_held(
    synced: Authority, what: str
) -> None:
    why, make = REFUSED[what]
    before = synced.sync()
    offer(synced, status_path(YAR, 0), make(synced))
    data = synced.sync(AT + HOUR)
    assert data.lists == before.lists
    assert len(data.problems) == 1
    assert data.problems[0].startswith(f"status/{YAR}/0.cwt: ")
    assert why in data.problems[0]
    assert load(synced.folder / "cache", synced.first_root) == data


@pytest.mark.parametrize("what", [what for what in REFUSED if what != "an older list"])
def test_a_new_verifier_has_no_list_then(synced: Authority, what: str) -> None:
    offer(synced, status_path(YAR, 0), REFUSED[what][1](synced))
    data = synced.sync(AT + HOUR, cache="new")
    assert (YAR, 0) not in data.lists
    assert (YAR, 1) in data.lists
    assert len(data.problems) == 1


def test_a_list_that_vanishes_goes_on_to_be_used(synced: Authority) -> None:
    steal(synced, ONLINE, status=lambda status: status.targets.clear())
    assert synced.sync(AT + HOUR).lists[YAR, 0].lookup(5) == 1
    assert synced.sync(AT + HOUR).lists[YAR, 0].lookup(5) == 1


def test_the_list_of_a_stranger_is_left_out(synced: Authority) -> None:
    path = status_path("nobody", 0)
    offer(synced, path, token(KeySigner.generate(), path))
    assert synced.sync(AT + HOUR).problems == (f"{path}: этого издателя нет в списке доверия",)


def test_one_bad_file_does_not_hold_up_the_others(synced: Authority) -> None:
    path = status_path(YAR, 0)
    good = token(synced.key(YAR, KeyUse.STATUS), path, issued=30)
    for served in (good[:-1] + b"!", good[:-1], good + b"!"):  # hash, too short, too long
        offer(synced, path, served, named=good)
        data = synced.sync(AT + HOUR)
        assert data.problems == (f"{path}: файла нет",)
        assert data.lists[YAR, 0].lookup(5) == 1


@pytest.mark.parametrize("served", [b"", b"{}", b"x" * 5000])
def test_without_the_trust_list_nothing_is_taken(synced: Authority, served: bytes) -> None:
    for path in (synced.site / "targets/trust").iterdir():
        path.write_bytes(served)
    with pytest.raises(SyncFailed) as caught:
        synced.sync(AT + HOUR, cache="new")
    assert caught.value.code == "SYNC_REFUSED"


def test_a_list_that_is_named_too_long_is_not_fetched(synced: Authority) -> None:
    def change(status: Targets) -> None:
        status.targets[status_path(YAR, 0)].length = 2**40

    steal(synced, ONLINE, status=change)
    with pytest.raises(SyncFailed) as caught:
        synced.sync(AT + HOUR)
    assert caught.value.code == "SYNC_REFUSED"


class Hostile(QuietHandler):
    """Behaves for paths that end in `ending`, else as any web server."""

    ending = "/timestamp.json"

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        if self.path.endswith(self.ending):
            self.misbehave()
        else:
            super().do_GET()

    def misbehave(self) -> None:
        raise NotImplementedError

    def trickle(self, first: bytes, rest: bytes) -> None:
        """A byte at a time, always before a socket would be called silent."""
        self.close_connection = True
        self.wfile.write(first)
        while True:
            self.wfile.write(rest)
            time.sleep(0.02)


class Endless(Hostile):
    def misbehave(self) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            self.wfile.write(b" " * 65536)


class SlowBody(Hostile):
    def misbehave(self) -> None:
        self.trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" ")


class SlowHeaders(Hostile):
    def misbehave(self) -> None:
        self.trickle(b"HTTP/1.1 200 OK\r\nX: ", b"x")


class Silent(Hostile):
    def misbehave(self) -> None:
        self.close_connection = True
        self.connection.recv(1)


class Gzip(Hostile):
    """A bomb behind the compression of HTTP, which we never asked for."""

    def misbehave(self) -> None:
        import gzip

        body = gzip.compress(b" " * 50_000_000)
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Cut(Hostile):
    def misbehave(self) -> None:
        self.close_connection = True
        self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"signed"')


class Failing(Hostile):
    def misbehave(self) -> None:
        self.send_error(500)


ENDINGS = ["/2.root.json", "/timestamp.json", "/1.snapshot.json", ".trust-list.json"]
HOSTILE: list[tuple[type[Hostile], str, set[str]]] = [
    (handler, ending, codes)
    for handler, codes in (
        (Endless, {"SYNC_REFUSED"}),
        (SlowBody, {"SYNC_SLOW"}),
        (SlowHeaders, {"SYNC_SLOW"}),
        (Silent, {"SYNC_SLOW"}),
        (Gzip, {"SYNC_REFUSED"}),
        (Cut, {"SYNC_UNREACHABLE", "SYNC_REFUSED"}),
        (Failing, {"SYNC_UNREACHABLE"}),
    )
    for ending in (ENDINGS if handler in (Endless, SlowBody) else ENDINGS[1:2])
]


@pytest.mark.parametrize(("handler", "ending", "codes"), HOSTILE)
def test_a_hostile_server_is_left(
    authority: Authority, handler: type[Hostile], ending: str, codes: set[str]
) -> None:
    authority.publish()
    kind = type("Here", (handler,), {"ending": ending})
    # These servers never end by themselves: that the call ends is what is shown.
    timeouts = SHORT if "SYNC_SLOW" in codes else None
    with serving(authority.site, kind) as server, pytest.raises(SyncFailed) as caught:
        authority.sync(source=server.url, timeouts=timeouts)
    assert caught.value.code in codes


def test_a_server_that_never_answers_the_handshake_is_left(
    authority: Authority,
) -> None:
    authority.publish()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        source = f"https://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(SyncFailed) as caught:
            authority.sync(source=source, timeouts=SHORT)
    assert caught.value.code == "SYNC_SLOW"


def test_a_slow_line_that_is_honest_finishes_in_several_runs(authority: Authority) -> None:
    """Whatever has arrived stays."""
    authority.publish()
    cut = threading.Event()

    class Cutting(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802 - the library's name
            if self.path.endswith(".cwt") and not cut.is_set():
                cut.set()
                self.close_connection = True
                return
            super().do_GET()

    with serving(authority.site, Cutting) as server:
        with pytest.raises(SyncFailed):
            authority.sync(source=server.url)
        server.paths.clear()
        assert authority.sync(source=server.url).problems == ()
        assert not any("trust-list" in path for path in server.paths)


def test_data_that_come_earn_more_time(authority: Authority) -> None:
    """The deadline is for those who do not deliver."""
    authority.publish()

    class Unhurried(QuietHandler):
        def copyfile(self, source: object, outputfile: object) -> None:
            time.sleep(0.05)
            super().copyfile(source, outputfile)  # type: ignore[arg-type]

    cache = authority.folder / "cache"
    with serving(authority.site, Unhurried) as server:
        for whole, passes in ((0.15, False), (0.15, True)):
            rate = 1000 if passes else 10**9
            limits = Timeouts(silence=1, whole=whole, least_rate=rate)
            if passes:
                data = sync(server.url, authority.first_root, cache, AT, timeouts=limits)
                assert data.problems == ()
            else:
                with pytest.raises(SyncFailed):
                    sync(server.url, authority.first_root, cache, AT, timeouts=limits)


def test_a_pipe_on_a_stick_does_not_hold_us(authority: Authority) -> None:
    import os

    authority.publish()
    path = authority.site / "metadata/timestamp.json"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SyncFailed) as caught:
        authority.sync()
    assert caught.value.code == "SYNC_UNREACHABLE"


def test_no_address_leads_out_of_http(authority: Authority) -> None:
    """A redirect to a file of this machine is not followed."""
    authority.publish()

    class Elsewhere(Hostile):
        def misbehave(self) -> None:
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serving(authority.site, Elsewhere) as server, pytest.raises(SyncFailed) as caught:
        sync(server.url, authority.first_root, authority.folder / "c", AT, timeouts=SHORT)
    assert caught.value.code in ("SYNC_UNREACHABLE", "SYNC_REFUSED")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for this machine, with its key, in one PEM file."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - HOUR)
        .not_valid_after(now + HOUR)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, SHA256())
    )
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path / "certificate.pem"
    path.write_bytes(key + made.public_bytes(Encoding.PEM))
    return path


@pytest.mark.parametrize("known", [True, False])
def test_over_tls_only_a_known_certificate_will_do(
    authority: Authority, certificate: Path, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.publish()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(authority.site, tls=context) as server:
        source = server.url.replace("http:", "https:")
        if known:
            assert authority.sync(source=source).problems == ()
        else:
            with pytest.raises(SyncFailed) as caught:
                authority.sync(source=source)
            assert caught.value.code == "SYNC_UNREACHABLE"
