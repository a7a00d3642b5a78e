"""How large a credential is: bytes that are signed, characters, QR version at level M.

Two sets of records: 200 of the generator (`bench.records`), and the 25 good records of the tests.
Beside StatusQR the same records, as far as the full profile discloses them, in the encodings of
peers (`bench/peers/encode.py`).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

from segno import consts

from bench.peers import environment
from bench.records import generate
from bench.table import Aim, Cell, Section
from statusqr_issuer import Credential, issue
from statusqr_keys import Alg, KeyRecord, KeySigner, KeyUse
from statusqr_schema import (
    Disclosure,
    Person,
    Profile,
    StatusRecord,
    StatusReference,
    read_entry,
)
from statusqr_schema.strict_json import JsonValue

ENCODER = Path(__file__).parent / "peers" / "encode.py"
DATA = Path(__file__).parents[1] / "tests" / "data" / "records.json"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # 12:00 in Moscow, what the records are made for
COUNT, SEED = 200, 1
ABOUT = (
    "ES256, EC level M, medians and 90th percentiles. Signed bytes: the COSE message before any "
    "compression around it; for SMART Health Cards the JWS. StatusQR: the default disclosure "
    "(full: the holder's СНИЛС whole, of the family the last five digits; minimal: name, status, "
    "term). The peers carry what the full profile discloses. claim169 has no fields for families, "
    "bases and authorities: they stand in its nearest text fields."
)
COLUMNS = (
    "encoding",
    "records",
    "profile",
    "signed bytes, median",
    "signed bytes, p90",
    "characters, median",
    "characters, p90",
    "QR version, median",
    "QR version, p90",
)


@dataclass(frozen=True)
class Sizes:
    """Signed bytes, characters and version of one code."""

    signed: int
    characters: int
    version: int


def measure() -> Section:
    """Sizes of both sets of records in every encoding."""
    sets = {
        f"generator, {COUNT}": generate(COUNT, SEED),
        "data, 25": json.loads(DATA.read_text(encoding="utf-8"))["records"],
    }
    rows: list[list[Cell]] = []
    medians: dict[tuple[str, Profile], Sizes] = {}
    peers: list[list[Cell]] = []
    for name, documents in sets.items():
        for profile in Profile:
            codes = issue_all(documents, profile)
            sizes = [sizes_of(len(code.data), code.text) for code in codes]
            medians[name.partition(",")[0], profile] = median(sizes)
            rows.append(["StatusQR", name, profile.value, *_cells(sizes)])
            if profile is Profile.FULL:
                peers += _peers(name, codes)
    return Section("Sizes", ABOUT, COLUMNS, [*rows, *peers], _aims(medians))


def issue_all(documents: Iterable[JsonValue], profile: Profile) -> list[Credential]:
    """Printed credentials of the records, of ended statuses too."""
    random = Random(SEED)
    signer = KeySigner.generate(Alg.ES256)
    term = NOW - timedelta(days=1), NOW + timedelta(days=1)
    key = KeyRecord(signer.public_key, KeyUse.PRINT, *term)
    return [
        issue(
            read_entry(document).record,
            signer,
            key=key,
            issued_at=NOW,
            status=StatusReference(random.randrange(40), random.randrange(2**20)),
            disclosure=Disclosure(profile),
            allow_ended=True,
        )
        for document in documents
    ]


def plain(record: StatusRecord) -> dict[str, Any]:
    """The record as a plain object with words for keys; what is absent is left out.

    Unlike the JSON of a register it has no empty fields and no masks: peers need not carry them.
    """
    basis, period = record.basis, record.period
    return _present(
        holder=_person(record.holder),
        family=[
            {**_person(member), "relation": member.relation} for member in record.family_members
        ],
        category=record.category,
        status=record.status_name,
        established_on=record.established_on and record.established_on.isoformat(),
        valid_from=period.valid_from.isoformat(),
        valid_through=period.valid_through and period.valid_through.isoformat(),
        indefinite=period.indefinite,
        basis=basis
        and _present(
            title=basis.title,
            number=basis.number,
            date=basis.dated and basis.dated.isoformat(),
        ),
        authority=record.authority,
        certificate=record.certificate_number,
        measures_until=record.measures_through and record.measures_through.isoformat(),
        region=record.region_code,
        data_as_of=record.data_as_of and int(record.data_as_of.timestamp()),
    )


def _person(person: Person) -> dict[str, Any]:
    digits = "".join(filter(str.isdigit, person.snils.formatted)) if person.snils else None
    return _present(
        family_name=person.family_name,
        given_name=person.given_name,
        patronymic=person.patronymic,
        snils=digits,
    )


def _present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _peers(name: str, codes: Sequence[Credential]) -> list[list[Cell]]:
    question = [
        {
            "record": plain(code.claims.record),
            "issued": code.claims.issued_at,
            "expires": code.claims.expires_at,
            "status": [code.claims.status.list_number, code.claims.status.index]
            if code.claims.status
            else [],
        }
        for code in codes
    ]
    answer = environment.run(ENCODER, question)
    return [
        [
            encoding,
            name,
            "full",
            *_cells([sizes_of(a[encoding]["signed"], a[encoding]["text"]) for a in answer]),
        ]
        for encoding in answer[0]
    ]


def sizes_of(signed: int, text: str) -> Sizes:
    """Of a code with this text."""
    return Sizes(signed, len(text), qr_version(text))


def qr_version(text: str) -> int:
    """The smallest QR version that holds `text` at level M, in the modes that fit it best.

    `shc:/` and digits are written as two segments, as that format says.
    """
    head, _, digits = text.rpartition("/")
    parts = [head + "/", digits] if head == "shc:" else [text]
    for version in range(1, 41):
        capacity: int = consts.SYMBOL_CAPACITY[version][consts.ERROR_LEVEL_M]  # type: ignore[index]
        if sum(_bits(part, version) for part in parts) <= capacity:
            return version
    raise ValueError("no QR code holds so much")


ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def _bits(text: str, version: int) -> int:
    """Bits of one segment: mode, count of characters, content (ISO/IEC 18004 §7.4)."""
    size = 0 if version < 10 else 1 if version < 27 else 2
    count = len(text)
    if text.isascii() and text.isdigit():
        return 4 + (10, 12, 14)[size] + ceil(count * 10 / 3)
    if ALPHANUMERIC.issuperset(text):
        return 4 + (9, 11, 13)[size] + ceil(count * 11 / 2)
    return 4 + (8, 16, 16)[size] + 8 * len(text.encode())


def median(sizes: Sequence[Sizes]) -> Sizes:
    """Of each of the three."""
    return _at(sizes, 0.5)


def _at(sizes: Sequence[Sizes], share: float) -> Sizes:
    """The values with this share of the others below them; always those of a real code."""
    place = min(int(len(sizes) * share), len(sizes) - 1)
    return Sizes(
        sorted(each.signed for each in sizes)[place],
        sorted(each.characters for each in sizes)[place],
        sorted(each.version for each in sizes)[place],
    )


def _cells(sizes: Sequence[Sizes]) -> list[Cell]:
    half, most = median(sizes), _at(sizes, 0.9)
    pairs = zip(
        (half.signed, half.characters, half.version),
        (most.signed, most.characters, most.version),
        strict=True,
    )
    return [cell for pair in pairs for cell in pair]


def _aims(medians: dict[tuple[str, Profile], Sizes]) -> list[Aim]:
    promised = {
        ("generator", Profile.FULL): (200, 10),
        ("data", Profile.FULL): (245, 11),
        ("data", Profile.MINIMAL): (135, 8),
    }
    return [
        Aim(f"{name}, {profile.value}: median {what}", value, most=most)
        for (name, profile), aims in promised.items()
        for what, value, most in zip(
            ("signed bytes", "QR version"),
            (medians[name, profile].signed, medians[name, profile].version),
            aims,
            strict=True,
        )
    ]
