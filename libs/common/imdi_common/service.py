"""What a service is made of: its ``app.py`` fills this in, as the service's table of contents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from joserfc.jwk import KeySet
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Tenant
from imdi_common.auth import Keys, Verifier
from imdi_common.clock import Clock
from imdi_common.database import Database
from imdi_common.due import DueAction
from imdi_common.load import Load
from imdi_common.reactions import Policy, Projection
from imdi_common.readiness import Readiness
from imdi_common.settings import ServiceSettings

Standing = Callable[[AsyncSession, Tenant], Awaitable[Tenant]]


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: its doors (``routers``, ``projections``, ``policies``, ``due``) and its own commands.

    ``standing`` gives the newer of a token's tenant and the local copy. ``open`` opens what the doors need besides
    the database, and ``keys`` gives the token keys where the service is the issuer itself. ``run`` names further
    work of the ``clock`` role that goes on for ever. ``measure`` sets the service's own figures for ``/metrics``.
    """

    name: str
    title: str
    settings: type[ServiceSettings]
    package: str
    routers: Sequence[APIRouter] = ()
    projections: Sequence[Projection[Any]] = ()
    policies: Sequence[Policy[Any]] = ()
    due: Mapping[str, DueAction] = field(default_factory=dict)
    standing: Standing | None = None
    commands: Mapping[str, Callable[[Runtime], Awaitable[None]]] = field(default_factory=dict)
    open: Callable[[Runtime], AbstractAsyncContextManager[Any]] | None = None
    keys: Callable[[Runtime], Callable[[], KeySet | None]] | None = None
    run: Callable[[Runtime], Awaitable[None]] | None = None
    measure: Callable[[AsyncSession], Awaitable[None]] | None = None

    @property
    def audience(self) -> str:
        return f"urn:imdi:{self.name}"

    @property
    def folder(self) -> Path:
        """Where the service's package lies."""
        module = __import__(self.package)
        return Path(str(module.__file__)).parent


@dataclass(kw_only=True)
class Runtime:
    """A running service: what its doors are handed."""

    service: Service
    settings: ServiceSettings
    clock: Clock
    database: Database
    keys: Keys
    verifier: Verifier
    readiness: Readiness
    load: Load
    resources: Any = None
    stopping: bool = False

    @classmethod
    def of(
        cls,
        service: Service,
        settings: ServiceSettings,
        *,
        clock: Clock | None = None,
        database: Database | None = None,
        trusted: Callable[[], KeySet | None] | None = None,
        wake: Callable[[], None] | None = None,
    ) -> Runtime:
        """Wire one service together; nothing is connected yet. ``trusted`` gives the token keys, if not the issuer."""
        clock = clock or Clock(settings.clock_offset_file)
        database = database or Database.of(settings, f"imdi-{service.name}", wake)
        keys = Keys(settings.issuer, settings.jwks_url, database)

        async def standing(tenant: Tenant) -> Tenant:
            if service.standing is None:
                return tenant
            async with database.transaction() as session:
                return await service.standing(session, tenant)

        def known() -> KeySet | None:
            return trusted() if trusted else own() if own else keys.current

        verifier = Verifier(service.audience, settings.issuer, known, clock, standing)
        runtime = cls(
            service=service,
            settings=settings,
            clock=clock,
            database=database,
            keys=keys,
            verifier=verifier,
            readiness=Readiness(settings.database_url.get_secret_value(), settings.kafka_bootstrap, clock),
            load=Load(settings.most_requests),
        )
        own = service.keys(runtime) if service.keys else None
        return runtime
