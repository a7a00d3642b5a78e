"""Trust data as a verifier uses them, put together from verified files.

A status list is held by two signatures: TUF says that it belongs to this publication, the issuer's
`status` key says what is in it. The second alone is enough to *keep* one: so whoever holds the
online keys of TUF, and offers an older list that the issuer did sign once, changes nothing at a
verifier that has seen the newer one, and a list that vanishes goes on to be used until it is old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from tuf.api.exceptions import LengthOrHashMismatchError

from statusqr_schema import StatusListRefused, TrustDataRefused, TrustListRefused

from ..status_list import StatusList, newer
from ..status_token import read
from ..trust import Issuer
from ..trust_list import TrustList
from .audit_head import AuditHead
from .chain import Chain
from .layout import AUDIT_HEAD, CLOCK_TOLERANCE, TRUST_LIST, parse_status_path, status_subject

ListKey = tuple[str, int]  # issuer id, number of the list


@dataclass(frozen=True, slots=True)
class TrustData:
    """Who may sign, what is revoked, and of when this is."""

    trust: TrustList
    published: datetime  # the age of the whole is now less this
    lists: Mapping[ListKey, StatusList]
    tokens: Mapping[str, bytes]  # the signed lists themselves, by target path
    problems: tuple[str, ...]  # what was left out, in Russian
    root_version: int
    audit_head: AuditHead | None = None  # of the registry behind it; says nothing about codes


def assemble(
    chain: Chain, files: Mapping[str, bytes], held: Mapping[str, bytes] | None = None
) -> TrustData:
    """From the files of a chain and the tokens held so far; TrustDataRefused without trust list.

    A file that is missing or is not the one the chain names is left out.
    """
    trust = _trust_list(chain, files)
    issuers = {issuer.id: issuer for issuer in trust.issuers}
    problems = list(chain.problems)
    lists: dict[ListKey, StatusList] = {}
    tokens: dict[str, bytes] = {}
    latest = (chain.published + CLOCK_TOLERANCE).timestamp()

    for path, token in (held or {}).items():
        try:
            key, found = _read(path, token, issuers)
        except StatusListRefused:
            continue  # its key or its issuer has gone since
        lists[key], tokens[path] = found, token

    for path in chain.files:
        if path in (TRUST_LIST, AUDIT_HEAD):
            continue
        try:
            token = _file(chain, path, files)
            if tokens.get(path) == token:
                continue
            key, found = _read(path, token, issuers)
            if found.issued_at > latest:  # it would keep out all that follow
                raise StatusListRefused("список отзыва выпущен позже, чем опубликован")
            if key in lists and newer(lists[key], found) is lists[key]:
                raise StatusListRefused("список отзыва старее уже виденного")
        except StatusListRefused as error:
            problems.append(f"{path}: {error.message}")
            continue
        lists[key], tokens[path] = found, token

    try:
        head = (
            AuditHead.parse(_file(chain, AUDIT_HEAD, files)) if AUDIT_HEAD in chain.files else None
        )
    except StatusListRefused as error:
        head = None
        problems.append(f"{AUDIT_HEAD}: {error.message}")
    except ValueError:
        head = None
        problems.append(f"{AUDIT_HEAD}: это не вершина журнала аудита")

    return TrustData(
        trust=trust,
        published=chain.published,
        lists=MappingProxyType(lists),
        tokens=MappingProxyType(tokens),
        problems=tuple(problems),
        root_version=chain.root_version,
        audit_head=head,
    )


def _trust_list(chain: Chain, files: Mapping[str, bytes]) -> TrustList:
    try:
        return TrustList.parse(_file(chain, TRUST_LIST, files).decode("utf-8"))
    except (StatusListRefused, TrustListRefused, UnicodeDecodeError) as error:
        raise TrustDataRefused("список доверия отсутствует или повреждён") from error


def _file(chain: Chain, path: str, files: Mapping[str, bytes]) -> bytes:
    """§5.7.3: the file has the length and the hashes that the metadata name."""
    data = files.get(path)
    if data is None:
        raise StatusListRefused("файла нет")
    try:
        chain.files[path].verify_length_and_hashes(data)
    except LengthOrHashMismatchError as error:
        raise StatusListRefused("это не тот файл, который назван в данных доверия") from error
    return data


def _read(path: str, token: bytes, issuers: Mapping[str, Issuer]) -> tuple[ListKey, StatusList]:
    key = parse_status_path(path)
    issuer = issuers.get(key[0]) if key else None
    if key is None or issuer is None:
        raise StatusListRefused("этого издателя нет в списке доверия")
    return key, read(token, status_subject(issuer, key[1]), issuer)
