"""A virtual environment of the peers' own, made when it is first asked for.

python-cwt 3.3 needs cbor2 < 6 and the project cbor2 ≥ 6, so the two cannot share one. The peers'
scripts run as processes in it and import nothing of the project.
"""

import fcntl
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".venv-peers"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
STAMP = ".requirements.sha256"


def python(place: Path = PLACE) -> Path:
    """The interpreter of the peers' environment; made anew where the requirements have changed.

    The first call takes a minute and needs a package index; later ones take a millisecond.
    """
    interpreter = place / "bin" / "python"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    stamp = place / STAMP
    with _one_at_a_time():
        if not (interpreter.exists() and stamp.is_file() and stamp.read_text() == digest):
            _make(place, interpreter)
            stamp.write_text(digest)
    return interpreter


def run(script: Path, question: object, *arguments: str) -> Any:
    """What `script` answers in the peers' environment: JSON in on stdin, JSON out on stdout."""
    command: list[str | Path] = [python(), script, *arguments]
    text = json.dumps(question, ensure_ascii=False)
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8")  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{script.name} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def _make(place: Path, interpreter: Path) -> None:
    """`--without-pip` and the base interpreter's pip, as the Makefile does and for its reasons."""
    base = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    subprocess.run([base, "-m", "venv", "--clear", "--without-pip", place], check=True)  # noqa: S603
    (place / ".gitignore").write_text("*\n")  # keeps it out of git and of the linter's way
    pip: list[str | Path] = [base, "-m", "pip", "--python", interpreter, "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--requirement", REQUIREMENTS]
    subprocess.run(pip, check=True)  # noqa: S603


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two sections of the bench that run at once must not both make the environment."""
    with REQUIREMENTS.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
