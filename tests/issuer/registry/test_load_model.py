"""Whatever files come in whatever order, the registry answers as a model of plain dicts does."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from loads import (
    MOSCOW,
    NOW,
    document,
    held,
    numbered,
    print_at_the_counter,
    print_code,
    rules_of,
    shown,
    snils,
    take,
    versions,
)
from registries import Fresh

from statusqr_issuer.registry import Registry, audit, chain, messages
from statusqr_issuer.registry.load_plan import Change
from statusqr_keys.holds import State
from statusqr_schema import IssueRefused, Snils, StatusReference

PEOPLE = [1, 2]
CERTIFICATES = {"W": "1", "X": "1", "Y": "1", "Z": None}  # three share one
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """A record: `data` is the day of the data, `end` that of an early end."""

    name: str
    person: int
    title: str
    data: int
    end: int | None

    @property
    def document(self) -> dict[str, Any]:
        return document(
            id=self.name,
            certificate_number=CERTIFICATES[self.name],
            holder={"snils": snils(self.person)},
            status={"name": self.title},
            data_as_of=(NOW + self.data * DAY).isoformat(),
            revoked=None if self.end is None else {"effective_on": str(day(self.end))},
        )


def day(number: int) -> date:
    return (NOW + number * DAY).astimezone(MOSCOW).date()


@dataclass
class Status:
    """A status of the model, and the codes that were printed of it in the account."""

    told: Told
    ended: bool
    changes: list[str]
    codes: list[StatusReference] = field(default_factory=list)


records = st.builds(
    Told,
    st.sampled_from(sorted(CERTIFICATES)),
    st.sampled_from([*PEOPLE, *[PEOPLE[0]] * 6]),
    st.sampled_from(["Статус", "Другой статус"]),
    st.sampled_from([1, 1, 1, 1, 0, 2]),
    st.sampled_from([None, None, -1, 0, 1, 3]),
)


class Model(RuleBasedStateMachine):
    fresh: Fresh

    @initialize()
    def begin(self) -> None:
        self.context = self.fresh()
        self.registry: Registry = self.context.__enter__()
        self.today = 0
        self.statuses: dict[str, Status] = {}
        self.counter: dict[StatusReference, int] = {}  # printed there on certificate 1: for whom
        self.fallen: set[StatusReference] = set()
        self.held = False  # certificate 1
        self.messages = dict.fromkeys(PEOPLE, 0)
        self.load([Told(name, 1, "Статус", 1, None) for name in "XYZ"])
        for name in "XYZ":
            self.print_in_the_account(name)
        self.print_at_the_counter(1)

    def teardown(self) -> None:
        if hasattr(self, "context"):
            self.context.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        return NOW + self.today * DAY

    @rule(days=st.integers(1, 2))
    def days_go_by(self, days: int) -> None:
        self.today += days

    @rule(
        told=st.lists(records, min_size=1, max_size=2, unique_by=lambda one: (one.name, one.title))
    )
    def load(self, told: list[Told]) -> None:
        report = take(self.registry, *(one.document for one in told), at=self.now)
        names = [one.name for one in told]
        refused: dict[str, list[str]] = {}
        steps: list[tuple[Told, Change]] = []
        for one in told:
            if names.count(one.name) > 1:
                refused[one.name] = ["STATUS_TWICE"]
            elif why := list(self.objections(one)):
                refused[one.name] = why
            else:
                steps.append((one, self.change(one)))
        assert rules_of(report) == refused
        assert {c: n for c, n in report.changes.items() if n} == {
            change: count for change in Change if (count := [c for _, c in steps].count(change))
        }
        rising = self.write(steps)
        ended = any(s.ended for s in self.of_certificate())
        others = any(not s.ended for s in self.of_certificate() if s.told.name not in rising)
        recovered = any(CERTIFICATES[one.name] and c is Change.RECOVERED for one, c in steps)
        if self.held and rising and not others and (ended or recovered):
            self.held = False
        fallen = set(self.fall(steps))
        assert report.codes == len(fallen - self.fallen)
        self.fallen |= fallen

    def objections(self, one: Told) -> Iterator[str]:
        kept = self.statuses.get(one.name)
        if kept and kept.told.person != one.person:
            yield "OTHER_PERSON"
        if kept and one.data < kept.told.data:
            yield "OLDER"
        if one.data > self.today + 1 and (kept is None or one.data > kept.told.data):
            yield "DATA_AS_OF_FUTURE"

    def change(self, one: Told) -> Change:
        kept, due = self.statuses.get(one.name), one.end is not None and one.end <= self.today
        if kept is None:
            return Change.ADDED
        if due is not kept.ended:
            return Change.ENDED if due else Change.RECOVERED
        same = replace(kept.told, data=0) == replace(one, data=0)
        return Change.SAME if same else Change.CHANGED

    def write(self, steps: list[tuple[Told, Change]]) -> set[str]:
        """The names of those that stand from now on under certificate 1."""
        rising = set()
        for one, change in steps:
            due = one.end is not None and one.end <= self.today
            if change is Change.ADDED:
                self.statuses[one.name] = Status(one, due, [])
            kept = self.statuses[one.name]
            kept.told, kept.ended = one, due
            if change is not Change.SAME:
                kept.changes.append(change.value)
            if change not in (Change.SAME, Change.ADDED):
                self.messages[one.person] += 1
            new = change in (Change.ADDED, Change.RECOVERED)
            if new and not due and CERTIFICATES[one.name]:
                rising.add(one.name)
        return rising

    def fall(self, steps: list[tuple[Told, Change]]) -> Iterator[StatusReference]:
        for one, change in steps:
            certificate, kept = CERTIFICATES[one.name], self.statuses[one.name]
            if change not in (Change.SAME, Change.ADDED):
                yield from kept.codes
                yield from self.counter_of(one.person) if certificate else ()
            last = all(s.ended for s in self.of_certificate())
            if change is not Change.SAME and kept.ended and certificate and last:
                self.held = True
                yield from self.counter_of(one.person)

    def counter_of(self, person: int) -> list[StatusReference]:
        return [code for code, whose in self.counter.items() if whose == person]

    def is_held(self, person: int) -> bool:
        """Two regions may give one number: the register's hold is for the owners."""
        return self.held and any(s.told.person == person for s in self.of_certificate())

    def of_certificate(self) -> list[Status]:
        return [s for name, s in self.statuses.items() if CERTIFICATES[name]]

    @rule(name=st.sampled_from(sorted(CERTIFICATES)))
    def print_in_the_account(self, name: str) -> None:
        if name not in self.statuses:
            return
        kept = self.statuses[name]
        held_now = bool(self.held and CERTIFICATES[name])
        (status,) = [s for s in held(self.registry, snils(kept.told.person)) if s.entry.id == name]
        if not status.stands(self.now):
            assert kept.told.end is not None
            assert kept.told.end <= self.today
        elif kept.ended or held_now:
            with pytest.raises(IssueRefused):
                print_code(self.registry, status, self.now)
        else:
            kept.codes.append(print_code(self.registry, status, self.now).reference)

    @rule(person=st.sampled_from(PEOPLE))
    def print_at_the_counter(self, person: int) -> None:
        value = numbered(person, certificate_number="1")
        if self.is_held(person):
            with pytest.raises(IssueRefused):
                print_at_the_counter(self.registry, value)
        else:
            self.counter[print_at_the_counter(self.registry, value)] = person

    @invariant()
    def statuses_are_as_in_the_model(self) -> None:
        for person in PEOPLE:
            found = {s.entry.id: s for s in held(self.registry, snils(person))}
            mine = {n: s for n, s in self.statuses.items() if s.told.person == person}
            assert found.keys() == mine.keys()
            for name, kept in mine.items():
                status, end = found[name], kept.told.end
                assert status.entry.record.status_name == kept.told.title
                assert status.entry.record.data_as_of == NOW + kept.told.data * DAY
                assert status.version == len(kept.changes)
                history = list(enumerate(kept.changes, 1))
                assert versions(self.registry, status.id) == history
                over = end is not None and end <= self.today
                assert status.stands(self.now) is not over
                held_now = bool(self.held and CERTIFICATES[name])
                assert status.hold is (State.INVALID if held_now else State.VALID)

    @invariant()
    def codes_hold_as_in_the_model(self) -> None:
        expected = {}
        for name, kept in self.statuses.items():
            for code in kept.codes:
                down = code in self.fallen or (self.held and CERTIFICATES[name])
                expected[code] = State.INVALID if down else State.VALID
        for code, whose in self.counter.items():
            down = code in self.fallen or self.is_held(whose)
            expected[code] = State.INVALID if down else State.VALID
        assert shown(self.registry) == expected

    @invariant()
    def what_changed_was_told_and_logged(self) -> None:
        with self.registry.reading() as view:
            for person, count in self.messages.items():
                digest = view.person(Snils.parse(snils(person)))
                assert len(messages.of_person(view, digest)) == count
            _, fault = chain.examine(audit.entries(view))
            assert fault is None


def run(fresh: Fresh, examples: int) -> None:
    machine = type("Machine", (Model,), {"fresh": staticmethod(fresh)})
    profile = settings(max_examples=examples, stateful_step_count=20)
    run_state_machine_as_test(machine, settings=profile)


def test_loads_are_the_model(fresh: Fresh) -> None:
    run(fresh, 20)


@pytest.mark.long
def test_loads_are_the_model_at_length(fresh: Fresh) -> None:
    run(fresh, 300)
