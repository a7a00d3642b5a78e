"""`issue`, `load`, `restore` beside a registry: what the registry says, and nothing else."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from commands import PASSPHRASE, write
from loads import document, snils, take

from statusqr_issuer import cli
from statusqr_issuer.desk import Issued, Order
from statusqr_issuer.registered import RegisteredDesk
from statusqr_issuer.registry import Registry, printouts
from statusqr_issuer.registry.incoming import Incoming
from statusqr_issuer.registry.opening import open_registry
from statusqr_issuer.registry.printouts import Printout
from statusqr_keys import cli as keys_cli
from statusqr_keys.holds import State
from statusqr_schema import Snils

AT = "2026-11-22T09:00:00+03:00"
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(
    own_store: Path,
    empty_place: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Run a command; exit status, stdout and stderr."""
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("STATUSQR_REGISTRY", empty_place)

    def run(*words: object, main: Callable[[], None] = cli.main) -> tuple[int, str, str]:
        line = ["program", *map(str, words), "--store", str(own_store)]
        monkeypatch.setattr(sys, "argv", line)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


class Office:
    """Loads and issues single records."""

    def __init__(self, call: Call, folder: Path, store: Path, place: str) -> None:
        self.call = call
        self._folder = folder
        self._store = store
        self._place = place

    def load(self, *values: dict[str, Any], words: tuple[str, ...] = ()) -> str:
        status, out, err = self.call(
            "load", write(self._folder, list(values)), "--at", AT, "--json", *words
        )
        assert (status, err) == (0, "")
        return out

    def issue(self, value: dict[str, Any], *words: object) -> tuple[int, str, str]:
        path, out = write(self._folder, value), self._folder / "out"
        return self.call(
            "issue", path, "--out", out, "--at", AT, "--formats", "txt", "--json", *words
        )

    def printed(self, value: dict[str, Any]) -> list[Printout]:
        opened: Registry = open_registry(self._place, self._store, PASSPHRASE.encode())
        try:
            with opened.reading() as view:
                person = view.person(Snils.parse(value["holder"]["snils"]))
                return printouts.of_person(view, person)
        finally:
            opened.close()


@pytest.fixture
def office(call: Call, tmp_path: Path, own_store: Path, empty_place: str) -> Office:
    return Office(call, tmp_path, own_store, empty_place)


def test_a_code_stands_in_the_list_and_falls_with_its_status(office: Office) -> None:
    value = document()
    office.load(value)
    status, _, err = office.issue(value)
    assert (status, err) == (0, "")
    assert [code.state for code in office.printed(value)] == [State.VALID]
    assert office.issue(value, "--profile", "minimal")[0] == 0
    changed = document(status={"name": "Многодетная мать"})
    assert json.loads(office.load(changed))["codes_revoked"] == 2
    assert {code.state for code in office.printed(value)} == {State.INVALID}
    assert office.issue(value, "--presentation", "screen")[2].count("NOT_REGISTERED_SO") == 1
    assert office.issue(changed, "--presentation", "live")[0] == 0
    assert len(office.printed(value)) == 2


def test_a_number_given_here_is_on_the_paper(office: Office) -> None:
    value = document("R10")  # without a number
    told = json.loads(office.load(value, words=("--series", "99-")))
    assert told["numbers"] == [{"id": "R10", "number": "99-000001"}]
    status, out, err = office.issue(value, "--formats", "txt,pdf")
    assert (status, err) == (0, "")
    code = next(path for path in json.loads(out)["files"] if path.endswith("txt"))
    assert office.call("revoke", code, "--reason", "бланк утерян")[0] == 0
    (printed,) = office.printed(value)
    assert printed.own is State.INVALID
    revoked = office.call("revoke", "--certificate", "99-000001", "--reason", "решение")
    assert (revoked[0], "проверьте номер" in revoked[2]) == (0, False)
    assert "[REVOKED]" not in office.issue(value)[1]
    assert json.loads(office.issue(value)[2].splitlines()[0])["refused"] == "REVOKED"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"certificate_number": "76-999999"}, "другие сведения"),
        ({"status": {"name": "Другое имя"}}, "другие сведения"),
        ({"revoked": {"effective_on": "2027-01-01", "reason": "переезд"}}, "другие сведения"),
        ({"data_as_of": "2025-11-01T00:00:00+03:00"}, "старше"),
        ({"holder": {"snils": snils(5)}}, "другому человеку"),
    ],
)
def test_what_the_registry_does_not_say_is_refused(
    office: Office, change: dict[str, Any], why: str
) -> None:
    value = document()
    office.load(value)
    status, out, err = office.issue(document(**change))
    told = json.loads(err.splitlines()[0])
    assert (status, out, told["refused"]) == (1, "", "NOT_REGISTERED_SO")
    assert why in told["message"]
    assert office.printed(value) == []


def test_a_newer_time_of_the_data_is_no_other_datum(office: Office) -> None:
    office.load(document())
    newer = document(data_as_of="2026-11-21T23:00:00+03:00")
    assert office.issue(newer)[0] == 0


def test_what_a_load_has_ended_only_a_load_brings_back(office: Office) -> None:
    value = document()
    office.load(value)
    number = value["certificate_number"]
    code = json.loads(office.issue(value)[1])["files"][0]
    ended = document(revoked={"effective_on": "2026-01-01", "reason": "переезд"})
    office.load(ended)
    stranger = document("R10", certificate_number=number)  # the registry does not know it
    for refused in (value, ended, stranger):
        told = json.loads(office.issue(refused)[2].splitlines()[0])
        assert told["refused"] == "STATUS_ENDED"
        assert "без revoked" in told["message"] and "restore" not in told["message"]
    for aim in (("--certificate", number, "--authority", "yar"), (code,)):
        status, out, err = office.call("restore", *aim, "--reason", "ошибка")
        assert (status, "без revoked" in err) == (1, True)
        assert "выпускаются" not in out + err and "--authority" not in out + err
        assert "восстановлено" not in out + err
    office.load(value)
    assert office.issue(value)[0] == 0


@pytest.mark.parametrize(
    "named", [{"id": None}, {"id": None, "certificate_number": None}], ids=["number", "plain"]
)
def test_no_name_that_is_left_out_makes_a_record_unknown(
    office: Office, named: dict[str, Any]
) -> None:
    value = document()
    office.load(value)
    period = {"valid_from": value["status"]["period"]["valid_from"], "valid_through": "2090-01-01"}
    longer = document(**named, status={"period": period})
    status, out, err = office.issue(longer)
    assert (status, out, "NOT_REGISTERED_SO" in err) == (1, "", True)
    office.load(document(revoked={"effective_on": "2026-01-01", "reason": "переезд"}))
    old = document(**named, data_as_of="2026-01-01T00:00:00+03:00")
    status, out, err = office.issue(old)
    assert (status, out, "STATUS_ENDED" in err) == (1, "", True)
    assert office.printed(value) == []


def test_a_record_without_its_id_is_that_of_the_registry(office: Office) -> None:
    office.load(document())
    status, _, err = office.issue(document(id=None))
    assert (status, err) == (0, "")
    assert len(office.printed(document())) == 1


def test_a_record_that_fits_several_statuses_is_refused(office: Office) -> None:
    office.load(document(), document(id="R01b"))
    status, out, err = office.issue(document(id=None))
    assert (status, out, json.loads(err.splitlines()[0])["refused"]) == (1, "", "NOT_REGISTERED_SO")


def test_a_number_given_here_is_on_no_other_paper(office: Office) -> None:
    office.load(document("R10"), words=("--series", "99-"))
    thief = document(certificate_number="99-000001")
    for presentation in ("print", "live"):
        status, out, err = office.issue(thief, "--presentation", presentation)
        assert (status, out) == (1, "")
        assert json.loads(err.splitlines()[0])["refused"] == "NOT_REGISTERED_SO"
        assert "выдан здесь для другого статуса" in err


@pytest.mark.parametrize(
    ("loaded", "why"),
    [
        (document(), "STATUS_CHANGED"),
        (document("R10", id="R10b", certificate_number="76-000101"), None),
        (
            document(id="R01b", holder={"snils": snils(5)}, revoked={"effective_on": "2026-01-01"}),
            "STATUS_ENDED",
        ),
    ],
    ids=["itself", "another", "ended"],
)
def test_a_record_that_is_loaded_while_it_is_issued(
    office: Office, monkeypatch: pytest.MonkeyPatch, loaded: dict[str, Any], why: str | None
) -> None:
    """It was unknown when it was looked for, and is not when its entry is taken."""
    issue_unknown = RegisteredDesk._issue_unknown

    def late(desk: RegisteredDesk, incoming: Incoming, order: Order) -> Issued:
        take(desk.registry, loaded)
        return issue_unknown(desk, incoming, order)

    office.load(document("R03"))
    monkeypatch.setattr(RegisteredDesk, "_issue_unknown", late)
    status, _, err = office.issue(document())
    assert status == (1 if why else 0)
    assert json.loads(err.splitlines()[0])["refused"] == why if why else "нет в реестре" in err
    assert office.printed(document()) == []


def test_an_entry_that_the_registry_does_not_know(office: Office) -> None:
    office.load(document("R10"))
    value = document()
    status, _, err = office.issue(value)
    assert status == 0 and "записи нет в реестре" in err
    assert office.printed(value) == []


def test_numbers_that_nobody_has(office: Office) -> None:
    office.load(document())
    status, out, err = office.call("restore", "--certificate", "1-1", "--reason", "ошибка")
    assert (status, out, "такого номера нет" in err) == (1, "", True)
    status, out, err = office.call("revoke", "--certificate", "1-1", "--reason", "решение")
    assert (status, "проверьте номер" in err) == (0, True)
    status, out, err = office.call("restore", "--certificate", "1-1", "--reason", "ошибка")
    assert (status, "снова выпускаются" in out) == (0, True)


@pytest.mark.parametrize("act", ["suspend", "revoke"])
def test_a_status_without_papers_is_no_wrong_number(office: Office, act: str) -> None:
    value = document()
    office.load(value)
    number = value["certificate_number"]
    status, out, err = office.call(act, "--certificate", number, "--reason", "проверка")
    assert (status, err) == (0, "")
    assert "уже не выпускаются" in out


def test_refused_commands_leave_nothing(
    office: Office, own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a registry beside the store's own, nor keys for a publication."""
    office.load(document())
    before = sorted(path.name for path in own_store.rglob("*"))
    place = os.environ["STATUSQR_REGISTRY"]
    monkeypatch.delenv("STATUSQR_REGISTRY")
    status, _, err = office.call("load", write(tmp_path, document()))
    assert (status, "[MOVED]" in err) == (1, True)
    status, _, err = office.call("publish", "--to", tmp_path / "site", main=keys_cli.main)
    assert (status, "[MOVED]" in err) == (1, True)
    assert sorted(path.name for path in own_store.rglob("*")) == before
    monkeypatch.setenv("STATUSQR_REGISTRY", place)
    assert json.loads(office.load(document()))["same"] == 1


def test_numbers_are_told(call: Call, tmp_path: Path) -> None:
    path = write(tmp_path, document("R10"))
    words = ("load", path, "--at", AT, "--series", "99-")
    assert call("registry", "new")[0] == 0
    assert "R10: будет выдан номер 99-000001\n" in call(*words, "--dry-run")[1]
    assert "R10: выдан номер 99-000001\n" in call(*words)[1]
