"""The registry: persons, statuses, printed codes, consents, and who did what.

The names here are found when they are first asked for: SQLAlchemy takes a third of a second to
load, and most commands, and the modules of this package without a database, need none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .chain import Head as Head
    from .registry import Registry as Registry
    from .registry import View as View
    from .registry import Work as Work

_PLACES = {"Head": "chain", "Registry": "registry", "View": "registry", "Work": "registry"}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_PLACES[name]}", __name__), name)
