"""`statusqr-keys`: make, list, retire and export signing keys; publish trust data.

What needs python-tuf is imported inside its command: it takes a third of a second.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from statusqr_schema import KeyProblem
from statusqr_schema.days import MOSCOW

from .console import json_line, new_app, parse_day, plain_text, region_code, run, warn_of_categories
from .files import write_atomic
from .keys import Alg
from .passphrase import read_passphrase
from .signer import KeySigner
from .store import KeyStore, StoredKey
from .trust import KeyRecord, KeyUse, Scope, utc
from .trust_json import ISSUER_ID, key_to_json
from .trust_list import TrustList

app = new_app("Signing keys and the trust list of an issuer.")

Store = Annotated[Path, typer.Option("--store", help="Folder of the key store.")]
PassphraseFd = Annotated[
    int | None,
    typer.Option(min=0, help="Read the passphrase from this file descriptor."),
]


class AlgName(StrEnum):
    """Algorithms as the command line names them."""

    ES256 = "ES256"
    ED25519 = "Ed25519"


@app.command()
def new(
    store: Store,
    authority: Annotated[str, typer.Option(help="Id of the issuer that signs, e.g. yar-social.")],
    name: Annotated[
        str, typer.Option(parser=plain_text, metavar="TEXT", help="Its name, as verifiers show it.")
    ],
    use: Annotated[KeyUse, typer.Option(help="What the key signs.")] = KeyUse.PRINT,
    alg: Annotated[AlgName, typer.Option(help="The signature algorithm.")] = AlgName.ES256,
    valid_from: Annotated[
        datetime | None,
        typer.Option(parser=parse_day, metavar="DAY", help="First day, Moscow time (today)."),
    ] = None,
    valid_days: Annotated[int, typer.Option(min=1, max=36500, help="For how many days.")] = 1095,
    category: Annotated[
        list[str] | None,
        typer.Option(parser=plain_text, metavar="CODE", help="Only this category."),
    ] = None,
    region: Annotated[
        list[str] | None,
        typer.Option(parser=region_code, metavar="CODE", help="Only this region."),
    ] = None,
    authority_name: Annotated[
        list[str] | None,
        typer.Option(parser=plain_text, metavar="TEXT", help="Only this deciding authority."),
    ] = None,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Make a signing key; print its kid."""
    if not ISSUER_ID.fullmatch(authority):
        raise typer.BadParameter("--authority: латинские буквы, цифры, «.», «_», «-»")
    warn_of_categories(category or ())
    now = datetime.now(UTC)
    today = datetime.combine(now.astimezone(MOSCOW).date(), datetime.min.time(), MOSCOW)
    start = valid_from or today
    scope = Scope(
        frozenset(category or ()),
        frozenset(region or ()),
        frozenset(authority_name or ()),
    )
    keys = KeyStore(store)
    first = not any(store.glob("*.pem"))
    passphrase = read_passphrase(os.environ, passphrase_fd, twice=first)
    signer = KeySigner.generate(Alg[alg.name])
    end = start + timedelta(days=valid_days, seconds=-1)
    record = KeyRecord(signer.public_key, use, utc(start), utc(end), scope=scope)
    keys.add(StoredKey(authority, name, utc(now), record), signer, passphrase)
    typer.echo(record.kid.hex())


@app.command("list")
def list_keys(
    store: Store, as_json: Annotated[bool, typer.Option("--json", help="One key a line.")] = False
) -> None:
    """List the keys."""
    for key in KeyStore(store).all_keys():
        if as_json:
            document = {"issuer": key.issuer_id, "name": key.issuer_name, **key_to_json(key.record)}
            typer.echo(json_line(document))
            continue
        record = key.record
        typer.echo(
            f"{key.kid}  {record.use:6}  {record.key.alg.label:7}  {record.state:11}  "
            f"{_day(record.valid_from)}–{_day(record.valid_through)}  "
            f"{key.issuer_id}  {key.issuer_name}"
        )


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(MOSCOW):%d.%m.%Y}"


@app.command()
def retire(kid: str, store: Store) -> None:
    """Let a key sign no more; what it signed stands."""
    key = KeyStore(store).retire(kid, datetime.now(UTC))
    typer.echo(f"Ключ {key.kid} больше не подписывает; подписанное им остаётся в силе.", err=True)


@app.command()
def export(kid: str, store: Store) -> None:
    """Print the public key as a JWK."""
    typer.echo(json.dumps(KeyStore(store).find(kid).record.key.to_jwk()))


@app.command("trust-list")
def trust_list(store: Store, out: Annotated[Path, typer.Option(help="File to write.")]) -> None:
    """Write the trust list that verifiers need."""
    trust = KeyStore(store).trust_list(datetime.now(UTC))
    _write_trust_list(trust, out)


def _write_trust_list(trust: TrustList, out: Path) -> None:
    text = json.dumps(trust.to_json(), ensure_ascii=False, indent=1) + "\n"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(out, text.encode("utf-8"))
    except OSError as error:
        raise KeyProblem(f"список доверия не записывается: {error.strerror}") from error


@app.command()
def publish(
    store: Store,
    to: Annotated[Path, typer.Option(help="Folder of a web server, or of a USB stick.")],
    watch: Annotated[bool, typer.Option("--watch", help="Publish again on change.")] = False,
    root_keys: Annotated[
        int, typer.Option(min=1, max=16, help="Keys of a new root: the first publication only.")
    ] = 1,
    root_threshold: Annotated[
        int, typer.Option(min=1, max=16, help="How many of them must sign.")
    ] = 1,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Publish the trust list and the status lists; root.json there is for verifiers."""
    from .distribution import office, watching
    from .revocation import SqliteRevocations

    keys = KeyStore(store)
    keys.all_keys()  # no store, no question for its passphrase
    passphrase = read_passphrase(os.environ, passphrase_fd)
    revocations = SqliteRevocations(store)
    revocations.version()  # no key is made for a store that a registry publishes

    def look() -> object:
        return watching.fingerprint(keys, revocations)

    def once() -> object:
        now = datetime.now(UTC)
        wanted = {"root_keys": root_keys, "root_threshold": root_threshold}
        for made in office.make_missing(keys, passphrase, now, **wanted):
            typer.echo(f"Внимание: {made}", err=True)
        seen = look()
        done = office.publish_store(keys, revocations, to, passphrase, now)
        typer.echo(f"Опубликовано {_moment(done.published)}: {to}", err=True)
        for role in done.due:
            typer.echo(f"Внимание: подписи роли {role} пора обновить: верните её ключи", err=True)
        return seen

    seen = once()
    if watch:
        watching.publish_on_change(once, look, seen=seen)


@app.command()
def status(store: Store) -> None:
    """Say what ends when; exit status 1 when something is due."""
    from .distribution import office

    found = office.deadlines(KeyStore(store), datetime.now(UTC))
    for each in found:
        mark = "пора обновить" if each.due else "в порядке"
        typer.echo(f"{_moment(each.ends)}  {mark:13}  {each.what}")
    if any(each.due for each in found):
        raise typer.Exit(1)


@app.command()
def rotate(
    store: Store,
    authority: Annotated[str, typer.Option(help="Id of the issuer.")],
    use: Annotated[KeyUse, typer.Option(help="What the key signs.")],
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Replace an issuer's key by a new one of the same scope; print the kid of the new."""
    from .distribution import office

    keys = KeyStore(store)
    keys.all_keys()
    passphrase = read_passphrase(os.environ, passphrase_fd)
    new_key, retired = office.replace_key(keys, authority, use, passphrase, datetime.now(UTC))
    for key in retired:
        typer.echo(f"Ключ {key.kid} больше не подписывает; подписанное им в силе.", err=True)
    typer.echo("Опубликуйте список доверия, прежде чем выдавать коды новым ключом.", err=True)
    typer.echo(new_key.kid)


class RoleName(StrEnum):
    """The roles of a publication, as `status` names them."""

    ROOT = "root"
    TARGETS = "targets"
    STATUS = "status"
    SNAPSHOT = "snapshot"
    TIMESTAMP = "timestamp"


@app.command("rotate-role")
def rotate_role(role: RoleName, store: Store, passphrase_fd: PassphraseFd = None) -> None:
    """Replace the keys of a role of the publication; verifiers follow with their next sync.

    After an online key was stolen, replace snapshot and timestamp both.
    """
    from .distribution.roles import Keyring

    passphrase = read_passphrase(os.environ, passphrase_fd)
    Keyring.load(store, passphrase).rotate(role.value)
    typer.echo(f"Ключи роли {role.value} заменены: опубликуйте (publish).", err=True)


@app.command()
def compromise(
    kid: str,
    store: Store,
    reason: Annotated[
        str, typer.Option(parser=plain_text, metavar="TEXT", help="Why; kept in the store.")
    ],
) -> None:
    """Let nothing stand that a key has signed; cannot be undone."""
    from .distribution import office

    key = office.compromise_key(KeyStore(store), kid, reason, datetime.now(UTC))
    typer.echo(
        f"Ключ {key.kid} скомпрометирован: со следующей публикации всё, что он подписал, "
        "недействительно. Опубликуйте сейчас и выдайте коды заново другим ключом.",
        err=True,
    )


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(MOSCOW):%d.%m.%Y %H:%M}"


def main() -> None:
    """Entry point of the console script."""
    run(app)


if __name__ == "__main__":
    main()
