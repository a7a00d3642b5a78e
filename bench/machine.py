"""What the figures were taken on."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

LIBRARIES = (
    *("cryptography", "cbor2", "segno", "zxing-cpp", "typst", "pypdfium2"),
    *("fastapi", "uvicorn", "sqlalchemy", "psycopg"),
)


def describe() -> dict[str, str]:
    """Processor, cores, memory, system, Python and the libraries that matter."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libraries": ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")
