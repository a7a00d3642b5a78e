"""The key store: a folder with an issuer's signing keys and the state that issuing needs.

::

    DIR/
      <kid>.json      what the key is for (public), 0600
      <kid>.pem       the private key, PKCS#8, encrypted with the passphrase, 0600
      issuing.sqlite  status list entries, and what is revoked: `status_index`, `revocation`
      finder.key      the key of the digests by which codes are found, see `finder`, 0600

A key exists once its .json does: it is written last, and each file appears whole or not at all.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from statusqr_schema import KeyProblem, TrustListRefused
from statusqr_schema.strict_json import JsonValue, loads

from .files import locked, write_atomic
from .pkcs8 import encrypted_pem
from .signer import KeySigner
from .trust import Issuer, KeyRecord, KeyState, utc
from .trust_json import key_from_json, key_to_json, moment_out, parse_moment
from .trust_list import TrustList


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key of the store with the issuer that it belongs to."""

    issuer_id: str
    issuer_name: str
    created: datetime
    record: KeyRecord

    @property
    def kid(self) -> str:
        """16 hex digits."""
        return self.record.kid.hex()


class KeyStore:
    """The store in one folder. Every method reads the files anew; none keeps a secret."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, key: StoredKey, signer: KeySigner, passphrase: bytes) -> None:
        """Keep a new key, or KeyProblem where the folder cannot hold it.

        One store has one passphrase: it must open the keys that are there already.
        """
        pem = encrypted_pem(signer.private_key, passphrase)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(self.folder):
                for other in self.all_keys()[-1:]:
                    self.signer(other.kid, passphrase)
                write_atomic(self._pem(key.kid), pem, 0o600)
                self._write(key)
        except OSError as error:
            raise KeyProblem(f"хранилище ключей не записывается: {error.strerror}") from error

    def all_keys(self) -> list[StoredKey]:
        """Every key, the oldest first; KeyProblem where the folder or a file is broken."""
        if not self.folder.is_dir():
            raise KeyProblem("такого хранилища ключей нет: создайте ключ командой new")
        paths = sorted(self.folder.glob("[0-9a-f]" * 16 + ".json"))
        return sorted((self._read(path) for path in paths), key=lambda key: (key.created, key.kid))

    def find(self, kid: str) -> StoredKey:
        """The key with this kid, or KeyProblem."""
        for key in self.all_keys():
            if key.kid == kid.lower():
                return key
        raise KeyProblem("такого ключа в хранилище нет")

    def retire(self, kid: str, now: datetime) -> StoredKey:
        """The key signs no more; what it signed until `now` stands."""
        key = self.find(kid)
        if key.record.state is not KeyState.ACTIVE:
            raise KeyProblem("этот ключ уже не действует")
        end = max(min(utc(now), key.record.valid_through), key.record.valid_from)
        record = replace(key.record, state=KeyState.RETIRED, valid_through=end)
        retired = replace(key, record=record)
        self._write(retired)
        return retired

    def compromise(self, kid: str) -> StoredKey:
        """Nothing that the key ever signed stands; it cannot be undone."""
        key = self.find(kid)
        if key.record.state is KeyState.COMPROMISED:
            raise KeyProblem("этот ключ уже объявлен скомпрометированным")
        fallen = replace(key, record=replace(key.record, state=KeyState.COMPROMISED))
        self._write(fallen)
        return fallen

    def signer(self, kid: str, passphrase: bytes) -> KeySigner:
        """The signer of a key, or KeyProblem where the passphrase or the file is wrong."""
        try:
            private = load_pem_private_key(self._pem(kid).read_bytes(), passphrase)
        except OSError as error:
            raise KeyProblem("закрытый ключ не читается из хранилища") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyProblem("неверная парольная фраза или повреждённый файл ключа") from error
        if not isinstance(private, (ec.EllipticCurvePrivateKey, Ed25519PrivateKey)):
            raise KeyProblem("в файле ключ другого вида")
        signer = KeySigner.of(private)
        if signer.public_key.kid.hex() != kid:
            raise KeyProblem("файл ключа подменён: в нём другой ключ")
        return signer

    def trust_list(self, published: datetime) -> TrustList:
        """All keys as a trust list. An issuer has the name of its newest key."""
        issuers: dict[str, Issuer] = {}
        for key in self.all_keys():
            known = issuers[key.issuer_id].keys if key.issuer_id in issuers else ()
            issuers[key.issuer_id] = Issuer(key.issuer_id, key.issuer_name, (*known, key.record))
        return TrustList.of(issuers.values(), utc(published))

    def _pem(self, kid: str) -> Path:
        return self.folder / f"{kid}.pem"

    def _write(self, key: StoredKey) -> None:
        document: dict[str, JsonValue] = {
            "issuer": key.issuer_id,
            "name": key.issuer_name,
            "created": moment_out(key.created),
            "key": key_to_json(key.record),
        }
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        write_atomic(self.folder / f"{key.kid}.json", text.encode("utf-8"), 0o600)

    def _read(self, path: Path) -> StoredKey:
        try:
            document = loads(path.read_text(encoding="utf-8"))
            match document:
                case {
                    "issuer": str(issuer),
                    "name": str(name),
                    "created": str(created),
                    "key": record,
                }:
                    key = key_from_json(record)
                    if path.stem != key.kid.hex():
                        raise ValueError("имя файла не то, что у ключа в нём")
                    return StoredKey(issuer, name, parse_moment(created, "created"), key)
                case _:
                    raise ValueError("нет нужных полей")
        except (OSError, ValueError, TrustListRefused) as error:
            raise KeyProblem(f"файл {path.name} хранилища повреждён: {error}") from error
