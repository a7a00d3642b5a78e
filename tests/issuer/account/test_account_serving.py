"""`statusqr-issuer serve` as a process of its own: with the demonstration's login, and by TLS."""

import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from account_world import make_keys
from citizen_login import config_file, identify
from commands import PASSPHRASE
from staff_login import free_port, provider

from statusqr_issuer.registry.opening import make_registry
from statusqr_web.tls import local_certificate, local_names

COMMAND = Path(sys.executable).with_name("statusqr-issuer")
RECORDS = Path(__file__).parents[3] / "examples" / "records.json"
ENVIRONMENT = {**os.environ, "LANG": "C.UTF-8", "STATUSQR_PASSPHRASE": PASSPHRASE}
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served") / "store"
    make_keys(folder)
    words = [COMMAND, "load", RECORDS, "--store", folder]
    subprocess.run(list(map(str, words)), check=True, env=ENVIRONMENT, capture_output=True)
    return folder


@contextmanager
def serving(store: Path, *options: object, log: Path) -> Iterator[str]:
    words = [COMMAND, "serve", "--store", store, "--port", 0, *options]
    environment = {**ENVIRONMENT, "PYTHONUNBUFFERED": "1"}
    with (
        log.open("w") as errors,
        subprocess.Popen(
            list(map(str, words)),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            lines = iter(process.stdout)
            found = next(
                (m for line in lines if (m := re.search(r"(https?://\S+)/$", line.strip()))), None
            )
            assert found is not None, log.read_text()
            yield found[1]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def test_the_whole_way_with_the_demonstration(store: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with (
        serving(store, "--demo", RECORDS, log=log) as url,
        httpx.Client(base_url=url, headers=PAGE, follow_redirects=True) as browser,
    ):
        start = browser.get("/statuses")
        assert "Демонстрация: вход без пароля" in start.text
        choice = browser.get("/auth/login?next=/printouts")
        person = re.search(r'href="(/demo/choose\?[^"]*person=demo-1)"', choice.text)
        assert person is not None
        consent = browser.get(person[1].replace("&amp;", "&"))
        assert str(consent.url) == f"{url}/consent?next=%2Fprintouts"
        token = re.search(r'name="csrf_token" value="([^"]+)"', consent.text)
        assert token is not None
        form = {"csrf_token": token[1], "version": "1", "agree": "yes", "next": "/statuses"}
        listed = browser.post("/consent", data=form)
        assert "Показать код" in listed.text
        assert "Демонстрация: вход без пароля" in listed.text
        assert listed.headers["cache-control"] == "no-store"
        live = re.search(r'href="/statuses/([0-9a-f-]+)/show"', listed.text)
        assert live is not None
        headers = {"X-CSRF-Token": token[1], "Accept": "application/json"}
        assert browser.post(f"/statuses/{live[1]}/live", headers=headers).status_code == 200
        out = browser.post("/auth/logout", data={"csrf_token": token[1]})
        assert "Войти (демонстрация)" in out.text
        again = browser.post("/auth/logout", data={"csrf_token": token[1]})  # of another tab
        assert "Войти (демонстрация)" in again.text
    told = log.read_text()
    assert "Traceback" not in told
    for secret in ("Лебедева", "997-895", token[1], live[1]):
        assert secret not in told


def cookies(answer: httpx.Response) -> list[tuple[str, set[str]]]:
    """The account's own, as they are set: name and value, attributes."""
    parts = [cookie.split("; ") for cookie in answer.headers.get_list("set-cookie")]
    return [(pair, set(attributes)) for pair, *attributes in parts if "statusqr" in pair]


HOST_ONLY = {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}  # and no Domain


@pytest.mark.needs("node")
def test_by_tls_the_cookie_is_for_this_host_alone(store: Path, tmp_path: Path) -> None:
    """A login at the real provider, and out again."""
    made = local_certificate(tmp_path / "tls", local_names([]), datetime.now(UTC))
    port = free_port()
    ours = f"https://127.0.0.1:{port}"
    trusted = ssl.create_default_context(cafile=made.certificate)
    with provider(ours) as issuer:
        login = config_file(tmp_path, issuer, ours)
        options = ("--login", login, "--tls-cert", made.certificate, "--tls-key", made.key)
        with (
            serving(store, *options, "--port", port, log=tmp_path / "log.txt") as url,
            httpx.Client(verify=trusted, headers=PAGE, follow_redirects=True) as browser,
        ):
            assert url == ours
            shown = identify(browser, browser.get(f"{ours}/auth/login"), "olga")
            assert "Выйти" in shown.text
            assert shown.headers["strict-transport-security"]
            token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
            assert token is not None
            browser.follow_redirects = False
            out = browser.post(f"{ours}/auth/logout", data={"csrf_token": token[1]})
            assert browser.get(f"{ours}/statuses").headers["location"].startswith("/?next=")
            (begun,) = cookies(browser.get(f"{ours}/auth/login"))
        ways = [*shown.history, out]
        set_by = [cookie for answer in ways for cookie in cookies(answer)]
        names = [pair.partition("=")[0] for pair, _ in [*set_by, begun]]
        assert len(names) >= 3  # signed in, signed out, on the way in again
        assert set(names) == {"__Host-statusqr-account"}
        assert all(attributes == HOST_ONLY for _, attributes in [*set_by, begun])


@pytest.mark.needs("node")
def test_behind_a_proxy_that_ends_the_tls_it_is_the_same(store: Path, tmp_path: Path) -> None:
    ours = "https://account.example"
    with provider(ours) as issuer:
        options = ("--login", config_file(tmp_path, issuer, ours), "--proxy", "127.0.0.1")
        with serving(store, *options, log=tmp_path / "log.txt") as url:
            headers = {**PAGE, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
            ((pair, attributes),) = cookies(httpx.get(f"{url}/auth/login", headers=headers))
    assert pair.startswith("__Host-statusqr-account=")
    assert attributes == HOST_ONLY


def refused(store: Path, *options: object) -> str:
    words = [COMMAND, "serve", "--store", store, "--port", 0, *options]
    run = subprocess.run(
        list(map(str, words)), env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    return run.stderr


@pytest.mark.parametrize(
    "more",
    [["--host", "0.0.0.0"], ["--name", "example.org"], ["--proxy", "10.0.0.1"]],  # noqa: S104
)
def test_the_demonstration_stays_on_this_computer(store: Path, more: list[str]) -> None:
    assert "только на этом" in refused(store, "--demo", RECORDS, *more)


def test_what_is_needed_is_said(store: Path, tmp_path: Path) -> None:
    assert "--login" in refused(store)
    assert "--login" in refused(store, "--demo", RECORDS, "--login", RECORDS)
    assert "не TOML" in refused(store, "--login", RECORDS)
    assert "нет текста согласия" in refused(store, "--demo", RECORDS, "--consent", tmp_path)
    empty = tmp_path / "store"
    make_keys(empty)
    assert "[REGISTRY" in refused(empty, "--demo", RECORDS)


def test_a_store_without_keys_is_named(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    make_registry(None, store, PASSPHRASE.encode(), datetime.now(UTC)).close()
    assert "нет ключей" in refused(store, "--demo", RECORDS)
