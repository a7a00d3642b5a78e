"""An invented authority that publishes, its web server, and what a thief of its keys can do."""

import functools
import http.server
import shutil
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from statusqr_keys import KeyRecord, KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_keys.distribution.client import sync
from statusqr_keys.distribution.data import TrustData
from statusqr_keys.distribution.fetch import Timeouts
from statusqr_keys.distribution.metadata import Metadata, MetaFile, Snapshot, Targets, Timestamp
from statusqr_keys.distribution.publisher import Publication, publish
from statusqr_keys.distribution.roles import Keyring
from statusqr_keys.distribution.tokens import sign_lists

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHRASE = "верная фраза".encode()
YAR, VLA = "yar-social", "vla-social"
SHORT = Timeouts(silence=0.3, whole=0.8)  # for servers that are left


@dataclass
class Revoked:
    """What is revoked, by issuer and list."""

    entries: dict[tuple[str, int], dict[int, int]] = field(default_factory=dict)

    def lists(self, issuer_id: str) -> Sequence[int]:
        return sorted(number for issuer, number in self.entries if issuer == issuer_id)

    def states(self, issuer_id: str, number: int) -> Mapping[int, int]:
        return self.entries[issuer_id, number]

    def version(self) -> int:
        return 0


@dataclass
class Authority:
    """A store with keys of two issuers, and the folder to which it publishes."""

    folder: Path
    ring: Keyring
    revoked: Revoked = field(default_factory=Revoked)

    @classmethod
    def make(cls, folder: Path) -> "Authority":
        store = KeyStore(folder / "store")
        for issuer in (YAR, VLA):
            for use in (KeyUse.PRINT, KeyUse.STATUS):
                signer = KeySigner.generate()
                record = KeyRecord(signer.public_key, use, AT - 30 * DAY, AT + 3000 * DAY)
                store.add(StoredKey(issuer, "Вымышленный орган", AT, record), signer, PHRASE)
        return cls(folder, Keyring.create(store.folder, PHRASE))

    def copy(self, folder: Path) -> "Authority":
        """The same, elsewhere; with three lists that say something."""
        shutil.copytree(self.folder / "store", folder / "store")
        ring = replace(self.ring, folder=folder / "store" / "tuf")
        revoked = Revoked({(YAR, 0): {5: 1}, (YAR, 1): {}, (VLA, 0): {7: 2}})
        return Authority(folder, ring, revoked)

    @property
    def store(self) -> KeyStore:
        return KeyStore(self.folder / "store")

    @property
    def site(self) -> Path:
        return self.folder / "site"

    @property
    def first_root(self) -> bytes:
        return (self.site / "metadata" / "1.root.json").read_bytes()

    def tokens(self, at: datetime = AT) -> dict[str, bytes]:
        return sign_lists(self.store, self.store.trust_list(at), self.revoked, PHRASE, at)

    def publish(self, at: datetime = AT, to: Path | None = None) -> Publication:
        trust = self.store.trust_list(at)
        return publish(to or self.site, trust, self.tokens(at), self.ring, at)

    def rotate(self, *roles: str) -> None:
        for role in roles:
            self.ring = self.ring.rotate(role)

    def sync(
        self,
        at: datetime = AT,
        *,
        cache: str = "cache",
        source: str = "",
        timeouts: Timeouts | None = None,
    ) -> TrustData:
        where: str | Path = source or self.site
        return sync(where, self.first_root, self.folder / cache, at, timeouts=timeouts)

    def kid(self, issuer: str, use: KeyUse) -> str:
        found = [k for k in self.store.all_keys() if (k.issuer_id, k.record.use) == (issuer, use)]
        return found[-1].kid

    def key(self, issuer: str, use: KeyUse) -> KeySigner:
        return self.store.signer(self.kid(issuer, use), PHRASE)

    def retire(self, issuer: str, use: KeyUse) -> None:
        self.store.retire(self.kid(issuer, use), AT)

    def metadata_file(self, role: str) -> Path:
        """The newest file of a role."""
        if role == "timestamp":
            return self.site / "metadata" / "timestamp.json"
        found = (self.site / "metadata").glob(f"*.{role}.json")
        return max(found, key=lambda path: int(path.name.partition(".")[0]))


def steal(
    authority: Authority,
    roles: Sequence[str],
    *,
    targets: Callable[[Targets], None] | None = None,
    status: Callable[[Targets], None] | None = None,
    timestamp: Callable[[Timestamp], None] | None = None,
    version: int = 0,
) -> None:
    """Publish what the keys of `roles` can sign; what a thief has no key for keeps its signature.

    All changed metadata get a version one higher, or `version`.
    """
    site = authority.site / "metadata"

    def write(metadata: Metadata[Targets] | Metadata[Snapshot], role: str) -> MetaFile:
        metadata.signed.version = version or metadata.signed.version + 1
        if role in roles:
            metadata.signatures.clear()
            for signer in authority.ring.signers(role):
                metadata.sign(signer, append=True)
        data = metadata.to_bytes()
        (site / f"{metadata.signed.version}.{role}.json").write_bytes(data)
        return MetaFile.from_data(metadata.signed.version, data, ["sha256"])

    snapshot = Metadata[Snapshot].from_bytes(authority.metadata_file("snapshot").read_bytes())
    for role, change in (("targets", targets), ("status", status)):
        if change:
            found = Metadata[Targets].from_bytes(authority.metadata_file(role).read_bytes())
            change(found.signed)
            snapshot.signed.meta[f"{role}.json"] = write(found, role)
    stamp = Metadata[Timestamp].from_bytes(authority.metadata_file("timestamp").read_bytes())
    stamp.signed.snapshot_meta = write(snapshot, "snapshot")
    stamp.signed.version = version or stamp.signed.version + 1
    if timestamp:
        timestamp(stamp.signed)
    if "timestamp" in roles:
        stamp.signatures.clear()
        for signer in authority.ring.signers("timestamp"):
            stamp.sign(signer, append=True)
    (site / "timestamp.json").write_bytes(stamp.to_bytes())


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Static files, as any web server gives them."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing to the terminal."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        paths = getattr(self.server, "paths", None)
        if paths is not None:
            paths.append(self.path)


class QuietServer(http.server.ThreadingHTTPServer):
    """On a free port of this machine; notes which paths were asked for."""

    daemon_threads = True

    def __init__(self, handler: Callable[..., http.server.BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests want."""


@contextmanager
def serving(
    folder: Path,
    handler: type[http.server.SimpleHTTPRequestHandler] = QuietHandler,
    tls: ssl.SSLContext | None = None,
) -> Iterator[QuietServer]:
    """A real web server over the folder."""
    server = QuietServer(functools.partial(handler, directory=str(folder)))
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
