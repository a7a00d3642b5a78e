"""Every input of the kept corpus goes through its target once: what was found stays found."""

import importlib
from pathlib import Path

import pytest
from world import DATA, NOON

from statusqr_verifier import Verdict

from .judge import VERIFIER
from .targets import TARGETS, check
from .targets.image import with_check_sums

CORPUS = Path(__file__).parent / "corpus"
LARGEST_CORPUS = 300_000  # bytes: it is cloned with every checkout


def inputs(target: str) -> list[Path]:
    return sorted((CORPUS / target).iterdir())


@pytest.mark.parametrize("name", TARGETS)
def test_the_kept_corpus(name: str) -> None:
    target = importlib.import_module(f"fuzz.targets.{name}")
    assert inputs(name)
    for path in inputs(name):
        try:
            target.one_input(path.read_bytes())
        except Exception as error:
            error.add_note(f"input: {path}")
            raise


def test_what_the_corpus_calls_issued_is_valid() -> None:
    """Where the format has changed: run `fuzz.seed_corpus` again."""
    texts = check.issued()
    assert len(texts) >= 9
    assert {VERIFIER.check(text, NOON).verdict for text in texts} == {Verdict.VALID}


def test_the_corpus_reaches_every_reason_that_a_code_can_have() -> None:
    texts = [path.read_text("utf-8", "replace") for path in inputs("check")]
    findings = [VERIFIER.check(text, NOON).findings for text in texts]
    reasons = {finding.reason.name for found in findings for finding in found}
    assert reasons >= {
        *("FOREIGN", "MALFORMED", "NEWER_VERSION", "UNKNOWN_ISSUER", "BAD_SIGNATURE"),
        *("KEY_COMPROMISED", "NOT_AUTHORISED", "NOT_YET_VALID"),
    }


def test_every_folder_is_that_of_a_target_and_none_is_large() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*")) < LARGEST_CORPUS


def test_a_photograph_goes_through_its_target() -> None:
    target = importlib.import_module("fuzz.targets.image")
    target.one_input((DATA / "photo.heic").read_bytes())


def test_mutations_of_a_png_have_right_check_sums() -> None:
    good = (CORPUS / "image" / "grey.png").read_bytes()
    wrong = bytearray(good)
    wrong[29:33] = bytes(4)  # the check sum of the header
    assert with_check_sums(bytes(wrong)) == good
    assert with_check_sums(good[:40]) == good[:40]


@pytest.mark.parametrize(
    ("name", "seed_input"),
    [
        ("check", "issued-family"),
        ("signed", "R01-0"),
        ("trust_list", "all"),
        ("image", "grey.png"),
    ],
)
def test_mutations_are_the_same_for_the_same_seed(name: str, seed_input: str) -> None:
    """A run can be made again from its seed, and mutations of form do not give up on good input."""
    target = importlib.import_module(f"fuzz.targets.{name}")
    data = (CORPUS / name / seed_input).read_bytes()

    def blind(given: bytes, _: int) -> bytes:
        return given[:-1] + b"\0"

    changed = [target.mutate(data, 10_000, seed, blind) for seed in range(50)]
    assert changed == [target.mutate(data, 10_000, seed, blind) for seed in range(50)]
    assert len(set(changed)) > 1
    for one in changed:
        target.one_input(one)
