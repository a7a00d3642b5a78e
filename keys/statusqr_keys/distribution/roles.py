"""The five roles (§2.1, §2.2) and their keys, in the folder `tuf/` of the key store.

::

    tuf/keys.json     public: which keys each role has and had, 0600
    tuf/<keyid>.pem   a private key, PKCS#8, encrypted with the passphrase of the store, 0600
    tuf/metadata/     what was signed last, see `publisher`

Root and targets are offline: they are needed when keys or the trust list change, and at no other
time. Their .pem files may be taken away, and brought back when they are asked for. Snapshot,
timestamp and status are online. A key that was replaced goes on signing beside its successor, for
as long as its file is there: a client that has not seen the new root yet accepts the metadata as
well as one that has, and so no moment of a publication is one at which clients are refused. Once
a root does not name a key, its signature counts for nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from statusqr_schema import KeyProblem
from statusqr_schema.strict_json import JsonValue, loads

from ..files import locked, write_atomic
from ..keys import Alg
from ..pkcs8 import encrypted_pem
from ..signer import KeySigner
from ..store import KeyStore
from .layout import FOLDER, ROLES, ROOT
from .metadata import CryptoSigner, Key, SSlibKey, TufSigner

STATE = "keys.json"
FORMER = 16  # so many former keys sign too: more would outgrow what clients read


@dataclass(frozen=True, slots=True)
class RoleKeys:
    """The ids of a role's keys: of those that count, and of those that counted."""

    threshold: int
    active: tuple[str, ...]
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Keyring:
    """Who may sign what, and the private keys as far as they are here."""

    folder: Path  # tuf/ in the store
    roles: Mapping[str, RoleKeys]
    keys: Mapping[str, Key]  # public, by keyid
    _passphrase: bytes = field(repr=False)
    _opened: dict[str, TufSigner] = field(default_factory=dict, repr=False)

    @classmethod
    def exists(cls, store: Path) -> bool:
        """Whether the roles of this store have keys."""
        return (store / FOLDER / STATE).exists()

    @classmethod
    def create(
        cls,
        store: Path,
        passphrase: bytes,
        *,
        root_keys: int = 1,
        root_threshold: int = 1,
        alg: Alg = Alg.ED25519,
    ) -> Self:
        """New keys for all roles; the root needs `root_threshold` signatures of `root_keys`."""
        if not 1 <= root_threshold <= root_keys:
            raise KeyProblem("порог подписей корня больше числа его ключей или меньше одного")
        existing = KeyStore(store).all_keys()  # the store is there, and has one passphrase
        if existing:
            KeyStore(store).signer(existing[-1].kid, passphrase)
        folder = store / FOLDER
        ring = cls(folder, {}, {}, passphrase)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            with locked(folder):
                if cls.exists(store):
                    raise KeyProblem("ключи публикации уже есть")
                for role in ROLES:
                    count = root_keys if role == ROOT else 1
                    threshold = root_threshold if role == ROOT else 1
                    for _ in range(count):
                        ring = ring._with_new(role, alg, threshold)
                ring._write()
        except OSError as error:
            raise KeyProblem(f"ключи публикации не записываются: {error.strerror}") from error
        return ring

    @classmethod
    def load(cls, store: Path, passphrase: bytes) -> Self:
        """The keys of this store, or KeyProblem."""
        folder = store / FOLDER
        try:
            roles, keys = _from_json(loads((folder / STATE).read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise KeyProblem("ключей публикации ещё нет") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KeyProblem(f"файл {FOLDER}/{STATE} хранилища повреждён") from error
        return cls(folder, roles, keys, passphrase)

    def rotate(self, role: str, alg: Alg = Alg.ED25519) -> Self:
        """A new key for each key of the role (§6.1); the next publication signs the new root.

        After an online key was stolen, rotate snapshot and timestamp both: verifiers then forget
        the versions that the thief made (fast-forward attack, §5.3.11).
        """
        try:
            with locked(self.folder):
                old = self.roles[role]
                former = (*old.former, *old.active)
                emptied = {**self.roles, role: RoleKeys(old.threshold, (), former)}
                ring = replace(self, roles=emptied)
                for _ in old.active:
                    ring = ring._with_new(role, alg, old.threshold)
                ring._write()
        except OSError as error:
            raise KeyProblem(f"ключи публикации не записываются: {error.strerror}") from error
        return ring

    def signers(self, role: str) -> list[TufSigner]:
        """Those whose private keys are here, of all that the role has and had; newest first."""
        known = self.roles[role]
        keyids = (*known.active, *reversed(known.former[-FORMER:]))
        return [self._signer(keyid) for keyid in keyids if self._pem(keyid).exists()]

    def can_sign(self, role: str) -> bool:
        """Whether enough of the keys that count are here."""
        known = self.roles[role]
        return sum(self._pem(keyid).exists() for keyid in known.active) >= known.threshold

    def public(self, role: str) -> list[Key]:
        """The keys of a role that count."""
        return [self.keys[keyid] for keyid in self.roles[role].active]

    def _signer(self, keyid: str) -> TufSigner:
        if keyid not in self._opened:
            try:
                private = load_pem_private_key(self._pem(keyid).read_bytes(), self._passphrase)
            except OSError as error:
                raise KeyProblem("ключ публикации не читается из хранилища") from error
            except (ValueError, TypeError, UnsupportedAlgorithm) as error:
                raise KeyProblem("неверная парольная фраза или повреждённый файл ключа") from error
            if not isinstance(private, (ec.EllipticCurvePrivateKey, Ed25519PrivateKey)):
                raise KeyProblem("в файле ключ другого вида")
            signer = CryptoSigner(private)
            if signer.public_key.keyid != keyid:
                raise KeyProblem("файл ключа подменён: в нём другой ключ")
            self._opened[keyid] = signer
        return self._opened[keyid]

    def _pem(self, keyid: str) -> Path:
        return self.folder / f"{keyid}.pem"

    def _with_new(self, role: str, alg: Alg, threshold: int) -> Self:
        private = KeySigner.generate(alg).private_key
        signer = CryptoSigner(private)
        keyid = signer.public_key.keyid
        write_atomic(self._pem(keyid), encrypted_pem(private, self._passphrase), 0o600)
        self._opened[keyid] = signer
        known = self.roles.get(role, RoleKeys(threshold, ()))
        changed = replace(known, active=(*known.active, keyid))
        roles = {**self.roles, role: changed}
        return replace(self, roles=roles, keys={**self.keys, keyid: signer.public_key})

    def _write(self) -> None:
        document = {
            "roles": {
                role: {
                    "threshold": known.threshold,
                    "active": list(known.active),
                    "former": list(known.former),
                }
                for role, known in self.roles.items()
            },
            "keys": {keyid: key.to_dict() for keyid, key in self.keys.items()},
        }
        text = json.dumps(document, indent=1) + "\n"
        write_atomic(self.folder / STATE, text.encode("ascii"), 0o600)


def _from_json(document: JsonValue) -> tuple[dict[str, RoleKeys], dict[str, Key]]:
    match document:
        case {"roles": dict(roles), "keys": dict(keys)} if set(roles) == set(ROLES):
            public = {keyid: _public(keyid, value) for keyid, value in keys.items()}
            return {role: _role(value, public) for role, value in roles.items()}, public
        case _:
            raise ValueError("fields are missing")


def _role(value: JsonValue, keys: Mapping[str, Key]) -> RoleKeys:
    match value:
        case {"threshold": int(threshold), "active": list(active), "former": list(former)}:
            ids = [keyid for keyid in (*active, *former) if isinstance(keyid, str)]
            if len(ids) == len(active) + len(former) and set(ids) <= set(keys):
                return RoleKeys(threshold, tuple(ids[: len(active)]), tuple(ids[len(active) :]))
        case _:
            pass
    raise ValueError("not a role")


def _public(keyid: str, value: JsonValue) -> Key:
    if not isinstance(value, dict):
        raise ValueError("not a key")
    return SSlibKey.from_dict(keyid, dict(value))
