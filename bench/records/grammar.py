"""As much Russian grammar as the records need: surnames, patronymics, cases of adjectives."""

import re
from typing import Literal

Case = Literal["of", "to", "in"]  # genitive, dative, prepositional

_IRREGULAR = {
    "Павел": ("Павлович", "Павловна"),
    "Пётр": ("Петрович", "Петровна"),
    "Лев": ("Львович", "Львовна"),
    "Михаил": ("Михайлович", "Михайловна"),
    "Яков": ("Яковлевич", "Яковлевна"),
    "Никита": ("Никитич", "Никитична"),
    "Илья": ("Ильич", "Ильинична"),
    "Лука": ("Лукич", "Лукинична"),
    "Кузьма": ("Кузьмич", "Кузьминична"),
    "Данила": ("Данилович", "Даниловна"),
    "Савва": ("Саввич", "Саввична"),
    "Добрыня": ("Добрынич", "Добрынична"),
}
_VOWELS = "аеёиоуыэюя"


def feminine(surname: str) -> str:
    """A woman's form of a man's surname; every part of a double one for itself."""
    return "-".join(_feminine(part) for part in surname.split("-"))


def _feminine(surname: str) -> str:
    if re.search("(ов|ев|ёв|ин|ын)$", surname):
        return surname + "а"
    return re.sub("(ий|ый|ой)$", "ая", surname)


def from_name(given: str) -> str:
    """The surname that a grandfather's name became: Ахмат → Ахматов, Али → Алиев."""
    stem = given.rpartition("-")[2]
    if stem[-1] in "йь":
        return stem[:-1] + "ев"
    return stem + ("ев" if stem[-1] in _VOWELS else "ов")


def patronymic(father: str, male: bool) -> str:
    """From a father's given name: Сергей → Сергеевич, Юрий → Юрьевна, Муса → Мусаевич."""
    if father in _IRREGULAR:
        return _IRREGULAR[father][not male]
    if father.endswith("ий"):
        soft = len(father) > 3 and father[-3] not in "кхгжчшщ" and father[-4] in _VOWELS + "Ю"
        stem = father[:-2] + ("ь" if soft else "и") + "е"
    elif father[-1] in "йь":
        stem = father[:-1] + "е"
    elif father[-1] in _VOWELS:
        stem = father + "е"
    else:
        stem = father + ("е" if father[-1] in "жчшщц" else "о")
    return stem + ("вич" if male else "вна")


_ENDINGS: dict[Case, str] = {"of": "ого", "to": "ому", "in": "ом"}


def adjective(word: str, case: Case) -> str:
    """A masculine adjective (Кунгурский, Чусовской) in a case."""
    return re.sub("(ий|ый|ой)$", _ENDINGS[case], word)


_NOUNS: dict[str, tuple[str, str]] = {
    "край": ("края", "краю"),
    "область": ("области", "области"),
    "округ": ("округа", "округу"),
    "Республика": ("Республики", "Республике"),
    "Кузбасс": ("Кузбасса", "Кузбассу"),
    "Югра": ("Югры", "Югре"),
    "Чувашия": ("Чувашии", "Чувашии"),
    "г.": ("города", "городу"),
    "Москва": ("Москвы", "Москве"),
    "Санкт-Петербург": ("Санкт-Петербурга", "Санкт-Петербургу"),
    "Севастополь": ("Севастополя", "Севастополю"),
}


def region(name: str, case: Case) -> str:
    """The name of a subject of the federation in the genitive or dative."""
    first, _, rest = name.partition(" ")
    if first == "Республика":  # what follows is a name that stays: «Республики Татарстан»
        return f"{_NOUNS[first][case == 'to']} {rest}"
    return " ".join(_word(word, case) for word in name.split(" "))


def _word(word: str, case: Case) -> str:
    if word in _NOUNS:
        return _NOUNS[word][case == "to"]
    if word.endswith("ая"):
        return word[:-2] + "ой"
    return adjective(word, case)
