"""Cases of the notices and of what a place takes (N)."""

from collections.abc import Iterator
from typing import Any

from vectors.case import ALIVE, AT, DAY, FULL, ON_PAPER, RECORD, Case, Map, changed, with_record
from vectors.judging import TODAY, judged
from vectors.keyring import LIVE, as_text, entry, issuer, listed
from vectors.keyring import PRINT as PRINT_KEY

TAKES: dict[str, Any] = {"categories": ("disabled_1", "large_family"), "regions": ("02", "76")}


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _places()
    yield from _measures()
    yield from _ages()
    yield from _others()


def _places() -> Iterator[Case]:
    taken: tuple[tuple[str, str, Map, dict[str, Any]], ...] = (
        ("n1-taken", "category and region are taken here", {11: 76}, TAKES),
        ("n1-region-of-one-digit", "region 2 is «02»", {11: 2}, TAKES),
        ("n1-any-region", "any region", {}, {"categories": TAKES["categories"]}),
        ("n1-any-category", "any category", {3: "veteran", 11: 2}, {"regions": TAKES["regions"]}),
    )
    for name, why, patch, takes in taken:
        yield judged(f"valid/{name}", why, with_record(patch), kept="N1", **takes)
    elsewhere = "N-PLC N-PRT N-NOREV"
    refused: tuple[tuple[str, str, Map], ...] = (
        ("n1-category", "valid, but this place does not take the category", {3: "veteran", 11: 76}),
        ("n1-region", "valid, but this place does not take the region", {11: 77}),
        ("n1-region-not-stated", "valid, but the region is not stated", {}),
        ("n1-both", "neither category nor region: said once", {3: "veteran", 11: 77}),
    )
    for name, why, patch in refused:
        content = with_record(patch)
        yield judged(f"valid/{name}", why, content, notices=elsewhere, broken="N1", **TAKES)
    why = "a live code of another category: not accepted, though there is no other notice"
    content = with_record({3: "veteran"}, base=ALIVE)
    yield judged("valid/n1-live", why, content, notices="N-PLC", broken="N1", key=LIVE, **TAKES)


def _measures() -> Iterator[Case]:
    content = with_record({10: TODAY})
    ended = (TODAY + 1) * DAY - 7200
    why = "a second before the day of the measures has ended all over Russia"
    yield judged("edge/n3-before", why, content, kept="N3", at=ended - 1)
    why = "the day of the measures has ended in the westernmost zone"
    yield judged(
        "edge/n3-ended", why, content, notices="N-PRT N-MEA N-NOREV", broken="N3", at=ended
    )


def _ages() -> Iterator[Case]:
    content = with_record({12: AT - 7_776_000})
    yield judged("edge/n5-90-days", "the data are 90 days old", content, kept="N5")
    why, aged = "the data are 90 days and half a second old", "N-PRT N-AGE N-NOREV"
    yield judged("edge/n5-older", why, content, notices=aged, broken="N5", at=AT + 0.5)
    why = "the data are older, but asked as of another moment"
    yield judged("valid/n5-as-of", why, content, kept="N5", at=AT + DAY, as_of=True)


def _others() -> Iterator[Case]:
    open_end = with_record({6: [TODAY]})
    why = "the end is not stated"
    yield judged(
        "valid/n4-end-not-stated", why, open_end, notices="N-PRT N-END N-NOREV", broken="N4"
    )
    why = "without an end, which is another thing"
    yield judged("valid/n4-indefinite", why, ON_PAPER, kept="N4", broken="N2 N7")
    why = "this place has seen the code before"
    yield judged(
        "valid/n6-seen-before",
        why,
        ON_PAPER,
        notices="N-PRT N-RPT N-NOREV",
        broken="N6",
        seen_before=True,
    )
    path = "valid/n6-live-seen-before"
    yield judged(
        path, why, ALIVE, key=LIVE, notices="N-RPT", broken="N6", kept="N2 N7", seen_before=True
    )
    why = "this place has not seen the code before"
    yield judged("valid/n6-first-time", why, ON_PAPER, kept="N6")
    why = "every notice at once, in order"
    everything: Map = {**FULL, 6: [TODAY], 10: TODAY - 2, 12: AT - 91 * DAY, 3: "veteran"}
    notices = "N-PLC N-PRT N-MEA N-END N-AGE N-RPT N-NOREV"
    content = changed(ON_PAPER, {RECORD: everything})
    options: dict[str, Any] = {"broken": "N1 N2 N3 N4 N5 N6 N7", "seen_before": True, **TAKES}
    yield judged("valid/notices-all", why, content, notices=notices, **options)
    why = "two findings, and every notice but N-MEA: its words say that the status holds"
    findings, notices = "C-DOC T-OLD", notices.replace("N-MEA ", "")
    options |= {"at": AT + 400 * DAY, "published": AT}
    path = "invalid/notices-with-findings"
    options["broken"] = "N1 N2 N4 N5 N6 N7 V12 V13"
    options |= {"kept": "N3", "verdict": "UNDETERMINED"}
    yield judged(path, why, content, findings, notices=notices, **options)
    why = "the trust list says when it was made, unsigned: its age is not judged"
    old = as_text(listed(issuer(entry(PRINT_KEY)), published="2020-01-01T00:00:00Z"))
    yield judged("valid/v13-published-in-the-list", why, ON_PAPER, kept="V13 J2", trust=old)
