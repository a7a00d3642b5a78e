"""What looks wrong in a register entry although no rule forbids it. For people, not for programs.

A field that is not known is kept aside, so a slip of the pen in a name goes unnoticed: without
`valid_throgh` the term has no end.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from .catalogue import Categories
from .json_fields import path_of
from .register import RegisterEntry

_KNOWN = (
    *("id", "holder", "family_members", "family_members_required", "status", "region"),
    *("certificate_number", "measures_until", "data_as_of", "family_name", "given_name"),
    *("patronymic", "snils", "mononym", "relation", "name", "category", "established_on", "period"),
    *("valid_from", "valid_through", "indefinite", "basis", "title", "number", "date"),
    *("authority", "subject_code", "oktmo", "time_zone"),
)


def advice(entry: RegisterEntry, categories: Categories | None = None) -> Iterator[str]:
    """Lines in Russian, without personal data."""
    for place in entry.extra:
        name = str(place[-1])
        if name.isprintable() and (likely := get_close_matches(name, _KNOWN, 1, 0.8)):
            yield f"{path_of(place)}: такого поля нет, похоже на {likely[0]}; оно не использовано"
    record = entry.record
    for category in (categories or Categories.builtin()).by_code.values():
        if category.name == record.status_name and category.code != record.category:
            yield (
                f"status.category: наименование «{category.name}» – у категории {category.code}, "
                f"а указана {record.category}"
            )
