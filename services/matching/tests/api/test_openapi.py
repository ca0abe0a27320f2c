from __future__ import annotations

from httpx import AsyncClient
from services.matching.tests.api.conftest import Ask, Build

from imdi_matching.app import SERVICE


async def test_the_document_describes_every_operation(client: AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    operations = {
        f"{method} {path}": operation
        for path, methods in document["paths"].items()
        if path.startswith("/v1/")
        for method, operation in methods.items()
    }
    assert len(operations) == sum(len(router.routes) for router in SERVICE.routers)
    for operation in operations.values():
        assert operation["summary"]
        assert operation["security"] == [{"bearer": []}]
    reads = [operation for name, operation in operations.items() if name.startswith("get ")]
    assert all(operation["x-consistency"] in ("own", "copy") for operation in reads)


async def test_the_feed_waits_for_news_no_longer_than_asked(build: Build, ask: Ask) -> None:
    stage = await build("published")
    page = (await ask(stage, "stranger", "GET", "/v1/vacancies/changes")).json()
    news = await ask(stage, "stranger", "GET", f"/v1/vacancies/changes?after={page['next']}&wait=0.2")
    assert news.json() == {"items": [], "next": page["next"]}
