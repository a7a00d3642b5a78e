"""Files that are whole or absent, whatever happens while they are written."""

import subprocess
import sys
from pathlib import Path

import pytest

from statusqr_keys.files import write_atomic

# The kernel refuses the write after 1,000 bytes, as a full disk would.
FULL_DISK = """
import resource, sys
from pathlib import Path
from statusqr_keys.files import write_atomic
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomic(Path(sys.argv[1]), b"new" * 1000)
except OSError as error:
    print(error.strerror)
"""
REWRITE = """
import sys
from pathlib import Path
from statusqr_keys.files import write_atomic
print("ready", flush=True)
while True:
    for letter in (b"A", b"B"):
        write_atomic(Path(sys.argv[1]), letter * 200_000)
"""


def test_a_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomic(path, b"old")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"old", 0o644)
    write_atomic(path, b"new", 0o600)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomic(path, b"old")
    command = [sys.executable, "-c", FULL_DISK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "File too large\n"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_place_of_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "content").write_bytes(b"old")
    with pytest.raises(IsADirectoryError):
        write_atomic(path, b"new")
    assert list(tmp_path.iterdir()) == [path]
    assert (path / "content").read_bytes() == b"old"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "absent" / "file", b"new")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_never_sees_a_part(tmp_path: Path) -> None:
    path = tmp_path / "file"
    command = [sys.executable, "-c", REWRITE, str(path)]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == b"ready\n"
            while not path.exists():
                assert writer.poll() is None
            seen = {path.read_bytes() for _ in range(100)}
            writer.kill()
        seen.add(path.read_bytes())  # and what is left when the writer was killed
        assert seen <= {b"A" * 200_000, b"B" * 200_000}
