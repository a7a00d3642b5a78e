"""A registry keeps the laws of revocation: codes, certificates, persons; one issuer or all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from loads import numbered, print_at_the_counter, print_code, shown, take, the_status
from registries import Fresh
from revocation_laws import ANNA, NOTE, RevocationLaws, Town, run_model

from statusqr_issuer.registry import Registry, audit, holds
from statusqr_issuer.registry.chain import examine
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, PersonTarget, State
from statusqr_schema import IssueRefused, RegistryProblem, Snils, StatusReference

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def town_of(registry: Registry) -> Town:
    return Town(
        lambda size, full: RegistryIndex(registry, list_size=size, full=full),
        RegistryRevocations(registry),
    )


@pytest.fixture
def town(registry: Registry) -> Town:
    return town_of(registry)


class TestOfTheRegistry(RevocationLaws):
    """On both engines."""

    def test_a_code_from_before_a_lost_copy_is_revoked_and_its_entry_taken(
        self, town: Town
    ) -> None:
        """And no other of its list is given out: whoever has forgotten one may have others."""
        register = town.register
        register.revoke(CodeTarget("yar", StatusReference(3, 1)), NOTE)
        assert (register.lists("yar"), register.states("yar", 3)) == ([3], {1: 1})
        given = town.index_of(4, 4).allocate("yar", 2)
        assert [code.list_number for code in given] == [4, 4]


def model_of(fresh: Fresh, examples: int) -> None:
    @contextmanager
    def make() -> Iterator[Town]:
        with fresh() as registry:
            yield town_of(registry)
            with registry.reading() as view:
                assert examine(audit.entries(view))[1] is None

    run_model(make, examples)


def test_the_registry_is_the_model(fresh: Fresh) -> None:
    model_of(fresh, 8)


@pytest.mark.long
def test_the_registry_is_the_model_at_length(fresh: Fresh) -> None:
    model_of(fresh, 200)


def test_a_hold_without_codes_publishes_nothing(town: Town) -> None:
    town.code("2", None)
    version = town.register.version()
    assert town.register.revoke(PersonTarget(ANNA), NOTE).changed
    assert town.register.version() == version
    assert town.register.standing("yar", Identity("1", ANNA)) is State.INVALID


def test_who_works_is_the_author(registry: Registry) -> None:
    with registry.writing("loader", NOW) as work:
        holds.change(work, CertificateTarget("1"), State.INVALID, "статус прекращён")
    (event,) = RegistryRevocations(registry).events()
    assert (event.note.author, event.note.moment) == ("loader", NOW)
    with registry.writing("loader", NOW) as work, pytest.raises(ValueError, match="СНИЛС"):
        holds.change(work, CertificateTarget("1"), State.VALID, "умер 991-859-566 00")


def test_a_change_is_part_of_its_transaction(registry: Registry, town: Town) -> None:
    code = town.code()
    with pytest.raises(ZeroDivisionError), registry.writing("loader", NOW) as work:
        holds.change(work, code, State.INVALID, "статус прекращён")
        raise ZeroDivisionError
    assert (town.state(code), town.register.events()) == (0, [])


def test_codes_that_nobody_is_known_of_are_counted_by_the_store_before(town: Town) -> None:
    town.code(None, None)
    assert town.register.unnamed() == 0


def test_a_registry_that_is_gone(registry: Registry) -> None:
    with registry.writing("test", NOW) as work:
        work.connection.exec_driver_sql("ALTER TABLE hold RENAME TO elsewhere")
    with pytest.raises(RegistryProblem) as caught:
        RegistryRevocations(registry).revoke(PersonTarget(ANNA), NOTE)
    assert "99185956600" not in str(caught.value)


ENDED = {"revoked": {"effective_on": "2026-11-01", "reason": "переезд"}}
OTHERWISE = {"status": {"name": "Другой статус"}}


@pytest.mark.parametrize("number", ["76-1", None])
@pytest.mark.parametrize(
    ("change", "why"), [(ENDED, "STATUS_ENDED"), (OTHERWISE, "STATUS_CHANGED")], ids=["end", "edit"]
)
def test_a_paper_that_a_load_has_revoked_is_not_restored(
    registry: Registry, number: str | None, change: dict[str, Any], why: str
) -> None:
    """With a certificate and without; nor one that was revoked as lost before."""
    value, register = numbered(1, certificate_number=number), RegistryRevocations(registry)
    take(registry, value)
    status = the_status(registry, value)
    papers = [print_code(registry, status).reference for _ in range(2)]
    if number:
        papers += [print_at_the_counter(registry, value) for _ in range(2)]
    for lost in papers[::2]:
        register.revoke(CodeTarget("yar", lost), NOTE)
    report = take(registry, numbered(1, certificate_number=number, **change))
    assert report.codes == len(papers) // 2
    for paper in papers:
        with pytest.raises(RegistryProblem) as refused:
            register.restore(CodeTarget("yar", paper), NOTE)
        assert refused.value.code == why
    take(registry, value)
    for paper in papers:
        with pytest.raises(RegistryProblem) as refused:
            register.restore(CodeTarget("yar", paper), NOTE)
        assert refused.value.code == "STATUS_CHANGED"
    assert shown(registry) == dict.fromkeys(papers, State.INVALID)


def test_what_only_an_operator_revoked_he_may_restore(registry: Registry) -> None:
    """Also after the register has ended the status and brought it back."""
    value, register = numbered(1), RegistryRevocations(registry)
    take(registry, value, numbered(2))
    take(registry, value | ENDED)
    take(registry, value)
    papers = [print_code(registry, the_status(registry, value)).reference]
    papers.append(print_at_the_counter(registry, value))
    for paper in papers:
        register.revoke(CodeTarget("yar", paper), NOTE)
        assert register.restore(CodeTarget("yar", paper), NOTE).changed
    take(registry, value, numbered(2) | ENDED)
    assert shown(registry) == dict.fromkeys(papers, State.VALID)


def test_an_end_leaves_those_alone_who_have_the_number_elsewhere(registry: Registry) -> None:
    """Two regions gave one number; the other's holder is not in this registry."""
    mine, register = numbered(1), RegistryRevocations(registry)
    theirs = numbered(2, certificate_number=mine["certificate_number"])
    take(registry, mine)
    other, nobodys = print_at_the_counter(registry, theirs), print_without_a_name(registry, mine)
    own = print_code(registry, the_status(registry, mine)).reference
    assert take(registry, mine | ENDED).codes == 2
    assert shown(registry) == {
        own: State.INVALID,
        nobodys: State.INVALID,
        other: State.VALID,
    }
    number, holders = mine["certificate_number"], [mine["holder"], theirs["holder"], None]
    standings = [
        register.standing("yar", Identity(number, h and Snils.parse(h["snils"]))) for h in holders
    ]
    assert standings == [State.INVALID, State.VALID, State.INVALID]
    new = print_at_the_counter(registry, theirs)
    with pytest.raises(IssueRefused):
        print_at_the_counter(registry, mine)
    target = CodeTarget("yar", other)
    assert register.suspend(target, NOTE).changed
    assert register.restore(target, NOTE).changed  # for it was not ended
    register.revoke(PersonTarget(Snils.parse(theirs["holder"]["snils"])), NOTE)
    register.restore(PersonTarget(Snils.parse(theirs["holder"]["snils"])), NOTE)
    assert {code: shown(registry)[code] for code in (other, new)} == {other: 0, new: 0}


def print_without_a_name(registry: Registry, value: dict[str, Any]) -> StatusReference:
    number = Identity(value["certificate_number"])
    (reference,) = RegistryIndex(registry).allocate("yar", 1, number)
    return reference


def test_a_load_of_a_day_to_come_spares_nothing_that_holds_until_then(registry: Registry) -> None:
    today = datetime.now(UTC)
    take(registry, numbered(1), at=today)
    paper = print_code(registry, the_status(registry, numbered(1)), today).reference
    changed = numbered(1, **OTHERWISE)
    assert take(registry, changed, at=today + timedelta(days=400)).codes == 1
    assert shown(registry) == {paper: State.INVALID}
