"""How a server is reached: what its options come to, on this machine alone and from others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from statusqr_web.addresses import machine_addresses
from statusqr_web.hosts import is_loopback
from statusqr_web.reaching import Reach, tell
from statusqr_web.running import Address, CannotListen
from statusqr_web.tls import local_certificate, local_names

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what this is about


def test_on_this_machine_alone(tmp_path: Path) -> None:
    reach = Reach(host="127.0.0.1", port=8654, tls_folder=tmp_path)
    assert reach.addresses == ()
    assert reach.server_certificate() is None
    assert list(tmp_path.iterdir()) == []
    assert reach.shown == "127.0.0.1"
    assert all(map(is_loopback, reach.reached))
    assert not reach.secure(Address(reach.host, reach.port))
    assert "evil.example" not in reach.hosts


def test_from_other_devices(tmp_path: Path) -> None:
    reach = Reach(host=EVERYWHERE, port=8654, names=("account.local",), tls_folder=tmp_path)
    assert reach.addresses == machine_addresses()
    assert reach.shown == "account.local"
    assert {"account.local", "localhost", *machine_addresses()} <= reach.hosts
    made = reach.server_certificate()
    assert made is not None
    assert reach.server_certificate() == made  # kept, not made anew
    assert reach.secure(Address(reach.host, reach.port, made))


def test_at_one_address(tmp_path: Path) -> None:
    reach = Reach(host="192.0.2.7", port=8654, tls_folder=tmp_path)
    assert (reach.addresses, reach.shown) == (("192.0.2.7",), "192.0.2.7")
    assert reach.server_certificate() is not None


def test_a_certificate_that_was_given(tmp_path: Path) -> None:
    given = local_certificate(tmp_path / "given", local_names([]), datetime.now(UTC))
    reach = Reach(
        host="127.0.0.1",
        port=8654,
        certificate=given.certificate,
        key=given.key,
        tls_folder=tmp_path / "made",
    )
    found = reach.server_certificate()
    assert found is not None
    assert found.fingerprint == given.fingerprint
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("names", "proxies", "open_to_others"),
    [
        ((), (), False),
        (("localhost",), (), False),
        (("account.example.ru",), (), True),
        ((), ("127.0.0.1",), True),  # whoever the proxy lets in, wherever it is
    ],
)
def test_a_name_or_a_proxy_opens_it(
    names: tuple[str, ...], proxies: tuple[str, ...], open_to_others: bool
) -> None:
    reach = Reach(host="127.0.0.1", port=8654, names=names, proxies=proxies)
    assert any(not is_loopback(host) for host in reach.reached) is open_to_others
    assert reach.secure(Address(reach.host, reach.port)) is bool(proxies)


def test_a_port_that_is_taken() -> None:
    with Address("127.0.0.1", 0).bind() as bound:
        port = bound.getsockname()[1]
        bound.listen()
        with pytest.raises(CannotListen, match=f"127.0.0.1:{port} не открывается"):
            Address("127.0.0.1", port).bind()


def test_what_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = local_certificate(tmp_path, local_names([]), datetime.now(UTC))
    tell("Личный кабинет", Address("::1", 8654), "::1")
    tell("Личный кабинет", Address(EVERYWHERE, 8654, made), "account.local")
    assert capsys.readouterr().out.splitlines() == [
        "Личный кабинет: http://[::1]:8654/",
        "Остановить: Ctrl+C",
        "Личный кабинет: https://account.local:8654/",
        f"Отпечаток сертификата (SHA-256): {made.fingerprint}",
        "Остановить: Ctrl+C",
    ]
