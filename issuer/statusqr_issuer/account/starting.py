"""Put the account's server together from what the command line asks for."""

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter

from statusqr_keys import KeyStore
from statusqr_schema import Categories, KeyProblem, StatusQRError
from statusqr_web.login_config import CitizenRule, load_citizen_login
from statusqr_web.reaching import Reach, tell
from statusqr_web.relying_party import RelyingParty
from statusqr_web.running import Address, serve

from ..desk import Desk
from ..registry import Registry
from ..registry.entries import RegistryIndex
from ..registry.holds import RegistryRevocations
from ..registry.opening import open_registry
from .app import Door, create_app
from .citizens import citizens
from .consent_text import BUILTIN, ConsentText
from .demo_people import DemoPerson, read_people
from .demo_provider import DemoProvider
from .office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options of `serve`; of `login` and `demo` there is one."""

    store: Path
    registry: str | None
    passphrase: bytes = field(repr=False)
    reach: Reach
    login: Path | None
    demo: Path | None
    consent: Path | None
    operator: str | None
    categories: Path | None


def start(wanted: Wanted) -> int:
    """Serve until interrupted; the exit status. StatusQRError where it cannot start."""
    reach, rule = wanted.reach, CitizenRule()
    people = read_people(wanted.demo) if wanted.demo else []
    party = None
    if wanted.login is not None:
        login = load_citizen_login(wanted.login)
        party, rule = RelyingParty(login.provider), login.citizen
    categories = _categories(wanted.categories)
    keys = KeyStore(wanted.store)
    operator = wanted.operator or _only_issuer(keys)
    text = ConsentText.newest(wanted.consent or BUILTIN, operator)
    with Address(reach.host, reach.port).bind() as bound:
        port = bound.getsockname()[1]
        more = None
        if party is None:
            party, more = _demo(Address(reach.host, port), people, reach)
        address = Address(reach.host, port, reach.server_certificate())
        registry = open_registry(wanted.registry, wanted.store, wanted.passphrase)
        try:
            office = Office(
                registry=registry,
                desk=_desk(keys, registry, wanted.passphrase, categories),
                consent=text,
                operator=operator,
                provider=party.provider.title,
                demo=wanted.demo is not None,
            )
            admit = citizens(rule, registry.finder.person)
            door = Door(reach.hosts, reach.secure(address), party, admit)
            app = create_app(office, door, more=more)
            title = "Личный кабинет"
            ready = lambda: tell(title, address, reach.shown)  # noqa: E731 - shorter than a def
            return serve(app, address, bound, ready=ready, proxies=reach.proxies)
        finally:
            registry.close()


def _demo(
    address: Address, people: list[DemoPerson], reach: Reach
) -> tuple[RelyingParty, APIRouter]:
    """A provider of our own, on the same server; DemoRefused where others could reach it."""
    demo = DemoProvider(address.url(), people, reach)
    return RelyingParty(demo.provider), demo.router


def _desk(keys: KeyStore, registry: Registry, passphrase: bytes, categories: Categories) -> Desk:
    index, revocations = RegistryIndex(registry), RegistryRevocations(registry)
    return Desk(keys, index, revocations, passphrase, categories)


def _only_issuer(keys: KeyStore) -> str:
    """The name of the only issuer in the store, in its newest key.

    It stands in the text that people consent to. KeyProblem where there is no key; where there are
    several issuers, which would make it another text with each new key, somebody must say.
    """
    known = keys.all_keys()
    if not known:
        raise KeyProblem("в хранилище нет ключей: создайте их командой statusqr-keys new")
    if len({key.issuer_id for key in known}) > 1:
        message = "в хранилище ключи нескольких органов: назовите того, кто ведёт кабинет"
        raise KeyProblem(f"{message} (--operator «…»)", code="OPERATOR")
    return known[-1].issuer_name


def _categories(own: Path | None) -> Categories:
    builtin = Categories.builtin()
    if own is None:
        return builtin
    try:
        return builtin.plus(own.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise StatusQRError(f"{own}: файл не читается как UTF-8", code="INPUT") from error
