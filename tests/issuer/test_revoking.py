"""`statusqr-issuer revoke`, `suspend` and `restore` as an operator uses them, on a real store."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import AT, PASSPHRASE, objects, write
from world import NOON, Key, documents, record

from statusqr_issuer import cli, sign_claims
from statusqr_issuer.desk import identity_of
from statusqr_issuer.registry import Registry, audit
from statusqr_issuer.registry.chain import examine
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.opening import make_registry
from statusqr_keys import KeyRecord, KeySigner, KeyStore, KeyUse, StoredKey
from statusqr_keys.revocation import Revocations, SqliteRevocations
from statusqr_schema import Presentation, StatusReference, qrtext

Call = Callable[..., tuple[int, str, str]]
WHY = ("--reason", "решение отменено")
PEOPLE = {name: documents()[name] for name in ("R01", "R02", "R03")}


def add_key(store: Path, issuer: str = "yar", use: KeyUse = KeyUse.PRINT) -> KeySigner:
    signer = KeySigner.generate()
    days = timedelta(days=300)
    key = KeyRecord(signer.public_key, use, NOON - days, NOON + days)
    KeyStore(store).add(StoredKey(issuer, "Орган", NOON, key), signer, PASSPHRASE.encode())
    return signer


@pytest.fixture(params=["file", "registry"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A store with two keys, that keeps its own file or has a registry."""
    folder = tmp_path / "store"
    add_key(folder)
    add_key(folder, use=KeyUse.LIVE)
    if request.param == "file":
        yield folder
        return
    registry = make_registry(None, folder, PASSPHRASE.encode(), NOON)
    REGISTRIES[folder] = registry
    yield folder
    REGISTRIES.pop(folder).close()


REGISTRIES: dict[Path, Registry] = {}


def book(store: Path) -> Revocations:
    registry = REGISTRIES.get(store)
    return SqliteRevocations(store) if registry is None else RegistryRevocations(registry)


def publisher(store: Path) -> str:
    program = "statusqr-issuer" if store in REGISTRIES else "statusqr-keys"
    return f"Проверяющие узнают при следующей публикации ({program} publish)."


@pytest.fixture
def call(store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PASSPHRASE)

    def run(*words: object) -> tuple[int, str, str]:
        line = ["statusqr-issuer", *map(str, words), "--store", str(store)]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        for person in PEOPLE.values():
            for secret in (person["holder"]["snils"], person["holder"]["family_name"]):
                assert secret not in printed.out + printed.err
        return int(ended.value.code or 0), printed.out, printed.err

    return run


def issued(call: Call, folder: Path, name: str = "R01", *options: object) -> tuple[int, Path, str]:
    out = folder / f"out{len(list(folder.iterdir()))}"
    path = write(folder, documents()[name])
    words = ("--at", AT, "--allow-ended", "--formats", "txt", *options)
    status, _, err = call("issue", path, "--out", out, *words)
    return status, out / f"{name.lower()}.txt", err


@contextmanager
def descriptor(text: str | bytes) -> Iterator[int]:
    reading, writing = os.pipe()
    os.write(writing, text if isinstance(text, bytes) else text.encode())
    os.close(writing)
    try:
        yield reading
    finally:
        os.close(reading)


def states(store: Path) -> list[int]:
    return sorted(book(store).states("yar", 0).values())


def test_a_lost_paper(call: Call, store: Path, tmp_path: Path) -> None:
    _, code, _ = issued(call, tmp_path)
    status, out, err = call("revoke", code, *WHY)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        f"{code}: отозвано",
        "Изменено печатных кодов: 1.",
        "Новым кодам этих людей это не мешает.",
        publisher(store),
    ]
    assert states(store) == [1]
    status, out, err = call("revoke", code, *WHY)
    assert (status, err) == (0, "")
    assert out.splitlines()[:2] == [
        f"{code}: уже отозвано, ничего не изменилось",
        "Изменено печатных кодов: 0.",
    ]
    assert "публикации" not in out
    assert issued(call, tmp_path)[0] == 0
    assert call("restore", code, *WHY)[0] == 0
    assert states(store) == []


def test_several_codes_of_which_some_are_not_ours(call: Call, store: Path, tmp_path: Path) -> None:
    first, second = issued(call, tmp_path)[1], issued(call, tmp_path, "R02")[1]
    foreign = tmp_path / "foreign.txt"
    foreign.write_text(Key.make().issue().text)
    absent = tmp_path / "absent.txt"
    status, out, err = call("suspend", first, foreign, absent, second, *WHY)
    assert status == 1
    assert out.splitlines()[:3] == [
        f"{first}: приостановлено",
        f"{second}: приостановлено",
        "Изменено печатных кодов: 2.",
    ]
    assert err.splitlines() == [
        f"{foreign}: ничего не сделано: код подписан не ключом этого хранилища [UNKNOWN_ISSUER]",
        f"{absent}: ничего не сделано: файл не читается [INPUT]",
    ]
    assert states(store) == [2, 2]
    status, out, err = call("suspend", foreign, first, *WHY, "--json")
    assert status == 1
    (told,), (refused,) = objects(out), objects(err)
    assert (told["target"], told["file"], told["changed"]) == ("code", str(first), False)
    assert (told["before"], told["after"], told["changes"]) == ("suspended", "suspended", [])
    assert (refused["file"], refused["refused"]) == (str(foreign), "UNKNOWN_ISSUER")


def test_what_is_no_printed_code_of_this_store(call: Call, store: Path, tmp_path: Path) -> None:
    good = issued(call, tmp_path)[1].read_text().strip()
    live = issued(call, tmp_path, "R01", "--presentation", "live")[1].read_text()
    broken = bytearray(qrtext.decode(good))
    broken[-1] ^= 1
    misused = Key.make().issue().claims
    signer = add_key(store, use=KeyUse.LIVE)
    cases = {
        "INPUT": ["", "7" * 50, "statusqr", "девять", good + "\n" + good],
        "MALFORMED": [good[:-1], "9" * 300, "9" * 2000, "9" * 20_000],
        "SIGNATURE": [str(int.from_bytes(broken))],
        "NOT_PRINTED": [live, sign_claims(misused, signer).text],
    }
    for code, texts in cases.items():
        for text in texts:
            path = tmp_path / "code.txt"
            path.write_text(text)
            status, out, err = call("revoke", path, *WHY)
            assert (status, err.splitlines()[-1][-len(code) - 2 :]) == (1, f"[{code}]")
            assert out.startswith("Изменено печатных кодов: 0.")
    register = book(store)
    assert (register.events(), states(store)) == ([], [])


def test_an_es256_signature_for_an_ed25519_key_is_none(
    call: Call, store: Path, tmp_path: Path
) -> None:
    data = bytearray(qrtext.decode(issued(call, tmp_path)[1].read_text().strip()))
    assert data[5] == 0x26
    data[5] = 0x32
    path = tmp_path / "code.txt"
    path.write_text(str(int.from_bytes(data)))
    assert "[SIGNATURE]" in call("revoke", path, *WHY)[2]


def test_a_certificate(call: Call, store: Path, tmp_path: Path) -> None:
    for name in ("R01", "R01", "R02"):
        issued(call, tmp_path, name)
    number = documents()["R01"]["certificate_number"]
    status, out, err = call("revoke", "--certificate", number, *WHY, "--author", "Отдел 5")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "удостоверение: отозвано",
        "Изменено печатных кодов: 2.",
        "Новые коды, в том числе живые и для экрана, уже не выпускаются.",
        publisher(store),
    ]
    assert states(store) == [1, 1]
    (event,) = book(store).events()
    assert (event.note.reason, event.note.author) == ("решение отменено", "Отдел 5")
    assert abs(event.note.moment - datetime.now(UTC)) < timedelta(minutes=5)
    for presentation in ("print", "live", "screen"):
        status, _, err = issued(call, tmp_path, "R01", "--presentation", presentation)
        assert (status, "[REVOKED]" in err) == (1, True)
        assert issued(call, tmp_path, "R02", "--presentation", presentation)[0] == 0
    status, out, err = call("suspend", "--certificate", number, *WHY)
    assert (status, "сначала восстановите" in err) == (1, True)
    status, out, _ = call("restore", "--certificate", number, *WHY)
    assert (status, out.splitlines()[2]) == (
        0,
        "Новые коды снова выпускаются, если нет другого запрета.",
    )
    assert issued(call, tmp_path, "R01", "--presentation", "live")[0] == 0


def test_a_person_by_a_descriptor(call: Call, store: Path, tmp_path: Path) -> None:
    for name in ("R01", "R02"):
        issued(call, tmp_path, name)
    snils = documents()["R01"]["holder"]["snils"]
    with descriptor(f"{snils}\nnever read") as number:
        status, out, err = call("suspend", "--snils-fd", number, *WHY, "--json")
    assert (status, err) == (0, "")
    (told,) = objects(out)
    assert told["changes"][0].pop("index") in book(store).states("yar", 0)
    assert told == {
        "action": "suspend",
        "target": "person",
        "before": "valid",
        "after": "suspended",
        "changed": True,
        "codes": 1,
        "not_valid": 1,
        "changes": [{"issuer": "yar", "list": 0, "before": "valid", "after": "suspended"}],
    }
    assert "[SUSPENDED]" in issued(call, tmp_path)[2]


@pytest.mark.parametrize(
    "text", ["997-895-137 29", "", "\n", "abc", b"\xff\xfe", "000-000-000 00", "9" * 5000]
)
def test_what_is_no_snils(text: str | bytes, call: Call, store: Path) -> None:
    with descriptor(text) as number:
        status, out, err = call("revoke", "--snils-fd", number, *WHY)
    assert (status, out, err[:15]) == (1, "", "Ошибка [INPUT]:")
    assert "137" not in err
    assert book(store).events() == []


def test_a_descriptor_that_is_not_open(call: Call) -> None:
    assert call("revoke", "--snils-fd", 987, *WHY)[0] == 1


def test_a_code_under_another_hold(call: Call, store: Path, tmp_path: Path) -> None:
    _, code, _ = issued(call, tmp_path)
    number = documents()["R01"]["certificate_number"]
    call("revoke", code, *WHY)
    call("revoke", "--certificate", number, *WHY)
    status, _, err = call("restore", code, *WHY)  # done, but the code is still not valid
    assert (status, "есть другой запрет" in err) == (0, True)
    status, _, err = call("restore", code, *WHY)
    assert (status, "есть другой запрет" in err) == (1, True)
    assert states(store) == [1]
    assert call("restore", "--certificate", number, *WHY)[::2] == (0, "")
    assert states(store) == []


def test_two_issuers_in_one_store(call: Call, store: Path, tmp_path: Path) -> None:
    add_key(store, "kuz")
    number = documents()["R01"]["certificate_number"]
    snils = documents()["R01"]["holder"]["snils"]
    for authority in ("yar", "kuz"):
        issued(call, tmp_path, "R01", "--authority", authority)
    status, _, err = call("revoke", "--certificate", number, *WHY)
    assert (status, "kuz, yar" in " ".join(err.split())) == (2, True)
    assert call("revoke", "--certificate", number, *WHY, "--authority", "oops")[0] == 2
    assert call("revoke", "--certificate", number, *WHY, "--authority", "kuz")[0] == 0
    register = book(store)
    assert (len(register.states("kuz", 0)), states(store)) == (1, [])
    with descriptor(snils) as pipe:
        assert call("revoke", "--snils-fd", pipe, *WHY)[0] == 0
    assert states(store) == [1]
    with descriptor(snils) as pipe:
        status, _, err = call("restore", "--snils-fd", pipe, *WHY, "--authority", "yar")
    assert (status, "без --authority" in err) == (1, True)
    with descriptor(snils) as pipe:
        status, _, err = call("restore", "--snils-fd", pipe, *WHY)
    assert (status, states(store)) == (0, [])
    assert "остаётся недействительных кодов: 1" in err
    assert register.standing("yar", identity_of(record())) == 0


@pytest.mark.parametrize("store", ["file"], indirect=True)
def test_a_number_that_nothing_was_printed_for_and_codes_without_a_name(
    call: Call, store: Path
) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(store / "issuing.sqlite")) as database:
        database.executescript(
            "CREATE TABLE status_entry (issuer TEXT NOT NULL, number INTEGER NOT NULL, entry "
            "INTEGER NOT NULL, PRIMARY KEY (issuer, number, entry)) WITHOUT ROWID;"
            "INSERT INTO status_entry VALUES ('yar', 0, 1), ('yar', 0, 2);"
        )
    status, out, err = call("revoke", "--certificate", "no such number", *WHY)
    assert (status, "проверьте номер" in err, "прежней версией программы: 2" in err) == (0, 1, 1)
    assert "уже не выпускаются" in out
    assert "no such number" not in out + err


@pytest.mark.parametrize(
    "words",
    [
        WHY,
        ("--certificate", "1", "--snils-fd", "0", *WHY),
        ("code.txt", "--certificate", "1", *WHY),
        ("code.txt", "--authority", "yar", *WHY),
        ("--certificate", " ", *WHY),
        ("--certificate", "1"),
        ("--certificate", "1", "--reason", " "),
        ("--certificate", "1", "--reason", "x" * 501),
        ("--certificate", "1", "--reason", "997-895-137 28"),
        ("--certificate", "1", *WHY, "--author", ""),
        ("--snils-fd", "-1", *WHY),
    ],
)
def test_wrong_usage(words: tuple[str, ...], call: Call, store: Path) -> None:
    for act in ("revoke", "suspend", "restore"):
        status, out, err = call(act, *words)
        assert (status, out, "Traceback" in err) == (2, "", False)
    assert book(store).events() == []


def test_a_store_that_is_not_there(tmp_path: Path, call: Call, store: Path) -> None:
    for path in store.iterdir():
        path.unlink()
    store.rmdir()
    for aim in (("--certificate", "1"), (tmp_path / "code.txt",)):
        status, _, err = call("revoke", *aim, *WHY)
        assert (status, err[:13]) == (1, "Ошибка [KEY]:")
    assert not store.exists()


def test_the_author_is_the_user_of_the_system(
    call: Call, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pwd

    monkeypatch.setenv("LOGNAME", "somebody-else")
    call("revoke", "--certificate", "1", *WHY)
    (event,) = book(store).events()
    assert event.note.author == pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    call("restore", "--certificate", "1", *WHY)
    assert book(store).events()[1].note.author == "uid 4000000000"


def test_issuing_and_revoking_at_once_in_processes(store: Path, tmp_path: Path) -> None:
    """`issue` prints 40 codes while `revoke` and `restore` run: each is whole when it ends."""
    entry = documents()["R02"]
    path = write(tmp_path, [{**entry, "id": f"n{i}"} for i in range(40)])
    program = str(Path(sys.executable).with_name("statusqr-issuer"))
    environment = {"STATUSQR_PASSPHRASE": PASSPHRASE, "LANG": "C.UTF-8"}
    issue = [program, "issue", path, "--store", store, "--out", tmp_path / "o", "--at", AT]
    with subprocess.Popen(
        [*map(str, issue), "--formats", "txt", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as issuing:
        aim = ["--certificate", documents()["R01"]["certificate_number"], "--store", str(store)]
        for act in ("revoke", "restore", "suspend"):
            ended = subprocess.run([program, act, *aim, *WHY], env=environment, check=False)
            assert ended.returncode == 0
        out, _ = issuing.communicate(timeout=120)
    assert issuing.returncode == 0
    assert len(objects(out)) == 40
    register = book(store)
    assert [event.after for event in register.events()] == [1, 0, 2]
    codes = [str(one["files"][0]) for one in objects(out)]
    revoked = subprocess.run(
        [program, "revoke", *codes, "--store", str(store), *WHY, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert sum(len(json.loads(line)["changes"]) for line in revoked.stdout.splitlines()) == 40
    assert len(register.states("yar", 0)) == 40


def test_a_code_of_a_retired_or_compromised_key_is_revoked_too(
    call: Call, store: Path, tmp_path: Path
) -> None:
    signer = add_key(store)
    key = KeyStore(store).find(signer.public_key.kid.hex())
    content = Key.make().issue().claims
    content = replace(content, status=StatusReference(0, 9), presentation=Presentation.PRINT)
    path = tmp_path / "code.txt"
    path.write_text(sign_claims(content, signer).text)
    KeyStore(store).retire(key.kid, NOON)
    assert call("revoke", path, *WHY)[0] == 0
    assert book(store).states("yar", 0) == {9: 1}


def words(store: Path, tmp_path: Path) -> list[object]:
    path = write(tmp_path, documents()["R01"])
    return ["issue", path, "--out", tmp_path / "o", "--at", AT, "--formats", "txt"]


@pytest.mark.parametrize("store", ["registry"], indirect=True)
def test_a_store_whose_registry_is_elsewhere_says_so(
    call: Call, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A moved SQLite file stands for any other place: by option, by environment, or forgotten."""
    REGISTRIES[store].close()
    elsewhere = tmp_path / "elsewhere.sqlite"
    (store / "registry.sqlite").rename(elsewhere)
    aim = ("revoke", "--certificate", documents()["R01"]["certificate_number"], *WHY)
    for command in (words(store, tmp_path), aim):
        status, out, err = call(*command)
        assert (status, out, err[:15]) == (1, "", "Ошибка [MOVED]:")
        assert "--registry" in err
        assert call(*command, "--registry", tmp_path / "none.sqlite")[0] == 1
    assert call(*words(store, tmp_path), "--registry", elsewhere)[0] == 0
    monkeypatch.setenv("STATUSQR_REGISTRY", str(elsewhere))
    status, out, _ = call(*aim)
    assert (status, out.splitlines()[1]) == (0, "Изменено печатных кодов: 1.")
    monkeypatch.setenv("STATUSQR_REGISTRY", "")
    assert call(*aim)[0] == 1


@pytest.mark.parametrize("away", [(), ("registry-keys.json",)])
def test_no_passphrase_is_needed(
    away: tuple[str, ...],
    call: Call,
    store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who is called at night has the store; a revocation waits for nobody. Nor for the keys."""
    _, code, _ = issued(call, tmp_path)
    monkeypatch.delenv("STATUSQR_PASSPHRASE")
    monkeypatch.setattr(sys, "stdin", None)
    for name in away:
        (store / name).unlink(missing_ok=True)
    number = documents()["R01"]["certificate_number"]
    assert call("suspend", "--certificate", number, *WHY)[0] == 0
    assert states(store) == [2]
    assert call("restore", "--certificate", number, *WHY)[0] == 0
    assert call("revoke", code, *WHY)[0] == 0
    assert states(store) == [1]


@pytest.mark.parametrize("store", ["registry"], indirect=True)
def test_another_finder_key_finds_nobody_and_is_refused(call: Call, store: Path) -> None:
    (store / "finder.key").write_bytes(bytes(32))
    status, out, err = call("revoke", "--certificate", "1", *WHY)
    assert (status, out) == (1, "")
    assert "finder.key" in err


@pytest.mark.parametrize("store", ["registry"], indirect=True)
def test_who_took_entries_stands_in_the_log(call: Call, store: Path, tmp_path: Path) -> None:
    import pwd

    assert call(*words(store, tmp_path))[0] == 0
    with REGISTRIES[store].reading() as view:
        *_, last = audit.entries(view)
        assert examine(audit.entries(view))[1] is None
    assert (last.actor, last.act) == (pwd.getpwuid(os.getuid()).pw_name, "taken")
    assert json.loads(last.body) == {"issuer": "yar", "lists": [0], "entries": 1}
