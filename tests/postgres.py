"""A PostgreSQL server of one's own for a run of tests: in a new folder, reached by a Unix socket.

It knows no durability (nothing outlives the run) and ends with the process that started it.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg.sql import SQL, Identifier

_LOCAL = ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=trust", "--username=tests", "--no-sync"]
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "lc_messages": "C",
}
_KEPT = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "shared_buffers": "256MB",
}
_READY = "database system is ready to accept connections"


def programs() -> Path | None:
    """The newest installed server's folder of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_major)
    return found[-1].parent if found else None


def _major(path: Path) -> int:
    return int(path.parts[-3])


@dataclass(frozen=True)
class Server:
    """A running server."""

    folder: Path  # of its socket

    def place(self, database: str) -> str:
        """The address of a database, as the registry takes it."""
        return f"postgresql://tests@/{database}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """A new database like `template`; its name."""
        name = f"t{next(_names)}"
        self.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        return name

    def drop(self, name: str) -> None:
        """Away with a database and whoever is connected to it."""
        self.execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def cut(self, name: str) -> None:
        """End all connections to a database, as a restart of the server does."""
        with self.connect("postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [name],
            )

    def execute(self, command: LiteralString, *names: str) -> None:
        """One command, outside of transactions; `{}` stands for names of databases."""
        with self.connect("postgres") as connection:
            connection.autocommit = True
            connection.execute(SQL(command).format(*map(Identifier, names)))

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of a superuser."""
        return psycopg.connect(user="tests", dbname=database, host=str(self.folder))


_names = count(1)


@contextmanager
def running(durable: bool = False) -> Iterator[Server]:
    """A server for as long as the block runs; `durable` as one that is kept, for measurements."""
    found = programs()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="statusqr-pg-", dir="/tmp"))  # noqa: S108: short paths
    data = str(folder / "data")
    identity = _identity(folder)
    initdb, program = str(found / "initdb"), str(found / "postgres")
    try:
        words = [*identity, initdb, *_LOCAL, "--pgdata", data]
        made = subprocess.run(words, capture_output=True, cwd="/")
        assert made.returncode == 0, made.stderr.decode()
        wanted = {**_SETTINGS, **(_KEPT if durable else {})}
        settings = [word for pair in wanted.items() for word in ("-c", "=".join(pair))]
        # Whatever ends this process ends the server too.
        words = [*identity, "--pdeathsig", "INT", program, "-D", data, "-k", str(folder), *settings]
        server = subprocess.Popen(words, cwd="/", stderr=subprocess.PIPE)
        try:
            _await_ready(server)
            yield Server(folder)
        finally:
            server.send_signal(2)  # "fast": ends connections, then itself
            server.wait(timeout=60)
    finally:
        shutil.rmtree(folder)


def _identity(folder: Path) -> list[str]:
    """A server refuses to run as root; the folder is then the other user's."""
    if os.getuid():
        return ["setpriv"]
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _await_ready(server: "subprocess.Popen[bytes]") -> None:
    assert server.stderr is not None
    seen = []
    for line in server.stderr:
        seen.append(line.decode())
        if _READY in seen[-1]:
            threading.Thread(target=_drain, args=(server,), daemon=True).start()
            return
    raise AssertionError("PostgreSQL did not start:\n" + "".join(seen))


def _drain(server: "subprocess.Popen[bytes]") -> None:
    assert server.stderr is not None
    with server.stderr:
        for _ in server.stderr:
            pass
