"""Certificate numbers: each given out once, and none that is somebody's already."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from commands import PASSPHRASE
from registries import place_of
from sqlalchemy import insert
from world import NOON

from statusqr_issuer.registry import Registry, audit
from statusqr_issuer.registry.entries import RegistryIndex
from statusqr_issuer.registry.holds import RegistryRevocations
from statusqr_issuer.registry.numbers import demand_series, next_number, next_numbers
from statusqr_issuer.registry.tables import number, person, status
from statusqr_keys.finder import Identity
from statusqr_keys.holds import CertificateTarget, Note
from statusqr_schema import RegistryProblem

GIVER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from statusqr_issuer.registry.numbers import next_number
from statusqr_issuer.registry.opening import open_registry
registry = open_registry(sys.argv[1], Path(sys.argv[2]), sys.argv[3].encode())
for _ in range(20):
    with registry.writing("load", datetime.now(UTC)) as work:
        number = next_number(work, "76-")
    print(number, flush=True)
"""


def give(registry: Registry, series: str = "76-", count: int = 1) -> list[str]:
    with registry.writing("load", NOON) as work:
        return [next_number(work, series) for _ in range(count)]


def test_numbers_of_a_series_follow_each_other(registry: Registry) -> None:
    assert give(registry, count=2) == ["76-000001", "76-000002"]
    assert give(registry, "МСЭ-2026/") == ["МСЭ-2026/000001"]
    assert give(registry) == ["76-000003"]


def test_numbers_that_somebody_has_are_passed_over(registry: Registry) -> None:
    RegistryIndex(registry).allocate("yar", 1, Identity("76-000001"))
    note = Note("утрачено", "test", NOON)
    RegistryRevocations(registry).revoke(CertificateTarget("76-000002"), note)
    with registry.writing("load", NOON) as work:
        row = {"id": (one := _id(1)), "digest": bytes(16), "made_at": 0}
        work.connection.execute(insert(person).values(row))
        for n in range(3, 250):
            values = {"id": _id(n), "person_id": one, "source": _id(n).bytes}
            values |= {"certificate": work.finder.certificate(f"76-{n:06d}")}
            values |= {"category": "orphan", "valid_from": 0, "version": 1, "entry": b"\x01"}
            work.connection.execute(insert(status).values(**values, changed_at=0, loaded_at=0))
    assert give(registry, count=2) == ["76-000250", "76-000251"]


def test_several_numbers_at_once(registry: Registry) -> None:
    """As many as one at a time would have been; in the log each by itself."""
    with registry.writing("load", NOON) as work:
        claimed = frozenset({work.finder.certificate("76-000002")})
        given = next_numbers(work, "76-", 1200, claimed)
        assert next_numbers(work, "76-", 0) == []
    assert given == ["76-000001", *(f"76-{n:06d}" for n in range(3, 1202))]
    assert give(registry) == ["76-001202"]
    with registry.reading() as view:
        told = [json.loads(entry.body) for entry in audit.entries(view) if entry.act == "number"]
    assert told[1] == {"certificate": registry.finder.certificate("76-000003").hex()}
    assert len(told) == 1201


def test_a_number_of_a_failed_transaction_is_given_again(registry: Registry) -> None:
    with pytest.raises(ZeroDivisionError), registry.writing("load", NOON) as work:
        next_number(work, "76-")
        raise ZeroDivisionError
    assert give(registry) == ["76-000001"]


def test_after_a_million_numbers_grow_longer(registry: Registry) -> None:
    with registry.writing("load", NOON) as work:
        last = {"series": "76-", "number": 999_999, "given_at": 0}
        work.connection.execute(insert(number).values(last))
    assert give(registry) == ["76-1000000"]


@pytest.mark.parametrize(
    "series",
    ["", " ", "№ ", "76", "7-6", "76- ", " 76-", "7  6-", "7\n-", "x" * 33, "и\u0306-", "٧"],
)
def test_series_that_are_none(series: str, registry: Registry) -> None:
    with pytest.raises(RegistryProblem, match="серия номеров") as refused:
        give(registry, series)
    assert refused.value.code == "SERIES"


@pytest.mark.parametrize("series", ["76-", "А", "x" * 32, "№ 7 й/"])
def test_series_that_are_taken(series: str, registry: Registry) -> None:
    demand_series(series)
    assert give(registry, series) == [f"{series}000001"]


def test_processes_at_once_give_no_number_twice(registry: Registry, store: Path) -> None:
    command = [sys.executable, "-c", GIVER, place_of(registry), str(store), PASSPHRASE]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second,
    ):
        given = [each.communicate(timeout=120)[0].split() for each in (first, second)]
    assert sorted(given[0] + given[1]) == [f"76-{n:06d}" for n in range(1, 41)]


def _id(number: int) -> UUID:
    return UUID(int=number)
