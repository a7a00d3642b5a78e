"""Every Russian text of the account has its English, and no English is left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from world import NOON, record

import statusqr_issuer.account
from statusqr_issuer.account.phrases import Phrases
from statusqr_issuer.account.preview import preview
from statusqr_issuer.registry import by_register
from statusqr_schema import Profile
from statusqr_web import login, session_cookie, sessions, staying
from statusqr_web.locale import Locale

ACCOUNT = Path(statusqr_issuer.account.__file__).parent
NOT_FOR_PAGES = {  # names, the log, the command line, files to take along
    "demo_people.py": ("Зимина", "Вера", "Павловна", "Орлов", "Игорь", "Львович"),
    "demo_provider.py": ("демонстрационный вход не спрашивает",),
    "preview.py": ("дня", "дней"),
    "my_data.py": ("Где, когда и кому",),
    "phrases.py": ("г.", "МСК"),
}
COMMANDS = {"serve_command.py", "starting.py", "consent_text.py"}


def in_templates() -> Iterator[str]:
    for path in (ACCOUNT / "templates").iterdir():
        yield from re.findall(r'_\("([^"]*)"', path.read_text(encoding="utf-8"))


def in_code(path: Path) -> Iterator[str]:
    """String constants with Russian letters that are neither docstrings nor parts of f-strings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(str(text)) if id(node) not in passed and re.search(
                "[а-яё]", text.lower()
            ):
                if not text.startswith(NOT_FOR_PAGES.get(path.name, ("\0",))):
                    yield text


def needed() -> set[str]:
    found = set(in_templates())
    for path in ACCOUNT.glob("*.py"):
        if path.name not in COMMANDS:
            found |= set(in_code(path))
    return found


def from_the_web() -> set[str]:
    """What the shared parts say, and the account's pages show."""
    modules = (sessions, session_cookie, staying, login, by_register)
    return {text for module in modules for text in in_code(Path(str(module.__file__)))}


def test_every_text_has_its_english_and_nothing_is_left_over() -> None:
    with (ACCOUNT / "locale" / "en.po").open("rb") as file:
        english = {str(message.id) for message in read_po(file) if message.id}
    missing = needed() - english
    assert missing == set()
    shared = {"К содержанию", "Язык"}
    more = from_the_web() | {"Запрос слишком велик"}
    assert english - needed() - shared - more == set()


def test_values_have_the_same_names_in_both_languages() -> None:
    say = Phrases.of(Locale.EN)
    for text in needed():
        for pattern in (r"{\w+}", r"%\(\w+\)s"):
            assert set(re.findall(pattern, text)) == set(re.findall(pattern, say(text))), text


def test_words_that_no_citizen_should_read() -> None:
    jargon = re.compile(
        r"токен|сесси|CBOR|ECDSA|подпис|хэш|хеш|JSON|сервер(?! здесь)|куки|cookie", re.I
    )
    allowed = {"Выберите человека. На настоящем сервере здесь была бы страница входа с паролем."}
    assert [text for text in needed() - allowed if jargon.search(text)] == []
    bare = [text for text in needed() if re.search(r"\bдо (?!%\(time\)s|своего|окончания)", text)]
    assert bare == []  # «по … включительно», never a bare «до»


EVERYTHING = (
    "имя и отчество полностью",
    "ваш СНИЛС полностью",
    "члены семьи: имена, кем приходятся, последние цифры СНИЛС",
    "номер удостоверения",
    "кто и на каком основании принял решение",
    "день, по который назначены меры поддержки",
)


def test_the_preview_of_a_full_code_names_all_that_it_tells() -> None:
    """Neither more nor less: whoever shows it has nothing else to go by."""
    say = Phrases.of(Locale.RU)
    seen = {name: preview(record(name), Profile.FULL, NOON, say) for name in ("R01", "R02", "R22")}
    assert seen["R02"].also == EVERYTHING
    assert seen["R01"].also == EVERYTHING[:5]  # no measures
    assert seen["R22"].also == (*EVERYTHING[:2], *EVERYTHING[3:])  # no family
    assert {one.absent for one in seen.values()} == {""}


def test_the_preview_names_only_what_the_person_has() -> None:
    say = Phrases.of(Locale.RU)
    seen = {
        name: preview(record(name), Profile.MINIMAL, NOON, say)
        for name in ("R01", "R04", "R15")  # a family; no patronymic; one name only
    }
    assert seen["R01"].also == ("имя и отчество полностью",)
    assert seen["R01"].absent == "СНИЛС и состав семьи в этом коде не передаются."
    assert seen["R04"].also == ("имя полностью",)
    assert seen["R04"].absent == "СНИЛС в этом коде не передаётся."
    assert seen["R15"].also == ()
