"""The check of one code: text in, `Report` out. No clock, no file, no network; it never raises.

The steps, in this order; the numbers stand again at the code:

1. the text: only digits and their number, version byte, exact framing → FOREIGN, MALFORMED,
   NEWER_VERSION
2. the key by its kid → UNKNOWN_ISSUER; alg must be the key's own → BAD_SIGNATURE
3. the signature, with low S → BAD_SIGNATURE; nothing of the content is shown before it holds
4. inflate, decode, types and ranges, lifetime by presentation → MALFORMED
5. the key's state, use, dates, and what it may state → KEY_COMPROMISED, NOT_AUTHORISED
6. the clock, then time. CLOCK_WRONG where the moment lies before iat - 60 s, before the trust
   data were published, or before what the device has seen already; it hides every other finding
   on time. Then NOT_YET_VALID; LIVE_CODE_EXPIRED for live and screen codes (after 60 s of grace);
   for print STATUS_ENDED where the status has ended, CODE_EXPIRED where only the paper is old
7. revocation (printed codes) → REVOKED, SUSPENDED; no list that calls the code valid, or one that
   is too old → STALE_STATUS; where no lists are known at all → notice N-NOREV. The age of the
   trust data → STALE_TRUST

What a code says of its days is a backstop for its instants: nothing is VALID on a day on which its
own record says, in every time zone of the world, that the status does not hold (docs/adr/0003).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from statusqr_keys import Issuer, KeyRecord, KeyState, KeyUse, TrustList
from statusqr_keys.cose import to_be_signed, verify_raw
from statusqr_schema import (
    Claims,
    MalformedCredential,
    NewerVersion,
    Presentation,
    StatusRecord,
    claims,
    compression,
    envelope,
    qrtext,
)
from statusqr_schema.days import DAY_SECONDS, to_number

from .policy import Policy
from .report import Finding, Notice, NoticeKind, Reason, Report, SignedBy
from .revocation import StatusLists, revocation, staleness

# The widest zones of the world: a day begins at UTC+14 and has ended everywhere at UTC-12.
_EARLIEST_BEGIN = -14 * 3600
_LATEST_END = 12 * 3600
# In the westernmost zone of Russia (UTC+2) a day has ended 2 hours before midnight UTC.
_END_IN_RUSSIA = -2 * 3600

_PRINTED = Notice(NoticeKind.PRINTED)
_REVOCATION_NOT_CHECKED = Notice(NoticeKind.REVOCATION_NOT_CHECKED)


class Verifier:
    """Checks codes against a trust list under a place's policy.

    `published` is the signed moment at which the trust data were published, where they come by
    distribution; a pinned list has none, and then its age is not judged. `status_lists` come the
    same way; None means that revocation is not known at all (N-NOREV). `seen` is the latest moment
    that this device remembers: a clock that was set back behind it is wrong.
    """

    def __init__(
        self,
        trust: TrustList,
        policy: Policy | None = None,
        *,
        published: datetime | None = None,
        status_lists: StatusLists | None = None,
        seen: datetime | None = None,
    ) -> None:
        known = [moment for moment in (published, seen) if moment is not None]
        if not all(map(_is_aware, known)):
            raise ValueError("published and seen must be aware")
        self._trust = trust
        self._policy = policy or Policy()
        self._published = published
        self._lists = status_lists
        # In seconds, because each code is judged with them.
        self._tolerance = self._policy.clock_tolerance.total_seconds()
        self._grace = self._policy.live_grace.total_seconds()
        self._passed = max((moment.timestamp() for moment in known), default=None)
        self._signers = {
            key.kid: SignedBy.of(issuer, key) for issuer in trust.issuers for key in issuer.keys
        }

    def verify(self, text: object, at: datetime, *, seen_at: datetime | None = None) -> Report:
        """Check one code as of `at` (aware).

        `seen_at` is when this place last saw the same code, for the notice N-RPT. Whatever the
        input, a Report comes back.
        """
        moment = datetime.fromtimestamp(0, UTC)  # stands in where there is no moment to compare
        try:
            if _is_aware(at):
                moment = at
                return self.check(text, at, seen_at)
            return Report(checked_at=moment, findings=(Finding(Reason.CLOCK_WRONG),))
        except Exception:  # the last barrier: a fault of ours is not the holder's
            return Report(checked_at=moment, findings=(Finding(Reason.MALFORMED),))

    def data_are_fresh(self, at: datetime) -> bool:
        """Whether the trust data say when they were published, and are not too old at `at`."""
        return self._published is not None and at - self._published <= self._policy.max_trust_age

    def check(self, text: object, at: datetime, seen_at: datetime | None = None) -> Report:
        """The check itself, without the last barrier of `verify`; tests and fuzzers call this."""
        # 1. the text
        if not isinstance(text, str) or not qrtext.is_ours(text):
            return Report(checked_at=at, findings=(Finding(Reason.FOREIGN),))
        try:
            cut = envelope.parse(qrtext.decode(text))
        except NewerVersion:
            return Report(checked_at=at, findings=(Finding(Reason.NEWER_VERSION),))
        except MalformedCredential:
            return Report(checked_at=at, findings=(Finding(Reason.MALFORMED),))
        # 2. the key
        found = self._trust.find(cut.kid)
        if found is None:
            return Report(checked_at=at, findings=(Finding(Reason.UNKNOWN_ISSUER),))
        issuer, key = found
        # 3. the signature
        signed = to_be_signed(cut.protected, cut.payload, envelope.EXTERNAL_AAD)
        own_alg = cut.alg == key.key.alg
        if not own_alg or not verify_raw(key.key, cut.signature, signed, low_s=True):
            return Report(checked_at=at, findings=(Finding(Reason.BAD_SIGNATURE),))
        signer = self._signers[cut.kid]
        # 4. the content
        try:
            content = claims.decode(compression.decompress(cut.payload))
        except MalformedCredential:
            return Report(checked_at=at, findings=(Finding(Reason.MALFORMED),), signer=signer)
        findings = tuple(self._findings(issuer, key, content, at))
        return Report(
            checked_at=at,
            findings=findings,
            notices=tuple(self._notices(content, at, seen_at, sound=not findings)),
            record=content.record,
            signer=signer,
            presentation=content.presentation,
            unknown=content.unknown_claims + content.unknown_fields,
        )

    def _findings(
        self, issuer: Issuer, key: KeyRecord, content: Claims, at: datetime
    ) -> Iterator[Finding]:
        now = at.timestamp()
        # 5. the key
        if key.state is KeyState.COMPROMISED:
            yield Finding(Reason.KEY_COMPROMISED)
        if not _authorised(key, content):
            yield Finding(Reason.NOT_AUTHORISED)
        # 6. the clock, then time
        clock_is_right = not self._clock_is_wrong(content, now)
        if clock_is_right:
            yield from self._time(content, now)
        else:
            yield Finding(Reason.CLOCK_WRONG)
        # 7. revocation, which a wrong clock does not hide, and the age of what is known
        if self._lists is not None and content.status is not None:
            proven, current = revocation(issuer.id, content.status, self._lists)
            if proven is not None:
                yield Finding(proven)
            elif clock_is_right:
                yield from staleness(current, at, self._policy)
        if clock_is_right:
            yield from self._trust_age(at)

    def _clock_is_wrong(self, content: Claims, now: float) -> bool:
        if self._policy.as_of:
            return False
        known: float = content.issued_at
        if self._passed is not None:
            known = max(known, self._passed)
        return now < known - self._tolerance

    def _time(self, content: Claims, now: float) -> Iterator[Finding]:
        period = content.record.period
        first = to_number(period.valid_from)
        early = content.not_before is not None and now < content.not_before
        if early or now < first * DAY_SECONDS + _EARLIEST_BEGIN:
            yield Finding(Reason.NOT_YET_VALID, day=period.valid_from)
        live = content.presentation is not Presentation.PRINT
        expired = now >= content.expires_at + (self._grace if live else 0)
        last = to_number(period.valid_through) if period.valid_through else None
        if last is not None and now >= (last + 1) * DAY_SECONDS + _LATEST_END:
            yield Finding(Reason.STATUS_ENDED, day=period.valid_through)
        elif expired and live:
            minutes = int(now - content.issued_at) // 60
            yield Finding(Reason.LIVE_CODE_EXPIRED, count=max(minutes, 1))
        elif expired and content.expires_at // DAY_SECONDS == last:
            yield Finding(Reason.STATUS_ENDED, day=period.valid_through)
        elif expired:
            yield Finding(Reason.CODE_EXPIRED)

    def _trust_age(self, at: datetime) -> Iterator[Finding]:
        if self._published is None or self._policy.as_of:
            return
        age = at - self._published
        if age > self._policy.max_trust_age:
            yield Finding(Reason.STALE_TRUST, count=max(age // timedelta(days=1), 1))

    def _notices(
        self, content: Claims, at: datetime, seen_at: datetime | None, *, sound: bool
    ) -> Iterator[Notice]:
        record = content.record
        if not self._policy.takes_category(record):
            yield Notice(NoticeKind.NOT_FOR_THIS_PLACE, category=record.category)
        elif not self._policy.takes_region(record):
            yield Notice(NoticeKind.NOT_FOR_THIS_PLACE, region=record.region_code or "")
        if content.presentation is Presentation.PRINT:
            yield _PRINTED
        yield from self._record_notices(record, at, sound)
        if seen_at is not None and _is_aware(seen_at) and seen_at <= at:
            yield Notice(NoticeKind.SHOWN_BEFORE, count=(at - seen_at) // timedelta(minutes=1))
        if content.presentation is Presentation.PRINT and self._lists is None:
            yield _REVOCATION_NOT_CHECKED  # 7.

    def _record_notices(self, record: StatusRecord, at: datetime, sound: bool) -> Iterator[Notice]:
        # The words of N-MEA go on «…, статус действует», so they need a code without findings.
        if sound and (measures := record.measures_through) is not None:
            ended = (to_number(measures) + 1) * DAY_SECONDS + _END_IN_RUSSIA
            if at.timestamp() >= ended:
                yield Notice(NoticeKind.MEASURES_ENDED, day=measures)
        if record.period.end_not_stated:
            yield Notice(NoticeKind.END_NOT_STATED)
        if record.data_as_of is not None and not self._policy.as_of:
            age = at - record.data_as_of
            if age > self._policy.old_data_after:
                yield Notice(NoticeKind.OLD_DATA, count=age // timedelta(days=1))


def _is_aware(at: object) -> bool:
    return isinstance(at, datetime) and at.utcoffset() is not None


def _authorised(key: KeyRecord, content: Claims) -> bool:
    """Whether this key may sign this: its use, its term, its scope."""
    return (
        key.use is KeyUse.for_presentation(content.presentation)
        and key.covers(content.issued_at)
        and key.scope.admits_record(content.record)
    )
