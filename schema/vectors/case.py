"""One case of the test vectors, and the invented persons and moments that most cases share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from vectors import forge
from vectors.forge import Node
from vectors.keyring import LIVE, PRINT, Key, entry, trust

Map: TypeAlias = Mapping[int, Node]
Report: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One file."""

    folder: str
    name: str
    why: str
    kept: tuple[str, ...]
    broken: tuple[str, ...]
    inputs: Mapping[str, Any]
    expected: Report

    @property
    def document(self) -> dict[str, Any]:
        """What stands in the file."""
        return {
            "name": self.name,
            "why": self.why,
            "rules": {"kept": list(self.kept), "broken": list(self.broken)},
            **self.inputs,
            "expected": self.expected,
        }


def moment(text: str) -> int:
    """Epoch seconds."""
    return int(datetime.fromisoformat(text).timestamp())


def day(text: str) -> int:
    """Days since 1970-01-01."""
    return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()


DAY = 86_400
AT = moment("2026-11-21T09:00:00Z")  # noon in Moscow
IAT = moment("2026-11-20T09:00:00Z")
EXP = IAT + 365 * DAY
EXP_CLAIM, NBF_CLAIM, IAT_CLAIM = 4, 5, 6
RECORD, STATUS_REFERENCE, PRESENTATION = -65537, -65538, -65539

MINIMAL: Map = {
    1: ["Лебедева", "Ольга", "Сергеевна", None],
    3: "large_family",
    4: "Многодетная семья",
    6: [day("2026-03-02"), None],
}
FULL: Map = {
    1: ["Лебедева", "Ольга", "Сергеевна", 11223344595],
    2: [
        ["Лебедев", "Игорь", "Петрович", -1 - 60_114, "супруг"],
        ["Лебедева", "Анна", "Игоревна", None, "ребёнок"],
    ],
    3: "large_family",
    4: "Многодетная семья",
    5: day("2026-03-02"),
    6: [day("2026-03-02"), day("2031-08-16")],
    7: ["Решение о признании семьи многодетной", "76-000101", day("2026-03-02")],
    8: "Отдел социальной защиты населения № 0 (вымышленный)",
    9: "МС-76 № 0000101",
    10: day("2031-08-16"),
    11: 76,
    12: moment("2026-11-20T06:30:00Z"),
}
ON_PAPER: Map = {
    EXP_CLAIM: EXP,
    IAT_CLAIM: IAT,
    RECORD: MINIMAL,
    STATUS_REFERENCE: [0, 4711],
    PRESENTATION: 0,
}
ON_SCREEN: Map = {EXP_CLAIM: AT + 300, IAT_CLAIM: AT, RECORD: MINIMAL, PRESENTATION: 1}
ALIVE: Map = {EXP_CLAIM: AT + 60, IAT_CLAIM: AT, RECORD: MINIMAL, PRESENTATION: 2}

TRUST = trust(entry(PRINT), entry(LIVE, "live"))
PRIVATE = -65600  # a claim for private use: under it any value stands
DROP = forge.Raw(b"")  # the value of a key that is to be left out
PRINTED = "N-PRT N-NOREV"


def changed(base: Map, patch: Map) -> Map:
    """`base` with other values under some keys, or without them."""
    return {key: value for key, value in {**base, **patch}.items() if value is not DROP}


def with_record(patch: Map, base: Map = ON_PAPER, record: Map = MINIMAL) -> Map:
    """Claims around a record that is changed."""
    return changed(base, {RECORD: changed(record, patch)})


def private(value: Node) -> Map:
    """Claims with this value under a private claim."""
    return changed(ON_PAPER, {PRIVATE: value})


def text(content: Map | bytes, key: Key = PRINT) -> str:
    """The code of these claims, honestly made."""
    data = content if isinstance(content, bytes) else forge.cbor(content)
    return sealed(forge.payload(data), key)


def sealed(payload: bytes, key: Key = PRINT, **forgeries: Any) -> str:
    """The code around any payload, rightly signed."""
    signature = key.sign(forge.signed_bytes(key.protected, payload))
    return forge.digits(forge.frame(key.protected, payload, signature, **forgeries))


def shown(
    content: Map, key: Key, verdict: str = "VALID", findings: str = "", notices: str = PRINTED
) -> Report:
    """The report where the content was read."""
    record = content[RECORD]
    assert isinstance(record, Mapping)  # noqa: S101 - for the type checker
    presentation = content[PRESENTATION]
    assert isinstance(presentation, int)  # noqa: S101
    return {
        "verdict": verdict,
        "accepted": verdict == "VALID" and "N-PLC" not in notices.split(),
        "findings": findings.split(),
        "notices": notices.split(),
        "kid": key.kid.hex(),
        "presentation": ("print", "screen", "live")[presentation],
        "record": {str(number): record[number] for number in sorted(record) if 1 <= number <= 12},
    }


def unread(verdict: str, finding: str, key: Key | None = None) -> Report:
    """The report where no content was read; with a key where its signature held."""
    return {
        "verdict": verdict,
        "accepted": False,
        "findings": [finding] if finding else [],
        "notices": [],
        "kid": key.kid.hex() if key else None,
        "presentation": None,
        "record": None,
    }


FOREIGN = unread("FOREIGN", "D-FOR")
MALFORMED = unread("UNDETERMINED", "D-BAD")
NEWER = unread("UNDETERMINED", "D-NEW")
UNKNOWN_ISSUER = unread("UNDETERMINED", "T-UNK")
BAD_SIGNATURE = unread("INVALID", "S-BAD")
REFUSED = unread("REFUSED", "")


def case(
    path: str,
    why: str,
    code: str,
    expected: Report,
    *,
    kept: str = "",
    broken: str = "",
    trust: str = TRUST,
    at: float = AT,
    as_of: bool = False,
    published: int | None = None,
    categories: tuple[str, ...] = (),
    regions: tuple[str, ...] = (),
    seen_before: bool = False,
) -> Case:
    """One case; `path` is `folder/name`, rules are given as «T1 E2»."""
    folder, name = path.split("/")
    inputs = {
        "text": code,
        "trust": trust,
        "at": at,
        "as_of": as_of,
        "published": published,
        "place": {"categories": list(categories), "regions": list(regions)},
        "seen_before": seen_before,
    }
    return Case(folder, name, why, tuple(kept.split()), tuple(broken.split()), inputs, expected)


def good(
    path: str,
    why: str,
    content: Map,
    rules: str = "",
    *,
    key: Key = PRINT,
    notices: str = PRINTED,
    **options: Any,
) -> Case:
    """VALID: claims that keep these rules."""
    expected = shown(content, key, notices=notices)
    return case(path, why, text(content, key), expected, kept=rules, **options)


def bad(path: str, why: str, content: Map | bytes, rules: str, key: Key = PRINT) -> Case:
    """MALFORMED: content, rightly signed, that breaks these rules."""
    expected = unread("UNDETERMINED", "D-BAD", key)
    return case(path, why, text(content, key), expected, broken=rules)
