"""What a checkpoint sees of a report, as lines of text: masked, in order, in one language.

Pure data for any screen; `terminal` draws it. Names are shown with initials, a
СНИЛС not at all: who it is, is compared with a document.
"""

from dataclasses import dataclass
from enum import Enum

from statusqr_schema import Categories, StatusRecord, wording
from statusqr_schema.record import NBSP
from statusqr_schema.wording import printable

from . import words
from .policy import Policy
from .report import NoticeKind, Report, Verdict
from .words import Language


class Look(Enum):
    """Colour (text on ground) and shape of a card; told apart without colour too."""

    VALID = "#FFFFFF", "#0B6B3A", ("╭─────╮", "│  ✓  │", "╰─────╯")
    ELSEWHERE = "#FFFFFF", "#0B4F8A", ("╭─────╮", "│  →  │", "╰─────╯")
    INVALID = "#FFFFFF", "#A3161A", ("╱─────╲", "│  ✕  │", "╲─────╱")
    UNDETERMINED = "#000000", "#FFC53D", ("   ╱╲  ", "  ╱? ╲ ", " ╱────╲")
    FOREIGN = "default", "default", ("┌╌╌╌╌╌┐", "┆     ┆", "└╌╌╌╌╌┘")

    def __init__(self, ink: str, ground: str, shape: tuple[str, str, str]) -> None:
        self.ink = ink
        self.ground = ground
        self.shape = shape

    @classmethod
    def of(cls, report: Report) -> "Look":
        """The look of a report's verdict."""
        if report.verdict is Verdict.VALID:
            return cls.VALID if report.accepted else cls.ELSEWHERE
        return cls[report.verdict.value]


@dataclass(frozen=True, slots=True)
class Card:
    """The lines of a card from the largest to the smallest."""

    look: Look
    word: str
    detail: str
    do_next: str
    person: tuple[str, ...]  # status (empty on a brief card), name, term
    facts: tuple[tuple[str, str], ...]  # label and value
    notices: tuple[str, ...]
    family: tuple[str, ...]
    code: str
    foot: str


_ONLY_WHEN_VALID = (NoticeKind.MEASURES_ENDED, NoticeKind.REVOCATION_NOT_CHECKED)
_LABELS = {
    Language.RU: ("Сведения на", "Проверено", "Удостоверение", "Подписал"),
    Language.EN: ("Data as of", "Checked", "Certificate", "Signed by"),
}
_FOOT = {
    Language.RU: (
        f"Техническая проверка. Подтверждением по приказу №{NBSP}653н считается проверка "
        "в приложении Госуслуг или в программе, подключённой к ЕСИА."
    ),
    Language.EN: (
        "A technical check. Under order No. 653n the confirmation is a check in the Gosuslugi app "
        "or in software connected to ESIA."
    ),
}


def make_card(
    report: Report,
    language: Language,
    policy: Policy | None = None,
    categories: Categories | None = None,
    *,
    brief: bool = False,
) -> Card:
    """The card of a report; `policy` is that of the place, to say what it takes.

    `brief` leaves out what a place without need of it should not learn: the status, the family and
    the number of the certificate.
    """
    word, detail = words.verdict_line(report, language)
    known = categories or Categories.builtin()
    # «Статус действует» and «отзыв не проверяется» would contradict a worse verdict.
    notices = [
        words.notice_text(notice, language, known)
        for notice in report.notices
        if report.verdict is Verdict.VALID or notice.kind not in _ONLY_WHEN_VALID
        if not (brief and notice.kind is NoticeKind.NOT_FOR_THIS_PLACE)  # it names the status
    ]
    record = report.record
    return Card(
        look=Look.of(report),
        word=word,
        detail=detail,
        do_next=words.do_next(report, language, policy or Policy(), known),
        person=_person(record, language, brief=brief) if record else (),
        facts=_facts(report, language, brief=brief),
        notices=tuple(map(printable, notices)),
        family=_family(record) if record and not brief else (),
        code=words.headline_code(report),
        foot=_FOOT[language],
    )


def _person(record: StatusRecord, language: Language, *, brief: bool) -> tuple[str, ...]:
    term = wording.term if language is Language.RU else wording.term_en
    status = "" if brief else record.status_name
    lines = (status, record.holder.surname_and_initials, term(record.period))
    return tuple(map(printable, lines))


def _family(record: StatusRecord) -> tuple[str, ...]:
    return tuple(
        printable(f"{member.surname_and_initials} — {member.relation}")
        for member in record.family_members
    )


def _facts(report: Report, language: Language, *, brief: bool) -> tuple[tuple[str, str], ...]:
    supplied, checked, certificate, signed = _LABELS[language]
    time = wording.moscow_time if language is Language.RU else wording.moscow_time_en
    record = report.record
    facts = []
    if record and record.data_as_of:
        facts.append((supplied, time(record.data_as_of)))
    facts.append((checked, time(report.checked_at)))
    if record and record.certificate_number and not brief:
        facts.append((certificate, wording.number_sign(record.certificate_number)))
    if report.signer:
        facts.append((signed, report.signer.name))
    return tuple((label, printable(value)) for label, value in facts)
