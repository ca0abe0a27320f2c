"""The HTTP application of a service: its routes, the shared ones, and errors as problem details."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from asyncpg.exceptions import InternalClientError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from starlette.exceptions import HTTPException

from imdi_common import copies, health, ops, pages
from imdi_common.database import is_environment, sqlstate
from imdi_common.front import Front
from imdi_common.openapi import describe
from imdi_common.problems import MEDIA_TYPE, Problem, conflict, unavailable
from imdi_common.service import Runtime
from imdi_common.telemetry import logger

HTTP_SLUGS = {400: "invalid-request", 404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}


def create_app(runtime: Runtime) -> FastAPI:
    """The application of one service; entering its lifespan opens the service's resources."""
    service = runtime.service

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if service.open:
                runtime.resources = await stack.enter_async_context(service.open(runtime))
            yield

    app = FastAPI(
        title=service.title,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        telemetry={"metrics": False, "operation_spans": False},  # one span a request says where it went
    )
    app.state.runtime = runtime
    for router in (*service.routers, health.router, ops.router, copies.router, pages.router):
        app.include_router(router)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(Front, runtime=runtime, unexpected=_unexpected_response, render=problem_response)
    app.openapi = lambda: describe(app, service)  # type: ignore[method-assign]
    return app


def problem_response(problem: Problem) -> Response:
    return JSONResponse(problem.document(), problem.status, problem.headers, media_type=MEDIA_TYPE)


async def _problem(_: Request, error: Any) -> Response:
    return problem_response(error)


async def _bad_input(_: Request, error: Any) -> Response:
    """Name each field and the rule that it breaks; never what was sent."""
    errors = [
        {
            "field": ".".join(str(part) for part in item["loc"] if part != "body") or "body",
            "rule": str(item["type"]),
            "detail": _told(item),
        }
        for item in error.errors()
    ]
    return problem_response(Problem("invalid-request", 422, "The request breaks these rules.", errors=errors))


def _told(item: Any) -> str:
    """Pydantic's message; those that quote the input are replaced."""
    quoting = {"value_error", "assertion_error", "json_invalid"}
    message = str(item["msg"])
    return message if item["type"] not in quoting else message.removeprefix("Value error, ")[:200]


async def _http(_: Request, error: Any) -> Response:
    slug = HTTP_SLUGS.get(error.status_code, f"http-{error.status_code}")
    detail = "There is no such address." if error.status_code == 404 else str(error.detail)
    return problem_response(Problem(slug, error.status_code, detail, headers=dict(error.headers or {})))


async def _database(_: Request, error: Any) -> Response:
    """A database that is away is a 503; a value it cannot hold, or a lost race, is the request's."""
    if is_environment(error):
        logger().warning("database_unavailable", error=type(error).__name__, sqlstate=sqlstate(error))
        return problem_response(unavailable())
    logger().warning("database_refused", error=type(error).__name__, sqlstate=sqlstate(error))
    if isinstance(error, IntegrityError):
        return problem_response(conflict("conflict", "Something else has just taken its place."))
    if isinstance(error, DBAPIError) and sqlstate(error).startswith("22"):
        return problem_response(Problem("invalid-request", 422, "A value is outside of what can be stored."))
    return _unexpected_response(error)


def _unexpected_response(error: Exception) -> Response:
    logger().error("unexpected", error=type(error).__name__, where=_where(error))
    return problem_response(Problem("internal-error", 500, "Something went wrong here; it has been noted."))


def _where(error: BaseException) -> str:
    """The innermost line, for the operator: code, never values."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


HANDLERS: dict[type[Exception], Any] = {
    Problem: _problem,
    RequestValidationError: _bad_input,
    HTTPException: _http,
    SQLAlchemyError: _database,
    OSError: _database,
    InternalClientError: _database,
}
