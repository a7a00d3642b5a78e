"""Build the preset DEFLATE dictionary of version 1 from the word lists beside this script.

Entries are written as they stand in the CBOR, with the headers and the keys beside them that are
always the same: DEFLATE pays for every match, hardly for its length, so that one long match is
worth more than anything else here. The message follows the dictionary and near matches cost less,
so the skeletons come last. What does not fit is left out at the rare end, which is the beginning.

    python schema/dictionary/build.py           write the dictionary, print its length and SHA-256
    python schema/dictionary/build.py --check   exit 1 if the file is not what the lists give

docs/adr says what was tried and measured. The dictionary is frozen with version 1 of the format:
once it is, this script and its lists only show where the bytes came from.
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

YEARS = range(2026, 2037)
"""The decade of issuing that the dictionary is made for; the skeletons favour no year of it."""
INSTANTS = range(0x6B, 0x7E)
"""First bytes of the instants, of four bytes each, from November 2026 to December 2036."""
DAYS = range(0x4C, 0x60)
"""First bytes of the days, of two bytes each, from April 2023 to April 2037."""
IAT = 0x6B00_0000
"""The instant at which the invented claims are issued."""
DAY, INSTANT, SNILS = b"\x19", b"\x1a", b"\x1b\x00\x00\x00"
"""How a day, an instant and a whole SNILS begin: integers of two, four and eight bytes, of which a
SNILS uses five."""


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
        7: [basis, decree or None, day],
        8: authority,
        9: number,
        10: through,
        11: int(region),
        12: IAT - 4096,
    }
    stated = {key: value for key, value in record.items() if value not in (None, [], "")}
    payload = {4: IAT + 31_536_000, 6: IAT, -65537: stated, -65538: [25, 0x80000], -65539: 0}
    return cbor2.dumps(payload, canonical=True)


def frames() -> Iterator[bytes]:
    """Yield what stands between the texts: how claims begin and end, with the time left open."""
    for fields in b"\xab\xaa\xac\xa9\xa8\xa4":  # claim -65537: a record of so many fields
        yield b"\x3a\x00\x01\x00\x00" + bytes([fields]) + b"\x01\x84"  # up to the holder
    # claim -65538, in the minimal profile right after a period without an end
    yield b"\xf6\x3a\x00\x01\x00\x01\x82\x00" + INSTANT + b"\x00\x0a"
    yield b"\x3a\x00\x01\x00\x02\x00"  # claim -65539
    for first in INSTANTS:  # exp as the first of five claims
        yield b"\xa5\x04" + INSTANT + bytes([first])
    for first in INSTANTS:  # iat
        yield b"\x06" + INSTANT + bytes([first])
    for first in sorted(DAYS, key=lambda first: (first < 0x50, first)):  # keys 5 and 6
        yield b"\x05" + DAY + bytes([first]) + b"\x06\x82" + DAY + bytes([first])


def statuses() -> Iterator[bytes]:
    """Yield keys 3 and 4 up to the day of key 5, some after the relation of a family member."""
    for slug, name, *relation in (line.split(";") for line in read("statuses")):
        before = b"".join(map(text, relation))
        yield before + b"\x03" + text(slug) + b"\x04" + text(name) + b"\x05" + DAY


def regions() -> Iterator[bytes]:
    """Yield how an authority ends, with keys 11 and 12; the largest with the whole of key 8."""
    for code, genitive, *more in (line.split(";") for line in read("regions")):
        body = b"\x08" + text(more[1]) if more[1:] else genitive.encode()
        yield body + b"\x0b" + cbor2.dumps(int(code)) + b"\x0c" + INSTANT
    for _, _, *more in (line.split(";") for line in read("regions")):
        yield "".join(more[:1]).encode()  # after «по»


def entries() -> Iterator[bytes]:
    """Yield every entry, the nearest to the message first."""
    yield from frames()
    yield from map(claims, read("claims"))
    yield from fragments("numbers")
    for year in YEARS:  # the most common form: a number of that year
        yield f"/{year}".encode()
    for relation in texts("relations"):  # up to the next member of the family
        yield relation + b"\x85"
    yield from texts("given_male")
    yield from texts("given_female")
    yield from statuses()
    yield from fragments("phrases")
    yield from fragments("authorities")
    yield from fragments("places")
    yield from regions()
    for title in texts("bases"):  # key 7, after a period without an end
        yield b"\xf6\x07\x83" + title
    for stem in read("patronymic_stems"):  # up to a holder's SNILS
        yield from (text(form) + SNILS for form in patronymics(stem))
    for stem in read("patronymic_rare"):  # the female form is a short match more
        yield text(patronymics(stem)[0])
    for male in read("surnames"):  # a female form contains the male one: both would cost twice
        yield text(female_surname(male))
    yield from fragments("surname_stems")


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
