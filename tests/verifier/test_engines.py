"""The engines one by one, and what is said where a library is not there."""

import builtins
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pictures
import pytest
import segno
from PIL import Image

from statusqr_schema import ImageRefused
from statusqr_verifier import read_codes
from statusqr_verifier.engines import Engine, EngineMissing, opencv, zxing


@pytest.mark.parametrize("engine", [Engine.CASCADE, Engine.ZXING, Engine.OPENCV])
def test_each_engine_reads_a_clean_code(engine: Engine) -> None:
    assert read_codes(pictures.scene("R01"), engine) == [pictures.text("R01")]


@pytest.mark.needs("zbar")
def test_zbar_reads_a_clean_code() -> None:
    assert read_codes(pictures.scene("R01"), Engine.ZBAR) == [pictures.text("R01")]


@pytest.mark.needs("zbar")
def test_zbar_passes_over_structured_append() -> None:
    parts = segno.make_sequence("A" * 300, symbol_count=2)
    rows = np.array([list(row) for row in parts[0].matrix_iter(scale=6, border=4)], np.uint8)
    assert read_codes(np.where(rows > 0, 0, 255).astype(np.uint8), Engine.ZBAR) == []


def test_engines_see_nothing_in_nothing() -> None:
    empty = np.full((200, 200), 255, np.uint8)
    assert zxing(empty).texts == opencv(empty).texts == ()


def test_zxing_tells_of_a_code_that_cannot_be_read() -> None:
    damaged = pictures.code("R01").copy()
    middle = damaged.shape[0] // 2
    damaged[middle - 120 : middle + 120, middle - 120 : middle + 120] = 255
    seen = zxing(damaged)
    assert seen.texts == ()
    (glimpse,) = seen.unreadable
    assert glimpse.module == pytest.approx(8, rel=0.05)
    assert len(glimpse.corners) == 4


def test_bytes_that_are_not_text_are_read_without_harm() -> None:
    code = segno.make(bytes(range(256)), mode="byte", error="m")
    rows = np.array([list(row) for row in code.matrix_iter(scale=6, border=4)], np.uint8)
    (text,) = read_codes(np.where(rows > 0, 0, 255).astype(np.uint8))
    assert "A" in text


@pytest.mark.parametrize(("module", "engine"), [("pyzbar", Engine.ZBAR)])
def test_a_library_that_is_not_installed(
    module: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(monkeypatch, module)
    with pytest.raises(EngineMissing, match="libzbar0"):
        read_codes(pictures.scene("R01"), engine)


def test_heic_where_its_library_is_not_installed() -> None:
    """In a process of its own, because a format once known stays known."""
    program = (
        "import sys; sys.modules['pi_heif'] = None\n"
        "from statusqr_verifier import read_codes\n"
        "read_codes(sys.argv[1])\n"
    )
    photo = Path(__file__).parents[1] / "data" / "photo.heic"
    run = subprocess.run(
        [sys.executable, "-c", program, str(photo)], capture_output=True, text=True, check=False
    )
    assert "ImageRefused: это не PNG, JPEG, WebP, HEIC или PDF" in run.stderr


def hide(monkeypatch: pytest.MonkeyPatch, hidden: str) -> None:
    original = builtins.__import__

    def guarded(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        if name.split(".")[0] == hidden:
            raise ImportError(name)
        return original(name, globals, locals, fromlist, level)

    for name in [name for name in sys.modules if name.split(".")[0] == hidden]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", guarded)


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((10, 10), np.float64),
        np.zeros((10,), np.uint8),
        np.zeros((10, 10, 2), np.uint8),
        np.zeros((0, 10), np.uint8),
        np.zeros((2, 2, 2, 2), np.uint8),
    ],
)
def test_frames_that_are_none(frame: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
    with pytest.raises(ImageRefused):
        read_codes(frame)


def test_pillow_is_told_which_formats_to_open(tmp_path: Path) -> None:
    path = tmp_path / "picture.tif"
    Image.fromarray(pictures.scene("R01")).save(path)
    with pytest.raises(ImageRefused, match="это не PNG"):
        read_codes(path)
