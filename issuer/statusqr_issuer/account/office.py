"""What the account works with: the same for all requests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from statusqr_web.pages import Pages

from ..desk import Desk
from ..registry import Registry
from .consent_text import ConsentText
from .phrases import HERE


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Office:
    """The registry, the desk that signs, the text of the consent, and who runs the account.

    `provider` is the name of the login in «Войти через …»; empty where there is none. `demo`: the
    pages say that the login is a demonstration.
    """

    registry: Registry
    desk: Desk
    consent: ConsentText
    operator: str
    provider: str = ""
    demo: bool = False
    now: Callable[[], datetime] = _now
    pages: Pages = field(default_factory=lambda: Pages(HERE))
