"""Whether memory stays flat over 10,000 issued and 10,000 verified."""

import gc
import resource
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

from bench.records import generate
from bench.speed import operations
from bench.table import Aim, Cell, Section
from bench.timing import Operation
from statusqr_schema import read_entry

COUNT = 10_000
WARM_UP = 1_000


def measure() -> Section:
    """Growth from the 1,000th operation to the last, in Python objects and in the process."""
    available = operations([read_entry(document).record for document in generate(200)])
    rows: list[Sequence[Cell]] = []
    aims = []
    for name in ("issue", "verify"):
        process = _growth_of_process(available[name])
        objects = _growth_of_objects(available[name])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rows.append((name, COUNT, objects, process, peak))
        aims.append(Aim(f"{name}: KB of growth in {COUNT - WARM_UP:,}", process, most=1024))
    return Section(
        "Memory",
        f"Growth from the {WARM_UP:,}th to the {COUNT:,}th operation in one process.",
        ("operation", "count", "Python objects, KB", "process, KB", "peak of process, MB"),
        rows,
        aims,
    )


def _growth_of_process(operation: Operation) -> float:
    _repeat(operation, WARM_UP)
    before = _resident()
    _repeat(operation, COUNT - WARM_UP)
    return (_resident() - before) / 1024


def _growth_of_objects(operation: Operation) -> float:
    """Tracing slows a program down, so this run is apart from that of the process."""
    tracemalloc.start()
    try:
        _repeat(operation, WARM_UP)
        before, _ = tracemalloc.get_traced_memory()
        _repeat(operation, COUNT - WARM_UP)
        return (tracemalloc.get_traced_memory()[0] - before) / 1024
    finally:
        tracemalloc.stop()


def _repeat(operation: Operation, times: int) -> None:
    for _ in range(times):
        operation()
    gc.collect()


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
