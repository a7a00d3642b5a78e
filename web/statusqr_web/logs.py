"""The log of a server: what happened and where, never what a person's data were.

An exception's message may hold what it was about («could not convert 'Лебедева'»), so an
exception is told by its type and by its place in the code.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Final, TypeAlias

_Raised: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)
# They tell of every malformed request, and anybody can send those; or of every address that is
# asked, and a login provider's may name a person.
_TALKATIVE: Final = ("python_multipart", "httpx2")


class Discreet(logging.Formatter):
    """Exceptions without their messages; what caused them likewise."""

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - the name of the base class
        """The innermost first: type, and the lines of code on the way to it."""
        lines: list[str] = []
        seen: set[int] = set()
        error = ei[1]
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines += ["".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__]
            if isinstance(error, BaseExceptionGroup):
                lines += [f"  of {type(part).__qualname__}" for part in error.exceptions]
            error = error.__cause__ or error.__context__
        return "\n".join(reversed(lines))


def to_stderr(level: int = logging.INFO) -> None:
    """Log to stderr by these rules; nothing where a log is set up already."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
