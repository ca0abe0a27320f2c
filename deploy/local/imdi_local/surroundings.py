"""The services of the platform as programs: found by their entry points, told what they need by their environment."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points

from imdi_local.cache import cache
from imdi_local.databases import Database
from imdi_local.kept_secrets import Secrets
from imdi_local.links import NONE, Links
from imdi_local.program import Program
from imdi_local.sockets import Sockets

PORTAL = "portal"
PORTS = {PORTAL: 0, "registry": 1, "matching": 2, "legislation": 3, "worker-prep": 4}
"""What is added to the base; services to come follow on."""
POSTGRES_PORT, KAFKA_PORT, CONTROLLER_PORT, KAFKA_LINK_PORT = 10, 20, 21, 22
ROLES = ("api", "relay", "projections", "policies", "clock")
"""What ``serve`` does in one process, and production in one process each."""
LISTENING = ("serve", "api")
ENCRYPTING = ("registry", "worker-prep")
"""Who encrypts what it keeps of people, under a master key of its own."""


@dataclass(frozen=True)
class ServiceCode:
    """A service's name and the command before its role: data, so that any program can stand in."""

    name: str
    command: tuple[str, ...]

    @property
    def has_database(self) -> bool:
        """All have one but the portal."""
        return self.name != PORTAL

    @property
    def prefix(self) -> str:
        """Of its environment: ``IMDI_WORKER_PREP_``."""
        return f"IMDI_{self.name.replace('-', '_').upper()}_"

    @property
    def database(self) -> str:
        """Its database: ``imdi_worker_prep``."""
        return f"imdi_{self.name.replace('-', '_')}"


def installed() -> list[ServiceCode]:
    """Those of the entry-point group ``imdi.services``."""
    return [ServiceCode(each.name, (sys.executable, "-m", each.value)) for each in entry_points(group="imdi.services")]


def ports_of(services: list[ServiceCode], base: int) -> dict[str, int]:
    """Each service's port."""
    later = sorted(service.name for service in services if service.name not in PORTS)
    offsets = PORTS | {name: len(PORTS) + number for number, name in enumerate(later)}
    return {service.name: base + offsets[service.name] for service in services}


def _surroundings() -> dict[str, str]:
    """Our own environment. Bytecode that may not lie beside the sources goes to the cache: it halves the start."""
    ours = dict(os.environ)
    if ours.pop("PYTHONDONTWRITEBYTECODE", None):
        ours.setdefault("PYTHONPYCACHEPREFIX", str(cache() / "bytecode"))
    return ours


@dataclass(frozen=True)
class Surroundings:
    """What services are told: where everything is, and their secrets."""

    urls: Mapping[str, str]
    superuser_dsn: str = field(repr=False)
    bootstrap: str
    secrets: Secrets = field(repr=False)
    links: Links = NONE
    sockets: Sockets = field(default_factory=Sockets)

    def database_of(self, service: ServiceCode) -> Database:
        """The service's database and its roles."""
        passwords = self.secrets.databases[service.name]
        return Database(service.database, passwords["migrator"], passwords["app"])

    def program(self, service: ServiceCode, role: str) -> Program:
        """The service in one role; the owner of its database is told to ``migrate`` alone."""
        settings = self._settings(service, migrating=role == "migrate")
        held = self.sockets.number(service.name) if role in LISTENING else None
        settings |= {} if held is None else {"SOCKET_FD": str(held)}
        environment = _surroundings() | {service.prefix + name: value for name, value in settings.items()}
        inherits = () if held is None else (held,)
        return Program(name=service.name, command=(*service.command, role), environment=environment, inherits=inherits)

    def _settings(self, service: ServiceCode, *, migrating: bool) -> dict[str, str]:
        address = self.urls[service.name].removeprefix("http://")
        host, port = address.split(":")
        settings = {"HOST": host, "PORT": port, "LOG_LEVEL": os.environ.get("IMDI_LOG_LEVEL", "INFO")}
        if not service.has_database:
            urls = {name.replace("-", "_").upper(): url for name, url in self.urls.items() if name != service.name}
            return settings | {f"{name}_URL": url for name, url in urls.items()}
        app_url, migrator_url = self.database_of(service).urls(self.superuser_dsn)
        if self.links.postgres and not migrating:
            app_url, _ = self.database_of(service).urls(self.superuser_dsn, port=self.links.postgres)
        bootstrap = f"127.0.0.1:{self.links.kafka}" if self.links.kafka else self.bootstrap
        issuer = self.urls["registry"]
        settings |= {"DATABASE_URL": app_url, "KAFKA_BOOTSTRAP": bootstrap}
        settings |= {"ISSUER": issuer, "JWKS_URL": f"{issuer}/.well-known/jwks.json"}
        if key := self.secrets.master_keys.get(service.name):
            settings["MASTER_KEY"] = key
        return settings | ({"MIGRATOR_DATABASE_URL": migrator_url} if migrating else {})
