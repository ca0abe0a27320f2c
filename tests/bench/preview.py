"""``preview``: the public question what the law asks, over HTTP on the demonstrator's law; against one row read by its
key. ``python -m tests.bench.preview DATABASE_URL`` is the process that answers; it prints its port.
"""

from __future__ import annotations

import asyncio
import json
import sys
from http.client import HTTPConnection
from time import perf_counter
from typing import Any

import asyncpg
import uvloop
from pydantic import SecretStr
from tests.bench.doors import bound
from tests.bench.figures import Ratio, quantile
from tests.bench.ground import Ground
from tests.bench.sizes import Sizes

from imdi_common.migrations import migrate
from imdi_common.process import serve
from imdi_common.service import Runtime
from imdi_common.telemetry import configure
from imdi_legislation.app import SERVICE, load_packs
from imdi_legislation.settings import Settings
from imdi_local.testing.tokens import ISSUER

MANY = 2**31
OFFER = {
    "wage": {"amount": "1500.00", "currency": "SAR"},
    "contract": {"rest_days_per_week": 1, "retains_documents": False},
    "worker_pays": [],
}
SELECT = "select id, code, kind, effect from rule_version where id = $1"


def question(number: int) -> dict[str, Any]:
    """Another worker and day each time; every other one checks an offer."""
    worker = {"age": 20 + number % 30, "sex": ("female", "male")[number % 2], "isced": number % 6}
    facts = {"worker": worker} | ({"vacancy": OFFER} if number % 2 else {})
    on = f"2027-{1 + number % 12:02}-{1 + number % 28:02}"
    return {"origin": "PH", "destination": "SA", "occupation": "5322", "on": on, "facts": facts}


async def preview(ground: Ground, sizes: Sizes) -> list[tuple[Ratio, dict[str, Any]]]:
    """The 99th percentile of one caller's waits, milliseconds."""
    url, owner_url = await asyncio.to_thread(ground.servers.postgres.create_database, "bench_preview_law")
    await asyncio.to_thread(migrate, SERVICE, owner_url)
    runtime = Runtime.of(SERVICE, settings(url))
    await load_packs(runtime)
    await runtime.database.close()
    bare = await asyncpg.connect(url.replace("+asyncpg", ""))
    keys = [row["id"] for row in await bare.fetch("select id from rule_version order by id")]
    ours, floor = [], []
    async with ground.beside("preview", url) as printed:
        port = int(await printed.readline())
        await asyncio.to_thread(_asked, port, sizes.asked)
        for _ in range(sizes.rounds):
            waits = []
            for number in range(sizes.asked):
                began = perf_counter()
                assert await bare.fetchrow(SELECT, keys[number % len(keys)])
                waits.append(perf_counter() - began)
            floor.append(quantile(waits, 0.99) * 1000)
            ours.append(quantile(await asyncio.to_thread(_asked, port, sizes.asked), 0.99) * 1000)
    await bare.close()
    return [(Ratio("preview", 20, 10, ours, floor, "ms p99"), {"asked": sizes.asked})]


def settings(url: str, **other: Any) -> Settings:
    said: dict[str, Any] = {"port": 0, "database_url": SecretStr(url), "kafka_bootstrap": "127.0.0.1:1"}
    return Settings(**said, issuer=ISSUER, jwks_url=ISSUER, previews_per_minute=MANY, **other)


def _asked(port: int, number: int) -> list[float]:
    """Seconds that each answer took, on one connection."""
    connection = HTTPConnection("127.0.0.1", port)
    waits = [_ask(connection, json.dumps(question(n))) for n in range(number)]
    connection.close()
    return waits


def _ask(connection: HTTPConnection, body: str) -> float:
    """Seconds until the last byte of the answer."""
    began = perf_counter()
    connection.request("POST", "/v1/determinations/preview", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    document = answer.read()
    waited = perf_counter() - began
    told = json.loads(document)
    assert answer.status == 200, told
    assert told["items"]
    assert told["rules"]
    return waited


async def answering(url: str) -> None:
    configure("bench", "WARNING")
    opened = bound()
    port = opened.getsockname()[1]
    print(port, flush=True)
    await serve(SERVICE, settings(url, host="127.0.0.1", socket_fd=opened.detach()), ("api",))


if __name__ == "__main__":
    uvloop.run(answering(sys.argv[1]))
