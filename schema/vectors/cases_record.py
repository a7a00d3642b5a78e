"""Cases of section 7: the record (R)."""

from collections.abc import Iterator

from vectors.case import DROP, FULL, MINIMAL, Case, Map, bad, good, with_record
from vectors.forge import Node

FAMILY, GIVEN, PATRONYMIC = "Лебедева", "Ольга", "Сергеевна"
MEMBER: list[Node] = ["Лебедев", "Игорь", "Петрович", -60_115, "супруг"]
LETTER, WIDE = "Ж", "𠀀"  # two bytes and four bytes of UTF-8, one code point each
FIRST_DAY, LAST_DAY, LAST_INSTANT = -25_567, 84_005, 7_258_118_399
TRUE = True
MEASURES_ENDED = "N-PRT N-MEA N-NOREV"
OLD_DATA = "N-PRT N-AGE N-NOREV"


def cases() -> Iterator[Case]:
    """All of them."""
    for name, why, patch in _kept():
        rule = name.split("-")[0].upper()
        folder = "valid" if why.endswith("*") else "edge"
        yield good(f"{folder}/{name}", why.rstrip("*"), with_record(patch), rule)
    yield from _kept_with_notices()
    for name, why, patch in _broken():
        rule = name.split("-")[0].upper()
        folder = "edge" if why.endswith("*") else "invalid"
        yield bad(f"{folder}/{name}", why.rstrip("*"), with_record(patch), rule)


def _holder(
    family: Node = FAMILY, given: Node = GIVEN, patronymic: Node = PATRONYMIC, snils: Node = None
) -> Map:
    return {1: [family, given, patronymic, snils]}


def _kept() -> Iterator[tuple[str, str, Map]]:
    """Edges; a star marks what lies well within."""
    mononym = _holder("Суварта", None, None)
    yield "r3-mononym", "one name only: given name and patronymic are null*", mononym
    yield "r3-no-patronymic", "no patronymic*", _holder(patronymic=None)
    yield "r3-patronymic-without-given", "a patronymic without a given name*", _holder(given=None)
    latin = _holder("O’Neil", "J.", "-")
    yield "r3-any-text", "what an issuer would refuse, a reader takes: Latin, a dash*", latin
    longest = _holder(LETTER * 100, LETTER * 100, LETTER * 100)
    yield "r3-100-letters", "100 code points of two bytes each", longest
    yield "r3-100-wide", "100 code points of four bytes each", _holder(WIDE * 100, WIDE, WIDE)
    yield "r3-1-letter", "one code point in each name", _holder(LETTER, LETTER, LETTER)
    for name, value in (
        ("0", 0),
        ("99999999999", 99_999_999_999),
        ("last5-00000", -1),
        ("last5-99999", -100_000),
    ):
        yield f"r4-{name}", f"snils is {value}", _holder(snils=value)
    yield "r4-check-digits", "check digits that are wrong: not judged*", _holder(snils=11223344594)
    yield "r5-1-member", "one member", {2: [MEMBER]}
    members: list[Node] = [["А", None, None, None, "ребёнок"] for _ in range(32)]
    yield "r5-32-members", "32 members", {2: members}
    edge: list[Node] = [LETTER * 100, LETTER * 100, WIDE * 100, -100_000, LETTER * 100]
    yield "r5-long-member", "a member with texts of 100 code points", {2: [edge]}
    strange = {3: "category of tomorrow/№ 1", 4: "Статус"}
    yield "r6-unknown-category", "a category that no catalogue knows*", strange
    yield "r6-64-letters", "64 code points", {3: LETTER * 64}
    yield "r6-1-letter", "one code point", {3: WIDE}
    yield "r7-300-letters", "300 code points", {4: LETTER * 300}
    yield "r7-1-letter", "one code point", {4: LETTER}
    yield "r8-first-day", "1900-01-01", {5: FIRST_DAY}
    yield "r8-last-day", "2199-12-31", {5: LAST_DAY}
    yield "r8-day-0", "1970-01-01, the day 0", {5: 0}
    yield "r9-one-day", "a term of one day, that of the check", {6: [20_778, 20_778]}
    yield "r9-widest", "from the first day through the last", {6: [FIRST_DAY, LAST_DAY]}
    yield "r10-title", "a title alone*", {7: ["Решение"]}
    yield "r10-number", "title and number*", {7: ["Решение", "76-000101"]}
    yield "r10-day", "title and day without a number*", {7: ["Решение", None, 20_514]}
    widest: Map = {7: [LETTER * 500, LETTER * 100, LAST_DAY]}
    yield "r10-longest", "a title of 500 and a number of 100 code points", widest
    yield "r10-day-0", "the day 0", {7: ["Решение", None, 0]}
    yield "r11-500-letters", "500 code points", {8: LETTER * 500}
    yield "r12-100-letters", "100 code points", {9: LETTER * 100}
    yield "r13-last-day", "2199-12-31", {10: LAST_DAY}
    yield "r14-region-1", "region 1", {11: 1}
    yield "r14-region-999", "region 999, which does not exist", {11: 999}
    yield (
        "r15-last-instant",
        "data as of the last instant: later than the check",
        {12: LAST_INSTANT},
    )
    everything = {key: value for key, value in FULL.items() if key != 2}
    yield "r2-no-family", "every field but the family*", {**everything, 6: MINIMAL[6]}


def _kept_with_notices() -> Iterator[Case]:
    for path, why, patch, rules, notices in (
        ("edge/r13-first-day", "1900-01-01", {10: FIRST_DAY}, "R13", MEASURES_ENDED),
        ("edge/r15-first-instant", "data as of the instant 0", {12: 0}, "R15", OLD_DATA),
        (
            "valid/r9-end-not-stated",
            "an end that is not stated",
            {6: [20_514]},
            "R9",
            "N-PRT N-END N-NOREV",
        ),
    ):
        yield good(path, why, with_record(patch), rules, notices=notices)


def _broken() -> Iterator[tuple[str, str, Map]]:
    """What is refused; a star marks the first value beyond an edge."""
    yield "r2-missing", "no holder", {1: DROP}
    yield "r2-null", "null for the holder", {1: None}
    yield "r2-three", "a holder of three: no snils", {1: [FAMILY, GIVEN, PATRONYMIC]}
    yield "r2-five", "a holder of five", {1: [FAMILY, GIVEN, PATRONYMIC, None, None]}
    yield "r2-map", "a map for the holder", {1: {1: FAMILY}}
    yield "r3-family-null", "no family name", _holder(family=None)
    yield "r3-bytes", "bytes for the family name", _holder(family=FAMILY.encode())
    yield "r3-number", "a number for the given name", _holder(given=1)
    for place in ("family", "given", "patronymic"):
        yield f"r3-{place}-empty", f"{place}: the empty text*", _holder(**{place: ""})
        yield f"r3-{place}-101", f"{place}: 101 code points*", _holder(**{place: LETTER * 101})
    yield "r4-12-digits", "snils is 100000000000*", _holder(snils=100_000_000_000)
    yield "r4-below", "snils is -100001*", _holder(snils=-100_001)
    yield "r4-text", "snils as a text", _holder(snils="112-233-445 95")
    yield "r4-true", "snils is true", _holder(snils=TRUE)
    yield from _broken_family()
    for rule, key, longest in (("r6", 3, 64), ("r7", 4, 300), ("r11", 8, 500), ("r12", 9, 100)):
        yield f"{rule}-empty", "the empty text*", {key: ""}
        yield f"{rule}-{longest + 1}", f"{longest + 1} code points*", {key: LETTER * (longest + 1)}
        yield f"{rule}-null", "null", {key: None}
        yield f"{rule}-number", "a number", {key: 1}
        if key in (3, 4):
            yield f"{rule}-missing", "missing", {key: DROP}
    for rule, key in (("r8", 5), ("r13", 10)):
        yield f"{rule}-day-before", "1899-12-31*", {key: FIRST_DAY - 1}
        yield f"{rule}-day-after", "2200-01-01*", {key: LAST_DAY + 1}
        yield f"{rule}-null", "null for the day", {key: None}
        yield f"{rule}-text", "a day as a text", {key: "2026-03-02"}
        yield f"{rule}-true", "true for the day", {key: TRUE}
    yield from _broken_period()
    yield from _broken_basis()
    yield "r14-region-0", "region 0*", {11: 0}
    yield "r14-region-1000", "region 1000*", {11: 1000}
    yield "r14-text", "a region as a text", {11: "76"}
    yield "r14-true", "true for the region", {11: TRUE}
    yield "r14-null", "null for the region", {11: None}
    yield "r15-negative", "data as of -1*", {12: -1}
    yield "r15-beyond", "data as of 2200-01-01T00:00:00Z*", {12: LAST_INSTANT + 1}
    yield "r15-null", "null for the moment", {12: None}


def _broken_family() -> Iterator[tuple[str, str, Map]]:
    yield "r5-empty", "an array without members*", {2: []}
    yield "r5-33-members", "33 members*", {2: [["А", None, None, None, "внук"]] * 33}
    yield "r5-null", "null for the family", {2: None}
    yield "r5-map", "a map of members", {2: {0: MEMBER}}
    yield "r5-one-bare", "one member without the array around it", {2: MEMBER}
    yield "r5-no-relation", "a member without a relation", {2: [MEMBER[:4]]}
    yield "r5-six", "a member of six", {2: [[*MEMBER, None]]}
    yield "r5-relation-null", "null for the relation", {2: [[*MEMBER[:4], None]]}
    yield "r5-relation-empty", "the empty text for the relation*", {2: [[*MEMBER[:4], ""]]}
    yield "r5-relation-101", "101 code points*", {2: [[*MEMBER[:4], LETTER * 101]]}
    yield "r5-name-null", "the second member has no family name", {2: [MEMBER, [None, *MEMBER[1:]]]}
    yield "r5-snils-below", "snils is -100001*", {2: [[*MEMBER[:3], -100_001, "внук"]]}


def _broken_period() -> Iterator[tuple[str, str, Map]]:
    yield "r9-missing", "no period", {6: DROP}
    yield "r9-null", "null for the period", {6: None}
    yield "r9-empty", "an array without days*", {6: []}
    yield "r9-three", "an array of three", {6: [20_514, 20_515, None]}
    yield "r9-from-null", "null for from", {6: [None]}
    yield "r9-through-before", "through is the day before from*", {6: [20_778, 20_777]}
    yield "r9-from-before", "from is 1899-12-31*", {6: [FIRST_DAY - 1, None]}
    yield "r9-through-after", "through is 2200-01-01*", {6: [20_514, LAST_DAY + 1]}
    yield "r9-true", "true for through", {6: [0, TRUE]}
    yield "r9-bare", "a day without an array", {6: 20_514}


def _broken_basis() -> Iterator[tuple[str, str, Map]]:
    yield "r10-null", "null for the basis", {7: None}
    yield "r10-empty", "an array without a title*", {7: []}
    yield "r10-title-null", "null for the title", {7: [None, "1"]}
    yield "r10-title-empty", "the empty text for the title*", {7: [""]}
    yield "r10-title-501", "a title of 501 code points*", {7: [LETTER * 501]}
    yield "r10-number-null", "null for the number where no day follows", {7: ["Решение", None]}
    yield "r10-number-empty", "the empty text for the number*", {7: ["Решение", ""]}
    yield "r10-number-101", "a number of 101 code points*", {7: ["Решение", LETTER * 101]}
    yield "r10-day-null", "null for the day", {7: ["Решение", "1", None]}
    yield "r10-day-after", "the day is 2200-01-01*", {7: ["Решение", "1", LAST_DAY + 1]}
    yield "r10-four", "an array of four", {7: ["Решение", "1", 20_514, None]}
    yield "r10-text", "a title without an array", {7: "Решение"}
