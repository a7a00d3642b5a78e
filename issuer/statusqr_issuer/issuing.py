"""One record in, one signed credential out. No clock, no file: the caller brings both.

Strict where a reader is tolerant: the record must keep every rule, the key must be entitled to it,
and what is signed must be what a reader accepts.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from statusqr_keys import KeyRecord, KeyState, KeyUse, Signer
from statusqr_keys.cose import sign1
from statusqr_schema import (
    Categories,
    Claims,
    Disclosure,
    IssueRefused,
    Presentation,
    StatusRecord,
    StatusReference,
    claims,
    compression,
    qrtext,
    rules,
)
from statusqr_schema.days import to_instant
from statusqr_schema.envelope import EXTERNAL_AAD

from .validity import validity


@dataclass(frozen=True, slots=True)
class Credential:
    """A signed credential with the claims in it; `claims.record` is what was disclosed."""

    claims: Claims
    data: bytes  # the tagged COSE_Sign1
    text: str  # the digits of the QR code

    @property
    def digest(self) -> str:
        """The first 16 hex digits of SHA-256 over the bytes: a name that tells nothing."""
        return hashlib.sha256(self.data).hexdigest()[:16]


def issue(
    record: StatusRecord,
    signer: Signer,
    *,
    key: KeyRecord,
    issued_at: datetime,
    status: StatusReference | None = None,
    presentation: Presentation = Presentation.PRINT,
    disclosure: Disclosure | None = None,
    lifetime: timedelta | None = None,
    allow_ended: bool = False,
    categories: Categories | None = None,
) -> Credential:
    """Sign a credential for `record`.

    :param signer: signs; its public key must be that of `key`
    :param key: what the signer is entitled to: use, term, scope
    :param issued_at: the moment of issuing, aware
    :param status: where its revocation will stand; required in print, not allowed otherwise
    :param lifetime: how long the code lives, unless the status ends first
    :param allow_ended: also for a status that has ended by then
    :raises RecordRefused: with every rule that the record breaks
    :raises IssueRefused: where the key, the term or the size stands against it
    """
    if signer.public_key.kid != key.kid:
        raise IssueRefused("подписывает не тот ключ, который описан")
    if (status is None) is (presentation is Presentation.PRINT):
        raise IssueRefused("место в списке отзыва нужно печатным кодам, и только им")
    content = prepare(
        record,
        key=key,
        issued_at=issued_at,
        presentation=presentation,
        disclosure=disclosure,
        lifetime=lifetime,
        allow_ended=allow_ended,
        categories=categories,
    )
    return sign_claims(replace(content, status=status), signer)


def prepare(
    record: StatusRecord,
    *,
    key: KeyRecord,
    issued_at: datetime,
    presentation: Presentation = Presentation.PRINT,
    disclosure: Disclosure | None = None,
    lifetime: timedelta | None = None,
    allow_ended: bool = False,
    categories: Categories | None = None,
) -> Claims:
    """Judge a record and a key as `issue` does; the claims still without their status reference."""
    rules.demand(record, categories)
    if reason := refusal(key, record, presentation, issued_at):
        raise IssueRefused(reason, code="NOT_ENTITLED")
    term = validity(record, presentation, issued_at, lifetime, allow_ended=allow_ended)
    return Claims(
        record=(disclosure or Disclosure()).apply(record),
        issued_at=term.issued_at,
        not_before=term.not_before,
        expires_at=term.expires_at,
        presentation=presentation,
    )


def sign_claims(content: Claims, signer: Signer) -> Credential:
    """Encode, compress and sign; IssueRefused where the code would be too large."""
    try:
        payload = compression.compress(claims.encode(content))
        data = sign1(payload, signer, external_aad=EXTERNAL_AAD)
        return Credential(content, data, qrtext.encode(data))
    except ValueError as error:
        message = "запись не помещается в код: уменьшите состав сведений (--profile minimal)"
        raise IssueRefused(message, code="TOO_LARGE") from error


def refusal(
    key: KeyRecord, record: StatusRecord, presentation: Presentation, issued_at: datetime
) -> str | None:
    """Why this key may not sign this record then, or None."""
    use = KeyUse.for_presentation(presentation)
    if key.state is not KeyState.ACTIVE:
        return "ключ больше не действует"
    if key.use is not use:
        return f"ключ предназначен для другого (нужен --use {use})"
    if not key.covers(to_instant(issued_at)):
        return "на этот момент ключ ещё или уже не действует"
    if not key.scope.admits_record(record):
        return "ключ не подтверждает такую категорию, регион или орган"
    return None
