"""What revocation means, whoever keeps the book of it: the key store's own file or a registry.

`RevocationLaws` holds for every pair of a `StatusIndex` and a `Revocations`; `Model` is a state
machine over them. A test module gives the pair: a fixture `town`, or `run_model`.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from statusqr_keys import StatusIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note, PersonTarget, State, Target
from statusqr_keys.revocation import Revocations
from statusqr_schema import IssueRefused, Snils, StatusReference

AT = datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=3)))
NOTE = Note("решение отменено", "operator", AT)
ANNA, BORIS = Snils.parse("991-859-566 00"), Snils.parse("901-010-104 00")

IndexOf = Callable[[int, int], StatusIndex]  # by the size of a list, and when it is full


class Town:
    """Two issuers and their printed codes."""

    def __init__(self, index_of: IndexOf, register: Revocations) -> None:
        self.index_of = index_of
        self.register = register

    def code(
        self, certificate: str | None = "1", person: Snils | None = ANNA, issuer: str = "yar"
    ) -> CodeTarget:
        index = self.index_of(2**20, 2**19)
        (reference,) = index.allocate(issuer, 1, Identity(certificate, person))
        return CodeTarget(issuer, reference)

    def state(self, code: CodeTarget) -> int:
        states = self.register.states(code.issuer_id, code.reference.list_number)
        return states.get(code.reference.index, 0)


class RevocationLaws:
    """A subclass named Test… and a fixture `town` make them tests."""

    def test_a_lost_paper_is_revoked_alone(self, town: Town) -> None:
        lost, kept = town.code(), town.code()
        outcome = town.register.revoke(lost, NOTE)
        assert (outcome.before, outcome.after, outcome.changed) == (
            State.VALID,
            State.INVALID,
            True,
        )
        assert [(c.reference, c.before, c.after) for c in outcome.changes] == [
            (lost.reference, 0, 1)
        ]
        assert (outcome.codes, outcome.not_valid) == (1, 1)
        assert (town.state(lost), town.state(kept)) == (1, 0)
        assert town.register.standing("yar", Identity("1", ANNA)) is State.VALID
        assert town.state(town.code()) == 0

    @pytest.mark.parametrize("target", [CertificateTarget("1"), PersonTarget(ANNA)])
    def test_codes_fall_and_rise_together(self, target: Target, town: Town) -> None:
        mine, other = [town.code(), town.code()], town.code("2", BORIS)
        outcome = town.register.suspend(target, NOTE)
        assert {c.reference for c in outcome.changes} == {c.reference for c in mine}
        assert ([town.state(c) for c in mine], town.state(other)) == ([2, 2], 0)
        assert town.register.standing("yar", Identity("1", ANNA)) is State.SUSPENDED
        assert town.register.standing("yar", Identity("2", BORIS)) is State.VALID
        town.register.revoke(target, NOTE)
        assert [town.state(c) for c in mine] == [1, 1]
        assert len(town.register.restore(target, NOTE).changes) == 2
        assert [town.state(c) for c in mine] == [0, 0]
        assert town.register.standing("yar", Identity("1", ANNA)) is State.VALID

    def test_a_lost_paper_stays_revoked_when_the_status_is_restored(self, town: Town) -> None:
        lost, kept = town.code(), town.code()
        town.register.revoke(lost, NOTE)
        town.register.suspend(CertificateTarget("1"), NOTE)
        outcome = town.register.restore(CertificateTarget("1"), NOTE)
        assert (outcome.codes, outcome.not_valid, len(outcome.changes)) == (2, 1, 1)
        assert (town.state(lost), town.state(kept)) == (1, 0)

    def test_the_worst_of_three_holds_is_shown(self, town: Town) -> None:
        code = town.code()
        holds: list[Target] = [code, CertificateTarget("1"), PersonTarget(ANNA)]
        for target in holds:
            town.register.suspend(target, NOTE)
        town.register.revoke(PersonTarget(ANNA), NOTE)
        assert town.state(code) == 1
        assert town.register.standing("yar", Identity("1", None)) is State.SUSPENDED
        for target, left in zip(reversed(holds), (2, 2, 0), strict=True):
            town.register.restore(target, NOTE)
            assert town.state(code) == left

    def test_what_is_repeated_changes_nothing_and_says_so(self, town: Town) -> None:
        code = town.code()
        town.register.revoke(code, NOTE)
        version = town.register.version()
        again = town.register.revoke(code, NOTE)
        assert (again.changed, again.after, again.changes) == (False, State.INVALID, ())
        unheld = town.register.restore(PersonTarget(BORIS), NOTE)
        assert (unheld.changed, unheld.codes) == (False, 0)
        assert town.register.version() == version
        assert len(town.register.events()) == 1

    @pytest.mark.parametrize("kind", ["code", "certificate", "person"])
    def test_a_suspension_never_weakens_a_revocation(self, kind: str, town: Town) -> None:
        code = town.code()
        targets = {
            "code": code,
            "certificate": CertificateTarget("1"),
            "person": PersonTarget(ANNA),
        }
        target: Target = targets[kind]  # type: ignore[assignment]
        town.register.revoke(target, NOTE)
        outcome = town.register.suspend(target, NOTE)
        assert (outcome.changed, outcome.after, town.state(code)) == (False, State.INVALID, 1)

    def test_one_issuer_or_all(self, town: Town) -> None:
        yar, kuz = town.code(), town.code(issuer="kuz")
        town.register.revoke(PersonTarget(ANNA, "kuz"), NOTE)
        assert (town.state(yar), town.state(kuz)) == (0, 1)
        assert town.register.standing("yar", Identity("1", ANNA)) is State.VALID
        town.register.suspend(PersonTarget(ANNA), NOTE)
        assert (town.state(yar), town.state(kuz)) == (2, 1)
        assert town.register.standing("new", Identity(None, ANNA)) is State.SUSPENDED
        partly = town.register.restore(PersonTarget(ANNA, "kuz"), NOTE)
        assert (partly.before, partly.after) == (State.INVALID, State.SUSPENDED)
        assert town.register.restore(PersonTarget(ANNA, "kuz"), NOTE).after is State.SUSPENDED
        town.register.revoke(PersonTarget(ANNA, "kuz"), NOTE)
        everywhere = town.register.restore(PersonTarget(ANNA), NOTE)
        assert (everywhere.before, everywhere.after) == (State.INVALID, State.VALID)
        assert (town.state(yar), town.state(kuz)) == (0, 0)

    def test_no_entry_for_whom_is_held(self, town: Town) -> None:
        town.register.revoke(PersonTarget(ANNA), NOTE)
        town.register.suspend(CertificateTarget("2"), NOTE)
        version = town.register.version()
        for identity, code in ((("1", ANNA), "REVOKED"), (("2", BORIS), "SUSPENDED")):
            with pytest.raises(IssueRefused, match="пока их не восстановят") as refused:
                town.code(*identity)
            assert refused.value.code == code
        assert town.register.lists("yar") == []
        assert town.register.version() == version

    def test_lists_and_version_tell_what_to_publish(self, town: Town) -> None:
        index, register = town.index_of(10, 8), town.register
        assert (register.lists("yar"), register.version()) == ([], 0)
        given = index.allocate("yar", 20)
        assert (register.lists("yar"), register.lists("kuz")) == ([0, 1, 2], [])
        opened = register.version()
        assert opened > 0
        index.allocate("yar", 1)
        assert register.version() == opened
        register.revoke(CodeTarget("yar", given[0]), NOTE)
        assert register.version() > opened
        assert register.states("yar", 0) == {given[0].index: 1}
        assert register.states("yar", 7) == register.states("kuz", 0) == {}

    def test_a_code_from_before_a_lost_copy_is_revoked_and_its_entry_taken(
        self, town: Town
    ) -> None:
        register = town.register
        codes = [CodeTarget("yar", StatusReference(3, i)) for i in range(4)]
        for code in codes[:3]:
            register.revoke(code, NOTE)
        assert register.lists("yar") == [3]
        assert register.states("yar", 3) == {0: 1, 1: 1, 2: 1}
        assert not register.restore(codes[3], NOTE).changed
        given = town.index_of(4, 4).allocate("yar", 2)
        assert given == [codes[3].reference, StatusReference(4, given[1].index)]

    def test_a_number_is_found_however_its_spaces_and_letters_are_written(self, town: Town) -> None:
        code = town.code("МСЭ й 1")
        town.register.revoke(CertificateTarget("  МСЭ  и\u0306 1 "), NOTE)
        assert town.state(code) == 1

    def test_the_log_tells_of_every_change(self, town: Town) -> None:
        code = town.code()
        town.register.revoke(code, NOTE)
        town.register.suspend(CertificateTarget("1", "yar"), Note("проверка", "second", AT))
        town.register.restore(code, NOTE)
        first, second, third = town.register.events()
        assert (first.target, first.issuer_id, first.reference) == ("code", "yar", code.reference)
        assert (first.note, first.note.moment.utcoffset()) == (NOTE, timedelta(0))
        assert (second.target, second.reference, second.changes) == ("certificate", None, ())
        assert (second.note.reason, second.note.author) == ("проверка", "second")
        assert [(e.before, e.after) for e in (first, second, third)] == [(0, 1), (0, 2), (1, 0)]
        assert [(c.before, c.after) for c in third.changes] == [(1, 2)]
        assert town.register.events(after=first.id) == [second, third]
        assert town.register.events(after=third.id) == []


PEOPLE = [ANNA, BORIS]
CERTIFICATES = ["1", "2"]
ISSUERS = ["yar", "kuz"]
WORST = (State.INVALID, State.SUSPENDED)


def worst(states: list[State]) -> State:
    return next((state for state in WORST if state in states), State.VALID)


class Model(RuleBasedStateMachine):
    """`codes` gives each code's identity; `holds` the state of (issuer or None, who or what)."""

    printed = Bundle("printed")

    def __init__(self, fresh: "FreshTown") -> None:
        super().__init__()
        self.stack = ExitStack()
        town = self.stack.enter_context(fresh())
        self.index = town.index_of(12, 10)
        self.register = town.register
        self.codes: dict[CodeTarget, Identity] = {}
        self.holds: dict[tuple[str | None, object], State] = {}
        self.changes = 0
        self.version = self.register.version()
        self.published: dict[tuple[str, int], Mapping[int, int]] = {}

    def teardown(self) -> None:
        self.stack.close()

    def standing(self, issuer: str, identity: Identity) -> State:
        who = [w for w in (identity.certificate, identity.person) if w is not None]
        places = [(place, w) for place in (None, issuer) for w in who]
        return worst([self.holds.get(place, State.VALID) for place in places])

    def state(self, code: CodeTarget) -> State:
        own = self.holds.get((None, code), State.VALID)
        return worst([own, self.standing(code.issuer_id, self.codes[code])])

    @rule(
        target=printed,
        issuer=st.sampled_from(ISSUERS),
        certificate=st.sampled_from([*CERTIFICATES, None]),
        person=st.sampled_from([*PEOPLE, None]),
        count=st.integers(1, 3),
    )
    def print_codes(self, issuer, certificate, person, count):  # type: ignore[no-untyped-def]
        identity = Identity(certificate, person)
        try:
            given = self.index.allocate(issuer, count, identity)
        except IssueRefused as refused:
            held = {"REVOKED": State.INVALID, "SUSPENDED": State.SUSPENDED}[refused.code]
            assert self.standing(issuer, identity) is held
            return multiple()
        assert self.standing(issuer, identity) is State.VALID
        made = [CodeTarget(issuer, reference) for reference in given]
        assert not set(made) & self.codes.keys()
        self.codes |= dict.fromkeys(made, identity)
        return multiple(*made)

    @rule(code=printed, wanted=st.sampled_from(State))
    def change_a_code(self, code: CodeTarget, wanted: State) -> None:
        self.change(code, wanted, None, code)

    @rule(
        who=st.sampled_from([*CERTIFICATES, *PEOPLE]),
        issuer=st.sampled_from([*ISSUERS, None]),
        wanted=st.sampled_from(State),
    )
    def change_a_holder(self, who: str | Snils, issuer: str | None, wanted: State) -> None:
        target: Target = (
            CertificateTarget(who, issuer) if isinstance(who, str) else PersonTarget(who, issuer)
        )
        self.change(target, wanted, issuer, who)

    def change(self, target: Target, wanted: State, issuer: str | None, who: object) -> None:
        shown = {code: self.state(code) for code in self.codes}
        place = (issuer, who)
        here, everywhere = (self.holds.get(p, State.VALID) for p in (place, (None, who)))
        if wanted is State.VALID:
            if issuer is None:
                places = [p for p in self.holds if p[1] == who]
                before, after = worst([self.holds[p] for p in places]), State.VALID
            else:
                places, before, after = [place], worst([here, everywhere]), everywhere
            if before is not after:
                for p in places:
                    self.holds.pop(p, None)
        else:
            before = here
            after = here if (here, wanted) == (State.INVALID, State.SUSPENDED) else wanted
            self.holds[place] = after
        act = (self.register.restore, self.register.revoke, self.register.suspend)[wanted]
        outcome = act(target, NOTE)
        assert (outcome.before, outcome.after) == (before, after)
        self.changes += outcome.changed
        expected = {(c, shown[c], self.state(c)) for c in self.codes if shown[c] != self.state(c)}
        changed = {
            (CodeTarget(c.issuer_id, c.reference), c.before, c.after) for c in outcome.changes
        }
        assert changed == expected
        assert len(outcome.changes) == len(expected)

    @invariant()
    def lists_show_what_the_model_says(self) -> None:
        for issuer in ISSUERS:
            mine = [code for code in self.codes if code.issuer_id == issuer]
            numbers = sorted({code.reference.list_number for code in mine})
            assert list(self.register.lists(issuer)) == numbers
            for number in numbers:
                assert self.register.states(issuer, number) == {
                    code.reference.index: self.state(code)
                    for code in mine
                    if code.reference.list_number == number and self.state(code)
                }

    @invariant()
    def each_change_is_logged_and_seen(self) -> None:
        assert len(self.register.events()) == self.changes
        places = {(code.issuer_id, code.reference.list_number) for code in self.codes}
        published = {place: self.register.states(*place) for place in places}
        version = self.register.version()
        assert version > self.version if published != self.published else version >= self.version
        self.version, self.published = version, published

    @invariant()
    def standings_agree(self) -> None:
        identity = Identity(CERTIFICATES[0], PEOPLE[0])
        assert self.register.standing("yar", identity) is self.standing("yar", identity)


FreshTown = Callable[[], AbstractContextManager[Town]]


def run_model(fresh: FreshTown, examples: int) -> None:
    """Try as many random sequences of changes, each in a town of its own."""
    profile = settings(max_examples=examples, stateful_step_count=25)
    run_state_machine_as_test(partial(Model, fresh), settings=profile)  # type: ignore[arg-type]
