"""Legislation's table of contents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from imdi_common.rate_limit import RateLimit
from imdi_common.service import Runtime, Service
from imdi_common.telemetry import logger
from imdi_legislation.actions.load_packs import PackRefused, load_pack, read_packs
from imdi_legislation.actions.load_procedures import load_procedures, read_procedures
from imdi_legislation.api import (
    country_groups,
    decisions,
    determinations,
    differences,
    exchange,
    impact,
    instruments,
    kept_determinations,
    library,
    procedure_report,
    procedures,
    protections,
    recognition,
    rules,
)
from imdi_legislation.queries.measures import measure
from imdi_legislation.queries.standing import standing
from imdi_legislation.reactions.due import DUE
from imdi_legislation.reactions.policies import POLICIES
from imdi_legislation.reactions.projections import PROJECTIONS
from imdi_legislation.settings import Settings


@asynccontextmanager
async def open_limit(runtime: Runtime) -> AsyncIterator[RateLimit]:
    """What the API needs beside the database: the count of previews."""
    settings = runtime.settings
    yield RateLimit(settings.previews_per_minute if isinstance(settings, Settings) else 0)


async def load_packs(runtime: Runtime) -> None:
    """``load-packs``: enter what is new in the packs; all of a pack, or nothing where any of it is wrong."""
    assert isinstance(runtime.settings, Settings)  # noqa: S101 - ours, by the table below
    try:
        for pack in read_packs(runtime.settings.packs):
            now = runtime.clock.now()
            entered = await runtime.database.run(lambda session: load_pack(session, pack, now))  # noqa: B023 - awaited here
            logger().info("pack_loaded", pack=pack.name, entered=entered)
        for file in read_procedures(runtime.settings.packs):
            now = runtime.clock.now()
            entered = await runtime.database.run(lambda session: load_procedures(session, file, now))  # noqa: B023 - awaited here
            logger().info("procedures_loaded", file=file.name, entered=entered)
    except PackRefused as refused:
        raise SystemExit(f"A pack cannot be law:\n{refused}") from refused


SERVICE = Service(
    name="legislation",
    title="IMDI legislation: the law as data",
    settings=Settings,
    package="imdi_legislation",
    routers=[
        determinations.router,  # asked the most, so it is found first
        exchange.router,
        instruments.router,
        library.router,
        rules.router,
        impact.router,
        differences.router,
        country_groups.router,
        kept_determinations.router,
        procedures.router,
        procedure_report.router,
        protections.router,
        recognition.router,
        decisions.router,
    ],
    projections=PROJECTIONS,
    policies=POLICIES,
    due=DUE,
    standing=standing,
    measure=measure,
    open=open_limit,
    commands={"load-packs": load_packs},
)
