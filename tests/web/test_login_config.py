"""The file of the login: what it may say, and how it is told what is wrong."""

from pathlib import Path

import pytest

from statusqr_web.login_config import (
    CitizenRule,
    LoginConfigRefused,
    Provider,
    StaffRule,
    is_safe_url,
    load_citizen_login,
    load_login,
)

STAFF = """
[staff]
access_claim = "groups"
access_value = "checkpoint"
"""
LEAST = """
issuer = "https://login.example.ru"
client_id = "checkpoint"
client_secret = "secret"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "login.toml"


def faults(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LoginConfigRefused) as refused:
        load_login(file)
    assert refused.value.code == "LOGIN_CONFIG"
    name, _, message = refused.value.message.partition(": ")
    assert name == "login.toml"
    assert "secret-word" not in message
    return message


def test_the_least_that_is_enough(file: Path) -> None:
    file.write_text(LEAST + STAFF, encoding="utf-8")
    config = load_login(file)
    assert config.provider == Provider("https://login.example.ru", "checkpoint", "secret")
    assert config.provider.scopes == ("openid",)
    assert config.staff == StaffRule("sub", "groups", "checkpoint")


def test_everything(file: Path) -> None:
    (file.parent / "client-secret").write_text(" s3cret\n", encoding="utf-8")
    (file.parent / "ca.pem").write_text("", encoding="utf-8")
    text = """
        issuer = "http://127.0.0.1:9400/realms/museum"
        client_id = "checkpoint"
        client_secret_file = "client-secret"
        scopes = ["groups", "openid", "profile", "groups"]
        ca_file = "ca.pem"
        public_url = "https://checkpoint.local:8653/"
        [staff]
        name_claim = "preferred_username"
        access_claim = "groups"
        access_value = "Билетные кассы"
    """
    file.write_text(text, encoding="utf-8")
    config = load_login(file)
    assert config.provider == Provider(
        issuer="http://127.0.0.1:9400/realms/museum",
        client_id="checkpoint",
        client_secret="s3cret",  # noqa: S106
        scopes=("openid", "groups", "profile"),
        ca_file=file.parent / "ca.pem",
        public_url="https://checkpoint.local:8653",
    )
    assert config.provider.origin == "http://127.0.0.1:9400"
    assert config.staff == StaffRule("preferred_username", "groups", "Билетные кассы")


def test_the_secret_is_not_shown() -> None:
    provider = Provider("https://login.example.ru", "checkpoint", "secret-word")
    assert "secret-word" not in repr(provider)


URL_FAULT = "нужен адрес https://… (http только для этого компьютера)"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"https://login.example.ru"', '"http://login.example.ru"', f"issuer: {URL_FAULT}"),
        ('"https://login.example.ru"', "5", f"issuer: {URL_FAULT}"),
        ('issuer = "https://login.example.ru"', "", f"issuer: {URL_FAULT}"),
        ('"checkpoint"\nclient', '""\nclient', "client_id: нужен непустой текст"),
        ('"checkpoint"\nclient', '" "\nclient', "client_id: нужен непустой текст"),
        ('"checkpoint"\nclient', '["a"]\nclient', "client_id: нужен непустой текст"),
        (
            'client_secret = "secret"',
            "",
            "client_secret: нужно одно из двух: оно или client_secret_file",
        ),
        (
            '"secret"',
            '"secret-word"\nclient_secret_file = "x"',
            "client_secret: нужно одно из двух: оно или client_secret_file",
        ),
        ('"secret"', '"a\\nb"', "client_secret: нужен непустой текст"),
        (
            'client_secret = "secret"',
            'client_secret_file = "absent"',
            "client_secret_file: нет такого файла",
        ),
        (
            'client_secret = "secret"',
            'client_secret_file = "empty"',
            "client_secret_file: файл не читается или пуст",
        ),
        ('"secret"', '"secret"\nca_file = "absent"', "ca_file: нет такого файла"),
        ('"secret"', '"secret"\npublic_url = "checkpoint"', f"public_url: {URL_FAULT}"),
        ('"secret"', '"secret"\nscope = "openid"', "scope: нет такого поля"),
        ("[staff]", "[staff]\nname = 1", "staff.name: нет такого поля"),
        ("[staff]", "[staff]\nname_claim = 1", "staff.name_claim: нужен непустой текст"),
        ("[staff]", "[other]", "staff: нужен раздел [staff]; other: нет такого поля"),
        ('access_claim = "groups"', "", "staff.access_claim: нужен непустой текст"),
        ('"groups"\naccess_value = "checkpoint"', '"groups"', "staff.access_value: нужен"),
    ],
)
def test_each_fault_is_named(file: Path, old: str, new: str, fault: str) -> None:
    (file.parent / "empty").write_text("\n", encoding="utf-8")
    whole = LEAST + STAFF
    assert whole.count(old) == 1
    assert faults(file, whole.replace(old, new)).startswith(fault)


def test_citizens_need_no_more_than_a_section(file: Path) -> None:
    file.write_text(LEAST + "[citizen]\n", encoding="utf-8")
    login = load_citizen_login(file)
    assert login.citizen == CitizenRule()
    assert (login.citizen.snils_claim, login.citizen.confirmed_claim) == ("snils", "trusted")
    assert login.citizen.confirmed_value is True
    assert login.provider.title == "login.example.ru"


def test_everything_of_citizens(file: Path) -> None:
    text = """
        name = "Госуслуги"
        [citizen]
        snils_claim = "urn:snils"
        confirmed_claim = "level"
        confirmed_value = "P"
        family_name_claim = "lastName"
        given_name_claim = "firstName"
        patronymic_claim = "middleName"
    """
    file.write_text(LEAST + text, encoding="utf-8")
    login = load_citizen_login(file)
    names = ("lastName", "firstName", "middleName")
    assert login.citizen == CitizenRule("urn:snils", "level", "P", *names)
    assert login.provider.title == "Госуслуги"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[citizen]", "", "citizen: нужен раздел [citizen]"),
        ("[citizen]", "citizen = 1", "citizen: нужен раздел [citizen]"),
        ("[citizen]", STAFF, "citizen: этот файл – для входа сотрудников (statusqr-verifier"),
        ("[citizen]", STAFF + "[citizen]", "staff: этот файл – для входа сотрудников"),
        ("[citizen]", "[citizen]\nsnils = 1", "citizen.snils: нет такого поля"),
        ("[citizen]", "[citizen]\nsnils_claim = 1", "citizen.snils_claim: нужен непустой текст"),
        ("[citizen]", "[citizen]\nconfirmed_value = []", "citizen.confirmed_value: нужно true"),
        ("[citizen]", "[citizen]\nconfirmed_value = 1.5", "citizen.confirmed_value: нужно true"),
        ("[citizen]", 'name = ""\n[citizen]', "name: нужен непустой текст"),
    ],
)
def test_each_fault_of_citizens_is_named(file: Path, old: str, new: str, fault: str) -> None:
    file.write_text((LEAST + "[citizen]\n").replace(old, new), encoding="utf-8")
    with pytest.raises(LoginConfigRefused) as refused:
        load_citizen_login(file)
    assert refused.value.message.startswith(f"login.toml: {fault}")


def test_each_program_wants_its_own_section(file: Path) -> None:
    told = "для входа граждан (statusqr-issuer serve); нужен раздел [staff]"
    assert told in faults(file, LEAST + "[citizen]\n")
    assert "нужен один раздел" in faults(file, LEAST + STAFF + "[citizen]\n")


@pytest.mark.parametrize("scopes", ['"openid"', "[1]", '["a b"]', '[""]', '["a\\n"]', "true"])
def test_scopes_are_a_list_of_words(file: Path, scopes: str) -> None:
    assert faults(file, f"scopes = {scopes}\n{LEAST}{STAFF}").startswith("scopes: нужен список")


def test_all_faults_are_named_at_once(file: Path) -> None:
    message = faults(file, "issuer = 1\nclient_id = 2\n")
    for name in ("issuer", "client_id", "client_secret", "staff"):
        assert f"{name}: " in message


@pytest.mark.parametrize("data", [b"issuer", b"\xff\xfe", b"a = 1\na = 2", b'a = "\x00"'])
def test_what_is_no_toml(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(LoginConfigRefused, match="не TOML"):
        load_login(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "login.toml", tmp_path):
        with pytest.raises(LoginConfigRefused, match="не читается"):
            load_login(path)


@pytest.mark.parametrize(
    "url",
    [
        *("https://login.example.ru", "https://login.example.ru:8443/realms/a"),
        *("http://localhost:1/", "http://[::1]:9400", "http://127.0.0.1"),
    ],
)
def test_addresses_that_are_safe(url: str) -> None:
    assert is_safe_url(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "https://", "login.example.ru", "http://login.example.ru", "ftp://localhost"),
        *(
            "https://user@login.example.ru",
            "https://a?b",
            "https://a#b",
            "https://a b",
            "https://ё",
        ),
        *("https://a:port", "https://[::1", "javascript:alert(1)", "http://localhost.evil.example"),
        *("https://a\n", "https://a\\b", "https:a", "http://127.0.0.1@evil.example/"),
    ],
)
def test_addresses_that_are_not(url: str) -> None:
    assert not is_safe_url(url)
