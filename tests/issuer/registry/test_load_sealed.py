"""What a copy of the database tells a thief: no name, no number of a person, no reason."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loads import NOW, contents, document, print_code, take, the_status
from sqlalchemy import select, update
from world import documents

from statusqr_issuer.registry import Registry, tables
from statusqr_issuer.registry.statuses import open_entry
from statusqr_issuer.registry.vault import Cell
from statusqr_schema import RegistryProblem


@pytest.fixture
def full(registry: Registry) -> Registry:
    """Loaded, printed, changed, ended, recovered, refused."""
    take(registry, *documents().values(), series="99-")
    print_code(registry, the_status(registry, document()))
    take(
        registry,
        document(status={"name": "Многодетная мать"}),
        document("R03", id="bad", status={"name": ""}),
    )
    take(registry, document(revoked={"effective_on": "2026-01-01", "reason": "Утрата права"}))
    take(registry, document())
    take(registry, document(holder={"snils": document("R03")["holder"]["snils"]}))
    return registry


def secrets(values: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> set[str]:
    found = {"Утрата права", "Многодетная мать", "76-000101", "МС-000101"}
    for value in values:
        for person in (value["holder"], *value.get("family_members", [])):
            names = (person["family_name"], person.get("given_name"), person.get("patronymic"))
            found |= {name for name in names if name and len(name) > 3}
            if person.get("snils"):
                digits = "".join(filter(str.isdigit, person["snils"]))
                found |= {person["snils"], digits, person["snils"].replace(" ", "-")}
    return found


def needles() -> Iterator[bytes]:
    for secret in secrets(list(documents().values())):
        for text in {secret, secret.upper(), secret.lower()}:
            yield from (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"))
            yield json.dumps(text)[1:-1].encode()  # \u041b…
        if secret.isdigit():
            yield from (int(secret).to_bytes(5), int(secret).to_bytes(5, "little"))


def test_no_column_holds_anything_personal(full: Registry) -> None:
    cells = [
        cell if isinstance(cell, bytes) else str(cell).encode()
        for rows in contents(full).values()
        for row in rows
        for cell in row
    ]
    assert len(cells) > 500
    everything = b"\0".join(cells)
    assert not [needle for needle in needles() if needle in everything]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_no_byte_of_the_file_does(full: Registry) -> None:
    path = full.database.engine.url.database
    assert path is not None
    files = sorted(Path(path).parent.glob(f"{Path(path).name}*"))
    assert {file.suffix for file in files} >= {".sqlite", ".sqlite-wal"}
    everything = b"".join(file.read_bytes() for file in files)
    assert b"load_recovered" in everything
    assert not [needle for needle in needles() if needle in everything]


def test_the_cells_hold_it(full: Registry) -> None:
    """The needles are the right ones: they are found in what the keys open."""
    opened = json.dumps([document(name) for name in documents()], ensure_ascii=False).encode()
    assert sum(needle in opened for needle in needles()) > 100
    with full.reading() as view:
        rows = view.connection.execute(select(tables.status.c.id, tables.status.c.entry)).all()
        names = {open_entry(view, row.id, row.entry).record.holder.family_name for row in rows}
    assert {value["holder"]["family_name"] for value in documents().values()} == names


def test_every_version_opens_in_its_place_only(full: Registry) -> None:
    table = tables.status_version
    with full.reading() as view:
        rows = view.connection.execute(select(table)).all()
        places = [Cell.of("status_version", "entry", row.status_id, row.version) for row in rows]
        for row, place in zip(rows, places, strict=True):
            assert b'"holder"' in view.vault.open(row.entry, place)
            others = [p for p in places if p != place][:3]
            for other in (*others, Cell.of("status", "entry", row.status_id)):
                with pytest.raises(RegistryProblem) as problem:
                    view.vault.open(row.entry, other)
                assert problem.value.code == "REGISTRY_DAMAGED"


def test_a_cell_moved_to_another_status_stops_a_load(full: Registry) -> None:
    one, other = the_status(full, document()).id, the_status(full, document("R03")).id
    table = tables.status
    with full.writing("thief", NOW) as work:
        stolen = work.connection.scalar(select(table.c.entry).where(table.c.id == other))
        work.connection.execute(update(table).where(table.c.id == one).values(entry=stolen))
    with pytest.raises(RegistryProblem) as problem:
        take(full, document())
    assert problem.value.code == "REGISTRY_DAMAGED"
    assert "Лебедева" not in problem.value.message
