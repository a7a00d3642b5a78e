"""What an authority does with its store: publish, see what is due, replace keys.

The command line and, later, the operator's pages use this; nothing is printed here.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from statusqr_schema import KeyProblem

from ..keys import Alg
from ..signer import KeySigner
from ..store import KeyStore, StoredKey
from ..trust import KeyRecord, KeyState, KeyUse, utc
from ..trust_json import moment_out
from .audit_head import AuditHead, Restored
from .layout import ROLES, TERMS, TIMESTAMP
from .publisher import Publication, expiries, publish
from .roles import Keyring
from .tokens import Revocations, sign_lists

KEY_TERM = timedelta(days=1095)
KEY_DUE = timedelta(days=60)  # before the end of a key: time to bring its successor to verifiers
SILENCE = timedelta(days=1)  # without a publication; verifiers take three days


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that ends, and whether it is time to act."""

    what: str  # Russian
    ends: datetime
    due: bool


def make_missing(
    store: KeyStore,
    passphrase: bytes,
    at: datetime,
    *,
    root_keys: int = 1,
    root_threshold: int = 1,
) -> list[str]:
    """Make what a publication needs and the store lacks; what was made, in Russian.

    A new root has `root_keys` keys, of which `root_threshold` must sign.
    """
    made = []
    if not Keyring.exists(store.folder):
        Keyring.create(store.folder, passphrase, root_keys=root_keys, root_threshold=root_threshold)
        made.append(
            "созданы ключи публикации (root, targets, status, snapshot, timestamp) в папке tuf"
        )
    keys = store.all_keys()
    for issuer_id in sorted({key.issuer_id for key in keys}):
        own = [key for key in keys if key.issuer_id == issuer_id]
        if not any(_signs(key, KeyUse.STATUS, at) for key in own):
            new = _add(store, own[-1], KeyUse.STATUS, Alg.ES256, passphrase, at)
            made.append(f"создан ключ {new.kid} для списков отзыва издателя {issuer_id}")
    return made


def publish_store(
    store: KeyStore,
    revocations: Revocations,
    folder: Path,
    passphrase: bytes,
    at: datetime,
    *,
    head: AuditHead | None = None,
    restored: Restored | None = None,
) -> Publication:
    """Publish what the store holds now; `head` and `restored` as `publisher.publish` has them."""
    trust = store.trust_list(at)
    tokens = sign_lists(store, trust, revocations, passphrase, at)
    ring = Keyring.load(store.folder, passphrase)
    return publish(folder, trust, tokens, ring, at, head=head, restored=restored)


def deadlines(store: KeyStore, at: datetime) -> list[Deadline]:
    """What ends when: the keys that sign, and the published metadata; the next first."""
    return sorted([*_of_keys(store, at), *_of_metadata(store, at)], key=lambda each: each.ends)


def replace_key(
    store: KeyStore, issuer_id: str, use: KeyUse, passphrase: bytes, at: datetime
) -> tuple[StoredKey, list[StoredKey]]:
    """A new key with the scope of the newest one; those that it replaces sign no more.

    KeyProblem where the issuer has no such key.
    """
    own = [key for key in store.all_keys() if key.issuer_id == issuer_id]
    before = [key for key in own if key.record.use is use]
    if not before:
        raise KeyProblem("у этого издателя нет такого ключа: создайте его командой new")
    new = _add(store, before[-1], use, before[-1].record.key.alg, passphrase, at)
    active = [key for key in before if key.record.state is KeyState.ACTIVE]
    return new, [store.retire(key.kid, at) for key in active]


def compromise_key(store: KeyStore, kid: str, reason: str, at: datetime) -> StoredKey:
    """Nothing that this key ever signed stands from the next publication on; it cannot be undone.

    The reason goes into `key-events.jsonl` of the store, first: a line too many says less amiss
    than a key that fell without a word.
    """
    key = store.find(kid)
    if key.record.state is KeyState.COMPROMISED:
        raise KeyProblem("этот ключ уже объявлен скомпрометированным")
    event = {"at": moment_out(at), "kid": key.kid, "state": "compromised", "reason": reason}
    try:
        path = store.folder / "key-events.jsonl"
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(json.dumps(event, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return store.compromise(kid)
    except OSError as error:
        raise KeyProblem(f"хранилище ключей не записывается: {error.strerror}") from error


def _add(
    store: KeyStore, like: StoredKey, use: KeyUse, alg: Alg, passphrase: bytes, at: datetime
) -> StoredKey:
    signer = KeySigner.generate(alg)
    start = utc(at)
    record = KeyRecord(signer.public_key, use, start, start + KEY_TERM, scope=like.record.scope)
    key = StoredKey(like.issuer_id, like.issuer_name, start, record)
    store.add(key, signer, passphrase)
    return key


def _signs(key: StoredKey, use: KeyUse, at: datetime) -> bool:
    record = key.record
    active = record.state is KeyState.ACTIVE
    return active and record.use is use and record.covers(int(at.timestamp()))


def _of_keys(store: KeyStore, at: datetime) -> Iterator[Deadline]:
    for key in store.all_keys():
        record = key.record
        if record.state is KeyState.ACTIVE:
            what = f"ключ {key.kid} ({record.use}) издателя {key.issuer_id}"
            yield Deadline(what, record.valid_through, at >= record.valid_through - KEY_DUE)


def _of_metadata(store: KeyStore, at: datetime) -> Iterator[Deadline]:
    ends = expiries(store.folder)
    for role in ROLES:
        if role not in ends:
            continue
        term = TERMS[role]
        if role == TIMESTAMP:
            due = at >= ends[role] - term.lifetime + SILENCE
            yield Deadline("публикация (timestamp)", ends[role], due)
        else:
            yield Deadline(
                f"подписи роли {role}", ends[role], at >= ends[role] - term.renewed_before
            )
    if not ends:
        yield Deadline("публикации ещё не было", at, True)
