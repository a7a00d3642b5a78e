"""What a verification found, and what follows from it.

The verdict is never stored: it follows from the findings, and the worst one wins. The three
outcomes are those of ETSI EN 319 102-1 §5.1.3 (passed, indeterminate, failed); FOREIGN stands
beside them for a code that is not ours and says nothing about a status.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from statusqr_keys import Issuer, KeyRecord
from statusqr_schema import Presentation, StatusRecord
from statusqr_schema.claims import Unknown


class Verdict(Enum):
    """The answer; a later member is worse."""

    VALID = "VALID"
    UNDETERMINED = "UNDETERMINED"  # cannot tell: our data, our clock or the reading is at fault
    INVALID = "INVALID"
    FOREIGN = "FOREIGN"  # not a status code at all

    @property
    def severity(self) -> int:
        """0 for VALID, larger is worse."""
        return list(Verdict).index(self)


class Reason(Enum):
    """Why a code is not simply valid: its stable code and the verdict that it forces."""

    STATUS_ENDED = "C-EXP", Verdict.INVALID
    CODE_EXPIRED = "C-DOC", Verdict.UNDETERMINED
    NOT_YET_VALID = "C-NYV", Verdict.INVALID
    LIVE_CODE_EXPIRED = "C-LIV", Verdict.UNDETERMINED
    REVOKED = "R-REV", Verdict.INVALID
    SUSPENDED = "R-SUS", Verdict.INVALID
    STALE_STATUS = "R-OLD", Verdict.UNDETERMINED
    BAD_SIGNATURE = "S-BAD", Verdict.INVALID
    NOT_AUTHORISED = "S-AUT", Verdict.INVALID
    KEY_COMPROMISED = "S-KEY", Verdict.INVALID
    UNKNOWN_ISSUER = "T-UNK", Verdict.UNDETERMINED
    STALE_TRUST = "T-OLD", Verdict.UNDETERMINED
    CLOCK_WRONG = "T-CLK", Verdict.UNDETERMINED
    MALFORMED = "D-BAD", Verdict.UNDETERMINED
    NEWER_VERSION = "D-NEW", Verdict.UNDETERMINED
    FOREIGN = "D-FOR", Verdict.FOREIGN

    def __init__(self, code: str, verdict: Verdict) -> None:
        self.code = code
        self.verdict = verdict


class NoticeKind(Enum):
    """What a person should know besides the verdict, which it never changes: its stable code."""

    NOT_FOR_THIS_PLACE = "N-PLC"
    PRINTED = "N-PRT"
    MEASURES_ENDED = "N-MEA"
    END_NOT_STATED = "N-END"
    OLD_DATA = "N-AGE"
    SHOWN_BEFORE = "N-RPT"
    REVOCATION_NOT_CHECKED = "N-NOREV"

    @property
    def code(self) -> str:
        """The stable code."""
        return self.value


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason with what its words need: a day, or a count (minutes, days). No personal data."""

    reason: Reason
    day: date | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice with what its words need: a day, a count, a category or a region («» if none)."""

    kind: NoticeKind
    day: date | None = None
    count: int | None = None
    category: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Whose key verified the signature."""

    issuer_id: str
    name: str
    kid: str

    @classmethod
    def of(cls, issuer: Issuer, key: KeyRecord) -> "SignedBy":
        """The signer as a report shows it."""
        return cls(issuer.id, issuer.name, key.kid.hex())


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of checking one code.

    `record`, `signer` and `presentation` are set only once the signature has verified. `unknown`
    holds claims and record fields of a later version, which are never shown.
    """

    checked_at: datetime
    findings: tuple[Finding, ...] = ()
    notices: tuple[Notice, ...] = ()
    record: StatusRecord | None = None
    signer: SignedBy | None = None
    presentation: Presentation | None = None
    unknown: Unknown = ()

    def __post_init__(self) -> None:
        """Make the dangerous states impossible to build."""
        if self.checked_at.tzinfo is None:
            raise ValueError("checked_at must be aware")
        if not self.findings and (self.record is None or self.signer is None):
            raise ValueError("nothing verified and nothing found: that would read as valid")

    @property
    def headline(self) -> Finding | None:
        """The finding to show first: the worst, the earliest among equals."""
        return max(self.findings, key=lambda f: f.reason.verdict.severity, default=None)

    @property
    def verdict(self) -> Verdict:
        """VALID only where nothing was found wrong."""
        return self.headline.reason.verdict if self.headline else Verdict.VALID

    @property
    def accepted(self) -> bool:
        """Whether to let the holder pass here: VALID and meant for this place."""
        elsewhere = any(n.kind is NoticeKind.NOT_FOR_THIS_PLACE for n in self.notices)
        return self.verdict is Verdict.VALID and not elsewhere
