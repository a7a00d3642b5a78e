"""What publisher and verifier agree on: names of targets, terms of metadata, limits.

::

    metadata/<version>.<role>.json   metadata/timestamp.json
    targets/trust/<sha256>.trust-list.json
    targets/status/<issuer id>/<sha256>.<number>.cwt
    targets/audit/<sha256>.head.json    where a registry is behind it
    root.json                        the newest root, to be given to new verifiers

Terms. The expiry of TUF only bounds for how long a copy may still be *fetched*: a checkpoint goes
on with what it has, and how old that is it tells by `published` (72 hours by default, see the
verifier's policy). So the terms are longer than that: a publisher that is down for a weekend must
not cut off its verifiers. Whatever a timestamp leads to outlives the timestamp, hence the terms
at which snapshot and status lists are signed again.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from ..status_token import MAX_TOKEN
from ..trust import Issuer
from ..trust_json import ISSUER_ID
from ..trust_list import MAX_BYTES

ROOT, TARGETS, SNAPSHOT, TIMESTAMP, STATUS = "root", "targets", "snapshot", "timestamp", "status"
ROLES = (ROOT, TARGETS, STATUS, SNAPSHOT, TIMESTAMP)  # in the order of signing
OFFLINE = (ROOT, TARGETS)  # their keys are needed for a change of keys or of the trust list only

FOLDER = "tuf"  # of the key store: what publishing needs to keep
TRUST_LIST = "trust/trust-list.json"
STATUS_PATHS = "status/*/*.cwt"  # what the role `status` may sign, and nothing else but
AUDIT_HEAD = "audit/head.json"  # this, once there was one to be published
PUBLISHED = "published"  # a field of our own in the signed part of the timestamp (§4.6)

_STATUS_PATH = re.compile(rf"status/({ISSUER_ID.pattern})/(0|[1-9][0-9]{{0,9}})\.cwt")


@dataclass(frozen=True, slots=True)
class Term:
    """How long a role's metadata live, and how long before their end they are signed again."""

    lifetime: timedelta
    renewed_before: timedelta


_WEEK = timedelta(days=7)
TERMS = {
    # A person has to bring the offline keys: a year, and three months to do it in.
    ROOT: Term(timedelta(days=365), timedelta(days=90)),
    TARGETS: Term(timedelta(days=365), timedelta(days=90)),
    SNAPSHOT: Term(3 * _WEEK, 2 * _WEEK),
    STATUS: Term(3 * _WEEK, 2 * _WEEK),
    TIMESTAMP: Term(_WEEK, _WEEK),  # signed anew with every publication
}

LIST_LIFETIME = timedelta(days=14)  # exp of a status list token; the rule is at least 7 days
LIST_RENEWED_AFTER = timedelta(days=1)  # a list that has not changed is signed again daily
CLOCK_TOLERANCE = timedelta(seconds=60)

# Lengths in bytes (§5.3.2, §5.4.1, §5.5.1, §5.6.1: "up to some predetermined number of bytes").
MAX_ROOT, MAX_TIMESTAMP, MAX_SNAPSHOT, MAX_TARGETS = 2**16, 2**14, 2**16, 2**21
MAX_ROTATIONS = 256  # new roots in one synchronisation
MAX_FILES = 4096  # of one publication
MAX_TOTAL = 512 * 2**20
MAX_HEAD = 2**10


def status_path(issuer_id: str, number: int) -> str:
    """The target path of a status list."""
    return f"status/{issuer_id}/{number}.cwt"


def parse_status_path(path: str) -> tuple[str, int] | None:
    """The issuer's id and the number of the list; None for any other path."""
    match = _STATUS_PATH.fullmatch(path)
    return (match[1], int(match[2])) if match else None


def status_subject(issuer: Issuer, number: int) -> str:
    """The address that the list itself states (sub): below the issuer's base, or its path."""
    if issuer.status_lists is None:
        return status_path(issuer.id, number)
    return f"{issuer.status_lists.rstrip('/')}/{number}"


def longest(path: str) -> int:
    """The greatest length of a target, whatever the metadata say."""
    return {TRUST_LIST: MAX_BYTES, AUDIT_HEAD: MAX_HEAD}.get(path, MAX_TOKEN)
