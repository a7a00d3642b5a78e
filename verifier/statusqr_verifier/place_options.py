"""What the commands of a checkpoint have in common: their options, their policy, their status.

`verify`, `scan` and `serve` take the same options of a place and end alike.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from statusqr_keys.console import region_code, warn_of_categories

from .current_trust import CurrentTrust
from .policy import Policy
from .report import Verdict
from .words import Language

WRONG_USAGE = 2
# The exit status of a check: the first that applies; wrong usage (2) comes before them all.
_STATUS_BY_VERDICT = (
    (Verdict.INVALID, 1),
    (Verdict.UNDETERMINED, 3),
    (Verdict.FOREIGN, 4),
    (None, 4),  # unreadable
)

TrustOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="A trust list, a JSON file: revocation is not checked.")
]
CacheOption: TypeAlias = Annotated[Path | None, typer.Option(help="The folder that `sync` keeps.")]
MaxAgeOption: TypeAlias = Annotated[
    float, typer.Option(metavar="HOURS", min=1, max=8760, help="Older data turn amber.")
]
CategoryOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="This place takes this category (repeatable).")
]
RegionOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        parser=region_code, metavar="CODE", help="This place takes this region (repeatable)."
    ),
]
LangOption: TypeAlias = Annotated[Language, typer.Option(help="Language of the card.")]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="One JSON object a code.")]
BriefOption: TypeAlias = Annotated[bool, typer.Option("--brief", help="One line a code.")]


def place_policy(
    categories: Sequence[str] | None,
    regions: Sequence[str] | None,
    max_age: float,
    *,
    as_of: bool = False,
) -> Policy:
    """The policy of a place from its options; says which categories the catalogue lacks."""
    warn_of_categories(categories or ())
    return Policy(
        categories=frozenset(categories or ()),
        regions=frozenset(regions or ()),
        max_trust_age=timedelta(hours=max_age),
        max_status_age=timedelta(hours=max_age),
        as_of=as_of,
    )


def open_trust(trust: Path | None, cache: Path | None) -> CurrentTrust:
    """The trust data that were named, one of the two.

    :raises TrustListRefused, TrustDataRefused: where they cannot be used
    :raises MissingSync: where the libraries for a cache are not installed
    """
    match trust, cache:
        case Path(), None:
            return CurrentTrust.pinned(trust)
        case None, Path():
            return CurrentTrust.cached(cache)
        case _:
            raise typer.BadParameter("нужно одно из двух: --cache или --trust")


def exit_status(verdicts: Collection[Verdict | None]) -> int:
    """0 where all were VALID, else what the worst calls for; None stands for unreadable."""
    return next((status for verdict, status in _STATUS_BY_VERDICT if verdict in verdicts), 0)
