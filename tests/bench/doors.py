"""One HTTP server in a process of its own: ``python -m tests.bench.doors ours|floor DATABASE_URL``.

Prints ``port token`` once it can be asked.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import uvicorn
import uvloop
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.bench.sample import SERVICE

from imdi_common.ids import uuid7
from imdi_common.process import serve
from imdi_common.settings import ServiceSettings
from imdi_common.telemetry import configure
from imdi_local.testing.tokens import ISSUER, Mint

POOL = 10
INSERT = "insert into thing (id, label) values ($1, $2)"


def bound() -> socket.socket:
    opened = socket.socket()
    opened.bind(("127.0.0.1", 0))
    opened.listen()
    return opened


async def ours(url: str) -> None:
    """A process of the role ``api``, that trusts the token which it prints."""
    configure("bench", "WARNING")
    mint, opened = Mint(), bound()
    member = {"id": uuid4(), "kind": "recruitment_agency", "country": "NP"}
    token = mint.token([SERVICE.audience], "partner", member, datetime.now(UTC))
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
    pool = await asyncpg.create_pool(url.replace("+asyncpg", ""), min_size=POOL, max_size=POOL)

    async def create(request: Request) -> JSONResponse:
        body = await request.json()
        thing_id = uuid7()
        await pool.execute(INSERT, thing_id, body["label"])
        return JSONResponse({"id": str(thing_id), "label": body["label"]}, 201)

    app = Starlette(routes=[Route("/v1/things", create, methods=["POST"])])
    opened = bound()
    config = uvicorn.Config(app, http="httptools", log_config=None, log_level=logging.ERROR, access_log=False)
    server = asyncio.create_task(uvicorn.Server(config).serve([opened]))
    print(opened.getsockname()[1], "none", flush=True)
    await server


if __name__ == "__main__":
    kind, url = sys.argv[1:]
    uvloop.run({"ours": ours, "floor": floor}[kind](url))
