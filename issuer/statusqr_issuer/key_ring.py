"""The keys of a store as a process that runs for long holds them: unlocked once, never outdated.

Every question first looks whether the store's files are the ones that were read. A key's file is
only ever replaced by another (`statusqr_keys.files`), so its inode, size and time tell.
"""

import os
from threading import Lock
from typing import TypeAlias

from statusqr_keys import KeySigner, KeyState, KeyStore, StoredKey
from statusqr_schema import IssueRefused, KeyProblem

_Stamp: TypeAlias = frozenset[tuple[str, int, int, int]]


class KeyRing:
    """Safe between threads. KeyProblem where the store or its passphrase fails."""

    def __init__(self, store: KeyStore, passphrase: bytes) -> None:
        self._store = store
        self._passphrase = passphrase
        self._lock = Lock()
        self._stamp: _Stamp | None = None
        self._keys: list[StoredKey] = store.all_keys()
        self._signers: dict[str, KeySigner] = {}

    def all_keys(self) -> list[StoredKey]:
        """All keys as the store has them now, the oldest first."""
        with self._lock:
            return list(self._current())

    def signer(self, key: StoredKey) -> KeySigner:
        """The signer of a key; IssueRefused, code NOT_ENTITLED, where the key has changed since."""
        with self._lock:
            if key not in self._current() or key.record.state is not KeyState.ACTIVE:
                message = "ключ за это время заменён или больше не действует: повторите"
                raise IssueRefused(message, code="NOT_ENTITLED")
            if key.kid not in self._signers:
                self._signers[key.kid] = self._store.signer(key.kid, self._passphrase)
            return self._signers[key.kid]

    def _current(self) -> list[StoredKey]:
        stamp = self._look()
        if stamp != self._stamp:
            self._keys = self._store.all_keys()
            active = {key.kid for key in self._keys if key.record.state is KeyState.ACTIVE}
            self._signers = {kid: s for kid, s in self._signers.items() if kid in active}
            # Looked before it was read: what changes in between is read again the next time.
            self._stamp = stamp
        return self._keys

    def _look(self) -> _Stamp:
        try:
            with os.scandir(self._store.folder) as files:
                found = [
                    (file.name, file.stat())
                    for file in files
                    if len(file.name) == 16 + len(".json") and file.name.endswith(".json")
                ]
        except OSError as error:
            raise KeyProblem("хранилище ключей не читается") from error
        return frozenset((name, s.st_ino, s.st_size, s.st_mtime_ns) for name, s in found)
