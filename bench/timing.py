"""Times and ratios in one run: the contestants take turns, so a slow second hits them all alike."""

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

Operation = Callable[[], object]


def take_turns(
    operations: Mapping[str, Operation], *, rounds: int = 30, seconds_a_turn: float = 0.02
) -> dict[str, float]:
    """Seconds of CPU that one call of each operation takes: the median over the rounds.

    Each turn repeats its operation for about `seconds_a_turn`; what was warmed up is not counted.
    """
    repeats = {name: _repeats(operation, seconds_a_turn) for name, operation in operations.items()}
    times: dict[str, list[float]] = {name: [] for name in operations}
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, operation in operations.items():
                times[name].append(_timed(operation, repeats[name]))
    finally:
        if was_enabled:
            gc.enable()
    return {name: median(taken) for name, taken in times.items()}


def _repeats(operation: Operation, seconds: float) -> int:
    operation()
    return max(1, round(seconds / max(_timed(operation, 3), 1e-9)))


def _timed(operation: Operation, repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        operation()
    return (time.process_time() - start) / repeats
