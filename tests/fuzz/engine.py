"""One target under atheris, with libFuzzer's own options: the program that `run` starts.

::

    PYTHONPATH=tests python -m fuzz.engine text [folders of inputs] [-max_total_time=60]
    PYTHONPATH=tests python -m fuzz.engine text out/fuzz/text/crash-…

Only our own packages are instrumented: the coverage that leads the engine is ours.
"""

import importlib
import sys

import atheris

from .targets import TARGETS

OURS = ["statusqr_schema", "statusqr_keys", "statusqr_web", "statusqr_verifier"]


def main() -> None:
    """Fuzz the target that the first argument names; does not return."""
    _, name, *options = sys.argv
    if name not in TARGETS:
        sys.exit(f"no such target: {name}; there are {', '.join(TARGETS)}")
    with atheris.instrument_imports(include=OURS):
        target = importlib.import_module(f"fuzz.targets.{name}")
    mutate = getattr(target, "mutate", None)
    extra = {}
    if mutate is not None:
        extra["custom_mutator"] = lambda data, size, seed: mutate(data, size, seed, atheris.Mutate)
    # When it merges, libFuzzer starts itself again by this name, through a shell.
    program = f"{sys.executable} -m fuzz.engine {name}"
    atheris.Setup([program, *options], target.one_input, **extra)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
