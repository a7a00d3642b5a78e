"""The signed form of a status list: a Status List Token in CWT form (draft-21 §5.2).

COSE_Sign1 with tag 18 and no CWT tag, protected `{1: alg, 4: kid, 16: type}`, claims 2 (sub),
4 (exp), 6 (iat), 65533 (status list), 65534 (ttl).

    token = sign(status_list, signer)
    status_list = read(token, subject, issuer)

Beyond the draft: exp is required, the kid stands in the protected header, and only a `status` key
of the issuer counts. Any valid CBOR is read (see `cwt`), and so are signatures with high S; claims
that we do not know are left alone (§5.2, rule 1). Tokens with a MAC are refused.
"""

from collections.abc import Mapping
from typing import Any

from statusqr_schema import SignatureRefused, StatusListRefused
from statusqr_schema.claims import EXP, IAT, LIST_SIZE, NBF

from .cose import ALG, CRIT, KID, Sign1, decode1, sign1, to_be_signed, verify_raw
from .cwt import ClaimValue, decode_claims, encode_claims, has_plain_keys, heads_of
from .keys import PublicKey
from .signer import Signer
from .status_list import StatusList, compress, decompress, is_integer
from .trust import Issuer, KeyRecord, KeyState, KeyUse

SUBJECT, STATUS_LIST, TTL = 2, 65533, 65534  # RFC 8392 §3.1.2; §5.2 of the draft
TYPE, MEDIA_TYPE = 16, "application/statuslist+cwt"  # RFC 9596; §5.2

MAX_HEADER = 4096  # bytes of the protected header
MAX_TOKEN = LIST_SIZE + 2**16  # bytes; 2^20 entries of 8 bits that nothing can compress

_ABSENT = object()


def sign(status_list: StatusList, signer: Signer) -> bytes:
    """The token, its claims in deterministic CBOR; KeyProblem where the key cannot be used."""
    claims: dict[int, ClaimValue] = {
        SUBJECT: status_list.subject,
        EXP: status_list.expires_at,
        IAT: status_list.issued_at,
        STATUS_LIST: {"bits": status_list.bits, "lst": compress(status_list.entries)},
    }
    if status_list.ttl is not None:
        claims[TTL] = status_list.ttl
    return sign1(encode_claims(claims), signer, headers={TYPE: MEDIA_TYPE})


def read(token: bytes, subject: str, issuer: Issuer) -> StatusList:
    """The list with the address `subject` in a token that `issuer` signed, or StatusListRefused.

    Whether it is current is not judged here: a revocation in an old list is a revocation.
    """
    message = _message(token)
    record = _key_record(message, issuer)
    found = _verified(message, subject, record.key)
    if not record.covers(found.issued_at):
        raise StatusListRefused("список отзыва выпущен вне срока действия ключа")
    return found


def read_under_key(token: bytes, subject: str, key: PublicKey) -> StatusList:
    """As `read`, for a key that is known from elsewhere: its kid, use and term are not judged."""
    return _verified(_message(token), subject, key)


def _message(token: bytes) -> Sign1:
    if len(token) > MAX_TOKEN:
        raise StatusListRefused("список отзыва слишком велик")
    try:
        match heads_of(token)[:3]:
            # A short protected header only, for it is decoded as well.
            case [(6, 18), (4, 4 | None), (2, int(length))] if length <= MAX_HEADER:
                message = decode1(token)
            case [(6, 61), *_]:
                raise StatusListRefused("список отзыва с меткой CWT (61), которой быть не должно")
            case _:
                raise StatusListRefused("это не список отзыва: нет подписи COSE_Sign1 с меткой 18")
    except SignatureRefused as error:
        raise StatusListRefused("список отзыва повреждён: COSE не читается") from error
    if message.headers.get(TYPE) != MEDIA_TYPE:
        raise StatusListRefused(f"это не список отзыва: тип не {MEDIA_TYPE}")
    if CRIT in message.headers:
        raise StatusListRefused("список отзыва требует того, чего программа не знает (crit)")
    return message


def _key_record(message: Sign1, issuer: Issuer) -> KeyRecord:
    kid = message.headers.get(KID)
    record = next((key for key in issuer.keys if key.kid == kid), None)
    if record is None:
        raise StatusListRefused("ключ списка отзыва не принадлежит этому издателю")
    if record.use is not KeyUse.STATUS:
        raise StatusListRefused("ключ предназначен не для списков отзыва")
    if record.state is KeyState.COMPROMISED:
        raise StatusListRefused("ключ списка отзыва скомпрометирован")
    return record


def _verified(message: Sign1, subject: str, key: PublicKey) -> StatusList:
    alg = message.headers.get(ALG)
    if type(alg) is not int or alg != key.alg:
        raise StatusListRefused("список отзыва подписан не тем алгоритмом, что у ключа")
    signed = to_be_signed(message.protected, message.payload, b"")
    if not verify_raw(key, message.signature, signed, low_s=False):
        raise StatusListRefused("подпись списка отзыва не сходится")
    try:
        claims = decode_claims(message.payload)
    except SignatureRefused as error:
        raise StatusListRefused("содержимое списка отзыва не читается") from error
    if claims.get(SUBJECT) != subject:
        raise StatusListRefused("это список отзыва с другим адресом (sub)")
    return _status_list(subject, claims)


def _status_list(subject: str, claims: Mapping[object, Any]) -> StatusList:
    """The list that the claims mean; StatusList and `decompress` look at their types."""
    value = claims.get(STATUS_LIST)
    # The map may hold more, such as aggregation_uri (§4.3).
    if not isinstance(value, Mapping) or not has_plain_keys(value):
        raise StatusListRefused("в списке отзыва нет самого списка (status_list)")
    compressed = value.get("lst")
    if type(compressed) is not bytes:
        raise StatusListRefused("в списке отзыва нет записей (lst)")
    if claims.get(TTL, _ABSENT) is None:  # which would pass for a list without ttl
        raise StatusListRefused("в списке отзыва неверный срок обновления (ttl)")
    bits: Any = value.get("bits")
    issued_at: Any = claims.get(IAT)
    expires_at: Any = claims.get(EXP)
    found = StatusList(
        subject=subject,
        issued_at=issued_at,
        expires_at=expires_at,
        ttl=claims.get(TTL),
        bits=bits,
        entries=decompress(compressed, bits),
    )
    if not is_integer(claims.get(NBF, 0), 0, found.issued_at):  # RFC 8392 §3.1.5
        raise StatusListRefused("список отзыва начинает действовать позже, чем выпущен (nbf)")
    return found
