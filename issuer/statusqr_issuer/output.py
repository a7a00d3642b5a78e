"""What a run of issuing leaves behind: files of credentials, and a line for each outcome."""

from pathlib import Path

import typer

from statusqr_keys import StoredKey
from statusqr_keys.console import json_line
from statusqr_keys.files import write_atomic
from statusqr_schema import RecordRefused, RegisterEntry, StatusQRError
from statusqr_schema.strict_json import JsonValue

from .issuing import Credential
from .naming import Names, shown_id
from .qr import QrSymbol, Writer, make_symbol

FORMATS = ("pdf", "svg", "png", "txt")


class Output:
    """Writes into one folder and tells about it; stdout holds what was issued and nothing else."""

    def __init__(self, folder: Path, formats: list[str], writer: Writer, *, as_json: bool) -> None:
        self._folder = folder
        self._formats = formats
        self._writer = writer
        self._as_json = as_json
        self._names = Names()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._cannot_write(error) from error

    def issued(
        self, credential: Credential, entry: RegisterEntry, key: StoredKey, advice: list[str]
    ) -> None:
        """Write a credential and say so; `advice` are remarks on its record.

        IssueRefused where the page cannot hold the text, StatusQRError where the disk refuses.
        """
        number = entry.record.certificate_number
        name = self._names.name(entry.id, number, credential.digest)
        symbol = make_symbol(credential.text, self._writer)
        files = self._write(name, credential, entry, key, symbol)
        title = shown_id(entry.id) or name
        if self._as_json:
            typer.echo(
                json_line(
                    {
                        "id": title,
                        "kid": key.kid,
                        "bytes": len(credential.data),
                        "digits": len(credential.text),
                        "qr_version": symbol.version,
                        "files": [str(path) for path in files],
                    }
                )
            )
        else:
            where = ", ".join(path.name for path in files)
            size = f"{len(credential.data)} байт, QR {symbol.version}"
            typer.echo(f"{title}: {size}: {where}")
        for line in advice:
            typer.echo(f"{title}: внимание: {line}", err=True)

    def refused(self, name: str, error: StatusQRError) -> None:
        """Say on stderr why a record was not issued, with all its errors."""
        tell_refused(name, error, as_json=self._as_json)

    def _write(
        self,
        name: str,
        credential: Credential,
        entry: RegisterEntry,
        key: StoredKey,
        symbol: QrSymbol,
    ) -> list[Path]:
        """Write the files of a credential, all of them made before the first is written."""
        contents: dict[Path, bytes] = {}
        for ending in self._formats:
            path = self._folder / f"{name}.{ending}"
            match ending:
                case "pdf":
                    from .pdf import render_pdf

                    contents[path] = render_pdf(credential, entry.record, key.issuer_name, symbol)
                case "svg":
                    contents[path] = symbol.svg().encode("utf-8")
                case "png":
                    contents[path] = symbol.png()
                case _:
                    contents[path] = f"{credential.text}\n".encode("ascii")
        try:
            for path, content in contents.items():
                write_atomic(path, content, 0o600)  # personal data
        except OSError as error:
            raise self._cannot_write(error) from error
        return list(contents)

    def _cannot_write(self, error: OSError) -> StatusQRError:
        return StatusQRError(f"{self._folder}: не записывается: {error.strerror}", code="OUTPUT")


def tell_refused(name: str, error: StatusQRError, *, as_json: bool) -> None:
    """Say on stderr why a record was not taken, with all its errors."""
    violations = error.violations if isinstance(error, RecordRefused) else ()
    if as_json:
        document: dict[str, JsonValue] = {
            "id": name,
            "refused": error.code,
            "message": error.message,
            "violations": [
                {"rule": v.rule, "path": v.path, "message": v.message} for v in violations
            ],
        }
        typer.echo(json_line(document), err=True)
    elif violations:
        typer.echo(f"{name}: запись не принята", err=True)
        for v in violations:
            typer.echo(f"  {v.path or 'запись'}: {v.message} [{v.rule}]", err=True)
    else:
        typer.echo(f"{name}: не выпущено: {error.message} [{error.code}]", err=True)
