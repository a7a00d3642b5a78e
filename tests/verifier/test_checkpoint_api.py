"""The API on a real server: every answer that a code or a picture can get."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import jsonschema
import pictures
import pytest
from checkpoints import REPORT_SCHEMA, StationAt, open_station
from PIL import Image
from world import ENTRY, NOON, Key, record, trust, world

from statusqr_issuer import make_symbol
from statusqr_issuer.pdf import render_pdf
from statusqr_keys import KeyState, StatusList
from statusqr_keys.status_list import INVALID, SUSPENDED
from statusqr_schema import Presentation, StatusReference, claims
from statusqr_schema.compression import compress
from statusqr_verifier import Reason, Verdict
from statusqr_verifier.checkpoint.place import Place
from statusqr_verifier.checkpoint.station import Settings
from statusqr_verifier.trust_source import TrustSet

DAY = timedelta(days=1)
VALIDATOR = jsonschema.Draft202012Validator(REPORT_SCHEMA)
STOLEN = Key.make()
REVOKED_AT, SUSPENDED_AT = 1, 2  # indices in the status list


def data(age: timedelta = timedelta(hours=1)) -> TrustSet:
    """Published data with a status list, in which one code is revoked and another suspended."""
    issued = int((NOON - age).timestamp())
    listed = StatusList.of(
        {REVOKED_AT: INVALID, SUSPENDED_AT: SUSPENDED},
        subject="status/1",
        issued_at=issued,
        expires_at=issued + 14 * 86_400,
    )
    stolen = STOLEN.with_(state=KeyState.COMPROMISED)
    held = trust(world().print_key, world().live_key, world().picture_key, stolen)
    return TrustSet(held, NOON - age, {(held.issuers[0].id, ENTRY.list_number): listed})


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with open_station(StationAt(data())) as client:
        yield client


def asked(client: httpx.Client, text: str, **more: str) -> dict[str, Any]:
    answer = client.post("/api/v1/verify", json={"text": text, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    VALIDATOR.validate(found)
    return found


def entry(index: int) -> str:
    return world().print_key.issue(status=StatusReference(ENTRY.list_number, index)).text


def changed(text: str) -> str:
    """The same with another signature."""
    return str(int(text) ^ 1)


def newer() -> str:
    content = claims.encode(world().print_key.issue().claims)
    return world().print_key.sign_payload(b"\x02" + compress(content)[1:])


CODES: dict[str, Callable[[], str]] = {
    "VALID": lambda: world().print_key.issue().text,
    "STATUS_ENDED": lambda: world().print_key.issue(record("R03"), allow_ended=True).text,
    "NOT_YET_VALID": lambda: world().print_key.issue(record("R18")).text,
    "CODE_EXPIRED": lambda: (
        world().print_key.issue(at=NOON - 40 * DAY, lifetime=timedelta(days=30)).text
    ),
    "LIVE_CODE_EXPIRED": lambda: (
        world().live_key.issue(at=NOON - DAY, presentation=Presentation.LIVE).text
    ),
    "REVOKED": lambda: entry(REVOKED_AT),
    "SUSPENDED": lambda: entry(SUSPENDED_AT),
    "BAD_SIGNATURE": lambda: changed(world().print_key.issue().text),
    "KEY_COMPROMISED": lambda: STOLEN.issue().text,
    "UNKNOWN_ISSUER": lambda: Key.make().issue().text,
    "CLOCK_WRONG": lambda: world().print_key.issue(at=NOON + DAY).text,
    "MALFORMED": lambda: world().print_key.issue().text[:300],
    "NEWER_VERSION": newer,
    "FOREIGN": lambda: "https://example.org/check?id=1",
}


@pytest.mark.parametrize("reason", CODES)
def test_every_answer_to_a_text(reason: str, client: httpx.Client) -> None:
    report = asked(client, CODES[reason]())
    assert report["source"] == "text"
    if reason == "VALID":
        assert (report["verdict"], report["accepted"], report["findings"]) == ("VALID", True, [])
        assert report["record"]["holder"]["family_name"] == "Лебедева"
        assert [notice["code"] for notice in report["notices"]] == ["N-PRT"]
        return
    assert reason in [finding["reason"] for finding in report["findings"]]
    assert report["verdict"] == Reason[reason].verdict.value
    assert report["accepted"] is False


@pytest.mark.parametrize(("age", "reason"), [(4, "STALE_TRUST"), (4, "STALE_STATUS")])
def test_old_data(age: int, reason: str) -> None:
    with open_station(StationAt(data(age * DAY))) as client:
        report = asked(client, CODES["VALID"]())
    assert reason in [finding["reason"] for finding in report["findings"]]
    assert (report["verdict"], report["accepted"]) == ("UNDETERMINED", False)


def test_nearly_every_reason_is_among_these() -> None:
    """S-AUT needs a key beside its scope, which test_keys_and_scopes has."""
    named = {reason.name for reason in Reason}
    assert named - set(CODES) == {"NOT_AUTHORISED", "STALE_TRUST", "STALE_STATUS"}
    verdicts = {Reason[name].verdict for name in CODES if name != "VALID"}
    assert verdicts | {Verdict.VALID} == set(Verdict)


def test_the_place_of_the_server_counts() -> None:
    for place, accepted in (
        (Place(categories=frozenset({"disabled_1"})), False),
        (Place(regions=frozenset({"42"})), False),
        (Place(categories=frozenset({"large_family"}), regions=frozenset({"76"})), True),
    ):
        with open_station(StationAt(data(), Settings(place))) as client:
            report = asked(client, CODES["VALID"]())
            then = asked(client, CODES["VALID"](), at="2026-11-21T12:00:00+03:00")
        assert (report["verdict"], report["accepted"]) == ("VALID", accepted)
        assert then["accepted"] is accepted
        assert ("N-PLC" in [n["code"] for n in report["notices"]]) is not accepted


def test_another_moment(client: httpx.Client) -> None:
    text = world().print_key.issue(record("R05"), at=NOON - 30 * DAY).text
    assert asked(client, text)["verdict"] == "VALID"
    report = asked(client, text, at="2026-12-01T00:00:00Z")
    assert report["findings"][0]["code"] == "C-EXP"
    assert report["checked_at"] == "2026-12-01T00:00:00+00:00"
    assert asked(client, text, at="2026-11-21T12:00:00.250+03:00")["verdict"] == "VALID"
    # neither the clock nor the age of the data is judged
    later = asked(client, CODES["VALID"](), at="2026-12-20T12:00:00+03:00")
    assert (later["verdict"], later["accepted"]) == ("VALID", True)


def test_the_same_code_twice_is_no_repeat(client: httpx.Client) -> None:
    """The API looks codes up. Only a scanner page knows what is shown at a place."""
    first, second = (asked(client, CODES["VALID"]()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("accept", "word"),
    [
        ("", "Это не код статуса"),
        ("en", "This is not a status code"),
        ("en-GB,en;q=0.9,ru;q=0.1", "This is not a status code"),
        ("ru,en;q=0.5", "Это не код статуса"),
        ("fr", "Это не код статуса"),
        ("*;q=x,,;=;q", "Это не код статуса"),
    ],
)
def test_words_in_the_language_that_is_asked_for(
    client: httpx.Client, accept: str, word: str
) -> None:
    answer = client.post("/api/v1/verify", json={"text": "x"}, headers={"Accept-Language": accept})
    assert answer.json()["findings"][0]["message"] == word


def upload(client: httpx.Client, data: bytes, **headers: str) -> list[dict[str, Any]]:
    answer = client.post("/api/v1/verify/image", files={"file": data}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"reports"}
    reports: list[dict[str, Any]] = answer.json()["reports"]
    for report in reports:
        VALIDATOR.validate(report)
        assert report["source"] == "file"
    return reports


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture(client: httpx.Client, kind: str) -> None:
    (report,) = upload(client, pictures.encoded(pictures.scene("R01"), kind))
    assert (report["verdict"], report["accepted"]) == ("VALID", True)
    assert report["record"]["holder"]["family_name"] == "Лебедева"


def test_other_fields_of_the_form_are_passed_over(client: httpx.Client) -> None:
    picture = pictures.encoded(pictures.scene("R01"), "PNG")
    more = {f"field {number}": "x" for number in range(20)}
    answer = client.post("/api/v1/verify/image", files={"file": picture}, data=more)
    assert [report["verdict"] for report in answer.json()["reports"]] == ["VALID"]


def test_several_codes_in_one_picture(client: httpx.Client) -> None:
    reports = upload(client, pictures.encoded(pictures.scene("R01", "R04", "R20"), "PNG"))
    names = sorted(report["record"]["holder"]["family_name"] for report in reports)
    assert names == ["Ким", "Лебедева", "Тихонов"]


def test_a_page_of_paper(client: httpx.Client) -> None:
    credential = world().print_key.issue(record("R20"))
    page = render_pdf(credential, record("R20"), "Орган", make_symbol(credential.text))
    (report,) = upload(client, page)
    assert report["record"]["holder"]["family_name"] == "Тихонов"


def test_a_picture_without_a_code(client: httpx.Client) -> None:
    output = io.BytesIO()
    Image.new("L", (300, 300), 200).save(output, "PNG")
    (report,) = upload(client, output.getvalue())
    assert (report["verdict"], report["accepted"]) == ("UNREADABLE", False)
    (report,) = upload(client, output.getvalue(), **{"Accept-Language": "en"})
    assert report["findings"][0]["message"].isascii()


def test_the_scans_of_the_api_are_not_told(client: httpx.Client) -> None:
    """And nothing that was asked stands in what can be read later."""
    asked(client, CODES["VALID"]())
    text = client.get("/metrics").text
    assert "Лебедева" not in text
    assert CODES["VALID"]()[:20] not in text


def test_the_answer_is_compact_utf_8(client: httpx.Client) -> None:
    answer = client.post("/api/v1/verify", json={"text": CODES["VALID"]()})
    assert "Лебедева".encode() in answer.content
    assert json.loads(answer.content) == answer.json()
    assert answer.headers["cache-control"] == "no-store"
