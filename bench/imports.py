"""How long a program waits before it does anything: imports and `--help`."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.table import Aim, Cell, Section

BIN = Path(sys.executable).parent
ROUNDS = 11
COMMANDS: dict[str, tuple[Sequence[str | Path], float | None]] = {
    "python -c pass": ((sys.executable, "-c", "pass"), None),
    "import cryptography…ec": (
        (sys.executable, "-c", "import cryptography.hazmat.primitives.asymmetric.ec"),
        None,
    ),
    "import statusqr_verifier": ((sys.executable, "-c", "import statusqr_verifier"), 0.15),
    "statusqr-keys --help": ((BIN / "statusqr-keys", "--help"), 0.4),
    "statusqr-issuer --help": ((BIN / "statusqr-issuer", "--help"), 0.4),
    "statusqr-verifier --help": ((BIN / "statusqr-verifier", "--help"), 0.4),
}


def measure() -> Section:
    """Wall-clock seconds of whole processes, in turns, the files already in the system's cache."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(ROUNDS + 1):
        for name, (command, _) in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            if turn:  # the first warms the cache
                times[name].append(time.perf_counter() - start)
    middle = {name: median(taken) for name, taken in times.items()}
    least = middle["python -c pass"]
    rows: list[Sequence[Cell]] = [
        (name, seconds, seconds / least) for name, seconds in middle.items()
    ]
    return Section(
        "Start",
        f"Seconds of a whole process, median of {ROUNDS}, and times those of a bare Python.",
        ("command", "seconds", "× bare Python"),
        rows,
        [
            Aim(name, middle[name], most=most)
            for name, (_, most) in COMMANDS.items()
            if most is not None
        ],
    )
