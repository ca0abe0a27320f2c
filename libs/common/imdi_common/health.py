"""Is it alive, is it ready, what does it do: for supervisors, load balancers and Prometheus."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, Histogram, generate_latest
from sqlalchemy import func, select, text

from imdi_common.mechanics import held_record, outbox
from imdi_common.service import Runtime

router = APIRouter(tags=["health"])
PATIENCE_S = 2.0
Answer = Callable[[Request], Awaitable[Response]]

requests = Histogram("imdi_http_request_seconds", "Time to answer.", ["method", "route", "status"])
unpublished = Gauge("imdi_outbox_unpublished", "Events recorded and not yet sent.")
held = Gauge("imdi_held_records", "Records that could not be applied.", ["status"])


async def measure(request: Request, answer: Answer) -> Response:
    """How long each route takes."""
    began = time.perf_counter()
    response = await answer(request)
    route = getattr(request.scope.get("route"), "path", "none")
    requests.labels(request.method, route, response.status_code).observe(time.perf_counter() - began)
    return response


@router.get("/health/live", summary="The process answers")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get("/health/ready", summary="The service can do its work")
async def ready(request: Request) -> Response:
    """503 without database or token keys; with Kafka away still ready, but ``degraded``."""
    runtime: Runtime = request.app.state.runtime
    if runtime.stopping or not await _database(runtime) or not runtime.verifier.ready():
        return JSONResponse({"status": "not_ready", "degraded": []}, 503, {"Retry-After": "1"})
    degraded = [] if await _reachable(runtime.settings.kafka_bootstrap) else ["kafka"]
    return JSONResponse({"status": "degraded" if degraded else "ready", "degraded": degraded})


async def _database(runtime: Runtime) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S), runtime.database.transaction() as session:
            await session.execute(text("select 1"))
    except Exception:  # noqa: BLE001 - whatever stands between us and the database, we are not ready
        return False
    return True


async def _reachable(bootstrap: str) -> bool:
    host, _, port = bootstrap.split(",", maxsplit=1)[0].rpartition(":")
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
    except (OSError, TimeoutError):
        return False
    return True


@router.get("/metrics", summary="Measurements for Prometheus", include_in_schema=False)
async def metrics(request: Request) -> Response:
    runtime: Runtime = request.app.state.runtime
    async with runtime.database.transaction() as session:
        waiting = select(func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))
        unpublished.set(await session.scalar(waiting) or 0)
        counts = select(held_record.c.status, func.count()).group_by(held_record.c.status)
        for status, count in await session.execute(counts):
            held.labels(status).set(count)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


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
