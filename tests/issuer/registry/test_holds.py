"""A registry keeps the laws of revocation: codes, certificates, persons; one issuer or all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from registries import Fresh
from revocation_laws import ANNA, NOTE, RevocationLaws, Town, run_model

from statusqr_issuer.registry import Registry, audit, holds
from statusqr_issuer.registry.chain import examine
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, CodeTarget, PersonTarget, State
from statusqr_schema import RegistryProblem, StatusReference

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
