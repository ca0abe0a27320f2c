"""Is it alive, is it ready, what does it do: for supervisors, load balancers and Prometheus."""

from __future__ import annotations

import os
from datetime import datetime
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import OPEN, held_record, outbox
from imdi_common.outbox import held_back
from imdi_common.service import Runtime

router = APIRouter(tags=["health"])
unpublished = Gauge("imdi_outbox_unpublished", "Events recorded and not yet sent.")
stuck = Gauge("imdi_outbox_held_back_keys", "Keys of which an event is too large to be sent.")
held = Gauge("imdi_held_records", "Records that could not be applied.", ["status"])
held_by = Gauge(
    "imdi_held_open_records", "Of them those that are not decided, by what could not apply them.", ["reaction"]
)
held_for = Gauge("imdi_held_oldest_seconds", "How long the oldest record that is not decided has been held.")


@router.get("/health/live", summary="The process answers")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get("/health/ready", summary="The service can do its work")
async def ready(request: Request) -> Response:
    """503 without database or token keys, or while it ends; with Kafka away or a wrong clock ready, but ``degraded``.

    The header ``Imdi-Process`` names the process: during a restart two of them answer at one address.
    """
    runtime: Runtime = request.app.state.runtime
    headers = {"Imdi-Process": str(os.getpid()), "Cache-Control": "no-store"}
    found = await runtime.readiness.look()
    if runtime.stopping or not found.database or not runtime.verifier.ready():
        return JSONResponse({"status": "not_ready", "degraded": []}, 503, headers | {"Retry-After": "1"})
    return JSONResponse({"status": "degraded" if found.degraded else "ready", "degraded": found.degraded}, 200, headers)


@router.get("/metrics", summary="Measurements for Prometheus", include_in_schema=False)
async def metrics(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as session:
        waiting = select(func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))
        unpublished.set(await session.scalar(waiting) or 0)
        stuck.set(len(await held_back(session)))
        await _measure_held(session, runtime.clock.now())
        if runtime.service.measure:
            await runtime.service.measure(session)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _measure_held(session: AsyncSession, now: datetime) -> None:
    columns = held_record.c
    held.clear()
    for status, count in await session.execute(select(columns.status, func.count()).group_by(columns.status)):
        held.labels(status).set(count)
    held_by.clear()
    for reaction, count in await session.execute(
        select(columns.reaction, func.count()).where(OPEN).group_by(columns.reaction)
    ):
        held_by.labels(reaction).set(count)
    oldest = await session.scalar(select(func.min(columns.first_at)).where(OPEN))
    held_for.set((now - oldest).total_seconds() if oldest else 0)


@router.get("/version", summary="What runs here")
async def show_version(request: Request) -> dict[str, Any]:
    """The release, and each setting that is unsafe outside of tests."""
    runtime: Runtime = request.app.state.runtime
    unsafe = ["clock_offset_file"] if runtime.settings.clock_offset_file else []
    return {
        "service": runtime.service.name,
        "version": version(runtime.service.package.replace("_", "-")),
        "unsafe": unsafe,
    }
