"""The options by which a `serve` command is told how people reach it; without the server itself.

Commands are listed and their `--help` is shown where no server is installed.
"""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

HostOption: TypeAlias = Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0: all.")]
PortOption: TypeAlias = Annotated[int, typer.Option(min=0, max=65535)]
NameOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--name", help="A name by which people reach it (repeatable)."),
]
CertificateOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="Certificate (PEM); off loopback one is made otherwise.", exists=True, dir_okay=False
    ),
]
KeyOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="Its key (PEM).", exists=True, dir_okay=False)
]
TlsFolderOption: TypeAlias = Annotated[
    Path, typer.Option(help="Where the certificate that is made is kept.", file_okay=False)
]
ProxyOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help="Address of a reverse proxy that is believed (repeatable)."),
]
TLS_FOLDER = Path("statusqr-tls")
