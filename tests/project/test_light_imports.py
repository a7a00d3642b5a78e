"""The verifier stays light: what is not needed is not loaded, nor missed where not installed."""

import subprocess
import sys

import pytest

CHECK = """
import sys
for name in {hidden!r}:
    sys.modules[name] = None
{program}
loaded = [name for name in {heavy!r} if sys.modules.get(name)]
assert not loaded, loaded
"""
EXTRAS = ["segno", "typst", "fontpkg_pt_sans", "fontpkg_pt_serif", "pyzbar", "pi_heif", "tzdata"]
IMAGES = ["cv2", "PIL", "numpy", "zxingcpp", "pypdfium2"]

SERVER = ["sqlalchemy", "alembic", "psycopg", "fastapi", "jinja2"]


@pytest.mark.parametrize(
    ("program", "heavy"),
    [
        ("from statusqr_verifier import TrustList, Verifier, Policy, Report", [*IMAGES, "typer"]),
        ("from statusqr_verifier import read_codes", [*EXTRAS, "typer"]),
        ("import statusqr_keys, statusqr_schema", [*IMAGES, "typer", "rich"]),
        ("import statusqr_verifier.cli", [*EXTRAS, "cv2", "pypdfium2"]),
        ("import statusqr_issuer.cli, statusqr_keys.cli", [*EXTRAS, "cv2", "pypdfium2", *SERVER]),
        ("import statusqr_issuer.registry.chain, statusqr_issuer.registry.vault", [*SERVER]),
    ],
)
def test_what_an_import_loads(program: str, heavy: list[str]) -> None:
    code = CHECK.format(hidden=EXTRAS, program=program, heavy=heavy)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
