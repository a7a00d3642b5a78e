"""The errors of StatusQR: one small tree, each with a stable code.

::

    StatusQRError
    ├── RecordRefused          a register record breaks the rules of issuing
    ├── IssueRefused           this signer may not, or cannot, issue this record now
    ├── MalformedCredential    bytes or content that are not a credential of a known version
    │   └── NewerVersion       a credential of a version that this program does not know
    ├── KeyProblem             a key, key store or passphrase that cannot be used
    ├── SignatureRefused       a COSE message whose signature or headers do not hold
    ├── TrustListRefused       a trust list that is broken in any part
    ├── StatusListRefused      a status list that is not what its issuer signed, or breaks the rules
    ├── PublicationFailed      trust data that could not be published; what was there still stands
    ├── SyncFailed             trust data that could not be fetched; what was kept still stands
    ├── TrustDataRefused       kept trust data that are missing, damaged or not under this root
    ├── RegistryProblem        a registry that is unreachable, damaged, or refuses what is asked
    ├── CatalogueRefused       a category catalogue that is broken
    └── ImageRefused           a file that is not a picture or a page we can read

Messages are in Russian where a person at a counter or an authority sees them. They name rules and
fields, never the personal data in the fields.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class StatusQRError(Exception):
    """Any error of this project; `code` is stable and may be matched by programs."""

    code = "STATUSQR"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


@dataclass(frozen=True, slots=True)
class RuleViolation:
    """One rule that a record breaks.

    `path` is the field in the JSON shape, e.g. `family_members[1].snils`; `message` is Russian.
    """

    rule: str
    path: str
    message: str


class RecordRefused(StatusQRError):
    """A record that may not be issued, with every rule it breaks."""

    code = "RECORD_REFUSED"

    def __init__(self, violations: Sequence[RuleViolation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(f"{v.path}: {v.message} [{v.rule}]" for v in self.violations))


class IssueRefused(StatusQRError):
    """Issuing is refused although the record is well formed (ended, out of scope, too large)."""

    code = "ISSUE_REFUSED"


class MalformedCredential(StatusQRError):
    """Not a credential: broken framing, compression, CBOR, types or ranges."""

    code = "MALFORMED"


class NewerVersion(MalformedCredential):
    """A credential made under a later version of the format."""

    code = "NEWER_VERSION"


class KeyProblem(StatusQRError):
    """A key that is weak, damaged, missing or locked.

    Code MOVED: what is asked of the key store's own file is kept in a registry now.
    Code OPERATOR: the keys are of several issuers, and it has to be said whose name counts.
    """

    code = "KEY"


class SignatureRefused(StatusQRError):
    """A COSE message that is not what the key's owner signed."""

    code = "SIGNATURE"


class TrustListRefused(StatusQRError):
    """A trust list that is not wholly valid; nothing of it is used."""

    code = "TRUST_LIST"


class StatusListRefused(StatusQRError):
    """A status list that does not hold; nothing of it is used."""

    code = "STATUS_LIST"


class PublicationFailed(StatusQRError):
    """A publication that was not made; verifiers still find the one before."""

    code = "PUBLICATION"


class SyncFailed(StatusQRError):
    """No newer trust data; the ones that were kept are untouched.

    The code says why: SYNC_UNREACHABLE, SYNC_SLOW, SYNC_EXPIRED, SYNC_ROLLBACK, SYNC_REFUSED, or
    SYNC_CACHE where the fault is on this side.
    """

    code = "SYNC"


class TrustDataRefused(StatusQRError):
    """Kept trust data that cannot be verified from the pinned root; nothing of them is used."""

    code = "TRUST_DATA"


class RegistryProblem(StatusQRError):
    """A registry that cannot be read or written, or that does not hold what was kept in it.

    Codes: REGISTRY_URL, REGISTRY_DOWN, REGISTRY_KEY (its keys are not these), REGISTRY_DAMAGED,
    REGISTRY_VERSION (made by another version of the program), REGISTRY_BACKUP (a file that cannot
    be restored), MOVED (the store belongs to another registry), ISSUING_NEW (the store's own file
    holds codes that the registry may not know), SERIES (no series of certificate numbers),
    STATUS_ENDED, STATUS_CHANGED (what a load has taken back is not restored); otherwise REGISTRY.
    """

    code = "REGISTRY"


class CatalogueRefused(StatusQRError):
    """A category catalogue that is not wholly valid."""

    code = "CATALOGUE"


class ImageRefused(StatusQRError):
    """Not a picture or PDF that we read, or one too large to open safely."""

    code = "IMAGE"
