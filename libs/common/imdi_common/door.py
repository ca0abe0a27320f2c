"""The HTTP door: who calls is settled first, and each request is one transaction."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common import untrusted
from imdi_common.actor import Actor
from imdi_common.database import is_environment
from imdi_common.idempotency import Command, checked_key, earlier, fingerprint, remember
from imdi_common.problems import MEDIA_TYPE, Problem, forbidden, invalid
from imdi_common.service import Runtime
from imdi_common.shapes import Shape

PUBLIC: dict[str, Any] = {"x-public": True, "security": []}
NO_KEY: dict[str, Any] = {"x-no-idempotency-key": True}
OWN: dict[str, Any] = {"x-consistency": "own"}
COPY: dict[str, Any] = {"x-consistency": "copy"}
MAY_MATCH: dict[str, Any] = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "description": "The ETag last read: 412 where it has changed since. Without: as it is now.",
            "schema": {"type": "string"},
        }
    ]
}

Deed = Callable[[AsyncSession], Awaitable[UUID | str]]
Show = Callable[[AsyncSession, Any], Awaitable[Shape]]
TRIES_WHEN_CUT_OFF = 3
MAX_BODY = 256 * 1024
NO_BODY = (b"", b"{}", b"null")


class DoorRoute(APIRoute):
    """A route that knows its caller before it reads anything else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        extra = self.openapi_extra or {}
        public, keyless = bool(extra.get("x-public")), bool(extra.get("x-no-idempotency-key"))

        async def guarded(request: Request) -> Response:
            runtime: Runtime = request.app.state.runtime
            request.state.actor = None if public else await runtime.verifier.actor(request.headers.get("authorization"))
            if request.method == "POST" and not (public or keyless):
                checked_key(request.headers.get("idempotency-key"))
            untrusted.check_address(f"{request.url.path}?{request.url.query}")
            body = await request.body()
            untrusted.check_body(body)
            if request.method == "POST" and self.body_field is None and not public and body.strip() not in NO_BODY:
                raise invalid("body", "extra_forbidden", "must be empty")
            return await handle(request)

        return guarded


def door_router(prefix: str = "", tags: list[str] | None = None) -> APIRouter:
    """A router whose routes settle who calls first, and whose errors are problem details."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {401: "No valid token", 403: "Not the caller's to do", 404: "Absent, or another's", 422: "Bad input"}
    responses: dict[int | str, dict[str, Any]] = {
        status: {"description": text, "content": content} for status, text in told.items()
    }
    return APIRouter(
        prefix=prefix, tags=list(tags or []), route_class=DoorRoute, responses=responses, max_body_size=MAX_BODY
    )


class Door:
    """One request: its caller, its moment, and its one transaction."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.runtime: Runtime = request.app.state.runtime
        self.now: datetime = self.runtime.clock.now()

    @property
    def actor(self) -> Actor:
        actor: Actor | None = self.request.state.actor
        if actor is None:
            raise forbidden("This needs a client.")
        return actor

    def scope(self, *scopes: str) -> None:
        """403 unless the token holds one of ``scopes``."""
        if not self.actor.scopes & set(scopes):
            raise forbidden(f"This needs the scope {' or '.join(scopes)}.")

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """The transaction of a read."""
        return self.runtime.database.transaction()

    def viewing(self) -> AbstractAsyncContextManager[AsyncSession]:
        """The transaction of a read of several statements whose answer must be of one moment."""
        return self.runtime.database.snapshot()

    async def once(self, deed: Deed, show: Show, *, status: int = 200) -> Response:
        """A POST: ``deed`` returns the id of what it made or changed, ``show`` renders it.

        The same Idempotency-Key again does nothing and is answered with the same status and thing, rendered anew.
        """
        command = await self._command()

        async def work(session: AsyncSession) -> Response:
            before = await earlier(session, command)
            if before:
                answer = self.answer(await show(session, before[1]), before[0])
                answer.headers["Idempotency-Replayed"] = "true"
                return answer
            reference = await deed(session)
            await remember(session, command, status, str(reference), self.now)
            return self.answer(await show(session, reference), status)

        return await self._run(work)

    async def change(self, deed: Deed, show: Show) -> Response:
        """A PUT, PATCH or DELETE: as ``once``, without a key."""

        async def work(session: AsyncSession) -> Response:
            return self.answer(await show(session, await deed(session)))

        return await self._run(work)

    async def _run(self, work: Callable[[AsyncSession], Awaitable[Response]]) -> Response:
        """Do the work; where the database cut us off, the key makes another try safe."""
        tries = TRIES_WHEN_CUT_OFF if self.request.method == "POST" else 1
        for attempt in range(1, tries + 1):
            try:
                return await self.runtime.database.run(work)
            except DBAPIError as error:
                if not error.connection_invalidated or attempt == tries or not is_environment(error):
                    raise
        raise AssertionError("unreachable")

    async def _command(self) -> Command:
        route, raw = self.request.scope["route"], await self.request.body()
        body = json.loads(raw) if raw.strip() else None
        return Command(
            client_id=self.actor.client_id if self.request.state.actor else "",
            operation=route.name,
            key=checked_key(self.request.headers.get("idempotency-key")),
            fingerprint=fingerprint(self.request.method, self.request.url.path, body),
        )

    def demand_match(self, version: int | None) -> None:
        """Compare ``If-Match`` with what exists: 428 without one, 412 where it differs. ``None``: nothing exists."""
        if version is not None and self.request.headers.get("if-match") is None:
            raise Problem("precondition-required", 428, "This needs an If-Match header with the ETag last read.")
        self.allow_match(version)

    def allow_match(self, version: int | None) -> None:
        """Compare ``If-Match`` where it is given: 412 where it differs."""
        header = self.request.headers.get("if-match")
        if header is None or (header.strip() == "*" and version is not None):
            return
        given = {tag.strip().removeprefix("W/") for tag in header.split(",")}
        if version is None or f'"{version}"' not in given:
            raise Problem("precondition-failed", 412, "It has changed since; read it again.")

    def answer(self, shape: Shape, status: int = 200) -> Response:
        """Render an answer, with its ETag where it has one."""
        etag = getattr(shape, "etag", None)
        headers = {"ETag": f'"{etag}"'} if etag is not None else {}
        headers["Cache-Control"] = "no-store"
        return Response(shape.model_dump_json(), status, headers, media_type="application/json")

    def told(self, document: dict[str, Any]) -> Response:
        """An answer that has its shape already: not checked against it again, where a test holds that it has."""
        return Response(to_json(document), headers={"Cache-Control": "no-store"}, media_type="application/json")


async def _opened(request: Request) -> Door:
    """A coroutine, because FastAPI makes whatever is none in a thread: a hop that costs more than the door."""
    return Door(request)


Caller = Annotated[Door, Depends(_opened)]
