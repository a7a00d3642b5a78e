"""Sealed cells and the file of their keys."""

import json
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from commands import PASSPHRASE
from hypothesis import given
from hypothesis import strategies as st

from statusqr_issuer.registry.vault import MAX_VERSION, SEALED, Cell, Vault
from statusqr_issuer.registry.vault_file import NAME, VaultFile
from statusqr_schema import RegistryProblem

ROW = UUID(int=653)
CELL = Cell.of("status", "entry", ROW)
ONE, TWO = bytes(range(32)), bytes(range(1, 33))
PHRASE = PASSPHRASE.encode()


@given(st.binary(max_size=200), st.text(max_size=20), st.integers(1, MAX_VERSION))
def test_what_is_sealed_opens_in_its_place_only(plain: bytes, row: str, version: int) -> None:
    vault, cell = Vault({version: ONE}), Cell("status", "entry", row)
    sealed = vault.seal(plain, cell)
    assert vault.open(sealed, cell) == plain
    assert vault.seal(plain, cell) != sealed
    for other in (
        Cell("status", "entry", row + "x"),
        Cell("status", "other", row),
        Cell("status_version", "entry", row),
    ):
        with pytest.raises(RegistryProblem) as refused:
            vault.open(sealed, other)
        assert refused.value.code == "REGISTRY_DAMAGED"


def test_any_changed_byte_is_found() -> None:
    vault = Vault({1: ONE, 2: TWO})
    sealed = vault.seal(b"entry", CELL)
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(RegistryProblem):
            vault.open(bytes(changed), CELL)
    for length in range(len(sealed)):
        with pytest.raises(RegistryProblem):
            vault.open(sealed[:length], CELL)


def test_rows_with_keys_of_several_columns() -> None:
    assert Cell.of("status_version", "entry", ROW, 2).row == f"{ROW}/2"
    assert ("status", "entry") in SEALED and ("status_version", "entry") in SEALED


def test_keys_that_cannot_be() -> None:
    for keys in ({}, {0: ONE}, {MAX_VERSION + 1: ONE}, {1: ONE[:16]}):
        with pytest.raises(ValueError, match="32 bytes"):
            Vault(keys)


def test_no_key_shows_itself() -> None:
    vault = Vault({1: ONE})
    assert ONE.hex() not in repr(vault) + repr(vars(vault))
    assert repr(ONE) not in repr(vars(vault))


def test_the_newest_of_the_checks_seals() -> None:
    both, first = Vault({1: ONE, 2: TWO}), Vault({1: ONE})
    assert both.newest == 2
    assert Vault.versions_in(both.checks()) == (1, 2)
    both.hold_to(first.checks())
    assert both.newest == 1
    assert first.open(both.seal(b"entry", CELL), CELL) == b"entry"
    both.hold_to(both.checks(2))
    assert both.seal(b"entry", CELL)[0] == 2


@pytest.mark.parametrize(
    "checks", [Vault({1: TWO}).checks(), Vault({3: ONE}).checks(), Vault({1: ONE}).checks()[:9]]
)
def test_checks_of_other_keys(checks: bytes) -> None:
    with pytest.raises(RegistryProblem, match=NAME) as refused:
        Vault({1: ONE, 2: TWO}).hold_to(checks)
    assert refused.value.code == "REGISTRY_KEY"


def test_keys_that_came_later_are_asked_for_and_none_is_forgotten() -> None:
    newer = Vault({2: TWO})
    asked = []

    def reload() -> Mapping[int, bytes]:
        asked.append(1)
        return {2: TWO}

    vault = Vault({1: ONE}, reload)
    old = vault.seal(b"old", CELL)
    assert vault.open(newer.seal(b"entry", CELL), CELL) == b"entry"
    assert vault.open(newer.seal(b"entry", CELL), CELL) == b"entry"
    assert vault.open(old, CELL) == b"old"
    assert (asked, vault.newest) == ([1], 1)  # to know a key is not to seal with it
    with pytest.raises(RegistryProblem) as refused:
        vault.open(Vault({3: ONE}).seal(b"entry", CELL), CELL)
    assert refused.value.code == "REGISTRY_KEY"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    made.mkdir()
    return made


def test_a_file_keeps_its_keys(folder: Path) -> None:
    made = VaultFile.make(folder, PHRASE)
    (first,) = made.keys().values()
    assert VaultFile.make(folder, PHRASE).keys() == {1: first}
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert made.add() == 2
    keys = VaultFile.open(folder, PHRASE).keys()
    assert (sorted(keys), keys[1]) == ([1, 2], first)
    assert len({first, keys[2]}) == 2
    made.keep_only(2)
    assert made.keys() == {2: keys[2]}
    assert made.add() == 3
    assert [file.name for file in folder.iterdir()] == [NAME]
    text = (folder / NAME).read_text()
    assert all(key.hex() not in text for key in keys.values())


def test_a_program_that_runs_sees_new_keys(folder: Path) -> None:
    running = VaultFile.make(folder, PHRASE).vault()
    VaultFile.open(folder, PHRASE).add()
    newer = VaultFile.open(folder, PHRASE).vault()
    assert running.open(newer.seal(b"entry", CELL), CELL) == b"entry"


def test_a_wrong_passphrase(folder: Path) -> None:
    VaultFile.make(folder, PHRASE)
    for attempt in (VaultFile.open, VaultFile.make):
        with pytest.raises(RegistryProblem, match="парольная фраза") as refused:
            attempt(folder, b"another passphrase")
        assert refused.value.code == "REGISTRY_KEY"


def test_no_file(folder: Path) -> None:
    with pytest.raises(RegistryProblem, match="резервной копии") as refused:
        VaultFile.open(folder, PHRASE)
    assert refused.value.code == "REGISTRY_KEY"
    with pytest.raises(RegistryProblem) as refused:
        VaultFile.make(folder / "absent", PHRASE)
    assert refused.value.code == "REGISTRY_KEY"


def test_no_more_versions(folder: Path) -> None:
    file = VaultFile.make(folder, PHRASE)
    file._write({MAX_VERSION: ONE})
    with pytest.raises(RegistryProblem, match="255"):
        file.add()


def test_a_damaged_file(folder: Path) -> None:
    file = VaultFile.make(folder, PHRASE)
    file.add()
    whole = json.loads((folder / NAME).read_text())
    keys, scrypt = whole["keys"], whole["scrypt"]
    swapped = {"1": keys["2"], "2": keys["1"]}
    damaged: list[object] = [
        [],
        {},
        whole | {"keys": {}},
        whole | {"keys": swapped},
        whole | {"keys": {"1": "!"}},
        whole | {"keys": {"x": keys["1"]}},
        whole | {"keys": {"1": 5}},
        whole | {"keys": {"1": ""}},
        whole | {"scrypt": scrypt | {"n": 2}},
        whole | {"scrypt": scrypt | {"salt": "я"}},
        whole | {"scrypt": scrypt | {"salt": "AAAA"}},
    ]
    for document in damaged:
        (folder / NAME).write_text(json.dumps(document))
        with pytest.raises(RegistryProblem) as refused:
            VaultFile.open(folder, PHRASE)
        assert refused.value.code == "REGISTRY_KEY"
        with pytest.raises(RegistryProblem):
            file.keys()
    for text in (b"", b"{", b"\xff"):
        (folder / NAME).write_bytes(text)
        with pytest.raises(RegistryProblem) as refused:
            VaultFile.open(folder, PHRASE)
        assert refused.value.code == "REGISTRY_KEY"


def test_the_file_of_another_store(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    file, foreign = VaultFile.make(folder, PHRASE), VaultFile.make(other, PHRASE)
    (folder / NAME).write_bytes((other / NAME).read_bytes())
    with pytest.raises(RegistryProblem):
        file.keys()
    with pytest.raises(RegistryProblem):
        VaultFile.open(folder, PHRASE).vault().hold_to(Vault({1: ONE}).checks())
    assert foreign.vault().newest == 1


def test_a_cell_names_no_person() -> None:
    row = uuid4()
    assert Cell.of("status", "entry", row).context == f"status.entry:{row}".encode()
