"""Cases of section 8: the clock and the time (V7 to V13), each finding at the moment it begins."""

from collections.abc import Iterator
from typing import Any

from vectors.case import (
    ALIVE,
    AT,
    DAY,
    EXP_CLAIM,
    IAT,
    IAT_CLAIM,
    NBF_CLAIM,
    ON_PAPER,
    ON_SCREEN,
    PRINTED,
    Case,
    changed,
    moment,
    with_record,
)
from vectors.judging import TODAY, judged
from vectors.keyring import (
    COMPROMISED,
    LIVE,
    entry,
    trust,
)


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _clock()
    yield from _days()
    yield from _ends()
    yield from _live_ends()
    yield from _ages()
    yield from _several()


def _clock() -> Iterator[Case]:
    rows: tuple[tuple[str, str, float, int | None, str], ...] = (
        ("iat-60", "60 s before iat", AT - 60, None, ""),
        ("iat-60.5", "60.5 s before iat", AT - 60.5, None, "T-CLK"),
        ("published-60", "60 s before the trust data were published", AT, AT + 60, ""),
        ("published-61", "61 s before the trust data were published", AT, AT + 61, "T-CLK"),
    )
    for name, why, at, published, findings in rows:
        rules: dict[str, Any] = {"broken" if findings else "kept": "V7"}
        yield judged(
            f"edge/v7-{name}", why, ALIVE, findings, key=LIVE, at=at, published=published, **rules
        )
    why = "before iat and before published, but asked as of another moment"
    yield judged(
        "valid/v7-as-of", why, ALIVE, key=LIVE, at=AT - 7200, published=AT, as_of=True, kept="V7"
    )
    why = "a clock a year slow: neither the beginning nor the end nor the age of data is judged"
    old = changed(ON_PAPER, {EXP_CLAIM: AT - 366 * DAY})
    options: dict[str, Any] = {"at": AT - 365 * DAY, "published": AT - 400 * DAY}
    yield judged("invalid/v7-hides-the-rest", why, old, "T-CLK", broken="V7 V8 V12 V13", **options)


def _days() -> Iterator[Case]:
    """NOT_YET_VALID: by nbf, and by the day `from` of the record."""
    later = changed(ON_PAPER, {NBF_CLAIM: AT})
    yield judged("edge/v8-nbf", "at is nbf", later, kept="V8 L4")
    why = "before 1970, without an nbf: nothing stands in its place"
    long_ago = with_record({6: [-25567, None]})
    yield judged("edge/v8-no-nbf", why, long_ago, kept="V8", at=-1, as_of=True)
    yield judged(
        "edge/v8-nbf-0.5", "half a second before nbf", later, "C-NYV", broken="V8", at=AT - 0.5
    )
    begins = TODAY * DAY - 50_400
    yesterday = with_record(
        {6: [TODAY, TODAY + 99]}, base=changed(ON_PAPER, {IAT_CLAIM: begins - DAY})
    )
    why = "the day `from` begins in the zone UTC+14"
    yield judged("edge/v8-day-begins", why, yesterday, kept="V8", at=begins)
    why = "a second before that"
    yield judged("edge/v8-day-before", why, yesterday, "C-NYV", broken="V8", at=begins - 1)
    why = "nbf is long over, but the day `from` is yet to come"
    early = with_record({6: [TODAY + 2, None]}, base=changed(ON_PAPER, {NBF_CLAIM: IAT}))
    yield judged("invalid/v8-day-after-nbf", why, early, "C-NYV", broken="V8")


def _ends() -> Iterator[Case]:
    """The end of a printed code, and of the status."""
    exp = moment("2027-03-01T21:00:00Z")  # midnight in Moscow, within the UTC day of 1 March
    last = exp // DAY
    ends = with_record({6: [TODAY, last]}, base=changed(ON_PAPER, {EXP_CLAIM: exp}))
    yield judged("edge/v11-before", "a second before exp", ends, kept="V11 V12", at=exp - 1)
    why = "at is exp, on the UTC day `through`: the status has ended"
    yield judged("edge/v11-exp", why, ends, "C-EXP", broken="V11", at=exp)
    for name, why, paper_exp, through in (
        ("day-after", "exp lies on the UTC day after `through`", last * DAY + 43_199, last - 1),
        ("day-before", "exp lies on the UTC day before `through`", exp, last + 1),
    ):
        paper = with_record({6: [TODAY, through]}, base=changed(ON_PAPER, {EXP_CLAIM: paper_exp}))
        rules: dict[str, Any] = {"broken": "V12", "kept": "V9 V11"}
        yield judged(f"edge/v12-{name}", why, paper, "C-DOC", at=paper_exp, **rules)
    for name, why, through_exp in (
        ("first-second", "exp is the first second of the UTC day `through`", last * DAY),
        ("last-second", "exp is the last second of the UTC day `through`", last * DAY + DAY - 1),
    ):
        content = changed(ends, {EXP_CLAIM: through_exp})
        yield judged(f"edge/v11-{name}", why, content, "C-EXP", broken="V11", at=through_exp)
    midnight = changed(ends, {EXP_CLAIM: (last + 1) * DAY})
    why = "exp is the midnight in UTC that ends `through`: that is the next day"
    yield judged("edge/v12-midnight", why, midnight, "C-DOC", broken="V12", at=(last + 1) * DAY)
    for name, period in (("indefinite", [TODAY, None]), ("end-not-stated", [TODAY])):
        content = with_record({6: period}, base=changed(ON_PAPER, {EXP_CLAIM: exp}))
        notices = PRINTED if len(period) == 2 else "N-PRT N-END N-NOREV"
        why = f"at is exp, {name.replace('-', ' ')}: the paper is old"
        yield judged(
            f"edge/v12-{name}", why, content, "C-DOC", broken="V12", at=exp, notices=notices
        )
    over = (TODAY + 1) * DAY + 43_200
    lasting = with_record({6: [TODAY - 9, TODAY]})
    why = "exp lies beyond the term, but `through` has not ended everywhere: UTC-12"
    yield judged("edge/v9-before", why, lasting, kept="V9", at=over - 1)
    why = "`through` has ended everywhere, whatever exp says"
    yield judged("edge/v9-ended", why, lasting, "C-EXP", broken="V9", at=over)
    why = "both: exp is over, and `through` has ended everywhere; found once"
    yield judged("invalid/v9-before-v11", why, ends, "C-EXP", broken="V9 V11", at=exp + 9 * DAY)


def _live_ends() -> Iterator[Case]:
    for name, content, exp in (("live", ALIVE, AT + 60), ("screen", ON_SCREEN, AT + 300)):
        path, why = f"edge/v10-{name}", "59.5 s after exp"
        yield judged(f"{path}-grace", why, content, kept="V10", key=LIVE, at=exp + 59.5)
        why = "60 s after exp"
        yield judged(f"{path}-over", why, content, "C-LIV", broken="V10", key=LIVE, at=exp + 60)
    content = with_record({6: [TODAY - 9, TODAY - 2]}, base=ALIVE)
    why = "a live code of a status that has ended everywhere"
    yield judged("invalid/v9-live", why, content, "C-EXP", broken="V9", key=LIVE)
    why = "long after a live code's exp, on the UTC day `through`: still the live code's end"
    content = with_record({6: [TODAY - 9, TODAY]}, base=ALIVE)
    at = AT + 3600
    yield judged(
        "invalid/v10-on-last-day", why, content, "C-LIV", broken="V10", kept="V11", key=LIVE, at=at
    )


def _ages() -> Iterator[Case]:
    for name, age, findings in (("72-hours", 259_200, ""), ("72-hours-1-s", 259_201, "T-OLD")):
        rules: dict[str, Any] = {"broken" if findings else "kept": "V13"}
        why = f"the trust data were published {age} s ago"
        yield judged(f"edge/v13-{name}", why, ON_PAPER, findings, published=AT - age, **rules)
    why = "the trust data are old, but asked as of another moment"
    options: dict[str, Any] = {"published": AT - 999 * DAY, "as_of": True}
    yield judged("valid/v13-as-of", why, ON_PAPER, kept="V13", **options)


def _several() -> Iterator[Case]:
    scope = {"categories": ["veteran"]}
    stolen = trust(
        entry(COMPROMISED, "live", scope, state="compromised", valid_through="2026-02-01T00:00:00Z")
    )
    options: dict[str, Any] = {"key": COMPROMISED, "trust": stolen, "verdict": "INVALID"}
    ended = with_record({6: [TODAY - 9, TODAY - 3]}, base=changed(ON_PAPER, {NBF_CLAIM: AT + 1}))
    why = "everything that can be wrong with a key and with time, in the order of the rules"
    findings = "S-KEY S-AUT C-NYV C-EXP T-OLD"
    rules = "V1 V2 V3 V4 V8 V9 V13"
    path = "invalid/several-all"
    yield judged(path, why, ended, findings, broken=rules, published=AT - 9 * DAY, **options)
    why = "a compromised key and a wrong clock: the clock hides what is of time, not the key"
    rules = "V1 V2 V3 V4 V7 V8 V9"
    path = "invalid/several-clock"
    yield judged(path, why, ended, "S-KEY S-AUT T-CLK", broken=rules, at=IAT - 61, **options)
    why = "between exp and nbf: not yet valid, and the paper is old"
    gap = changed(ON_PAPER, {EXP_CLAIM: IAT + 60, NBF_CLAIM: AT + DAY})
    yield judged("invalid/several-gap", why, gap, "C-NYV C-DOC", broken="V8 V12", verdict="INVALID")
    why = "an expired live code, and trust data that are old: amber twice"
    options = {"at": AT + 999, "published": AT - 4 * DAY, "verdict": "UNDETERMINED", "key": LIVE}
    path = "invalid/several-amber"
    yield judged(path, why, ALIVE, "C-LIV T-OLD", broken="V10 V13", **options)
    why = "old trust data do not hide that the status has ended"
    content = with_record({6: [TODAY - 9, TODAY - 2]})
    options = {"published": AT - 4 * DAY, "verdict": "INVALID"}
    path = "invalid/several-red-over-amber"
    yield judged(path, why, content, "C-EXP T-OLD", broken="V9 V13", **options)
    why = "as of a moment before from, with old trust data: the days of the record still count"
    content = with_record({6: [TODAY - 9, TODAY + 9]})
    options = {"at": (TODAY - 20) * DAY, "as_of": True, "published": AT}
    yield judged(
        "invalid/several-as-of", why, content, "C-NYV", broken="V8", kept="V7 V13", **options
    )
