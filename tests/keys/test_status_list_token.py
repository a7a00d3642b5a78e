"""A signed status list: what is read, and each reason for which one is refused."""

import tracemalloc
import zlib
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import NOON, Key

from statusqr_keys import Alg, Issuer, KeyState, KeyUse, StatusList, status_token
from statusqr_keys.cose import sign1
from statusqr_keys.cwt import MAX_ITEMS, heads_of
from statusqr_keys.signer import P256_ORDER, is_low_s
from statusqr_keys.status_list import INVALID, SUSPENDED
from statusqr_keys.status_token import MAX_TOKEN, MEDIA_TYPE, read, read_under_key, sign
from statusqr_schema import StatusListRefused
from statusqr_schema.claims import LIST_SIZE
from statusqr_schema.days import LAST_INSTANT

IAT = int(NOON.timestamp())
WEEK = 7 * 86_400
SUBJECT = "https://example.org/lists/0"
KEY = Key.make(KeyUse.STATUS)
EDWARDS = Key.make(KeyUse.STATUS, Alg.ED25519)
ISSUER = Issuer("test", "Вымышленный орган", (KEY.record, EDWARDS.record))
GOOD = StatusList.of(
    {4711: INVALID, 4712: SUSPENDED}, subject=SUBJECT, issued_at=IAT, expires_at=IAT + WEEK, ttl=9
)
LST = zlib.compress(GOOD.entries)
CLAIMS: dict[Any, Any] = {
    **{2: SUBJECT, 4: IAT + WEEK, 6: IAT, 65534: 9},
    65533: {"bits": 2, "lst": LST},
}
FLOAT_KEY: dict[Any, Any] = {2.0: SUBJECT, **{key: CLAIMS[key] for key in (4, 6, 65533)}}


def around(payload: bytes, key: Key = KEY, typ: Any = MEDIA_TYPE) -> bytes:
    headers = {} if typ is None else {16: typ}
    return sign1(payload, key.signer, headers=headers)


def token(claims: dict[Any, Any]) -> bytes:
    return around(cbor2.dumps(claims))


def with_list(**changes: Any) -> dict[Any, Any]:
    return {**CLAIMS, 65533: {**CLAIMS[65533], **changes}}


def parts(signed: bytes) -> list[Any]:
    return list(cbor2.loads(signed).value)


def as_token(*four: Any) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(18, list(four)))


def refuse(signed: bytes, message: str, issuer: Issuer = ISSUER, subject: str = SUBJECT) -> None:
    with pytest.raises(StatusListRefused, match=message) as refusal:
        read(signed, subject, issuer)
    assert refusal.value.code == "STATUS_LIST"


@pytest.mark.parametrize("key", [KEY, EDWARDS], ids=["ES256", "Ed25519"])
def test_what_is_signed_is_read(key: Key) -> None:
    signed = sign(GOOD, key.signer)
    assert read(signed, SUBJECT, ISSUER) == GOOD
    assert read_under_key(signed, SUBJECT, key.signer.public_key) == GOOD
    assert read(token(CLAIMS), SUBJECT, ISSUER) == GOOD


def test_the_form_of_a_token() -> None:
    """Tag 18, the three headers, deterministic claims, and nothing else."""
    protected, unprotected, payload, signature = parts(sign(GOOD, KEY.signer))
    assert cbor2.loads(protected) == {1: -7, 4: KEY.record.kid, 16: MEDIA_TYPE}
    assert (unprotected, len(signature)) == ({}, 64)
    claims = cbor2.loads(payload)
    assert claims.pop(65533).keys() == {"bits", "lst"}
    assert claims == {2: SUBJECT, 4: IAT + WEEK, 6: IAT, 65534: 9}
    assert payload.index(b"clst") < payload.index(b"dbits")
    assert list(cbor2.loads(payload)) == [2, 4, 6, 65533, 65534]
    assert sign(GOOD, EDWARDS.signer) == sign(GOOD, EDWARDS.signer)
    without = cbor2.loads(parts(sign(replace(GOOD, ttl=None), KEY.signer))[2])
    assert 65534 not in without


@settings(max_examples=30)
@given(st.dictionaries(st.integers(0, LIST_SIZE - 1), st.integers(0, 3), max_size=300))
def test_any_states_survive(states: dict[int, int]) -> None:
    made = StatusList.of(states, subject=SUBJECT, issued_at=IAT, expires_at=IAT + WEEK)
    found = read(sign(made, EDWARDS.signer), SUBJECT, ISSUER)
    assert found == made
    assert all(found.lookup(index) == state for index, state in states.items())


@given(st.sampled_from([1, 2, 4, 8]), st.binary(max_size=200), st.none() | st.integers(1, 9**9))
def test_lists_of_every_width_survive(bits: int, entries: bytes, ttl: int | None) -> None:
    made = replace(GOOD, bits=bits, entries=entries, ttl=ttl)
    assert read(sign(made, EDWARDS.signer), SUBJECT, ISSUER) == made


def test_the_largest_list_that_nothing_can_compress() -> None:
    noise = Random(653).randbytes(LIST_SIZE)  # noqa: S311
    made = replace(GOOD, bits=8, entries=noise, subject="x" * 2000)
    signed = sign(made, KEY.signer)
    assert LIST_SIZE < len(signed) < MAX_TOKEN
    assert read(signed, "x" * 2000, ISSUER) == made


def test_signatures_with_high_s_are_read() -> None:
    signed = sign(GOOD, KEY.signer)
    assert is_low_s(signed[-64:])
    twin = signed[:-32] + (P256_ORDER - int.from_bytes(signed[-32:])).to_bytes(32)
    assert read(twin, SUBJECT, ISSUER) == GOOD


@pytest.mark.parametrize(
    "payload",
    [
        cbor2.dumps({**CLAIMS, 1: "issuer", 5: IAT, 7: b"id", "text": None, -70_000: [1.5, {}]}),
        cbor2.dumps({**CLAIMS, 99: cbor2.CBORTag(1, 1), 98: cbor2.CBORTag(4711, [])}),
        cbor2.dumps({**CLAIMS, 99: cbor2.CBORTag(0, "no date"), 98: cbor2.CBORTag(35, "(")}),
        cbor2.dumps(with_list(aggregation_uri="https://example.org/all")),
        cbor2.dumps(dict(reversed(CLAIMS.items()))),  # in another order
        cbor2.dumps(CLAIMS, indefinite_containers=True),
        cbor2.dumps(CLAIMS).replace(b"\x02\x78", b"\x18\x02\x78"),  # a longer head than need be
        cbor2.dumps(with_list(lst=zlib.compress(GOOD.entries, 0))),
    ],
)
def test_other_claims_and_any_valid_cbor_are_tolerated(payload: bytes) -> None:
    assert read(around(payload), SUBJECT, ISSUER) == GOOD


def test_the_framing_may_be_any_valid_cbor() -> None:
    signed = sign(GOOD, KEY.signer)
    protected, _, payload, signature = parts(signed)
    for same in (
        b"\xd2\x9f" + signed[2:] + b"\xff",
        b"\xd8\x12\x98\x04" + signed[2:],
        as_token(protected, {99: "x", "y": [1]}, payload, signature),
        as_token(protected, {}, payload, b"")[:-1] + b"\x5f\x58\x40" + signature + b"\xff",
    ):
        assert read(same, SUBJECT, ISSUER) == GOOD


@pytest.mark.parametrize(
    ("data", "heads"),
    [
        (b"", []),
        (b"\x17\x18\x18\x20", [(0, 23), (0, 24), (1, 0)]),
        (b"\x42\x00\x00\x61a\x80", [(2, 2), (3, 1), (4, 0)]),
        (b"\x5f\x41\x00\xff\x00", [(2, None), (2, 1), (7, None), (0, 0)]),
        (b"\x59\x01\x00" + bytes(256) + b"\xa1", [(2, 256), (5, 1)]),
        (b"\x9f\xbf\xff\xff", [(4, None), (5, None), (7, None), (7, None)]),
        (b"\xd8\x3d\xd2\xf9\x7e\x00\xf6", [(6, 61), (6, 18), (7, 0x7E00), (7, 22)]),
        (b"\x5b" + b"\xff" * 8 + b"\x00", [(2, 2**64 - 1)]),
        (b"\x1a\x01", [(0, 1)]),  # cut short: the decoder will say so
    ],
)
def test_the_heads_of_items(data: bytes, heads: list[tuple[int, int | None]]) -> None:
    assert heads_of(data) == heads


@pytest.mark.parametrize(
    ("typ", "message"),
    [
        (None, "тип не"),
        ("statuslist+cwt", "тип не"),
        ("application/statuslist+jwt", "тип не"),
        ("Application/statuslist+cwt", "тип не"),
        (16, "тип не"),
    ],
)
def test_another_type_is_refused(typ: Any, message: str) -> None:
    refuse(around(cbor2.dumps(CLAIMS), typ=typ), message)


def test_a_type_outside_of_the_signature_does_not_count() -> None:
    protected, _, payload, signature = parts(around(cbor2.dumps(CLAIMS), typ=None))
    refuse(as_token(protected, {16: MEDIA_TYPE}, payload, signature), "тип не")


def test_another_framing_is_refused() -> None:
    good = sign(GOOD, KEY.signer)
    four = parts(good)
    refuse(cbor2.dumps(cbor2.CBORTag(61, cbor2.CBORTag(18, four))), "меткой CWT")
    for tag in (17, 98, 16, 96, 97, 55799):
        refuse(cbor2.dumps(cbor2.CBORTag(tag, four)), "меткой 18")
    refuse(cbor2.dumps(four), "меткой 18")
    refuse(as_token(*four[:3]), "меткой 18")
    refuse(as_token(*four, b""), "меткой 18")
    refuse(as_token({}, *four[1:]), "меткой 18")
    refuse(as_token(*four[:2], None, four[3]), "не читается")  # a detached payload
    refuse(good + b"\0", "не читается")
    refuse(b"", "меткой 18")
    refuse(b"eyJhbGciOiJFUzI1NiJ9.e30.", "меткой 18")
    refuse(bytes(MAX_TOKEN + 1), "слишком велик")


def test_a_critical_header_is_refused() -> None:
    _, _, payload, _ = parts(sign(GOOD, KEY.signer))
    headers: Any = {16: MEDIA_TYPE, 2: [99], 99: 1}
    # cose.sign1 writes integers and texts only; what matters is that label 2 is there
    refuse(sign1(payload, KEY.signer, headers={**headers, 2: 99}), "crit")


def test_the_key_must_be_a_status_key_of_this_issuer() -> None:
    good = sign(GOOD, KEY.signer)
    other = Key.make(KeyUse.STATUS)
    refuse(good, "не принадлежит", Issuer("other", "Другой", (other.record,)))
    refuse(good, "не принадлежит", Issuer("empty", "Без ключей", ()))
    refuse(sign(GOOD, other.signer), "не принадлежит")
    for use in (KeyUse.PRINT, KeyUse.LIVE):
        refuse(good, "не для списков", Issuer("test", "Орган", (KEY.with_(use=use).record,)))
    compromised = KEY.with_(state=KeyState.COMPROMISED).record
    refuse(good, "скомпрометирован", Issuer("test", "Орган", (compromised,)))
    retired = KEY.with_(state=KeyState.RETIRED).record
    assert read(good, SUBJECT, Issuer("test", "Орган", (retired,))) == GOOD


def test_a_kid_outside_of_the_signature_does_not_count() -> None:
    protected = cbor2.dumps({1: -7, 16: MEDIA_TYPE})
    *_, payload, signature = parts(sign(GOOD, KEY.signer))
    refuse(as_token(protected, {4: KEY.record.kid}, payload, signature), "не принадлежит")


def test_the_key_must_cover_iat() -> None:
    good = sign(GOOD, KEY.signer)
    second = timedelta(seconds=1)
    for start, end, covers in (
        (NOON, NOON, True),
        (NOON + second, NOON + 2 * second, False),
        (NOON - 2 * second, NOON - second, False),
    ):
        record = KEY.with_(valid_from=start, valid_through=end).record
        issuer = Issuer("test", "Орган", (record,))
        if covers:
            assert read(good, SUBJECT, issuer) == GOOD
        else:
            refuse(good, "вне срока действия ключа", issuer)


@pytest.mark.parametrize("alg", [-19, -8, -35, -9, 5, True, -7.0, "ES256", None])
def test_the_algorithm_must_be_the_keys_own(alg: Any) -> None:
    _, _, payload, signature = parts(sign(GOOD, KEY.signer))
    protected = cbor2.dumps({1: alg, 4: KEY.record.kid, 16: MEDIA_TYPE})
    refuse(as_token(protected, {}, payload, signature), "не тем алгоритмом")


def test_eddsa_without_a_curve_is_not_ed25519() -> None:
    _, _, payload, signature = parts(sign(GOOD, EDWARDS.signer))
    protected = cbor2.dumps({1: -8, 4: EDWARDS.record.kid, 16: MEDIA_TYPE})
    refuse(as_token(protected, {}, payload, signature), "не тем алгоритмом")


def test_a_signature_that_does_not_hold_is_refused() -> None:
    protected, _, payload, signature = parts(sign(GOOD, KEY.signer))
    for wrong in (bytes(64), signature[:-1], signature + b"\0", signature[32:] + signature[:32]):
        refuse(as_token(protected, {}, payload, wrong), "не сходится")
    refuse(as_token(protected, {}, payload + b"\0", signature), "не сходится")
    aad = sign1(payload, KEY.signer, headers={16: MEDIA_TYPE}, external_aad=b"StatusQR credential")
    refuse(aad, "не сходится")


NO_INTEGERS = (True, False, 1.5, float(IAT), -1, "1", b"1", [1], None, 2**63, 2**70,
               cbor2.CBORTag(1, IAT), cbor2.CBORTag(2, IAT.to_bytes(4)),
               cbor2.undefined)  # fmt: skip


@pytest.mark.parametrize(("claim", "message"), [(6, "iat"), (4, "exp"), (65534, "ttl"), (5, "nbf")])
@pytest.mark.parametrize("value", NO_INTEGERS, ids=repr)
def test_an_odd_number_is_refused(claim: int, message: str, value: Any) -> None:
    refuse(token({**CLAIMS, claim: value}), message)


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({key: value for key, value in CLAIMS.items() if key != 2}, "sub"),
        ({key: value for key, value in CLAIMS.items() if key != 4}, "exp"),
        ({key: value for key, value in CLAIMS.items() if key != 6}, "iat"),
        ({key: value for key, value in CLAIMS.items() if key != 65533}, "status_list"),
        ({**CLAIMS, 2: SUBJECT + "/"}, "с другим адресом"),
        ({**CLAIMS, 2: SUBJECT.encode()}, "с другим адресом"),
        ({**CLAIMS, 2: [SUBJECT]}, "с другим адресом"),
        ({**CLAIMS, 4: IAT + WEEK - 1}, "меньше семи суток"),
        ({**CLAIMS, 4: IAT - WEEK}, "меньше семи суток"),
        ({**CLAIMS, 4: LAST_INSTANT + 1}, "exp"),
        ({**CLAIMS, 6: 0, 4: 0}, "меньше семи суток"),
        ({**CLAIMS, 65534: 0}, "ttl"),
        ({**CLAIMS, 5: IAT + 1}, "nbf"),
        ({**CLAIMS, 65533: [2, LST]}, "status_list"),
        ({**CLAIMS, 65533: LST}, "status_list"),
        ({**CLAIMS, 65533: {}}, "lst"),
        ({**CLAIMS, 65533: {"lst": LST}}, "bits"),
        ({**CLAIMS, 65533: {"bits": 2}}, "lst"),
        ({**CLAIMS, 65533: {b"bits": 2, b"lst": LST}}, "status_list"),
        ({**CLAIMS, 65533: {"bits": 2, "lst": LST, 1.0: 1}}, "status_list"),
        (with_list(lst="text"), "lst"),
        (with_list(lst=None), "lst"),
        (with_list(lst=cbor2.CBORTag(24, LST)), "lst"),
        *[(with_list(bits=bits), "bits") for bits in (0, 3, 5, 16, 64, -2, 2**64)],
        *[(with_list(bits=bits), "bits") for bits in (True, 2.0, "2", None, [2], b"\2")],
        (with_list(lst=b""), "обрываются"),
        (with_list(lst=LST[:-1]), "обрываются"),
        (with_list(lst=LST[:40]), "обрываются"),
        (with_list(lst=LST + b"\0"), "лишние байты"),
        (with_list(lst=LST + LST), "лишние байты"),
        (with_list(lst=LST[:-1] + bytes([LST[-1] ^ 1])), "не распаковываются"),  # its checksum
        (with_list(lst=b"\0" + LST), "не распаковываются"),
        (with_list(lst=GOOD.entries[:99]), "не распаковываются"),
        (with_list(lst=zlib.compress(GOOD.entries, wbits=-15)), "не распаковываются"),
        (with_list(lst=zlib.compress(GOOD.entries, wbits=31)), "не распаковываются"),  # gzip
        (with_list(lst=zlib.compress(GOOD.entries + b"\0")), "больше 1048576 записей"),
        (with_list(bits=1), "больше 1048576 записей"),
        (with_list(lst=zlib.compress(bytes(10**7))), "больше 1048576 записей"),
    ],
)  # fmt: skip
def test_missing_and_odd_claims_are_refused(claims: dict[Any, Any], message: str) -> None:
    refuse(token(claims), message)


def test_a_dictionary_for_zlib_is_refused() -> None:
    compressor = zlib.compressobj(zdict=b"\0" * 300)
    lst = compressor.compress(GOOD.entries) + compressor.flush()
    refuse(token(with_list(lst=lst)), "не распаковываются")


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xa0\xa0",
        cbor2.dumps([]),
        cbor2.dumps(SUBJECT),
        cbor2.dumps(CLAIMS)[:-1],
        cbor2.dumps(CLAIMS) + b"\0",
        cbor2.dumps(cbor2.CBORTag(18, CLAIMS)),
        b"\xa6" + cbor2.dumps(CLAIMS)[1:] + b"\x06\x01",  # a key twice
        b"\xa6" + cbor2.dumps(CLAIMS)[1:] + b"\x18\x06\x01",  # in another encoding
        cbor2.dumps({**CLAIMS, 65533: 0}).replace(b"\x19\xff\xfd\0",
            b"\x19\xff\xfd\xa3\x64bits\x02\x64bits\x02\x63lst" + cbor2.dumps(LST)),
        cbor2.dumps(FLOAT_KEY),
        cbor2.dumps({**CLAIMS, True: 1}),
        cbor2.dumps({**CLAIMS, b"x": 1}),
        cbor2.dumps({**CLAIMS, 99: "x"}).replace(b"\x61x", b"\x61\xff"),  # not UTF-8
        cbor2.dumps({**CLAIMS, 99: 0}).replace(b"\x18\x63\0", b"\x18\x63\x1c"),  # reserved
        cbor2.dumps({**CLAIMS, 99: [0] * MAX_ITEMS}),
        cbor2.dumps({**CLAIMS, 99: 0}).replace(b"\x18\x63\0", b"\x18\x63" + b"\x81" * 20 + b"\0"),
    ],
)  # fmt: skip
def test_content_that_is_no_claims_map_is_refused(payload: bytes) -> None:
    refuse(around(payload), "не читается")


MANY = 10**6
BOMBS = {
    "maps in a claim": lambda: token({**CLAIMS, 99: [{}] * MANY}),
    "maps in the unprotected header": lambda: as_token(b"", {99: [{}] * MANY}, b"", b""),
    "maps in the protected header": lambda: as_token(cbor2.dumps({9: [{}] * MANY}), {}, b"", b""),
    "a protected header in pieces": lambda: (
        b"\xd2\x84\x5f\x41\x81\x5a" + MANY.to_bytes(4) + b"\xa0" * MANY + b"\xff\xa0\x40\x40"
    ),
    "empty pieces of a payload": lambda: b"\xd2\x84\x40\xa0\x5f" + b"\x40" * MANY + b"\xff\x40",
    "arrays in arrays": lambda: around(b"\x81" * MANY),
    "tags in tags": lambda: around(b"\xc1" * MANY),
    "arrays without an end": lambda: around(b"\x9f" * MANY),
    "a long array": lambda: around(b"\x9b" + b"\x7f" * 8),
    "a long map": lambda: around(b"\xbb" + b"\x7f" * 8),
    "a long string": lambda: around(b"\x5b" + b"\x7f" * 8),
    "a long string outside": lambda: b"\xd2\x84\x40\xa0\x5b" + b"\x7f" * 8,
    "references": lambda: around(
        b"\x87\xd8\x1c\x80" + b"".join(b"\xd8\x1c\x98\x60" + (b"\xd8\x1d" + bytes([n])) * 96
                                       for n in range(6))
    ),
    "a big number": lambda: token({**CLAIMS, 6: 2**8_000_000}),
    "a decimal": lambda: around(b"\xa1\x06\xc4\x82\x1b" + b"\x7f" * 8 + b"\x01"),
    "zeros": lambda: token(with_list(bits=8, lst=zlib.compress(bytes(10**8), 9))),
    "zeros in a narrow list": lambda: token(with_list(bits=1, lst=zlib.compress(bytes(10**8), 9))),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_little_memory(name: str) -> None:
    bomb = BOMBS[name]()
    tracemalloc.start()
    try:
        with pytest.raises(StatusListRefused):
            read(bomb, SUBJECT, ISSUER)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    inflated = 2 * LIST_SIZE if name == "zeros" else LIST_SIZE // 4
    assert peak < 5 * len(bomb) + inflated + 2**17


def test_the_bounds_hold_the_bombs_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the count of items the same bomb takes many times its length."""
    bomb = token({**CLAIMS, 99: [{}] * 100_000})
    monkeypatch.setattr("statusqr_keys.cwt.MAX_ITEMS", 200_000)
    tracemalloc.start()
    try:
        assert status_token.read(bomb, SUBJECT, ISSUER) == GOOD
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak > 20 * len(bomb)
