"""The issuing desk: finds the key for a record in the store, takes a status entry, signs.

Whoever's certificate or status is revoked or suspended gets no code of any kind. `Desk.issue` sees
to it; who calls `prepare` and `sign` himself looks at the holds and takes the status entry between
them, as the account does with a printout's row.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from statusqr_keys import KeyStore, StatusIndex, StoredKey
from statusqr_keys.finder import Identity
from statusqr_keys.holds import demand_valid
from statusqr_keys.revocation import Revocations
from statusqr_schema import (
    Categories,
    Claims,
    Disclosure,
    IssueRefused,
    Presentation,
    RegisterEntry,
    Snils,
    StatusRecord,
)

from .issuing import Credential, prepare, refusal, sign_claims
from .key_ring import KeyRing


@dataclass(frozen=True, slots=True)
class Order:
    """How a run issues: the same for all its records."""

    issued_at: datetime
    presentation: Presentation = Presentation.PRINT
    disclosure: Disclosure = field(default_factory=Disclosure)
    lifetime: timedelta | None = None
    allow_ended: bool = False
    authority: str | None = None  # only keys of this issuer


@dataclass(frozen=True, slots=True)
class Draft:
    """What may be signed, and with which key; a printed code still lacks its status entry."""

    content: Claims
    key: StoredKey
    identity: Identity


@dataclass(frozen=True, slots=True)
class Issued:
    """A code, the entry that it states, and remarks on how it was issued."""

    credential: Credential
    key: StoredKey
    entry: RegisterEntry = field(repr=False)
    remarks: tuple[str, ...] = ()


class Desk:
    """Issues with the keys of one store, from several threads at once.

    Private keys are unlocked once, when first needed. Keys that were added, retired or compromised
    meanwhile are seen at the next code.
    """

    def __init__(
        self,
        store: KeyStore,
        index: StatusIndex,
        revocations: Revocations,
        passphrase: bytes,
        categories: Categories,
    ) -> None:
        self._ring = KeyRing(store, passphrase)
        self._index = index
        self._revocations = revocations
        self._categories = categories

    def issue(self, record: StatusRecord, order: Order) -> tuple[Credential, StoredKey]:
        """A credential and the key that signed it; RecordRefused or IssueRefused otherwise.

        The latter has the code REVOKED or SUSPENDED where the certificate or the person is.
        All but the size of the code is judged before a status entry is taken.
        """
        draft = self.prepare(record, order)
        demand_valid(self._revocations.standing(draft.key.issuer_id, draft.identity))
        self.unlock(draft.key)
        content = draft.content
        if order.presentation is Presentation.PRINT:
            (status,) = self._index.allocate(draft.key.issuer_id, 1, draft.identity)
            content = replace(content, status=status)
        return self.sign(content, draft.key), draft.key

    def prepare(self, record: StatusRecord, order: Order) -> Draft:
        """What `issue` would sign, holds aside; RecordRefused or IssueRefused otherwise."""
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
        return Draft(content, key, identity_of(record))

    def unlock(self, key: StoredKey) -> None:
        """See that a key can sign, before anything is taken for it. KeyProblem as `sign` has it."""
        self._ring.signer(key)

    def sign(self, content: Claims, key: StoredKey) -> Credential:
        """Sign what `prepare` made; a printed code with its status entry by now.

        IssueRefused with code NOT_ENTITLED where the key is not as it was then, TOO_LARGE where the
        code would be; KeyProblem where the passphrase does not open it.
        """
        if (content.status is None) is (content.presentation is Presentation.PRINT):
            raise IssueRefused("место в списке отзыва нужно печатным кодам, и только им")
        return sign_claims(content, self._ring.signer(key))

    def key_for(self, record: StatusRecord, order: Order) -> StoredKey:
        """The newest key that may sign this record; IssueRefused says why there is none."""
        keys = [k for k in self._ring.all_keys() if order.authority in (None, k.issuer_id)]
        reasons = [refusal(key.record, record, order.presentation, order.issued_at) for key in keys]
        fit = [key for key, reason in zip(keys, reasons, strict=True) if reason is None]
        if not fit:
            why = "; ".join(dict.fromkeys(filter(None, reasons))) or "ключей нет"
            raise IssueRefused(f"нет подходящего ключа: {why}", code="NOT_ENTITLED")
        if len({key.issuer_id for key in fit}) > 1:
            raise IssueRefused("подходят ключи разных издателей: выберите --authority")
        return fit[-1]


def identity_of(record: StatusRecord) -> Identity:
    """By what the codes of a record are found: its certificate and its holder."""
    snils = record.holder.snils
    return Identity(record.certificate_number, snils if isinstance(snils, Snils) else None)
