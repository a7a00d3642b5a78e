"""Whatever is done in whatever order, the register answers as a model of plain dicts does."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from revocation_laws import Town, run_model

from statusqr_keys import SqliteStatusIndex
from statusqr_keys.revocation import SqliteRevocations


@contextmanager
def town() -> Iterator[Town]:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder)
        yield Town(
            lambda size, full: SqliteStatusIndex(store, size, full), SqliteRevocations(store)
        )


def test_the_register_is_the_model() -> None:
    run_model(town, 25)


@pytest.mark.long
def test_the_register_is_the_model_at_length() -> None:
    run_model(town, 600)
