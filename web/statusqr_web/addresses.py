"""This machine's own addresses, found without sending anything."""

import socket
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Final

_ANYWHERE: Final = ("203.0.113.1", 9)  # nobody's (RFC 5737); nothing is sent there
_PASSING: Final = 0x01 | 0x08 | 0x20 | 0x40  # IFA_F_TEMPORARY, DADFAILED, DEPRECATED, TENTATIVE


def machine_addresses(proc: Path = Path("/proc/net")) -> tuple[str, ...]:
    """Addresses that other devices may reach, the one of the default route first (Linux).

    Neither loopback nor link-local ones: the latter need a zone, which no URL carries. No temporary
    IPv6 addresses: each day has others, and a certificate for them would not last longer.
    """
    found = [*_preferred(), *_ipv4(proc / "fib_trie"), *_ipv6(proc / "if_inet6")]
    kept = (each for each in map(ip_address, found) if not each.is_loopback)
    return tuple(dict.fromkeys(str(each) for each in kept if not each.is_link_local))


def _preferred() -> list[str]:
    """What the kernel would take towards the world; connecting a datagram socket asks it."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(_ANYWHERE)
        return [probe.getsockname()[0]]
    return []


def _ipv4(table: Path) -> list[str]:
    """Leaves of the routing trie that are local hosts: `|-- 192.0.2.7` above `/32 host LOCAL`."""
    found: list[str] = []
    leaf = ""
    for line in _lines(table):
        words = line.split()
        if words[:1] == ["|--"] and len(words) == 2:
            leaf = words[1]
        elif words[:3] == ["/32", "host", "LOCAL"]:
            found.append(leaf)
    return found


def _ipv6(table: Path) -> list[str]:
    """Address, interface, prefix, scope, flags, name; the numbers in hexadecimal digits."""
    rows = [line.split() for line in _lines(table)]
    lasting = (row for row in rows if not int(row[4], 16) & _PASSING)
    return [str(ip_address(bytes.fromhex(row[0]))) for row in lasting]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except OSError:
        return []  # IPv6 switched off, or not Linux
