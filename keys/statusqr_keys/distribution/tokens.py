"""Status list tokens for publication, made from what is revoked.

The last token of each list is kept in the store, `tuf/lists/<issuer id>/<number>.cwt`. It is
published again as long as it says what is so, and is not a day old; then a new one is signed. The
iat of a list grows with each: verifiers refuse an older one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from statusqr_schema import PublicationFailed, StatusListRefused

from ..files import write_atomic
from ..signer import Signer
from ..status_list import StatusList
from ..status_token import read, read_under_key, sign
from ..store import KeyStore
from ..trust import Issuer, KeyRecord, KeyState, KeyUse, utc
from ..trust_list import TrustList
from .layout import (
    CLOCK_TOLERANCE,
    FOLDER,
    LIST_LIFETIME,
    LIST_RENEWED_AFTER,
    status_path,
    status_subject,
)


class Revocations(Protocol):
    """What is revoked; the registry and the key store's own file both know it."""

    def lists(self, issuer_id: str) -> Sequence[int]:
        """The numbers of an issuer's lists."""
        ...

    def states(self, issuer_id: str, number: int) -> Mapping[int, int]:
        """The entries of a list that are not valid: 1 invalid, 2 suspended."""
        ...


def sign_lists(
    store: KeyStore, trust: TrustList, revocations: Revocations, passphrase: bytes, at: datetime
) -> dict[str, bytes]:
    """The tokens of all lists of all issuers, by target path; new ones are on the disk already.

    PublicationFailed where an issuer has lists and no key for them.
    """
    signers: dict[str, Signer] = {}
    tokens: dict[str, bytes] = {}
    for issuer in trust.issuers:
        for number in revocations.lists(issuer.id):
            kept = store.folder / FOLDER / "lists" / issuer.id / f"{number}.cwt"
            states = revocations.states(issuer.id, number)
            last = _last(kept)
            token = _still_good(last, issuer, number, states, at)
            if token is None:
                kid = status_key(issuer, at).kid.hex()
                if kid not in signers:
                    signers[kid] = store.signer(kid, passphrase)
                instant = _issued_at(last, issuer, number, at)
                made = StatusList.of(
                    states,
                    subject=status_subject(issuer, number),
                    issued_at=instant,
                    expires_at=instant + int(LIST_LIFETIME.total_seconds()),
                )
                token = sign(made, signers[kid])
                _keep(kept, token)
            tokens[status_path(issuer.id, number)] = token
    return tokens


def status_key(issuer: Issuer, at: datetime) -> KeyRecord:
    """The newest key that signs this issuer's lists now, or PublicationFailed."""
    for key in reversed(issuer.keys):
        if (
            key.use is KeyUse.STATUS
            and key.state is KeyState.ACTIVE
            and key.covers(int(at.timestamp()))
        ):
            return key
    raise PublicationFailed(f"у издателя {issuer.id} нет действующего ключа для списков отзыва")


def _still_good(
    token: bytes | None, issuer: Issuer, number: int, states: Mapping[int, int], at: datetime
) -> bytes | None:
    if token is None:
        return None
    try:
        found = read(token, status_subject(issuer, number), issuer)
    except StatusListRefused:
        return None
    wanted = StatusList.of(states, subject=found.subject, issued_at=0, expires_at=2**31)
    fresh = at.timestamp() < found.issued_at + LIST_RENEWED_AFTER.total_seconds()
    return token if fresh and found.entries == wanted.entries else None


def _issued_at(token: bytes | None, issuer: Issuer, number: int, at: datetime) -> int:
    """Now, or a second after the last one; a clock that has gone back must be put right first."""
    now = int(utc(at).timestamp())
    subject = status_subject(issuer, number)
    before = 0
    for key in issuer.keys if token else ():
        try:
            before = max(before, read_under_key(token or b"", subject, key.key).issued_at)
        except StatusListRefused:
            continue
    if before >= now + CLOCK_TOLERANCE.total_seconds():
        raise PublicationFailed("часы отстают: последний список отзыва выпущен в будущем")
    return max(now, before + 1)


def _last(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PublicationFailed("прежний список отзыва не читается из хранилища") from error


def _keep(path: Path, token: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(path, token, 0o600)
    except OSError as error:
        reason = error.strerror
        raise PublicationFailed(f"список отзыва не записывается в хранилище: {reason}") from error
