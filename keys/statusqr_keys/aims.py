"""A target of a change as a database keeps it: numbers of certificates and persons as digests.

The key store's own file and a registry have rows of their own for the holds; what a hold is found
by is the same in both, so that the one can take over from the other.
"""

from dataclasses import dataclass
from typing import Final, Self

from statusqr_schema import StatusReference

from .finder import Finder
from .holds import CertificateTarget, CodeTarget, PersonTarget, Target

EVERY: Final = ""  # in place of an issuer; no issuer's id is empty


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the state stands that a change is aimed at."""

    kind: str  # code, certificate or person
    issuer: str  # EVERY for every issuer
    reference: StatusReference | None  # of a code
    digest: bytes | None  # of a certificate or a person

    @classmethod
    def of(cls, target: Target, finder: Finder) -> Self:
        """What a target means."""
        match target:
            case CodeTarget(issuer_id, reference):
                return cls("code", issuer_id, reference, None)
            case CertificateTarget(number, issuer):
                return cls("certificate", issuer or EVERY, None, finder.certificate(number))
            case PersonTarget(person, issuer):
                return cls("person", issuer or EVERY, None, finder.person(person))
