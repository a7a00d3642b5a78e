"""Whatever stands in a record, it is refused with its errors or read; nothing else happens."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusqr_schema import RecordRefused, entry_to_json, read_entry

DATA = Path(__file__).parents[1] / "data"
GOOD = json.loads((DATA / "records.json").read_text(encoding="utf-8"))["records"]

VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=10),
        st.sampled_from(["2026-02-30", "2199-12-31", "1899-12-31", "-", " ", "\ud800", "76"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where something stands in a JSON document, the document itself included."""
    children: Any = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    return [path] + [place for key, item in children for place in places(item, (*path, key))]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A good record in which one to four places hold anything, or nothing."""
    document = copy.deepcopy(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places(document)))
        if not path:
            return draw(VALUES)
        parent = document
        for step in path[:-1]:
            parent = parent[step]
        if draw(st.booleans()):
            parent[path[-1]] = draw(VALUES)
        else:
            del parent[path[-1]]
    return document


@settings(max_examples=400)
@given(mutated())
def test_no_document_is_read_in_any_other_way_than_refused_or_kept(document: Any) -> None:
    try:
        entry = read_entry(document)
    except RecordRefused as error:
        assert error.violations
        assert all(re.fullmatch("[A-Z0-9_]+", violation.rule) for violation in error.violations)
        assert all(re.search("[а-яё]", violation.message) for violation in error.violations)
    else:
        assert read_entry(entry_to_json(entry)).record == entry.record


@pytest.mark.parametrize("name", ["note", "note (old)", "№", " "])
def test_unknown_fields_of_any_name_are_kept(name: str) -> None:
    document = {**GOOD[0], name: {"a": 1}}
    assert entry_to_json(read_entry(document))[name] == {"a": 1}


@pytest.mark.parametrize("name", ["a.b", "a[0]", ".", "", "holder.note"])
def test_unknown_fields_whose_names_look_like_paths_are_kept(name: str) -> None:
    document = {**GOOD[0], name: {"a": 1}}
    assert entry_to_json(read_entry(document))[name] == {"a": 1}
