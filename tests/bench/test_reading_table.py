"""The table of the reading bench: what it counts, and that its aims are those promised."""

import json

import pytest
from bench import summary
from bench.reading import HD, PHOTO, table
from bench.reading.contestants import READERS, Seen
from bench.table import Section


def seen(
    text: str | None = "1",
    found: tuple[str, ...] = ("1",),
    *,
    kind: str = "glare",
    ms: float = 1.0,
    reachable: bool = True,
) -> Seen:
    everybody = dict.fromkeys(READERS, found)
    return Seen(kind, HD, text, everybody, dict.fromkeys(READERS, ms / 1000), reachable, None)


EMPTY = seen(None, ())
SHOWN = [seen(), seen(kind=PHOTO)]


def met(section: Section) -> list[bool]:
    return [aim.met for aim in section.aims]


def test_all_is_well() -> None:
    assert met(table(SHOWN, SHOWN, [EMPTY])) == [True] * 6


@pytest.mark.parametrize(
    ("normal", "hard", "empty", "missed"),
    [
        ([*SHOWN, seen(found=())], SHOWN, [EMPTY], 0),
        (SHOWN, [*SHOWN, seen(found=())], [EMPTY], 1),
        ([*SHOWN, *[seen(ms=40)] * 2], SHOWN, [EMPTY], 2),
        (SHOWN, SHOWN, [seen(None, (), ms=6)], 3),
        ([seen(), seen(kind=PHOTO, ms=32), seen(kind=PHOTO, ms=151)], SHOWN, [EMPTY], 4),
        (SHOWN, SHOWN, [seen(None, ("7",))], 5),
        (SHOWN, [*SHOWN, seen(found=("1", "7"), reachable=False)], [EMPTY], 5),
    ],
)
def test_each_aim_can_be_missed(
    normal: list[Seen], hard: list[Seen], empty: list[Seen], missed: int
) -> None:
    assert met(table(normal, hard, empty))[missed] is False


def test_a_frame_that_nobody_can_read_does_not_widen_the_gap() -> None:
    lost = seen(found=(), reachable=False)
    section = table(SHOWN, [*SHOWN, lost], [EMPTY])
    assert section.aims[1].value == 0


def test_the_page_of_results_shows_the_figures_of_the_file() -> None:
    page = (summary.RESULTS / "README.md").read_text(encoding="utf-8")
    for name in ("reading", "reading_long"):
        document = json.loads((summary.RESULTS / f"{name}.json").read_text(encoding="utf-8"))
        rows = document["rows"]
        columns, cells = list(rows[0]), [list(row.values()) for row in rows]
        section = Section(document["title"], document["about"], columns, cells)
        assert section.to_markdown() in page
        assert all(aim["met"] for aim in document["aims"])
