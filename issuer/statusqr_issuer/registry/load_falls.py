"""What falls with a step of a load, and what rises again.

A status that the register ends takes its certificate with it, so that the command line issues
nothing on it either, unless another status that stands has the same certificate. When the status
comes back, or a new one has that certificate, the hold is lifted; printed codes stay revoked, the
holder prints anew.
"""

from collections.abc import Sequence
from uuid import UUID

from statusqr_keys.holds import CertificateTarget, State

from . import holds, printouts
from .load_plan import Change
from .load_rows import Planned, has_ended, revoked_everywhere, stands_elsewhere
from .registry import Work

_REASONS = {
    Change.CHANGED: "сведения о статусе изменились в ведомстве",
    Change.ENDED: "статус прекращён ведомством",
    Change.RECOVERED: "статус восстановлен ведомством",
}


def let_fall(work: Work, planned: Planned) -> int:
    """Revoke the codes that are no longer true, and the certificate of a status that ended."""
    codes, kept = 0, planned.kept
    if kept is not None:
        reason = _REASONS[planned.step.change]
        codes += printouts.revoke_of_status(work, kept.id, kept.certificate, reason)
    if planned.step.ended and planned.number is not None:
        codes += _revoke_certificate(work, planned.status_id, planned.number)
    return codes


def _revoke_certificate(work: Work, status_id: UUID, number: str) -> int:
    certificate, reason = work.finder.certificate(number), _REASONS[Change.ENDED]
    if stands_elsewhere(work, certificate, [status_id]):
        return 0
    codes = printouts.revoke_of_status(work, status_id, certificate, reason)
    holds.change(work, CertificateTarget(number), State.INVALID, reason)
    return codes


def free_certificates(work: Work, changed: Sequence[Planned]) -> None:
    """Lift the holds that ends have left on the certificates of what stands now.

    A hold is of that kind where the register ended a status with this certificate and none stood
    until now. Any other is an operator's, and stays.
    """
    risen = [planned for planned in changed if _rises(work, planned)]
    wanted = {work.finder.certificate(p.number): p for p in risen if p.number is not None}
    back = {p.kept.certificate: p for p in risen if p.kept and p.step.change is Change.RECOVERED}
    revoked = revoked_everywhere(work, {*wanted, *filter(None, back)})
    ids = [planned.status_id for planned in risen]
    for certificate in sorted(revoked):
        if stands_elsewhere(work, certificate, ids):
            continue
        if certificate in back and (kept := back[certificate].kept):
            number = kept.entry.record.certificate_number
        elif has_ended(work, certificate):
            number = wanted[certificate].number
        else:
            continue
        if number is not None:
            reason = _REASONS[Change.RECOVERED]
            holds.change(work, CertificateTarget(number), State.VALID, reason)


def _rises(work: Work, planned: Planned) -> bool:
    """Whether a status stands from now on under a certificate that it had not before."""
    if planned.step.ended:
        return False
    kept, number = planned.kept, planned.number
    if kept is None or planned.step.change is Change.RECOVERED:
        return True
    return number is not None and work.finder.certificate(number) != kept.certificate
