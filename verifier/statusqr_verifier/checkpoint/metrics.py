"""Prometheus metrics: checks by verdict and reason, age of the trust data. No personal data."""

from datetime import UTC, datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from .. import words
from ..current_trust import CurrentTrust
from ..report import NoticeKind, Report

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST


class Metrics:
    """The counters of one program."""

    def __init__(self, trust: CurrentTrust) -> None:
        self._registry = CollectorRegistry()
        self._checks = Counter(
            "statusqr_checks",
            "Codes checked, by verdict and reason code (empty: nothing found wrong).",
            ["verdict", "reason", "via"],
            registry=self._registry,
        )
        self._repeats = Counter(
            "statusqr_repeats",
            "Checks of a credential that was shown here lately.",
            registry=self._registry,
        )
        self._unreadable = Counter(
            "statusqr_unreadable_files",
            "Files in which no code was read.",
            registry=self._registry,
        )
        age = Gauge(
            "statusqr_trust_age_seconds",
            "Age of the trust data; -1 for a pinned list, whose age is not known.",
            registry=self._registry,
        )

        def seconds() -> float:
            found = trust.age(datetime.now(UTC))
            return -1.0 if found is None else found.total_seconds()

        age.set_function(seconds)

    def note(self, report: Report, via: str) -> None:
        """Count a check; `via` is one of a few fixed words."""
        self._checks.labels(report.verdict.value, words.headline_code(report), via).inc()
        if any(notice.kind is NoticeKind.SHOWN_BEFORE for notice in report.notices):
            self._repeats.inc()

    def note_unreadable(self) -> None:
        """Count a file without a readable code."""
        self._unreadable.inc()

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self._registry)
