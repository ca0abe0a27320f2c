"""The portal's application: one page over the four services' own answers. No database, no Kafka, no script."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import httpx
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from imdi_portal.clients.health import Health, healths
from imdi_portal.settings import Settings

HERE = Path(__file__).parent
VERSION = version("imdi-portal")
PURPOSES = {
    "registry": "Members, their clients, and workers' identity",
    "matching": "Profiles, vacancies and placements",
    "legislation": "The law as data, and what it demands",
    "worker-prep": "Each worker's preparation, to departure and arrival",
}
PROTECTION = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
pages = Environment(loader=FileSystemLoader(HERE / "pages"), autoescape=True, undefined=StrictUndefined)


def create_app(settings: Settings) -> Starlette:
    """The application; it keeps one pool of connections to the services while it runs."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False) as client:
            app.state.client = client
            yield

    app = Starlette(
        routes=[
            Route("/", home),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/version", show_version),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=protect)],
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.stopping = False
    return app


async def home(request: Request) -> Response:
    """The one page, as things are now."""
    settings: Settings = request.app.state.settings
    services = await healths(request.app.state.client, settings.addresses())
    page = pages.get_template("home.html").render(
        services=services,
        purposes=PURPOSES,
        summary=summary(services),
        all_ready=all(service.state == "ready" for service in services),
        asked_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        addresses=settings.public_addresses(),
        version=VERSION,
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def summary(services: list[Health]) -> str:
    """The whole platform in one sentence."""
    troubled = [f"{service.name} is {service.state}" for service in services if service.state != "ready"]
    return "; ".join(troubled).capitalize() + "." if troubled else "All four services are ready."


async def live(_: Request) -> Response:
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """Ready until it ends: with every service away, the page says so, and that is its work.

    The header ``Imdi-Process`` names the process: during a restart two of them answer at one address.
    """
    headers = {"Imdi-Process": str(os.getpid()), "Cache-Control": "no-store"}
    if request.app.state.stopping:
        return JSONResponse({"status": "not_ready", "degraded": []}, 503, headers | {"Retry-After": "1"})
    return JSONResponse({"status": "ready", "degraded": []}, 200, headers)


async def show_version(_: Request) -> Response:
    return JSONResponse({"service": "portal", "version": VERSION, "unsafe": []})


async def protect(request: Request, answer: RequestResponseEndpoint) -> Response:
    """Middleware: nothing but our own style may be loaded, nobody may frame us; a process that ends says so."""
    response = await answer(request)
    response.headers.update(PROTECTION)
    if request.app.state.stopping:
        response.headers["Connection"] = "close"
    return response
