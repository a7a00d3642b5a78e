"""`statusqr-issuer serve` as a process of its own, with the demonstration's login."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from account_world import make_keys
from commands import PASSPHRASE

from statusqr_issuer.registry.opening import make_registry

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
                (m for line in lines if (m := re.search(r"(http://\S+)/$", line.strip()))), None
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
    from datetime import UTC, datetime

    store = tmp_path / "store"
    store.mkdir()
    make_registry(None, store, PASSPHRASE.encode(), datetime.now(UTC)).close()
    assert "нет ключей" in refused(store, "--demo", RECORDS)
