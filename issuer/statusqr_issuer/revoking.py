"""`statusqr-issuer revoke`, `suspend` and `restore`: what is aimed at, and what came of it.

A code is given as a file with its digits, as `issue` writes it. It must be one that a print key of
this store has signed: its claims then say which entry of which list is meant. A person's SNILS
comes through a file descriptor, because process lists and shell histories keep arguments.
"""

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

import typer

from statusqr_keys import KeyStore, KeyUse, StoredKey
from statusqr_keys.console import json_line
from statusqr_keys.cose import to_be_signed, verify_raw
from statusqr_keys.holds import CodeTarget, Note, Outcome, PersonTarget, State, Target
from statusqr_keys.revocation import Revocations
from statusqr_schema import MalformedCredential, Snils, StatusQRError, claims, compression, qrtext
from statusqr_schema.envelope import EXTERNAL_AAD, Envelope, parse
from statusqr_schema.strict_json import JsonValue

_MAX_FILE = 10_000  # bytes; a code has at most 1600 digits


class Act(StrEnum):
    """What the three commands do."""

    REVOKE = "revoke"
    SUSPEND = "suspend"
    RESTORE = "restore"

    @property
    def wanted(self) -> State:
        """The state that the command gives."""
        return _WANTED[self]

    @property
    def method(self) -> Callable[[Revocations, Target, Note], Outcome]:
        """That of the register which does it."""
        return _METHODS[self]


_WANTED = {Act.REVOKE: State.INVALID, Act.SUSPEND: State.SUSPENDED, Act.RESTORE: State.VALID}
_METHODS: Mapping[Act, Callable[[Revocations, Target, Note], Outcome]] = {
    Act.REVOKE: lambda register, target, note: register.revoke(target, note),
    Act.SUSPEND: lambda register, target, note: register.suspend(target, note),
    Act.RESTORE: lambda register, target, note: register.restore(target, note),
}
_DONE = {Act.REVOKE: "отозвано", Act.SUSPEND: "приостановлено", Act.RESTORE: "восстановлено"}
_STATES = {
    State.VALID: "не отозвано и не приостановлено",
    State.INVALID: "уже отозвано",
    State.SUSPENDED: "уже приостановлено",
}
_REMAIN = (
    "остаётся недействительных кодов: {}: для них есть другой запрет "
    "(на сам код, на удостоверение или на человека)"
)
_JSON_STATES = {state: state.name.lower() for state in State}


def read_code(path: Path, keys: Mapping[bytes, StoredKey]) -> CodeTarget:
    """The printed code whose digits a file holds; StatusQRError where it is not one of ours."""
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_FILE + 1).decode("ascii").strip()
    except OSError as error:
        raise StatusQRError("файл не читается", code="INPUT") from error
    except UnicodeDecodeError as error:
        raise StatusQRError(_NOT_A_CODE, code="INPUT") from error
    return target_of(text, keys)


_NOT_A_CODE = "в файле не цифры кода: нужен файл .txt, который пишет issue"


def target_of(text: str, keys: Mapping[bytes, StoredKey]) -> CodeTarget:
    """The entry that the claims of a code name, once a key of `keys` (by kid) has vouched for it.

    StatusQRError with the code MALFORMED, UNKNOWN_ISSUER, SIGNATURE, NOT_PRINTED otherwise.
    """
    if not qrtext.is_ours(text):
        raise StatusQRError(_NOT_A_CODE, code="INPUT")
    try:
        cut = parse(qrtext.decode(text))
        key = keys.get(cut.kid)
        if key is None:
            raise StatusQRError("код подписан не ключом этого хранилища", code="UNKNOWN_ISSUER")
        if not _is_signed(cut, key):
            raise StatusQRError("подпись кода не сходится", code="SIGNATURE")
        content = claims.decode(compression.decompress(cut.payload))
    except MalformedCredential as error:
        message = "код прочитан не целиком или это не код StatusQR"
        raise StatusQRError(message, code=error.code) from error
    if content.status is None:
        message = "это код для экрана: он живёт минуты и сам не отзывается"
        raise StatusQRError(message, code="NOT_PRINTED")
    if key.record.use is not KeyUse.PRINT:
        message = "печатный код подписан ключом другого назначения: такой код нигде не примут"
        raise StatusQRError(message, code="NOT_PRINTED")
    return CodeTarget(key.issuer_id, content.status)


def _is_signed(cut: Envelope, key: StoredKey) -> bool:
    public = key.record.key
    signed = to_be_signed(cut.protected, cut.payload, EXTERNAL_AAD)
    return cut.alg == public.alg and verify_raw(public, cut.signature, signed, low_s=True)


def read_snils(descriptor: int) -> Snils:
    """A whole SNILS from the first line of a file descriptor; its digits are in no error."""
    try:
        with os.fdopen(descriptor, encoding="utf-8", closefd=False) as file:
            text = file.readline(100).strip()
    except (OSError, ValueError, OverflowError) as error:
        raise StatusQRError("СНИЛС не читается из --snils-fd", code="INPUT") from error
    try:
        return Snils.parse(text)
    except ValueError as error:
        message = f"в --snils-fd не СНИЛС: проверьте цифры [{error}]"
        raise StatusQRError(message, code="INPUT") from None


def issuer_of(keys: KeyStore, authority: str | None, *, single: bool) -> str | None:
    """The issuer that is meant; None for all. `single`: a number that only one of them gave."""
    issuers = sorted({key.issuer_id for key in keys.all_keys()})
    if authority is not None and authority not in issuers:
        raise typer.BadParameter(f"--authority: в хранилище есть {', '.join(issuers)}")
    if authority is None and single and len(issuers) != 1:
        raise typer.BadParameter(f"--authority: номер чьего удостоверения? {', '.join(issuers)}")
    return issuers[0] if single and authority is None else authority


class Session:
    """One call of a command: does one thing after another, tells of each, counts what failed."""

    def __init__(
        self, act: Act, register: Revocations, keys: KeyStore, note: Note, *, as_json: bool
    ) -> None:
        self._act = act
        self._register = register
        self._keys = keys
        self._note = note
        self._as_json = as_json
        self.changed = 0  # printed codes
        self.failed = 0

    def codes(self, paths: list[Path]) -> None:
        """Do it with the codes in these files, each by itself."""
        keys = {key.record.kid: key for key in self._keys.all_keys()}
        for path in paths:
            try:
                target = read_code(path, keys)
                self._tell(str(path), target, self._act.method(self._register, target, self._note))
            except StatusQRError as error:
                self._refused(str(path), error)

    def holder(self, target: Target) -> None:
        """Do it with a certificate or a person; the first failure ends the call."""
        name = "человек" if isinstance(target, PersonTarget) else "удостоверение"
        outcome = self._act.method(self._register, target, self._note)
        known = outcome.codes or outcome.registered or outcome.changed
        if self._act is Act.RESTORE and outcome.registered is not None and not known:
            raise StatusQRError(f"{name}: такого номера нет, ничего не сделано", code="NO_NUMBER")
        self._tell(name, target, outcome)
        if not outcome.codes and not outcome.registered:
            self._warn(f"{name}: печатных кодов под этим номером нет: проверьте номер")
        if unnamed := self._register.unnamed():
            self._warn(
                f"кодов, выпущенных прежней версией программы: {unnamed}; по удостоверению и "
                "человеку они не находятся, их отзывают по самому коду"
            )

    def conclude(self, *, by_code: bool, publisher: str) -> None:
        """Say how much changed, and who learns of it when."""
        if self._as_json:
            return
        typer.echo(f"Изменено печатных кодов: {self.changed}.")
        if not by_code and self._act is Act.RESTORE:
            if not self.failed:
                typer.echo("Новые коды снова выпускаются, если нет другого запрета.")
        elif not by_code:
            typer.echo("Новые коды, в том числе живые и для экрана, уже не выпускаются.")
        elif self._act is not Act.RESTORE:
            typer.echo("Новым кодам этих людей это не мешает.")
        if self.changed:
            typer.echo(f"Проверяющие узнают при следующей публикации ({publisher}).")

    def _tell(self, name: str, target: Target, outcome: Outcome) -> None:
        self.changed += len(outcome.changes)
        if self._as_json:
            typer.echo(json_line(_document(self._act, name, target, outcome)))
        elif outcome.changed:
            typer.echo(f"{name}: {_DONE[self._act]}")
        else:
            typer.echo(f"{name}: {_STATES[outcome.after]}, ничего не изменилось")
        if outcome.after is self._act.wanted:
            if self._act is Act.RESTORE and outcome.not_valid:
                remain = f"{name}: {_REMAIN.format(outcome.not_valid)}"
                (self._warn if outcome.changed else self._fail)(remain)
        elif self._act is Act.RESTORE:
            self._fail(f"{name}: запрет действует у всех издателей: повторите без --authority")
        else:
            self._fail(f"{name}: не приостановлено: отозванное сначала восстановите (restore)")

    def _refused(self, name: str, error: StatusQRError) -> None:
        self.failed += 1
        if self._as_json:
            document: dict[str, JsonValue] = {
                "action": self._act.value,
                "file": name,
                "refused": error.code,
                "message": error.message,
            }
            typer.echo(json_line(document), err=True)
        else:
            typer.echo(f"{name}: ничего не сделано: {error.message} [{error.code}]", err=True)

    def _fail(self, message: str) -> None:
        self.failed += 1
        self._warn(message)

    def _warn(self, message: str) -> None:
        typer.echo(f"Внимание: {message}", err=True)


def _document(act: Act, name: str, target: Target, outcome: Outcome) -> JsonValue:
    aimed: dict[str, JsonValue] = {"action": act.value}
    if isinstance(target, CodeTarget):
        aimed |= {"target": "code", "file": name}
    else:
        aimed |= {"target": "person" if isinstance(target, PersonTarget) else "certificate"}
    return {
        **aimed,
        "before": _JSON_STATES[outcome.before],
        "after": _JSON_STATES[outcome.after],
        "changed": outcome.changed,
        "codes": outcome.codes,
        "not_valid": outcome.not_valid,
        "changes": [
            {
                "issuer": change.issuer_id,
                "list": change.reference.list_number,
                "index": change.reference.index,
                "before": _JSON_STATES[change.before],
                "after": _JSON_STATES[change.after],
            }
            for change in outcome.changes
        ],
    }
