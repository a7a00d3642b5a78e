"""Every Russian text of the pages has its English, and no English is left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web" / "statusqr_web"
CHECKPOINT = ROOT / "verifier" / "statusqr_verifier" / "checkpoint"
REFUSALS = [ROOT / "verifier" / "statusqr_verifier" / n for n in ("images.py", "reader_process.py")]
LOGINS = [WEB / name for name in ("login.py", "relying_party.py")]
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
JINJA = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def texts(package: Path) -> set[str]:
    """What the templates and the code of a package have translated."""
    keywords = {"_": None, "translate": None}
    found = extract_from_dir(str(package), METHODS, options_map=JINJA, keywords=keywords)
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def refusals() -> Iterator[str]:
    """Why a file may be refused: the literals given to ImageRefused, and answered by the child."""
    for path in REFUSALS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name("ImageRefused"), args=[ast.Constant(str(text))]):
                    yield text
                case ast.Assign(targets=[ast.Name()], value=ast.Constant(str(text))):
                    if re.search("[а-яё]", text):
                        yield text  # a refusal that is told in several places
                case ast.Dict(keys=[ast.Constant("refused")], values=[ast.Constant(str(text))]):
                    yield text
                case _:
                    pass


def failed_logins() -> Iterator[str]:
    """Why a login may come to nothing, as LoginFailed has it; the page that tells it translates."""
    for path in LOGINS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Assign(targets=[ast.Name("message")], value=ast.Constant(str(text))):
                    yield text
                case _:
                    pass


def catalogue(package: Path) -> dict[str, str]:
    """The English of a package."""
    with (package / "locale" / "en.po").open("rb") as file:
        messages: list[Message] = [m for m in read_po(file) if m.id]
    return {str(m.id): str(m.string) for m in messages}


@pytest.mark.parametrize("package", [WEB, CHECKPOINT], ids=lambda path: path.name)
def test_every_text_has_its_english_and_nothing_is_left_over(package: Path) -> None:
    kept = catalogue(package)
    needed = texts(package)
    if package is WEB:
        needed |= set(failed_logins())
    if package is CHECKPOINT:
        frames = {"кадр должен быть из 8-битных чисел и не слишком велик"}
        frames |= {"кадр должен быть серым, BGR или BGRA"}  # of programs, not of pages
        formats = {text for text in kept if text.startswith("это не ")}
        needed |= (set(refusals()) - frames) | formats
    assert len(needed) > 1
    assert set(kept) == needed
    assert all(kept.values())
    assert not re.search("[а-яё]", "".join(kept.values()))


@pytest.mark.parametrize("package", [WEB, CHECKPOINT], ids=lambda path: path.name)
def test_what_is_filled_in_is_the_same_in_both_languages(package: Path) -> None:
    gaps = re.compile(r"\{\w+\}|%\(\w+\)s")
    for russian, english in catalogue(package).items():
        assert sorted(gaps.findall(russian)) == sorted(gaps.findall(english)), russian
