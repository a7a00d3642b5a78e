"""The issuing desk: finds the key for a record in the store, takes a status entry, signs.

Whoever's certificate or status is revoked or suspended gets no code of any kind.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from statusqr_keys import KeySigner, KeyStore, StatusIndex, StoredKey
from statusqr_keys.finder import Identity
from statusqr_keys.holds import demand_valid
from statusqr_keys.revocation import Revocations
from statusqr_schema import (
    Categories,
    Disclosure,
    IssueRefused,
    Presentation,
    Snils,
    StatusRecord,
)

from .issuing import Credential, prepare, refusal, sign_claims


@dataclass(frozen=True, slots=True)
class Order:
    """How a run issues: the same for all its records."""

    issued_at: datetime
    presentation: Presentation = Presentation.PRINT
    disclosure: Disclosure = field(default_factory=Disclosure)
    lifetime: timedelta | None = None
    allow_ended: bool = False
    authority: str | None = None  # only keys of this issuer


class Desk:
    """Issues with the keys of one store. Private keys are unlocked once, when first needed."""

    def __init__(
        self,
        store: KeyStore,
        index: StatusIndex,
        revocations: Revocations,
        passphrase: bytes,
        categories: Categories,
    ) -> None:
        self._store = store
        self._keys = store.all_keys()
        self._index = index
        self._revocations = revocations
        self._passphrase = passphrase
        self._categories = categories
        self._signers: dict[str, KeySigner] = {}

    def issue(self, record: StatusRecord, order: Order) -> tuple[Credential, StoredKey]:
        """A credential and the key that signed it; RecordRefused or IssueRefused otherwise.

        The latter has the code REVOKED or SUSPENDED where the certificate or the person is.
        All but the size of the code is judged before a status entry is taken.
        """
        key = self.key_for(record, order)
        content = prepare(
            record,
            key=key.record,
            issued_at=order.issued_at,
            presentation=order.presentation,
            disclosure=order.disclosure,
            lifetime=order.lifetime,
            allow_ended=order.allow_ended,
            categories=self._categories,
        )
        identity = identity_of(record)
        demand_valid(self._revocations.standing(key.issuer_id, identity))
        signer = self._signer(key)
        if order.presentation is Presentation.PRINT:
            (status,) = self._index.allocate(key.issuer_id, 1, identity)
            content = replace(content, status=status)
        return sign_claims(content, signer), key

    def key_for(self, record: StatusRecord, order: Order) -> StoredKey:
        """The newest key that may sign this record; IssueRefused says why there is none."""
        keys = [k for k in self._keys if order.authority in (None, k.issuer_id)]
        reasons = [refusal(key.record, record, order.presentation, order.issued_at) for key in keys]
        fit = [key for key, reason in zip(keys, reasons, strict=True) if reason is None]
        if not fit:
            why = "; ".join(dict.fromkeys(filter(None, reasons))) or "ключей нет"
            raise IssueRefused(f"нет подходящего ключа: {why}", code="NOT_ENTITLED")
        if len({key.issuer_id for key in fit}) > 1:
            raise IssueRefused("подходят ключи разных издателей: выберите --authority")
        return fit[-1]

    def _signer(self, key: StoredKey) -> KeySigner:
        if key.kid not in self._signers:
            self._signers[key.kid] = self._store.signer(key.kid, self._passphrase)
        return self._signers[key.kid]


def identity_of(record: StatusRecord) -> Identity:
    """By what the codes of a record are found: its certificate and its holder."""
    snils = record.holder.snils
    return Identity(record.certificate_number, snils if isinstance(snils, Snils) else None)
