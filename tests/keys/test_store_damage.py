"""A key store with damaged, swapped, missing or foreign files: it says so, and signs nothing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519

from statusqr_keys import KeyRecord, KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_schema import KeyProblem

PASSPHRASE = b"correct passphrase"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

# A key on sect163k1, encrypted with the passphrase: a curve that the library does not know.
SECT163K1 = b"""-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHLMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgNw+6U8vCJWgICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEA8gStpP9X/HMi3ytCnNniAEcILN
B6/nUp3XGG3x20o8OrRtUcpk8GiqiPEPMq70fOBgKH/Q0916v6GB+Ws3nzVwhMbJ
iwAx928AjjypW+WbIZRLutFZ9jbKgp5+7QkgRmh1+MrZE8XH5EZqUkA55GP9t5AQ
Wokb2QafPfKFtSSVLlY=
-----END ENCRYPTED PRIVATE KEY-----
"""


def add(store: KeyStore, created: datetime = NOW) -> StoredKey:
    signer = KeySigner.generate()
    record = KeyRecord(signer.public_key, KeyUse.PRINT, NOW, NOW + timedelta(days=1095))
    key = StoredKey("yar-social", "Вымышленный орган", created, record)
    store.add(key, signer, PASSPHRASE)
    return key


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path)


def test_a_wrong_passphrase(store: KeyStore) -> None:
    key = add(store)
    with pytest.raises(KeyProblem, match="неверная парольная фраза"):
        store.signer(key.kid, PASSPHRASE + b" ")


def test_a_key_file_that_was_swapped(store: KeyStore) -> None:
    first, second = add(store), add(store)
    (store.folder / f"{second.kid}.pem").replace(store.folder / f"{first.kid}.pem")
    with pytest.raises(KeyProblem, match="подменён"):
        store.signer(first.kid, PASSPHRASE)
    with pytest.raises(KeyProblem, match="не читается"):
        store.signer(second.kid, PASSPHRASE)


def pem_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSPHRASE),
    )


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: b"", "повреждён"),
        (lambda: b"\x00\xff" * 50, "повреждён"),
        (lambda: b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "повреждён"),
        (lambda: pem_of(ec.generate_private_key(ec.SECP256R1()))[:-60], "повреждён"),
        (lambda: pem_of(rsa.generate_private_key(65537, 2048)), "другого вида"),
        (lambda: pem_of(x25519.X25519PrivateKey.generate()), "другого вида"),
        (lambda: pem_of(ec.generate_private_key(ec.SECP384R1())), "P-256"),
        (lambda: pem_of(ec.generate_private_key(ec.SECP256R1())), "подменён"),
        (lambda: SECT163K1, "повреждён"),
    ],
    ids=["empty", "noise", "no-key", "cut", "RSA", "X25519", "P-384", "other-key", "sect163k1"],
)
def test_a_key_file_of_another_kind(
    store: KeyStore, make: Callable[[], bytes], reason: str
) -> None:
    key = add(store)
    (store.folder / f"{key.kid}.pem").write_bytes(make())
    with pytest.raises(KeyProblem, match=reason):
        store.signer(key.kid, PASSPHRASE)


def test_a_key_that_is_not_encrypted_is_refused(store: KeyStore) -> None:
    key = add(store)
    plain = store.signer(key.kid, PASSPHRASE).private_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (store.folder / f"{key.kid}.pem").write_bytes(plain)
    with pytest.raises(KeyProblem, match="неверная парольная фраза или повреждённый файл"):
        store.signer(key.kid, PASSPHRASE)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-20],
        lambda text: "[]",
        lambda text: json.dumps({**json.loads(text), "created": 5}),
        lambda text: json.dumps({**json.loads(text), "created": "yesterday"}),
        lambda text: json.dumps({**json.loads(text), "key": {}}),
        lambda text: text.replace('"kid": "', '"kid": "0'),
        lambda text: text.replace('"yar-social"', "NaN"),
    ],
    ids=["empty", "cut", "list", "number", "moment", "key", "kid", "NaN"],
)
def test_a_damaged_description_is_named(store: KeyStore, damage: Callable[[str], str]) -> None:
    key = add(store)
    path = store.folder / f"{key.kid}.json"
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(KeyProblem, match=f"файл {key.kid}.json хранилища повреждён"):
        store.all_keys()


def test_a_description_that_is_not_text(store: KeyStore) -> None:
    key = add(store)
    (store.folder / f"{key.kid}.json").write_bytes(b'{"issuer": "\xff"}')
    with pytest.raises(KeyProblem, match="повреждён"):
        store.find(key.kid)


def test_a_crash_between_the_two_files_leaves_no_half_key(store: KeyStore) -> None:
    whole = add(store)
    half = add(store)
    (store.folder / f"{half.kid}.json").unlink()
    assert store.all_keys() == [whole]
    with pytest.raises(KeyProblem, match="такого ключа"):
        store.find(half.kid)
    again = add(store, created=NOW + timedelta(seconds=1))
    assert store.all_keys() == [whole, again]


def test_other_files_of_the_folder_are_passed_over(store: KeyStore) -> None:
    key = add(store)
    for name in ("issuing.sqlite", "notes.json", ".0123456789abcdef.json.tmp", "0123.json"):
        (store.folder / name).write_text("{")
    assert store.all_keys() == [key]
