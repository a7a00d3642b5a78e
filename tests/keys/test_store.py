"""The key store: keys are kept, listed and retired; only the owner can read or use them."""

import base64
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from statusqr_keys import Alg, KeyRecord, KeySigner, KeyState, KeyStore, KeyUse, Scope, StoredKey
from statusqr_keys.pkcs8 import encrypted_pem
from statusqr_schema import KeyProblem

PASSPHRASE = "верная фраза".encode()
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SCOPE = Scope(frozenset({"veteran"}), frozenset({"76"}), frozenset({"Вымышленный орган"}))


def add(
    store: KeyStore,
    alg: Alg = Alg.ES256,
    *,
    issuer: str = "yar-social",
    name: str = "Вымышленный орган",
    created: datetime = NOW,
    start: datetime = NOW - timedelta(days=1),
    days: int = 1095,
) -> StoredKey:
    signer = KeySigner.generate(alg)
    end = start + timedelta(days=days)
    record = KeyRecord(signer.public_key, KeyUse.PRINT, start, end, scope=SCOPE)
    key = StoredKey(issuer, name, created, record)
    store.add(key, signer, PASSPHRASE)
    return key


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "deep" / "store")


def test_a_key_is_found_again_by_its_kid(store: KeyStore) -> None:
    key = add(store)
    assert store.find(key.kid) == key
    assert store.find(key.kid.upper()) == key
    with pytest.raises(KeyProblem, match="такого ключа"):
        store.find("0" * 16)


def test_keys_are_listed_with_the_oldest_first(store: KeyStore) -> None:
    keys = [add(store, created=NOW - timedelta(days=age)) for age in (1, 3, 2)]
    assert store.all_keys() == [keys[1], keys[2], keys[0]]


@pytest.mark.parametrize("alg", Alg)
def test_the_private_key_signs_after_it_was_kept(store: KeyStore, alg: Alg) -> None:
    key = add(store, alg)
    signer = store.signer(key.kid, PASSPHRASE)
    assert signer.public_key.to_jwk() == key.record.key.to_jwk()
    assert len(signer.sign(b"message")) == 64


def test_only_the_owner_reads_the_files(store: KeyStore) -> None:
    key = add(store)
    store.retire(key.kid, NOW)
    assert store.folder.stat().st_mode & 0o777 == 0o700
    files = {path.name: path.stat().st_mode & 0o777 for path in store.folder.iterdir()}
    assert files == {f"{key.kid}.json": 0o600, f"{key.kid}.pem": 0o600}


@pytest.mark.parametrize("alg", Alg)
def test_the_private_key_is_encrypted(store: KeyStore, alg: Alg) -> None:
    key = add(store, alg)
    pem = (store.folder / f"{key.kid}.pem").read_bytes()
    assert pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(pem, None)
    private = store.signer(key.kid, PASSPHRASE).private_key
    if isinstance(private, ec.EllipticCurvePrivateKey):
        secret = private.private_numbers().private_value.to_bytes(32)
    else:
        secret = private.private_bytes_raw()
    content = base64.b64decode(b"".join(pem.splitlines()[1:-1]))
    assert all(secret[at : at + 8] not in content for at in range(25))


def test_a_key_that_is_retired_stands_for_what_it_signed(store: KeyStore) -> None:
    key = add(store)
    retired = store.retire(key.kid, NOW)
    assert store.find(key.kid) == retired
    assert (retired.record.state, retired.record.valid_through) == (KeyState.RETIRED, NOW)
    assert (retired.record.scope, retired.record.valid_from) == (SCOPE, key.record.valid_from)
    with pytest.raises(KeyProblem, match="уже не действует"):
        store.retire(key.kid, NOW)


def test_retiring_never_lengthens_nor_reverses_a_term(store: KeyStore) -> None:
    past = add(store, start=NOW - timedelta(days=10), days=5)
    future = add(store, start=NOW + timedelta(days=10), days=5)
    assert store.retire(past.kid, NOW).record.valid_through == past.record.valid_through
    assert store.retire(future.kid, NOW).record.valid_through == future.record.valid_from


def test_the_trust_list_groups_keys_by_issuer(store: KeyStore) -> None:
    old = add(store, name="Прежнее имя", created=NOW - timedelta(days=9))
    new = add(store, Alg.ED25519, name="Новое имя")
    other = add(store, issuer="portal", name="Портал", created=NOW + timedelta(seconds=1))
    trust = store.trust_list(NOW + timedelta(microseconds=5))
    assert trust.published == NOW
    issuers = [(issuer.id, issuer.name, issuer.keys) for issuer in trust.issuers]
    assert issuers == [
        ("yar-social", "Новое имя", (old.record, new.record)),
        ("portal", "Портал", (other.record,)),
    ]


def test_a_store_that_is_not_there(store: KeyStore) -> None:
    for action in (store.all_keys, lambda: store.find("0" * 16), lambda: store.trust_list(NOW)):
        with pytest.raises(KeyProblem, match="такого хранилища ключей нет"):
            action()
    store.folder.mkdir(parents=True)
    assert store.all_keys() == []
    assert store.trust_list(NOW).issuers == ()


def test_a_folder_that_cannot_hold_a_key(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(KeyProblem, match="не записывается"):
        add(KeyStore(tmp_path / "file"))


def test_one_store_has_one_passphrase(store: KeyStore) -> None:
    key = add(store)
    other = KeySigner.generate()
    record = KeyRecord(other.public_key, KeyUse.LIVE, NOW, NOW)
    with pytest.raises(KeyProblem, match="неверная парольная фраза"):
        store.add(StoredKey("yar-social", "Орган", NOW, record), other, PASSPHRASE + b"?")
    assert store.all_keys() == [key]
    assert len(list(store.folder.iterdir())) == 2


def test_openssl_opens_the_key_file_with_the_passphrase(tmp_path: Path) -> None:
    """A standard container with scrypt: the keys outlive this program, guessing is slow."""
    openssl = shutil.which("openssl")
    assert openssl, "openssl comes with every Debian"
    signer = KeySigner.generate()
    path = tmp_path / "key.pem"
    path.write_bytes(encrypted_pem(signer.private_key, PASSPHRASE))
    (tmp_path / "right").write_bytes(PASSPHRASE)
    (tmp_path / "wrong").write_bytes(b"another passphrase")
    command = [openssl, "pkey", "-in", str(path), "-pubout", "-outform", "DER", "-passin"]
    opened, refused = (
        subprocess.run([*command, f"file:{tmp_path / name}"], capture_output=True, check=False)
        for name in ("right", "wrong")
    )
    public = signer.public_key.key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert opened.stdout == public
    assert refused.returncode != 0
    parts = subprocess.run(
        [openssl, "asn1parse", "-in", str(path)], capture_output=True, text=True, check=True
    ).stdout
    assert ":scrypt" in parts
    assert ":aes-256-cbc" in parts


def test_a_copied_description_does_not_pass_for_another_key(store: KeyStore) -> None:
    key = add(store)
    copy = store.folder / "0123456789abcdef.json"
    copy.write_bytes((store.folder / f"{key.kid}.json").read_bytes())
    with pytest.raises(KeyProblem, match="повреждён"):
        store.all_keys()


def test_first_keys_made_at_once_agree_on_one_passphrase(tmp_path: Path) -> None:
    """Six processes on an empty store, each with a passphrase of its own: one wins."""
    program = Path(sys.executable).with_name("statusqr-keys")
    command = [str(program), "new", "--store", str(tmp_path / "new"), "--authority", "a"]
    started = [
        subprocess.Popen(
            [*command, "--name", "A"],
            env={**os.environ, "STATUSQR_PASSPHRASE": f"a passphrase {number}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(6)
    ]
    for process in started:
        process.communicate()
    assert sorted(process.returncode for process in started) == [0, 1, 1, 1, 1, 1]
    assert len(KeyStore(tmp_path / "new").all_keys()) == 1
