"""Build the preset DEFLATE dictionary of version 1 from the word lists beside this script.

DEFLATE spends fewer bits on near matches, and the message follows the dictionary, so the rarest
words come first and the skeletons of whole claims come last. Entries are written as they stand in
the CBOR, with the headers and neighbouring keys that are always the same, so that one match covers
as much as possible. What does not fit is dropped from the rare end: the rarest surnames.

    python schema/dictionary/build.py           write the dictionary, print its length and SHA-256
    python schema/dictionary/build.py --check   exit 1 if the file is not what the lists give
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import cbor2

LIMIT_BYTES = 32_000
"""zlib reaches back 32,768 - 262 bytes; the rest is left for the message itself."""

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "statusqr_schema" / "dictionary_v1.bin"

DAY = b"\x19\x50"
"""First bytes of a day in 2026: an unsigned integer of two bytes."""
INSTANT = b"\x1a\x6a"
"""First bytes of an instant in 2026: an unsigned integer of four bytes."""
IAT = 0x6A80_0000
"""The instant at which the skeletons are issued, in 2026."""
SNILS = b"\x1b\x00\x00\x00"
"""First bytes of a whole SNILS: an unsigned integer of eight bytes, of which five are used."""


def read(name: str) -> list[str]:
    """Return the entries of `lists/<name>.txt`, most frequent first; spaces at the ends count."""
    lines = (HERE / "lists" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def text(value: str) -> bytes:
    """Return `value` as a CBOR text string with its header."""
    return cbor2.dumps(value)


def texts(name: str) -> Iterator[bytes]:
    """Yield the entries of a list as whole CBOR texts."""
    return map(text, read(name))


def fragments(name: str) -> Iterator[bytes]:
    """Yield the entries of a list as bare UTF-8, for they are parts of longer texts."""
    return map(str.encode, read(name))


def female_surname(male: str) -> str:
    """Return the female form of a surname: Иванов gives Иванова, Шевченко stays."""
    if male.endswith("ский"):
        return male[:-2] + "ая"
    return male + "а" if male.endswith(("ов", "ев", "ёв", "ин", "ын")) else male


def patronymics(entry: str) -> tuple[str, str]:
    """Return the male and the female patronymic of an entry `name` or `name;male;female`."""
    name, *irregular = entry.split(";")
    if irregular:
        return irregular[0], irregular[1]
    if name.endswith("ий"):  # Юрьевич, but after two consonants Дмитриевич
        name = name[:-2] + ("ье" if name[-4].lower() in "аеёиоуыэюя" else "ие")
    elif name.endswith(("й", "ь")):
        name = name[:-1] + "е"
    else:
        name += "о"
    return name + "вич", name + "вна"


def days(iso: str) -> int:
    """Return an ISO date as days since 1970-01-01."""
    return date.fromisoformat(iso).toordinal() - date(1970, 1, 1).toordinal()


def claims(entry: str) -> bytes:
    """Return the CBOR of an entry of the list `claims`, in the layout of version 1."""
    holder, family, category, status, start, end, basis, decree, authority, number, region = (
        entry.split(";")
    )
    members = [member.split(",") for member in family.split("|") if member]
    day = days(start)
    through = days(end) if end else None
    record: dict[int, object] = {
        1: [*holder.split(","), 0x10_0000_0000],
        2: [[*name, -40_001, relation] for *name, relation in members],
        3: category,
        4: status,
        5: day,
        6: [day, through],
        7: [basis, decree, day],
        8: authority,
        9: number,
        10: through,
        11: int(region),
        12: IAT - 4096,
    }
    stated = {key: value for key, value in record.items() if value not in (None, [])}
    payload = {4: IAT + 31_536_000, 6: IAT, -65537: stated, -65538: [1, 0x80000], -65539: 0}
    return cbor2.dumps(payload, canonical=True)


def frames() -> Iterator[bytes]:
    """Yield how claims begin, with a record of ten to twelve fields, and how they end."""
    for fields in (b"\xaa", b"\xab", b"\xac"):
        begin = b"\xa5\x04\x1a\x6c\x00\x06" + INSTANT
        yield begin + b"\x00\x3a\x00\x01\x00\x00" + fields + b"\x01\x84"
    yield b"\x3a\x00\x01\x00\x01\x82\x00\x1a\x00\x0a\x3a\x00\x01\x00\x02\x00"


def entries() -> Iterator[bytes]:
    """Yield every entry, the nearest to the message first."""
    regions = [line.split(";") for line in read("regions")]
    yield from frames()
    yield from map(claims, read("claims"))
    yield from fragments("numbers")
    for code, _, _ in regions:  # key 11 up to key 12
        yield b"\x0b" + cbor2.dumps(int(code)) + b"\x0c" + INSTANT
    yield from texts("given_male")
    yield from texts("given_female")
    for slug, name in (line.split(";") for line in read("statuses")):  # keys 3 and 4 up to key 5
        yield b"\x03" + text(slug) + b"\x04" + text(name) + b"\x05" + DAY
    for relation in texts("relations"):  # up to the next member of the family
        yield relation + b"\x85"
    yield from fragments("phrases")
    for _, _, genitive in regions:  # where an authority's name ends, up to key 9
        yield genitive.encode() + b"\x09"
    yield from fragments("authorities")
    yield from fragments("authorities_whole")
    for title in texts("bases"):  # key 7
        yield b"\x07\x83" + title
    for stem in read("patronymic_stems"):  # up to a holder's SNILS
        for form in patronymics(stem):
            yield text(form) + SNILS
    for male in read("surnames"):  # a female form contains the male one: both would cost twice
        yield text(female_surname(male))


def assemble(nearest_first: Iterable[bytes], limit: int = LIMIT_BYTES) -> bytes:
    """Join the entries backwards until the limit, leaving out what a nearer part contains."""
    dictionary = b""
    for entry in nearest_first:
        if entry in dictionary:
            continue
        if len(entry) + len(dictionary) > limit:
            break
        dictionary = entry + dictionary
    return dictionary


def main(arguments: list[str]) -> int:
    """Write or check the dictionary; return the exit code."""
    dictionary = assemble(entries())
    print(f"{len(dictionary)} bytes, SHA-256 {hashlib.sha256(dictionary).hexdigest()}")
    if arguments == ["--check"]:
        same = TARGET.is_file() and TARGET.read_bytes() == dictionary
        print("up to date" if same else f"{TARGET.name} is not what the lists give")
        return 0 if same else 1
    TARGET.write_bytes(dictionary)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
