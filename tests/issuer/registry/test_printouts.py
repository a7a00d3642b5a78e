"""Printouts: taken for one's own standing status, found and revoked by their owner only."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from commands import PASSPHRASE
from registries import place_of
from sqlalchemy import func, insert, select, update
from world import NOON, record

from statusqr_issuer.registry import Registry, View, audit, holds, printouts
from statusqr_issuer.registry.by_register import REASONS
from statusqr_issuer.registry.chain import examine
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.load_plan import Change
from statusqr_issuer.registry.printouts import Printout
from statusqr_issuer.registry.tables import credential, person, status, status_entry
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, Note, PersonTarget, State
from statusqr_schema import Claims, IssueRefused, Presentation, Profile, Snils, StatusReference
from statusqr_schema.days import to_instant

ANNA, BORIS = Snils.parse("991-859-566 00"), Snils.parse("901-010-104 00")
NOTE = Note("утрачен", "holder", NOON)
CONTENT = Claims(
    record=record(),
    issued_at=to_instant(NOON),
    expires_at=to_instant(NOON + timedelta(days=90)),
    presentation=Presentation.PRINT,
)


class Office:
    """A registry with statuses whose sealed cells nobody opens here."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.people: dict[Snils, UUID] = {}

    def digest(self, who: Snils) -> bytes:
        return self.registry.finder.person(who)

    def status(self, who: Snils = ANNA, certificate: str | None = "1") -> UUID:
        made = uuid4()
        finder = self.registry.finder
        with self.registry.writing("load", NOON) as work:
            if who not in self.people:
                self.people[who] = uuid4()
                values = {"id": self.people[who], "digest": self.digest(who), "made_at": 0}
                work.connection.execute(insert(person).values(values))
            row = {
                "id": made,
                "person_id": self.people[who],
                "source": made.bytes,
                "certificate": None if certificate is None else finder.certificate(certificate),
                "category": "orphan",
                "valid_from": 0,
                "version": 1,
                "entry": b"\x01sealed",
                "changed_at": 0,
                "loaded_at": 0,
            }
            work.connection.execute(insert(status).values(row))
        return made

    def take(
        self,
        of: UUID,
        who: Snils | None = ANNA,
        certificate: str | None = "1",
        content: Claims = CONTENT,
        version: int | None = None,
        profile: Profile = Profile.FULL,
    ) -> Printout:
        identity = Identity(certificate, who)
        with self.registry.writing("holder", NOON) as work:
            return printouts.take(work, of, "yar", content, profile, identity, version=version)

    def view(self) -> list[Printout]:
        with self.registry.reading() as view:
            return printouts.of_person(view, self.digest(ANNA))

    def revoke(self, printout_id: UUID, who: Snils = ANNA) -> bool:
        with self.registry.writing("holder", NOON) as work:
            return printouts.revoke(work, self.digest(who), printout_id, "утрачен")

    def revoke_all(
        self,
        of: UUID,
        certificate: str | None = "1",
        at: datetime = NOON,
        now: datetime | None = None,
        reason: str = "сведения изменились",
    ) -> int:
        digest = None if certificate is None else self.registry.finder.certificate(certificate)
        with self.registry.writing("load", at) as work:
            return printouts.revoke_of_status(work, of, digest, reason, now=now or at)


@pytest.fixture
def office(registry: Registry) -> Office:
    return Office(registry)


def rows(view: View) -> tuple[int, int]:
    """Printouts and status entries."""
    found = (select(func.count()).select_from(table) for table in (credential, status_entry))
    first, second = (view.connection.execute(query).scalar_one() for query in found)
    return first, second


def test_a_printout_is_what_was_asked_for(office: Office) -> None:
    mine = office.status()
    made = office.take(mine, profile=Profile.MINIMAL)
    assert (made.status_id, made.issuer_id, made.profile) == (mine, "yar", Profile.MINIMAL)
    assert (made.issued_at, made.expires_at) == (NOON, NOON + timedelta(days=90))
    assert made.expires_at.tzinfo is not None
    assert (made.state, made.own) == (State.VALID, State.VALID)
    assert office.view() == [made]
    with office.registry.reading() as view:
        assert printouts.find(view, office.digest(ANNA), made.id) == made
        assert printouts.of_status(view, mine) == [made]
        (entry,) = audit.entries(view)
        assert examine([entry])[1] is None
    assert (entry.actor, entry.act, entry.on_lists) == ("holder", "printed", False)
    assert str(made.id) in entry.body


def test_the_newest_comes_first(office: Office) -> None:
    mine, other = office.status(), office.status(certificate="2")
    later = replace(CONTENT, issued_at=CONTENT.issued_at + 5)
    first = office.take(mine)
    second = office.take(other, certificate="2", content=later)
    assert office.view() == [second, first]


def test_anothers_printout_is_not_found_nor_revoked(office: Office) -> None:
    mine, theirs = office.take(office.status()), office.status(BORIS, "2")
    for wrong in (mine.id, uuid4()):
        assert not office.revoke(wrong, BORIS)
        with office.registry.reading() as view:
            assert printouts.find(view, office.digest(BORIS), wrong) is None
            assert printouts.find(view, bytes(16), wrong) is None
    with office.registry.reading() as view:
        assert printouts.of_person(view, office.digest(BORIS)) == []
        assert printouts.of_status(view, theirs) == []
    assert office.view() == [mine]


@pytest.mark.parametrize("who", [BORIS, None])
def test_of_anothers_status_nothing_is_taken(who: Snils | None, office: Office) -> None:
    mine = office.status()
    office.status(BORIS, "2")
    for of in (mine, uuid4()):
        with pytest.raises(IssueRefused) as refused:
            office.take(of, who)
        assert refused.value.code == "NO_STATUS"
    with office.registry.reading() as view:
        assert rows(view) == (0, 0)


def test_a_status_that_changed_or_ended_meanwhile_is_not_printed(office: Office) -> None:
    mine = office.status()
    office.take(mine, version=1)
    for values in ({"version": 2}, {"version": 1, "ended": True}):
        with office.registry.writing("load", NOON) as work:
            work.connection.execute(update(status).values(**values))
        with pytest.raises(IssueRefused) as refused:
            office.take(mine, version=1)
        assert refused.value.code == "STATUS_CHANGED"
    with office.registry.reading() as view:
        assert rows(view) == (1, 1)


@pytest.mark.parametrize("target", [CertificateTarget("1"), PersonTarget(ANNA)])
def test_nothing_is_taken_under_a_hold(
    target: CertificateTarget | PersonTarget, office: Office
) -> None:
    mine = office.status()
    made = office.take(mine)
    register = RegistryRevocations(office.registry)
    register.suspend(target, NOTE)
    with pytest.raises(IssueRefused) as refused:
        office.take(mine)
    assert refused.value.code == "SUSPENDED"
    assert office.view() == [replace(made, state=State.SUSPENDED)]
    register.restore(target, NOTE)
    assert office.view() == [made]


def test_a_lost_printout_is_revoked_for_good(office: Office) -> None:
    mine = office.status()
    lost, kept = office.take(mine), office.take(mine)
    assert office.revoke(lost.id)
    assert not office.revoke(lost.id)
    assert {p.id: (p.state, p.own) for p in office.view()} == {
        lost.id: (State.INVALID, State.INVALID),
        kept.id: (State.VALID, State.VALID),
    }
    assert {p.id: p.reason for p in office.view()} == {lost.id: "утрачен", kept.id: None}
    register = RegistryRevocations(office.registry)
    assert register.states("yar", 0) == {lost.reference.index: State.INVALID}
    register.suspend(CertificateTarget("1"), NOTE)
    register.restore(CertificateTarget("1"), NOTE)
    assert register.states("yar", 0) == {lost.reference.index: State.INVALID}


@pytest.mark.parametrize("wanted", [State.SUSPENDED, State.INVALID])
def test_a_printout_under_another_hold_can_still_be_revoked(wanted: State, office: Office) -> None:
    made = office.take(office.status())
    register = RegistryRevocations(office.registry)
    (register.suspend if wanted is State.SUSPENDED else register.revoke)(PersonTarget(ANNA), NOTE)
    assert office.revoke(made.id)
    register.restore(PersonTarget(ANNA), NOTE)
    assert [p.state for p in office.view()] == [State.INVALID]


def test_the_codes_of_a_status_fall_with_it_and_no_others(office: Office) -> None:
    mine, other = office.status(), office.status(certificate="2")
    living, lost = office.take(mine), office.take(mine)
    ended = office.take(mine, content=replace(CONTENT, expires_at=CONTENT.issued_at))
    spared = office.take(other, certificate="2")
    (by_hand,) = RegistryIndex(office.registry).allocate("yar", 1, Identity("1", ANNA))
    (elsewhere,) = RegistryIndex(office.registry).allocate("yar", 1, Identity("2", ANNA))
    assert office.revoke(lost.id)
    assert office.revoke_all(mine) == 2
    assert office.revoke_all(mine) == 0
    fallen: set[StatusReference] = {living.reference, lost.reference, by_hand}
    states = RegistryRevocations(office.registry).states("yar", 0)
    assert states == {reference.index: State.INVALID for reference in fallen}
    assert not {ended.reference, spared.reference, elsewhere} & fallen
    assert office.revoke_all(other, None) == 1
    with office.registry.reading() as view:
        assert examine(audit.entries(view))[1] is None


def test_a_number_that_another_person_has_too_leaves_their_codes_alone(office: Office) -> None:
    """Two regions have given one number."""
    mine = office.status()
    index = RegistryIndex(office.registry)
    (theirs,) = index.allocate("yar", 1, Identity("1", BORIS))
    (nobodys,) = index.allocate("yar", 1, Identity("1"))
    assert office.revoke_all(mine) == 1
    states = RegistryRevocations(office.registry).states("yar", 0)
    assert states == {nobodys.index: State.INVALID}
    assert theirs.index not in states


# Takes printouts until it is killed, and says each once it is on the disk.
PRINTER = """
import sys
from pathlib import Path
from uuid import UUID
from statusqr_issuer.registry import printouts
from statusqr_issuer.registry.opening import open_registry
from statusqr_keys.finder import Identity
from statusqr_schema import Profile, Snils
from test_printouts import ANNA, CONTENT, NOON
registry = open_registry(sys.argv[1], Path(sys.argv[2]), sys.argv[4].encode())
while True:
    with registry.writing("holder", NOON) as work:
        made = printouts.take(
            work, UUID(sys.argv[3]), "yar", CONTENT, Profile.FULL, Identity("1", ANNA)
        )
    print(made.id, made.reference.list_number, made.reference.index, flush=True)
"""


def test_a_killed_process_leaves_whole_printouts(office: Office, store: Path) -> None:
    mine = office.status()
    arguments = [place_of(office.registry), str(store), str(mine), PASSPHRASE]
    folders = f"import sys; sys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}\n"
    command = [sys.executable, "-c", folders + PRINTER, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(7)]
        process.kill()
        lines += [line for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -9
    kept = {(str(p.id), p.reference.list_number, p.reference.index) for p in office.view()}
    told = {(a, int(b), int(c)) for a, b, c in (line.split() for line in lines)}
    assert told <= kept
    assert len(kept) - len(told) <= 1  # on the disk, and not yet said
    with office.registry.reading() as view:
        assert rows(view) == (len(kept), len(kept))
        assert examine(audit.entries(view))[1] is None


def test_the_moment_of_an_end_is_judged_in_any_zone(office: Office) -> None:
    mine = office.status()
    office.take(mine)
    end = (NOON + timedelta(days=90)).astimezone(UTC)
    assert office.revoke_all(mine, at=end) == 0
    assert office.revoke_all(mine, at=end - timedelta(seconds=1)) == 1


def test_what_will_have_expired_by_a_load_to_come_falls_with_it(office: Office) -> None:
    """Until then it would hold, and say what is no longer so."""
    mine = office.status()
    office.take(mine)
    end = (NOON + timedelta(days=90)).astimezone(UTC)
    assert office.revoke_all(mine, at=end, now=end) == 0
    assert office.revoke_all(mine, at=end + timedelta(days=400), now=NOON) == 1


def test_what_was_revoked_before_has_the_reason_of_the_first_load(office: Office) -> None:
    mine = office.status()
    lost, living = office.take(mine), office.take(mine)
    expired = office.take(mine, content=replace(CONTENT, expires_at=CONTENT.issued_at))
    for printout in (lost, expired):
        assert office.revoke(printout.id)
    with office.registry.reading() as view:
        version = holds.version(view)
    changed, ended = REASONS[Change.CHANGED], REASONS[Change.ENDED]
    assert office.revoke_all(mine, reason=changed) == 1
    assert office.revoke_all(mine, reason=ended) == 0
    reasons = {printout.id: printout.reason for printout in office.view()}
    assert reasons == {lost.id: changed, living.id: changed, expired.id: "утрачен"}
    with office.registry.reading() as view:
        assert holds.version(view) == version + 1  # of the one that fell
