"""An invented authority of today: its keys, its credentials of every kind, its publications."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from publishing import PHRASE, YAR, Authority, Revoked
from world import record

from statusqr_issuer import Credential, issue, make_symbol
from statusqr_issuer.pdf import render_pdf
from statusqr_keys import Alg, KeyRecord, KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_keys.distribution.roles import Keyring
from statusqr_schema import Period, Presentation, StatusRecord, StatusReference, qrtext
from statusqr_verifier import trust_source

NAME = "Вымышленное министерство труда Ярославской области"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ENTRY, REVOKED_ENTRY, LATER_ENTRY = (StatusReference(0, n) for n in (4711, 4712, 4713))


def now() -> datetime:
    """The moment, in whole seconds as records have it."""
    return datetime.now(UTC).replace(microsecond=0)


TODAY = now().date()  # of the whole run, whenever it ends


def today(name: str = "R01", *, begins: int = -100, ends: int = 200) -> StatusRecord:
    """One of the good records with a term about today, in days from today."""
    term = Period(TODAY + begins * DAY, TODAY + ends * DAY)
    return _shifted(record(name), term, min(TODAY - 30 * DAY, term.valid_from))


def _shifted(known: StatusRecord, term: Period, established: date) -> StatusRecord:
    return replace(
        known,
        period=term,
        established_on=established,
        basis=replace(known.basis, dated=established) if known.basis else None,
        measures_through=None,
        data_as_of=now() - DAY,
    )


@dataclass(frozen=True)
class Office:
    """The authority with a key for each use, and what it has published."""

    authority: Authority

    @classmethod
    def open(cls, folder: Path, published: timedelta = HOUR) -> "Office":
        """Published that long ago, with one revoked entry."""
        store = KeyStore(folder / "store")
        made = now()
        for use in (KeyUse.PRINT, KeyUse.LIVE, KeyUse.STATUS):
            signer = KeySigner.generate(Alg.ED25519 if use is KeyUse.LIVE else Alg.ES256)
            term = made - 800 * DAY, made + 800 * DAY
            key = KeyRecord(signer.public_key, use, *term)
            store.add(StoredKey(YAR, NAME, made, key), signer, PHRASE)
        revoked = Revoked({(YAR, 0): {REVOKED_ENTRY.index: 1}})
        office = cls(Authority(folder, Keyring.create(store.folder, PHRASE), revoked))
        office.authority.publish(made - published)
        return office

    def cache(self, folder: Path, at: datetime | None = None) -> Path:
        """What a checkpoint has after `sync`."""
        root = self.authority.folder / "given.json"
        root.write_bytes(self.authority.first_root)
        trust_source.synchronise(str(self.authority.site), root, folder, at or now())
        return folder

    def revoke(self, entry: StatusReference) -> None:
        """Publish that this entry is revoked."""
        self.authority.revoked.entries[YAR, 0][entry.index] = 1
        self.authority.publish(now())

    def issue(
        self,
        what: StatusRecord | None = None,
        *,
        ago: timedelta = HOUR,
        lifetime: timedelta | None = None,
        entry: StatusReference = ENTRY,
        presentation: Presentation = Presentation.PRINT,
    ) -> Credential:
        """A credential that was issued that long ago."""
        signer, key = _key(self.authority.folder, KeyUse.for_presentation(presentation))
        return issue(
            what or today(),
            signer,
            key=key,
            issued_at=now() - ago,
            status=entry if presentation is Presentation.PRINT else None,
            presentation=presentation,
            lifetime=lifetime,
            allow_ended=True,
        )

    def live(self, ago: timedelta = timedelta()) -> Credential:
        """A live code that a phone made that long ago."""
        return self.issue(ago=ago, presentation=Presentation.LIVE)

    def pdf(self, credential: Credential) -> bytes:
        """The printed certificate."""
        shown = credential.claims.record
        return render_pdf(credential, shown, NAME, make_symbol(credential.text))


@cache
def _key(folder: Path, use: KeyUse) -> tuple[KeySigner, KeyRecord]:
    """Out of the store, which takes a while to unlock."""
    store = KeyStore(folder / "store")
    (found,) = [key for key in store.all_keys() if key.record.use is use]
    return store.signer(found.kid, PHRASE), found.record


def changed(text: str) -> str:
    """The same code with a signature that does not hold; its framing is right."""
    data = bytearray(qrtext.decode(text))
    data[-5] ^= 1
    return qrtext.encode(bytes(data))
