"""What can be read of a checkpoint afterwards: counts. No person, in whatever way it was asked."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pictures
import pytest
import scan_world
from checkpoints import Scanner, StationAt, open_station, process
from prometheus_client.parser import text_string_to_metric_families
from world import NOON, documents, record, world

from statusqr_issuer import make_symbol
from statusqr_verifier.trust_source import TrustSet

NAMES = sorted(documents())


def code(name: str) -> str:
    return scan_world.key().issue(record(name), at=datetime.now(UTC), allow_ended=True).text


def counts(client: httpx.Client) -> dict[tuple[str, str, str], float]:
    """Checks by verdict, reason and way, as Prometheus reads them."""
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (s.labels["verdict"], s.labels["reason"], s.labels["via"]): s.value
        for family in text_string_to_metric_families(answer.text)
        for s in family.samples
        if s.name == "statusqr_checks_total"
    }


def single(client: httpx.Client, name: str) -> float:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return next(s.value for family in families for s in family.samples if s.name == name)


def test_checks_by_verdict_reason_and_way() -> None:
    station = StationAt()
    good, ended = (
        world().print_key.issue(record(n), allow_ended=True).text for n in ("R01", "R03")
    )
    with open_station(station) as client:
        scanner = Scanner(client).begin(name="A", categories=["large_family"])
        scanner.scan(good)
        scanner.scan(good, again=[good], via="camera")
        scanner.scan(ended, via="camera")
        client.post("/api/v1/verify", json={"text": good}, headers=scanner.headers)
        client.post("/api/v1/verify", json={"text": "x"}, headers=scanner.headers)
        client.post("/check", data={"text": good, "csrf_token": scanner.csrf})
        picture = pictures.encoded(pictures.scene("R04"), "PNG")
        assert scanner.files(picture).json()["count"] == 1
        client.cookies.clear()
        client.post("/api/v1/verify/image", files={"file": picture})
        blank = pictures.encoded(pictures.scene("R01")[:60], "PNG")
        client.post("/api/v1/verify/image", files={"file": blank})
        assert counts(client) == {
            ("VALID", "", "scanner"): 1,
            ("INVALID", "C-EXP", "camera"): 1,
            ("VALID", "", "api"): 2,  # one of them the picture: there the place takes any
            ("FOREIGN", "D-FOR", "api"): 1,
            ("VALID", "", "page"): 1,
            ("VALID", "N-PLC", "file"): 1,
        }
        assert single(client, "statusqr_unreadable_files_total") == 1
        assert single(client, "statusqr_repeats_total") == 0
        station.at = NOON + timedelta(minutes=5)
        scanner = Scanner(client).begin()
        assert "5" in scanner.scan(good)["html"]
        assert single(client, "statusqr_repeats_total") == 1
        assert single(client, "statusqr_trust_age_seconds") == -1


def test_the_age_of_the_data_is_measured_when_asked() -> None:
    published = datetime.now(UTC) - timedelta(days=2)
    with open_station(StationAt(TrustSet(world().trust, published))) as client:
        first = single(client, "statusqr_trust_age_seconds")
        assert 2 * 86_400 <= first <= single(client, "statusqr_trust_age_seconds")


def test_only_known_words_are_labels() -> None:
    """What a caller sends makes no new series: nobody can fill the memory of a monitor."""
    with open_station() as client:
        for number in range(10):
            client.post("/api/v1/verify", json={"text": f"Лебедева {number}"})
        assert counts(client) == {("FOREIGN", "D-FOR", "api"): 10}


def secrets() -> Iterator[str]:
    """What belongs to people in the records, and parts of their codes."""
    for name in NAMES:
        document = documents()[name]
        for person in (document["holder"], *document["family_members"]):
            if len(person["family_name"]) > 2:
                yield person["family_name"]
            if person["snils"]:
                yield person["snils"]
                yield re.sub(r"\D", "", person["snils"])
        if document["certificate_number"]:
            yield document["certificate_number"]


@pytest.fixture(scope="module")
def codes() -> dict[str, str]:
    return {name: code(name) for name in NAMES}


def test_a_whole_shift_leaves_no_person_behind(tmp_path: Path, codes: dict[str, str]) -> None:
    """With the log of everything: output, metrics, table and addresses, after all that happens."""
    urls: list[str] = []

    def note(answer: httpx.Response) -> None:
        urls.extend([str(answer.request.url), answer.headers.get("location", "")])

    trust = scan_world.write_trust(tmp_path)
    shown: list[str] = []
    with (
        process("--trust", trust, talkative=True) as server,
        httpx.Client(base_url=server.url, event_hooks={"response": [note]}, timeout=60) as client,
    ):
        scanner = Scanner(client).begin(name="Музей")
        for text in codes.values():
            shown.append(scanner.scan(text)["html"])
            for strange in (text[:-1], text[:255], f"{text}x", f"{text}\n", text[::-1]):
                scanner.scan(strange)
        page = {"csrf_token": scanner.csrf}
        for text in [*codes.values()][:3]:
            picture = make_symbol(text).png()
            shown.append(scanner.files(picture, picture[:400], text.encode()).text)
            checked = client.post("/check", data={"text": text, **page}, files={"files": picture})
            shown.append(checked.text)
            client.post("/frame", content=text.encode(), headers=scanner.headers)
            client.post("/scan", content=text.encode(), headers=scanner.headers)
            client.post("/scan", json={"texts": [text], "via": text}, headers=scanner.headers)
            client.post("/scan", json={text: text, "Лебедева": 1}, headers=scanner.headers)
        table = client.get("/shift/history.csv").text
        client.post("/shift", data={next(iter(codes.values())): "1", **page})
        client.cookies.clear()
        for text in codes.values():
            shown.append(client.post("/api/v1/verify", json={"text": text}).text)
            client.post("/api/v1/verify", json={"text": text, text: text})
            client.post("/api/v1/verify", content=text.encode())
            client.post("/api/v1/verify", json={"text": "1", "at": text})
            client.post("/api/v1/verify/image", files={"file": (text, text.encode())})
            client.post("/api/v1/verify", json={"text": text}, headers={"Origin": text[:50]})
        metrics = client.get("/metrics").text
        server.end()
    seen = "\n".join((server.out, server.err, metrics, table, *urls))
    assert "statusqr_checks_total" in seen
    assert "Музей" in table
    everything = [*secrets(), *(t[i : i + 16] for t in codes.values() for i in range(0, 200, 16))]
    assert len(everything) > 300
    told = "\n".join(shown)  # these do stand where they belong
    for secret in ("Лебедева", "997-895-137 28", "76-000101"):
        assert secret in told
    for secret in everything:
        assert not re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", seen), secret


_FAULT = """
from statusqr_verifier.checkpoint.station import Station

def fail(*_: object) -> None:
    try:
        raise KeyError("997-895-137 28")
    except KeyError as error:
        raise ValueError("Лебедева") from error

Station.look_up = fail
"""


@pytest.mark.parametrize("talkative", [False, True])
def test_an_error_in_the_program_is_logged_without_its_words(
    talkative: bool, tmp_path: Path
) -> None:
    trust = scan_world.write_trust(tmp_path)
    with process("--trust", trust, talkative=talkative, code=_FAULT) as server:
        answer = httpx.post(f"{server.url}/api/v1/verify", json={"text": "1"}, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")
        assert httpx.get(f"{server.url}/health").text == "ok"
        server.end()
    assert "ValueError" in server.err
    assert "KeyError" in server.err
    assert "checkpoint/api.py" in server.err  # where it happened
    for words in ("Лебедева", "997-895", "Лебедева".encode().hex(), r"\u041b"):
        assert words not in server.err + server.out + answer.text
