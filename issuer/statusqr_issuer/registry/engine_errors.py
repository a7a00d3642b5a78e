"""What the engines of the registry raise, as RegistryProblem with words to act on.

Their own texts are dropped: they quote values of rows, and addresses with passwords.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from statusqr_schema import RegistryProblem

_BUSY = "реестр занят другими программами; повторите через минуту"
_FULL = "на диске реестра нет места: освободите его и повторите"
_DISK = "диск реестра не читается или не записывается"
_CLOSED = "файл реестра не открывается: проверьте путь и права на файл и папку"
_DAMAGED = "файл реестра повреждён: восстановите его из резервной копии (registry restore)"
_AWAY = "PostgreSQL не отвечает или не пускает: проверьте адрес, имя, пароль и что база есть"
_FORBIDDEN = "у пользователя PostgreSQL нет нужных прав в базе реестра"

# Primary result codes of SQLite (sqlite.org/rescode.html).
_SQLITE = {
    3: _CLOSED,
    5: _BUSY,
    6: _BUSY,
    8: _CLOSED,
    10: "диск реестра не читается или не пишется",
}
_SQLITE |= {11: _DAMAGED, 13: _FULL, 14: _CLOSED, 26: _DAMAGED}
# SQLSTATE of PostgreSQL (Appendix A of its manual), the longest beginning first.
_POSTGRES = {"53100": _FULL, "42501": _FORBIDDEN, "53": _BUSY, "55P03": _BUSY, "40": _BUSY}
_POSTGRES |= {"XX001": _DAMAGED, "XX002": _DAMAGED, "08": _AWAY, "28": _AWAY, "3D": _AWAY}
_POSTGRES |= {"57": _AWAY, "25P03": "работа с реестром прервана: она слишком долго стояла"}


@contextmanager
def named() -> Iterator[None]:
    """RegistryProblem in place of whatever SQLAlchemy raises in the block."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _problem(error) from None


def _problem(error: SQLAlchemyError) -> RegistryProblem:
    if isinstance(error, PoolTimeout):
        return RegistryProblem(_BUSY, code="REGISTRY_DOWN")
    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError):
        return RegistryProblem(f"реестр не принял изменение ({type(error).__name__})")
    message = _words(error)
    if message is None:
        message = f"реестр не читается или не записывается ({type(error).__name__})"
    return RegistryProblem(
        message, code="REGISTRY_DAMAGED" if message == _DAMAGED else "REGISTRY_DOWN"
    )


def _words(error: DBAPIError) -> str | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF)
    if isinstance(error.orig, sqlite3.Error):
        return None
    state = getattr(error.orig, "sqlstate", None) or "08"  # libpq: none where it cannot connect
    return next((words for start, words in _POSTGRES.items() if state.startswith(start)), None)
