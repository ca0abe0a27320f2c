"""A market behind the HTTP door: states by name, callers by role, and the ids that the examples speak of."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from services.matching.tests.conftest import EVIDENCE, NOW, TERMS, Market, always, member
from sqlalchemy import func, select, update

from imdi_common.actor import Actor
from imdi_common.database import Database
from imdi_common.mechanics import outbox, publication
from imdi_matching.actions.accept import accept
from imdi_matching.actions.agree import agree
from imdi_matching.actions.amend_vacancy import amend_vacancy
from imdi_matching.actions.close_vacancy import close_vacancy
from imdi_matching.actions.pause_vacancy import pause_vacancy
from imdi_matching.actions.propose import propose
from imdi_matching.actions.select_worker import select_worker
from imdi_matching.actions.withdraw import withdraw

VACANCY = "01936000-0000-7000-8000-000000000001"
WORKER = "01936000-0000-7000-8000-000000000002"
PLACEMENT = "01936000-0000-7000-8000-000000000003"
"""The ids in the examples; a state puts those that it made in their place."""


class Stage:
    """The states that examples begin in. Each is built on the one before it, and remembers what it made."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.made: dict[str, UUID] = {}

    async def empty(self) -> None:
        """Nobody has done anything."""

    async def registered(self) -> None:
        self.made[WORKER] = await self.market.worker(profile=False)

    async def claimed(self) -> None:
        self.made[WORKER] = await self.market.worker()

    async def submitted(self) -> None:
        self.made[VACANCY] = (await self.market.submitted()).id

    async def posted(self) -> None:
        self.made[VACANCY] = (await self.market.posted(positions=1)).id

    async def published(self) -> None:
        await self.posted()
        await self._publish()

    async def _publish(self) -> None:
        """All that was announced has reached Kafka."""
        await self.market.session.execute(update(outbox).values(published_at=NOW, published_position=outbox.c.position))
        last = select(func.max(outbox.c.position)).scalar_subquery()
        await self.market.session.execute(update(publication).values(last=last))

    async def paused(self) -> None:
        await self.posted()
        await pause_vacancy(self.market.session, self.made[VACANCY], self.market.owner, NOW)

    async def closed(self) -> None:
        await self.posted()
        await close_vacancy(self.market.session, self.made[VACANCY], "done", self.market.owner, NOW)

    async def listed(self) -> None:
        await self.posted()
        await self.claimed()

    async def unconsented(self) -> None:
        await self.posted()
        self.made[WORKER] = await self.market.worker(consents=["preparation"])

    async def unclaimed(self) -> None:
        await self.posted()
        await self.registered()

    async def of_another_origin(self) -> None:
        await self.posted()
        self.made[WORKER] = await self.market.worker(country="NP")

    async def paused_listed(self) -> None:
        await self.paused()
        await self.claimed()

    async def proposed(self) -> None:
        await self.listed()
        self.made[PLACEMENT] = await propose(
            self.market.session, self.made[VACANCY], self.made[WORKER], self.market.owner, NOW
        )

    async def accepted(self) -> None:
        await self.proposed()
        await accept(self.market.session, self.made[PLACEMENT], EVIDENCE, self.market.agency)

    async def selected(self) -> None:
        await self.accepted()
        await select_worker(self.market.session, self.made[PLACEMENT], self.market.owner, NOW)

    async def offered(self) -> None:
        await self.listed()
        vacancy = await self.market.vacancy(self.made[VACANCY])
        self.made[PLACEMENT] = await self.market.offered(vacancy, self.made[WORKER])

    async def agreed(self) -> None:
        await self.offered()
        await agree(self.market.session, self.made[PLACEMENT], EVIDENCE, self.market.agency)

    async def agreed_published(self) -> None:
        await self.agreed()
        await self._publish()

    async def forgotten(self) -> None:
        """The beginning was published too long ago to be kept."""
        await self.agreed_published()
        await self.market.session.execute(update(publication).values(forgotten=1))

    async def withdrawn(self) -> None:
        await self.agreed()
        await withdraw(self.market.session, self.made[PLACEMENT], "other plans", self.market.agency, NOW)

    async def outdated(self) -> None:
        await self.offered()
        vacancy = await self.market.vacancy(self.made[VACANCY])
        raised = TERMS | {"wage": {"amount": "1800.00", "currency": "SAR"}}
        await amend_vacancy(self.market.session, vacancy.id, raised, self.market.owner, NOW, always)
        await self.market.assess(vacancy, 2)

    async def filled(self) -> None:
        """Another worker has the only position, and an own worker's offer was withdrawn."""
        await self.offered()
        vacancy = await self.market.vacancy(self.made[VACANCY])
        vacancy.positions = 2
        rival = await self.market.offered(vacancy, await self.market.worker())
        vacancy.positions = 1
        await agree(self.market.session, rival, EVIDENCE, self.market.agency)

    async def agreed_elsewhere(self) -> None:
        """The worker had two offers and has agreed to the other."""
        await self.offered()
        other = await self.market.posted()
        rival = await self.market.offered(other, self.made[WORKER])
        await agree(self.market.session, rival, EVIDENCE, self.market.agency)


Build = Callable[[str], Awaitable[Stage]]
Ask = Callable[..., Awaitable[Response]]


@pytest.fixture
def build(database: Database) -> Build:
    """``await build("posted")``: that state, committed."""

    async def built(state: str) -> Stage:
        async with database.transaction() as session:
            stage = Stage(Market(session))
            await getattr(stage, state)()
        return stage

    return built


def role(stage: Stage, name: str) -> Actor:
    """Who calls: ``owner``, ``agency``, ``stranger``, or a member of a kind that may not recruit."""
    actor: Actor = member("government") if name == "government" else getattr(stage.market, name)
    return actor


@pytest.fixture
def ask(client: AsyncClient, token: Callable[..., dict[str, str]]) -> Ask:
    """``await ask(stage, "owner", "POST", path, json)``, with a fresh Idempotency-Key; example ids are replaced."""

    async def asked(
        stage: Stage, who: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Response:
        tenant = role(stage, who).member
        claim = {"id": tenant.id, "kind": tenant.kind, "country": tenant.country}
        sent = headers or {}
        if method == "POST":
            sent = {"Idempotency-Key": str(uuid4())} | sent
        text = json.dumps([path, body])
        for example, made in stage.made.items():
            text = text.replace(example, str(made))
        address, content = json.loads(text)
        return await client.request(method, address, json=content, headers=token(member=claim) | sent)

    return asked
