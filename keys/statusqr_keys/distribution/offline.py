"""The kept trust data, verified again: at the start of a verifier, and without a network.

Nothing is judged that needs a clock. The caller compares `published` with now, under its policy.
"""

from pathlib import Path

from .cache import Cache
from .chain import verify
from .data import TrustData, assemble


def load(cache: Path, root: bytes) -> TrustData:
    """The last whole set, verified from the pinned root (§5.3 to §5.7), or TrustDataRefused."""
    kept = Cache(cache).current()
    return assemble(verify(root, kept.metadata), kept.files, kept.held)
