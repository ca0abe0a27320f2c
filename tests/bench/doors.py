"""One HTTP server in a process of its own: ``python -m tests.bench.doors ours|by-hand|floor DATABASE_URL``.

Prints ``port token`` once it can be asked.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import uvicorn
import uvloop
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.bench.sample import SERVICE, TOPIC, NewThing, ThingState

from imdi_common.auth import Verifier
from imdi_common.clock import Clock
from imdi_common.election import lock_number
from imdi_common.idempotency import EARLIER, FREE, REMEMBER, checked_key, fingerprint
from imdi_common.ids import uuid7
from imdi_common.process import serve
from imdi_common.settings import ServiceSettings
from imdi_common.telemetry import configure
from imdi_local.testing.tokens import ISSUER, Mint

POOL = 10
INSERT = "insert into thing (id, label) values ($1, $2)"
ANNOUNCE = """
with number as (update thing set event_number = event_number + 1 where id = $1 returning event_number)
insert into outbox (event_id, topic, key, sequence, type, body, traceparent, recorded_at)
select $2, $3, $4, event_number, $5, $6, $7, clock_timestamp() from number
"""


def bound() -> socket.socket:
    opened = socket.socket()
    opened.bind(("127.0.0.1", 0))
    opened.listen()
    return opened


def _trusted() -> tuple[Mint, str]:
    """Keys, and the token of a partner that they sign."""
    mint = Mint()
    member = {"id": uuid4(), "kind": "recruitment_agency", "country": "NP"}
    return mint, mint.token([SERVICE.audience], "partner", member, datetime.now(UTC))


async def ours(url: str) -> None:
    """A process of the role ``api``, that trusts the token which it prints."""
    configure("bench", "WARNING")
    (mint, token), opened = _trusted(), bound()
    port = opened.getsockname()[1]
    settings = ServiceSettings(
        host="127.0.0.1",
        port=port,
        socket_fd=opened.detach(),
        database_url=SecretStr(url),
        kafka_bootstrap="127.0.0.1:1",
        issuer=ISSUER,
        jwks_url=ISSUER,
        pool_size=POOL,
    )
    print(port, token, flush=True)
    await serve(replace(SERVICE, keys=lambda _: lambda: mint.public), settings, ("api",))


async def floor(url: str) -> None:
    """Starlette and one bare insert: no token, no key, no event."""
    async with _pool(url) as pool:

        async def create(request: Request) -> JSONResponse:
            body = await request.json()
            thing_id = uuid7()
            await pool.execute(INSERT, thing_id, body["label"])
            return JSONResponse({"id": str(thing_id), "label": body["label"]}, 201)

        await _serve(create, "none")


async def by_hand(url: str) -> None:
    """Starlette and asyncpg, keeping the promises that ours keeps, with nothing between: the least that they take."""
    mint, token = _trusted()
    verifier = Verifier(SERVICE.audience, ISSUER, lambda: mint.public, Clock())
    async with _pool(url) as pool:

        async def create(request: Request) -> JSONResponse:
            actor = await verifier.actor(request.headers.get("authorization"))
            key = checked_key(request.headers.get("idempotency-key"))
            thing = NewThing.model_validate_json(await request.body())
            named = (actor.client_id, "post_thing", key)
            async with pool.acquire() as connection, connection.transaction():
                assert await connection.fetchval(FREE, lock_number("\n".join(named)))
                assert await connection.fetchrow(EARLIER, *named) is None
                thing_id = await _make(connection, thing.label)
                asked = fingerprint("POST", request.url.path, thing.label)
                await connection.execute(REMEMBER, *named, asked, 201, str(thing_id), datetime.now(UTC))
            return JSONResponse({"id": str(thing_id), "label": thing.label}, 201)

        await _serve(create, token)


async def _make(connection: asyncpg.Connection, label: str) -> UUID:
    thing_id = uuid7()
    state = ThingState(thing_id=str(thing_id), label=label)
    await connection.execute(INSERT, thing_id, label)
    told = (uuid7(), TOPIC.name, state.subject, state.type(), state.model_dump_json(), None)
    await connection.execute(ANNOUNCE, thing_id, *told)
    return thing_id


def _pool(url: str) -> AbstractAsyncContextManager[asyncpg.Pool]:
    pool: AbstractAsyncContextManager[asyncpg.Pool] = asyncpg.create_pool(
        url.replace("+asyncpg", ""), min_size=POOL, max_size=POOL
    )
    return pool


async def _serve(create: Callable[[Request], Awaitable[JSONResponse]], token: str) -> None:
    app = Starlette(routes=[Route("/v1/things", create, methods=["POST"])])
    opened = bound()
    config = uvicorn.Config(app, http="httptools", log_config=None, log_level=logging.ERROR, access_log=False)
    server = asyncio.create_task(uvicorn.Server(config).serve([opened]))
    print(opened.getsockname()[1], token, flush=True)
    await server


if __name__ == "__main__":
    kind, url = sys.argv[1:]
    uvloop.run({"ours": ours, "by-hand": by_hand, "floor": floor}[kind](url))
