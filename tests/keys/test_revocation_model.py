"""Whatever is done in whatever order, the register answers as a model of plain dicts does."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from statusqr_keys import SqliteStatusIndex
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, Note, PersonTarget, State, Target
from statusqr_keys.revocation import SqliteRevocations
from statusqr_schema import IssueRefused, Snils

NOTE = Note("причина", "author", datetime(2026, 11, 21, tzinfo=UTC))
PEOPLE = [Snils.parse(text) for text in ("991-859-566 00", "901-010-104 00")]
CERTIFICATES = ["1", "2"]
ISSUERS = ["yar", "kuz"]
WORST = (State.INVALID, State.SUSPENDED)


def worst(states: list[State]) -> State:
    return next((state for state in WORST if state in states), State.VALID)


class Model(RuleBasedStateMachine):
    """`codes` gives each code's identity; `holds` the state of (issuer or None, who or what)."""

    printed = Bundle("printed")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.index = SqliteStatusIndex(Path(self.folder.name), list_size=12, full=10)
        self.register = SqliteRevocations(Path(self.folder.name))
        self.codes: dict[CodeTarget, Identity] = {}
        self.holds: dict[tuple[str | None, object], State] = {}
        self.changes = 0
        self.version = 0

    def teardown(self) -> None:
        self.folder.cleanup()

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
        lists = {(code.issuer_id, code.reference.list_number) for code in self.codes}
        assert self.register.version() == self.changes + len(lists)

    @invariant()
    def standings_agree(self) -> None:
        identity = Identity(CERTIFICATES[0], PEOPLE[0])
        assert self.register.standing("yar", identity) is self.standing("yar", identity)


def run(examples: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    profile = settings(max_examples=examples, stateful_step_count=25)
    run_state_machine_as_test(Model, settings=profile)


def test_the_register_is_the_model() -> None:
    run(25)


@pytest.mark.long
def test_the_register_is_the_model_at_length() -> None:
    run(600)
