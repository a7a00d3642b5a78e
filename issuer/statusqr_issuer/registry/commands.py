"""`statusqr-issuer registry`: make a registry, change its keys, copy it and bring it back.

What takes a third of a second to load is imported when it is needed, here as in `load_command`.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer

from statusqr_keys.console import new_app
from statusqr_keys.passphrase import read_passphrase
from statusqr_schema.days import MOSCOW, from_instant

from .vault_file import NAME, VaultFile

app = new_app("The registry: statuses, printed codes, consents, and the log of all that was done.")

Store: TypeAlias = Annotated[Path, typer.Option(help="Folder of the key store.")]
Place: TypeAlias = Annotated[
    str | None,
    typer.Option(
        envvar="STATUSQR_REGISTRY", help="File or PostgreSQL URL (STORE/registry.sqlite)."
    ),
]
PassphraseFd: TypeAlias = Annotated[
    int | None, typer.Option(help="Read the passphrase from this file descriptor.")
]

_KEYS_APART: Final = f"""\
Ключей в копии нет. Без них её не открыть: храните отдельно от копии и не теряйте
  {NAME} и finder.key из хранилища ключей, и парольную фразу."""
_UNKNOWN_FALL: Final = """\
Коды, напечатанные после копии, больше не действуют: реестр их не знает, и проверяющие увидят
«ПРИОСТАНОВЛЕН» со следующей публикацией. Их владельцам нужно напечатать новые."""
_UNKNOWN_STAY: Final = """\
Коды, напечатанные после копии, действуют дальше, а реестр их не знает: они не отзываются ни по
удостоверению, ни по человеку, ни при изменении статуса, только по файлу самого кода (revoke)."""
_SINCE: Final = """\
Чего ещё копия не знает, если после неё с реестром работали:
  изменения статусов: загрузите последние записи ещё раз (statusqr-issuer load);
  отзыв удостоверений и людей: повторите его (statusqr-issuer revoke);
  согласия: отозванное после копии снова действует, пока его не отзовут ещё раз;
  номера удостоверений: ведите новые в другой серии (load --series).
Реестр, с которого снята копия, с этим хранилищем больше не открывается;
программы, которые с ним ещё работают, перезапустите."""


@app.command("new")
def new(store: Store, registry: Place = None, passphrase_fd: PassphraseFd = None) -> None:
    """Make the registry of a key store; it takes over what the store knows of printed codes."""
    from .opening import make_registry

    passphrase = read_passphrase(os.environ, passphrase_fd)
    make_registry(registry, store, passphrase, datetime.now(UTC)).close()
    typer.echo(f"Реестр готов. Его ключи в файле {NAME} хранилища: сохраните копию отдельно.")


@app.command("upgrade")
def upgrade(store: Store, registry: Place = None) -> None:
    """Bring the tables of a registry to this version of the program. Make a backup before."""
    from .opening import default_place, upgrade_registry

    changed = upgrade_registry(registry or default_place(store))
    typer.echo("Таблицы реестра обновлены." if changed else "Таблицы реестра уже этой версии.")


@app.command("rotate")
def rotate(store: Store, registry: Place = None, passphrase_fd: PassphraseFd = None) -> None:
    """Change the key under which names are kept. Other programs may go on meanwhile.

    What was broken off goes on when it is started again.
    """
    from . import rotation
    from .opening import open_registry

    passphrase = read_passphrase(os.environ, passphrase_fd)
    opened = open_registry(registry, store, passphrase)
    try:
        done = rotation.rotate(opened, VaultFile.open(store, passphrase), datetime.now(UTC))
    finally:
        opened.close()
    typer.echo(f"Действует ключ {done.version}; зашифровано заново ячеек: {done.cells}.")
    typer.echo(f"Сохраните новый {NAME} отдельно. Прежний нужен для копий, снятых до этого.")


@app.command("backup")
def back_up(
    store: Store,
    to: Annotated[Path, typer.Option(metavar="FILE", help="A new file.")],
    registry: Place = None,
) -> None:
    """Copy the whole registry, as it is at one moment, to a file that any engine can take.

    The keys are not in it: keep registry-keys.json, finder.key and the passphrase apart.
    """
    from . import backup
    from .opening import open_sealed

    opened = open_sealed(registry, store)
    try:
        rows = backup.back_up(opened, to, datetime.now(UTC))
    finally:
        opened.close()
    typer.echo(f"Записано строк: {sum(rows.values())} (статусов: {rows['status']}).")
    typer.echo(_KEYS_APART, err=True)


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.", exists=True)],
    store: Store,
    registry: Place = None,
    keep_unknown: Annotated[
        bool,
        typer.Option("--keep-unknown", help="Leave valid what was printed after the backup."),
    ] = False,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Make the registry out of a backup, where there is none; revocations published since stay.

    Papers that were printed after the backup no longer hold: nobody could revoke them. Their owners
    print new ones. --keep-unknown is for a backup after which nothing was printed.

    Stop the programs that use the store before: those that run go on with the registry they have.
    The store has to have the keys of that registry. To try a restore out, take a copy of the store.
    """
    from . import backup
    from .opening import default_place

    passphrase = read_passphrase(os.environ, passphrase_fd)
    place = registry or default_place(store)
    now = datetime.now(UTC)
    done = backup.restore(file, place, store, passphrase, now, keep_unknown=keep_unknown)
    moment = from_instant(done.at).astimezone(MOSCOW).strftime("%d.%m.%Y в %H:%M МСК")
    typer.echo(f"Реестр восстановлен таким, каким был {moment}. Строк: {sum(done.rows.values())}.")
    typer.echo(f"Списков отзыва закрыто: {done.adopted.lists}.")
    typer.echo(f"Кодов, отозванных после копии и снова отозванных: {done.adopted.codes}.")
    typer.echo(_UNKNOWN_STAY if keep_unknown else _UNKNOWN_FALL, err=True)
    typer.echo(_SINCE, err=True)
