"""Every target under the engine, each in a process of its own with limits, one line a target.

::

    make fuzz SECONDS=600
    PYTHONPATH=tests python -m fuzz.run --seconds 60 --target check --target signed

The exit status is 1 where something was found: an exception, a wrong answer, too much memory or
time. The input and the log lie in `out/fuzz/<target>`. What a run learns stays there, too, and the
next run begins with it; `--keep` moves what adds coverage into the corpus that is committed.
"""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .targets import TARGETS

TESTS = Path(__file__).parents[1]
CORPUS = TESTS / "fuzz" / "corpus"
OUT = TESTS.parent / "out" / "fuzz"
KEPT_SIZE = 2_000  # bytes of one input that --keep takes


@dataclass(frozen=True)
class Limits:
    """Of one target: the largest input, memory of the process, seconds for one input."""

    max_len: int = 4_200
    megabytes: int = 512
    seconds: int = 10


# The image libraries unpack up to 50 megapixels, and hostile files keep them busy: `reader_process`
# is the wall against that, and this is its limit on memory.
LIMITS = {"image": Limits(60_000, 2_048, 120), "trust_list": Limits(20_000)}
EXTRA = {"image": [TESTS / "data" / "photo.heic"]}


def command(target: str, seconds: int, seed: int = 0) -> list[str]:
    """The engine with its options; the first folder is where it writes."""
    limits = LIMITS.get(target, Limits())
    folder = OUT / target
    extra = ",".join(map(str, EXTRA.get(target, [])))
    return [
        *(sys.executable, "-m", "fuzz.engine", target),
        *(str(folder / "corpus"), str(CORPUS / target)),
        *([f"-seed_inputs={extra}"] if extra else []),
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-max_len={limits.max_len}",
        f"-rss_limit_mb={limits.megabytes}",
        f"-timeout={limits.seconds}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]


def engine(words: list[str], log: Path) -> int:
    """Run the engine; its exit status. What it says goes into `log`."""
    path = os.pathsep.join(filter(None, (str(TESTS), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path}
    with log.open("wb") as file:
        # Through a shell that forks: a process begins with the peak memory of the one that started
        # it, and a large one (the tests) would count against the engine's limit.
        through = ["/bin/sh", "-c", '"$@"; exit $?', "sh", *words]
        return subprocess.run(through, stdout=file, stderr=file, env=environment).returncode


def fuzz(target: str, seconds: int, seed: int = 0) -> bool:
    """Whether nothing was found."""
    folder = OUT / target
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    status = engine(command(target, seconds, seed), log)
    said = log.read_text("utf-8", "replace")
    done = re.findall(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)/.*rss: (\d+)Mb", said, re.M)
    execs, cov, features, inputs, rss = map(int, done[-1]) if done else (0, 0, 0, 0, 0)
    tell(
        f"{'FOUND' if status else 'ok':6}{target:12}{execs:>10} execs{execs // seconds:>8}/s"
        f"{cov:>6} edges{features:>7} features{inputs:>6} inputs{rss:>6} MB"
    )
    if status:
        tell("\n".join(said.splitlines()[-25:]))
        tell(f"       the whole log: {log}")
    return status == 0


def keep(target: str) -> None:
    """Move what adds coverage to the kept corpus into it, small inputs only."""
    new = OUT / target / "new"
    new.mkdir(parents=True, exist_ok=True)
    for path in (OUT / target / "corpus").iterdir():
        if path.stat().st_size <= KEPT_SIZE:
            (new / path.name).write_bytes(path.read_bytes())
    kept = CORPUS / target
    before = len(list(kept.iterdir()))
    merge = ["-set_cover_merge=1", str(kept), str(new)]
    engine([sys.executable, "-m", "fuzz.engine", target, *merge], OUT / target / "merge.txt")
    tell(f"kept  {target:12}{len(list(kept.iterdir())) - before:>6} inputs more")


def tell(line: str) -> None:
    """A line for who waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="fuzz.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=int, default=10, help="for each target (default: 10)")
    parser.add_argument("--target", action="append", choices=TARGETS, help="default: all")
    parser.add_argument("--seed", type=int, default=0, help="of chance; 0: another in each run")
    parser.add_argument("--jobs", type=int, default=1, help="targets at once (default: 1)")
    parser.add_argument("--keep", action="store_true", help="put finds of coverage into the corpus")
    given = parser.parse_args()
    targets = given.target or list(TARGETS)
    with ThreadPoolExecutor(given.jobs) as pool:
        good = list(pool.map(lambda target: fuzz(target, given.seconds, given.seed), targets))
    if given.keep:
        for target in targets:
            keep(target)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
