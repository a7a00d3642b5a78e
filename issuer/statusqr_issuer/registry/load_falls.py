"""What falls with a step of a load, and what rises again.

A status that the register ends takes its certificate with it, so that the command line issues
nothing on it either, unless another status that stands has the same certificate. Codes of persons
who never had a status under it are passed by. When the status comes back, or a new one has that
certificate, this hold is lifted, and no operator's; printed codes stay revoked, the holder prints
anew.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from statusqr_keys.holds import CertificateTarget, State

from . import holds, printouts
from .by_register import REASONS
from .load_plan import Change
from .load_rows import Planned, held_by_register, stands_elsewhere
from .registry import Work


def let_fall(work: Work, planned: Planned) -> int:
    """Revoke the codes that are no longer true, and the certificate of a status that ended."""
    codes, kept, now = 0, planned.kept, datetime.now(UTC)
    if kept is not None:
        reason = REASONS[planned.step.change]
        codes += printouts.revoke_of_status(work, kept.id, kept.certificate, reason, now=now)
    if planned.step.ended and planned.number is not None:
        codes += _revoke_certificate(work, planned.status_id, planned.number)
    return codes


def _revoke_certificate(work: Work, status_id: UUID, number: str) -> int:
    certificate, reason = work.finder.certificate(number), REASONS[Change.ENDED]
    if stands_elsewhere(work, certificate, [status_id]):
        return 0
    codes = printouts.revoke_of_status(work, status_id, certificate, reason, now=datetime.now(UTC))
    holds.change(work, CertificateTarget(number), State.INVALID, reason, by_register=True)
    return codes


def free_certificates(work: Work, changed: Sequence[Planned]) -> None:
    """Lift the holds that ends have left on the certificates of what stands now."""
    risen = [planned for planned in changed if _rises(work, planned)]
    numbers = {n for planned in risen for n in _numbers(planned)}
    certificates = {work.finder.certificate(number): number for number in numbers}
    ids = [planned.status_id for planned in risen]
    for certificate in sorted(held_by_register(work, certificates)):
        if not stands_elsewhere(work, certificate, ids):
            target = CertificateTarget(certificates[certificate])
            reason = REASONS[Change.RECOVERED]
            holds.change(work, target, State.VALID, reason, by_register=True)


def _numbers(planned: Planned) -> Iterator[str]:
    """Of the certificates that are in force with it: it may have come back with another number."""
    if planned.number is not None:
        yield planned.number
    if planned.kept and planned.step.change is Change.RECOVERED:
        before = planned.kept.entry.record.certificate_number
        if before is not None:
            yield before


def _rises(work: Work, planned: Planned) -> bool:
    """Whether a status stands from now on under a certificate that it had not before."""
    if planned.step.ended:
        return False
    kept, number = planned.kept, planned.number
    if kept is None or planned.step.change is Change.RECOVERED:
        return True
    return number is not None and work.finder.certificate(number) != kept.certificate
