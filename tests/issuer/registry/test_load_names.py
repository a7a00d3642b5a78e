"""Names of statuses that come and go: id, certificate's number, neither. One status stays one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from loads import (
    NOW,
    document,
    held,
    numbered,
    print_code,
    rules_of,
    shown,
    snils,
    take,
    the_status,
    versions,
)
from registries import Fresh

from statusqr_issuer.registry import Registry
from statusqr_issuer.registry.load_plan import Change
from statusqr_keys.holds import State
from statusqr_schema import IssueRefused

EARLIER = {"data_as_of": "2026-11-20T09:30:00+03:00"}
LATER = {"data_as_of": "2026-11-22T08:00:00+03:00"}
ENDED = {"revoked": {"effective_on": "2026-11-01", "reason": "Аннулировано"}}
NO_ID: dict[str, Any] = {"id": None}
PLAIN: dict[str, Any] = {"id": None, "certificate_number": None}
NAMED: list[dict[str, Any]] = [{}, NO_ID, PLAIN]
OTHER_DAY = {"period": {"valid_from": "2025-01-01", "indefinite": True}}


def names(registry: Registry, holder: str) -> list[tuple[str | None, str | None]]:
    return [(s.entry.id, s.record.certificate_number) for s in held(registry, holder)]


@pytest.mark.parametrize("ending", NAMED, ids=["id", "number", "plain"])
@pytest.mark.parametrize("old", NAMED, ids=["id", "number", "plain"])
def test_what_has_ended_comes_back_under_no_older_name(
    registry: Registry, old: dict[str, Any], ending: dict[str, Any]
) -> None:
    value = numbered(1, **{**old, **EARLIER})
    take(registry, value)
    code = print_code(registry, the_status(registry, value)).reference
    report = take(registry, numbered(1, **{**ending, **ENDED}))
    assert report.changes == {Change.ENDED: 1}
    assert shown(registry) == {code: State.INVALID}
    for named in NAMED:
        report = take(registry, numbered(1, **{**named, **EARLIER}))
        assert rules_of(report) == {rules: ["OLDER"] for rules in rules_of(report)}
        assert len(report.refused) == 1
    assert not the_status(registry, value).stands(NOW)
    with pytest.raises(IssueRefused):
        print_code(registry, the_status(registry, value))
    back = take(registry, numbered(1, **{**old, **LATER}))
    assert back.changes == {Change.RECOVERED: 1}


def test_the_stronger_name_stays(registry: Registry) -> None:
    value, holder = numbered(1), snils(1)
    take(registry, numbered(1, **PLAIN))
    assert take(registry, numbered(1, **NO_ID)).changes == {Change.CHANGED: 1}
    assert take(registry, value).changes == {Change.SAME: 1}
    assert take(registry, numbered(1, **NO_ID)).changes == {Change.SAME: 1}
    assert names(registry, holder) == [("N1", "76-N1")]
    moved = numbered(1, status=OTHER_DAY)  # found by its id alone, as ever
    assert take(registry, moved).changes == {Change.CHANGED: 1}
    moved = numbered(1, id=None, status=OTHER_DAY, measures_until="2040-01-01")
    assert take(registry, moved).changes == {Change.CHANGED: 1}
    assert names(registry, holder) == [("N1", "76-N1")]


def test_an_id_that_comes_later_ends_what_was_printed_before(registry: Registry) -> None:
    take(registry, numbered(1, **NO_ID))
    code = print_code(registry, the_status(registry, numbered(1))).reference
    assert take(registry, numbered(1)).changes == {Change.SAME: 1}
    assert shown(registry) == {code: State.VALID}
    report = take(registry, numbered(1, **ENDED))
    assert (report.changes, report.codes) == ({Change.ENDED: 1}, 1)
    assert the_status(registry, numbered(1)).hold is State.INVALID


def test_a_number_is_a_name_where_the_first_day_was_corrected(registry: Registry) -> None:
    take(registry, numbered(1, **NO_ID))
    assert take(registry, numbered(1, status=OTHER_DAY)).changes == {Change.CHANGED: 1}
    old = numbered(1, **NO_ID, **EARLIER)
    assert rules_of(take(registry, old)) == {"запись 1": ["OLDER"]}
    assert len(held(registry, snils(1))) == 1


def test_a_number_of_ours_that_the_register_adopts_stays_ours(registry: Registry) -> None:
    plain = numbered(1, **PLAIN)
    assert take(registry, plain, series="99-").numbers == 1
    adopted = numbered(1, id=None, certificate_number="99-000001")
    assert take(registry, adopted).changes == {Change.SAME: 1}
    again = take(registry, plain, series="99-")
    assert (again.changes, again.given) == ({Change.SAME: 1}, [])
    assert names(registry, snils(1)) == [(None, "99-000001")]
    thief = numbered(2, certificate_number="99-000001")
    assert rules_of(take(registry, thief)) == {"N2": ["NUMBER_TAKEN"]}


def test_names_of_one_kind_are_statuses_of_their_own(registry: Registry) -> None:
    take(registry, numbered(1, id="a"), numbered(1, id="b"))
    assert take(registry, numbered(1, id="c")).changes == {Change.ADDED: 1}
    one, other = (numbered(2, id=None, certificate_number=f"77-{n}") for n in range(2))
    assert take(registry, one, other).changes == {Change.ADDED: 2}
    assert len(held(registry, snils(1))) == 3
    theirs = numbered(3, id=None, certificate_number="76-N1")  # another person's
    assert take(registry, theirs).changes == {Change.ADDED: 1}


def test_a_name_that_fits_several_is_refused(registry: Registry) -> None:
    take(registry, numbered(1, id="a", certificate_number="1"))
    take(registry, numbered(1, id="b", certificate_number="2"))
    for unclear in (numbered(1, **PLAIN), numbered(1, id=None, certificate_number="3")):
        assert rules_of(take(registry, unclear)) == {"запись 1": ["STATUS_UNCLEAR"]}
    clear = numbered(1, id=None, certificate_number="2", **LATER)
    assert take(registry, clear).changes == {Change.SAME: 1}
    assert sorted(names(registry, snils(1))) == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize("batch", [500, 1])
def test_what_fits_several_records_is_given_to_none(registry: Registry, batch: int) -> None:
    """But the record with its number comes first; and each alone is clear."""
    take(registry, numbered(1, **PLAIN))
    both = [numbered(1, id=name, certificate_number=name) for name in "ab"]
    report = take(registry, *both, batch=batch)
    assert rules_of(report) == {"a": ["STATUS_UNCLEAR"], "b": ["STATUS_UNCLEAR"]}
    assert take(registry, both[0]).changes == {Change.CHANGED: 1}
    assert take(registry, *both, batch=batch).changes == {Change.SAME: 1, Change.ADDED: 1}
    take(registry, numbered(2, **NO_ID))
    mine, other = numbered(2), numbered(2, id="N2b", certificate_number="77-1")
    report = take(registry, other, mine, batch=batch)
    assert report.changes == {Change.SAME: 1, Change.ADDED: 1}
    assert sorted(names(registry, snils(2))) == [("N2", "76-N2"), ("N2b", "77-1")]


def test_records_of_one_status_under_two_names_are_refused(registry: Registry) -> None:
    value = numbered(1)
    for other in (NO_ID, PLAIN, {"id": None, "certificate_number": "77-1"}):
        assert len(take(registry, value, numbered(1, **other)).refused) == 2
    moved = numbered(1, id=None, status=OTHER_DAY)
    assert len(take(registry, value, moved).refused) == 2
    assert held(registry, snils(1)) == []
    assert take(registry, value, numbered(2, **NO_ID)).changes == {Change.ADDED: 2}


def test_what_one_record_takes_is_not_new_under_another_kind_of_name(registry: Registry) -> None:
    """The first corrects the day by which the second would be found."""
    take(registry, numbered(1))
    report = take(registry, numbered(1, status=OTHER_DAY), numbered(1, **PLAIN))
    assert report.changes == {Change.CHANGED: 1}
    assert rules_of(report) == {"запись 2": ["STATUS_UNCLEAR"]}


TRUTH = st.tuples(  # one status of one person in time: what it says, whether it has ended
    st.sampled_from(["Статус", "Другой статус"]), st.booleans()
)


@settings(max_examples=30)
@given(
    truth=st.lists(TRUTH, min_size=1, max_size=4),
    files=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(range(3))), max_size=8),
)
def test_one_status_stays_one_and_is_as_the_newest_file_says(
    fresh: Fresh, truth: list[tuple[str, bool]], files: list[tuple[int, int]]
) -> None:
    """Whatever names the files leave out, in whatever order they come, and come again."""
    newest = -1
    with fresh() as registry:
        for moment, named in files:
            title, ended = truth[moment := min(moment, len(truth) - 1)]
            data = {"data_as_of": (NOW + timedelta(hours=moment)).isoformat()}
            value = numbered(1, **{**NAMED[named], **data, **(ENDED if ended else {})})
            value["status"] |= {"name": title}
            report = take(registry, value)
            assert bool(report.refused) is (moment < newest)
            newest = max(newest, moment)
            status = the_status(registry, numbered(1))
            title, ended = truth[newest]
            assert (status.record.status_name, status.stands(NOW)) == (title, not ended)
            if ended:
                assert State.VALID not in shown(registry).values()
            elif status.hold is State.VALID:
                print_code(registry, status)


@dataclass(frozen=True)
class Told:
    """A record; `day` is which first day it has, `data` the day of the data."""

    person: int
    id: str | None
    certificate: str | None
    day: int
    title: str
    data: int
    ended: bool

    @property
    def document(self) -> dict[str, Any]:
        period = {"valid_from": f"2025-01-{self.day:02d}", "indefinite": True}
        return document(
            id=self.id,
            certificate_number=self.certificate,
            holder={"snils": snils(self.person)},
            status={"name": self.title, "period": period},
            data_as_of=(NOW + timedelta(hours=self.data)).isoformat(),
            revoked=ENDED["revoked"] if self.ended else None,
        )

    @property
    def name(self) -> tuple[str, ...]:
        if self.id:
            return "id", self.id
        if self.certificate:
            return "number", self.certificate
        return "plain", str(self.person), str(self.day)

    @property
    def says(self) -> object:
        return self.certificate, self.day, self.title


@dataclass
class Status:
    """A status of the model: its name, its id, and the last record."""

    name: tuple[str, ...]
    id: str | None
    told: Told
    changes: list[str]


STRENGTH = ["plain", "number", "id"]
records = st.builds(
    Told,
    person=st.sampled_from([1, 1, 1, 2]),
    id=st.sampled_from([None, None, "a", "b"]),
    certificate=st.sampled_from([None, "1", "2"]),
    day=st.sampled_from([1, 1, 2]),
    title=st.sampled_from(["Статус", "Другой статус"]),
    data=st.sampled_from([0, 1, 1]),
    ended=st.booleans(),
)


class Model(RuleBasedStateMachine):
    """Files of one record or two, and the statuses they speak of, told apart by brute force."""

    fresh: Fresh

    @initialize()
    def begin(self) -> None:
        self.context = self.fresh()
        self.registry: Registry = self.context.__enter__()
        self.statuses: list[Status] = []

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)

    @rule(told=st.lists(records, min_size=1, max_size=2), batch=st.sampled_from([1, 500]))
    def load(self, told: list[Told], batch: int) -> None:
        report = take(self.registry, *(one.document for one in told), batch=batch)
        refused: list[tuple[int, list[str]]] = []
        done: list[str] = []
        for places in [[n] for n in range(len(told))] if batch == 1 else [range(len(told))]:
            # A batch finds what the one before has written, and is judged before it writes.
            judged = [
                self.judged(one, kept) for one, kept in zip(told, self.found(told), strict=True)
            ]
            for place in places:
                kept, wrong = judged[place]
                if wrong:
                    refused.append((place + 1, wrong))
                else:
                    done.append(self.carry_out(told[place], kept))
        got = [(r.number, [v.rule for v in r.error.violations]) for r in report.refused]
        assert got == refused
        counts = {change: done.count(change) for change in done}
        assert {c.value: n for c, n in report.changes.items()} == counts

    def found(self, told: list[Told]) -> Iterator[Status | str | None]:
        """Of each record the status it speaks of, or why that cannot be told."""
        if len(told) == 2 and self.are_one(*told):
            yield from ["STATUS_TWICE"] * 2
            return
        for one in told:
            others = [other for other in told if other is not one and other.person == one.person]
            yield self.of(one, *others)

    def of(self, one: Told, *others: Told) -> Status | str | None:
        statuses = self.statuses
        for status in statuses:
            if status.name == one.name:  # whosever it is
                return status
        rank, mine = self.candidates(one, statuses)
        for other in others:
            their_rank, theirs = self.candidates(other, statuses)
            shared = [s for s in mine if s in theirs]
            if shared and their_rank == rank:
                return "STATUS_UNCLEAR"
            if shared and their_rank > rank and other.name[0] != one.name[0]:
                return "STATUS_UNCLEAR"
            if their_rank > rank and other.name[0] == one.name[0]:
                _, mine = self.candidates(one, [s for s in statuses if s not in theirs])
        if len(mine) > 1:
            return "STATUS_UNCLEAR"
        return mine[0] if mine else None

    @staticmethod
    def candidates(one: Told, statuses: list[Status]) -> tuple[int, list[Status]]:
        """Those that fit best, and how well."""
        ranks = [(Model.rank(one, status), status) for status in statuses]
        best = max((rank for rank, _ in ranks), default=0)
        return best, [status for rank, status in ranks if rank == best > 0]

    @staticmethod
    def rank(one: Told, status: Status) -> int:
        if status.told.person != one.person:
            return 0
        if status.name[0] == one.name[0]:
            return 4 if status.name == one.name else 0
        number = one.certificate is not None and one.certificate == status.told.certificate
        return 2 * number + (one.day == status.told.day)

    @staticmethod
    def are_one(one: Told, other: Told) -> bool:
        if one.name == other.name:
            return True
        if one.person != other.person or one.name[0] == other.name[0]:
            return False
        number = one.certificate is not None and one.certificate == other.certificate
        return number or one.day == other.day

    @staticmethod
    def judged(one: Told, kept: Status | str | None) -> tuple[Status | None, list[str]]:
        if isinstance(kept, str):
            return None, [kept]
        if kept is None:
            return None, []
        person = ["OTHER_PERSON"] if kept.told.person != one.person else []
        return kept, person + (["OLDER"] if one.data < kept.told.data else [])

    def carry_out(self, one: Told, kept: Status | None) -> str:
        if kept is None:
            self.statuses.append(Status(one.name, one.id, one, ["added"]))
            return "added"
        change = "same"
        if one.ended is not kept.told.ended:
            change = "ended" if one.ended else "recovered"
        elif one.says != kept.told.says:
            change = "changed"
        kept.told, kept.id = one, one.id or kept.id
        if STRENGTH.index(one.name[0]) > STRENGTH.index(kept.name[0]):
            kept.name = one.name
        kept.changes += [change] if change != "same" else []
        return change

    @invariant()
    def statuses_are_as_in_the_model(self) -> None:
        for person in (1, 2):
            found = [
                (
                    (s.entry.id, s.entry.record.certificate_number, s.entry.record.status_name),
                    s.entry.record.period.valid_from.day,
                    s.entry.record.data_as_of,
                    s.ended_by(NOW),
                    versions(self.registry, s.id),
                )
                for s in held(self.registry, snils(person))
            ]
            wanted = [
                (
                    (s.id, s.told.certificate, s.told.title),
                    s.told.day,
                    NOW + timedelta(hours=s.told.data),
                    s.told.ended,
                    list(enumerate(s.changes, 1)),
                )
                for s in self.statuses
                if s.told.person == person
            ]
            assert sorted(found, key=repr) == sorted(wanted, key=repr)


def run(fresh: Fresh, examples: int) -> None:
    machine = type("Machine", (Model,), {"fresh": staticmethod(fresh)})
    profile = settings(max_examples=examples, stateful_step_count=12)
    run_state_machine_as_test(machine, settings=profile)


def test_names_are_told_apart_as_in_the_model(fresh: Fresh) -> None:
    run(fresh, 30)


@pytest.mark.long
def test_names_are_told_apart_as_in_the_model_at_length(fresh: Fresh) -> None:
    run(fresh, 500)
