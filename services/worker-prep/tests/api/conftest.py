"""Partners at their desks, and the states that examples begin in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import update

from imdi_common.database import Database
from imdi_common.mechanics import publication

KINDS = {
    "agency": ("recruitment_agency", "PH"),
    "employer": ("employer", "SA"),
    "clinic": ("medical_provider", "PH"),
    "rescue": ("civil_society", "PH"),
}
CLEARED = {"outcome": "cleared", "performed_on": "2026-11-20", "reference": "REF-1"}


@dataclass
class Desk:
    """Sends what partners send, as whom one says."""

    client: AsyncClient
    token: Callable[..., dict[str, str]]
    ids: dict[str, UUID]
    new_world: Callable[[], Any]
    state: dict[str, str] = field(default_factory=dict)

    async def send(
        self, method: str, path: str, who: str | None, json: Any = None, key: str | None = None, **more: Any
    ) -> Response:
        headers = self.headers(who) | more.pop("headers", {})
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        content = {} if json is None else {"json": json}
        return await self.client.request(method, path, headers=headers, **content, **more)

    def headers(self, who: str | None) -> dict[str, str]:
        if who is None:
            return {}
        if who == "steward":
            return self.token(scopes="steward ops")
        kind, country = KINDS[who]
        return self.token(member={"id": self.ids[who], "kind": kind, "country": country, "sequence": 1})

    async def read(self, who: str = "agency") -> Response:
        return await self.send("GET", f"/v1/preparations/{self.state['preparation']}", who)

    async def result(self, who: str, code: str, **changed: Any) -> Response:
        path = f"/v1/preparations/{self.state['preparation']}/items/{code}/results"
        return await self.send("POST", path, who, CLEARED | changed)

    async def begin(self, name: str) -> dict[str, str]:
        """Bring about a state; its ids."""
        steps = STATES[name]
        async with self.new_world() as world:
            preparation_id = await world.opened(*(["clinic"] if "unassigned" not in name else []))
            self.state = {
                "preparation": str(preparation_id),
                "placement": str(world.placement_id),
                "worker": str(world.worker_id),
                "clinic": str(self.ids["clinic"]),
            }
            await steps[0](self, world)
        for step in steps[1:]:
            answer = await step(self)
            assert answer.status_code == 200, answer.text
        return self.state


async def undetermined(_desk: Desk, _world: Any) -> None:
    return None


async def planned(_desk: Desk, world: Any) -> None:
    law = world.builders
    fact = {"status": "unknown", "needs_fact": "worker.facts.ecr_passport"}
    disputed = {"attribute": "validity", "value": "P90D", "rule": law.rule, "basis": [law.basis]}
    await world.law(law.passport(), law.medical(after=["passport"], disputed=[disputed]), law.item("xray", **fact))


async def followed(desk: Desk, world: Any) -> None:
    await planned(desk, world)
    await world.publish()


async def forgotten(desk: Desk, world: Any) -> None:
    await followed(desk, world)
    await world.session.execute(update(publication).values(last=2, forgotten=1))


async def lawful(_desk: Desk, world: Any) -> None:
    law = world.builders
    judged = {"rule": law.rule, "basis": [law.basis]}
    bar = law.Bar.model_validate({"prohibits": "departure", "reason": "war", "status": "not_applicable"} | judged)
    age = {"criterion": "age", "effect": {"criterion": "age", "min": 23}, "status": "met"}
    await world.law(
        law.passport(), law.medical(validity="P90D"), bars=[bar], criteria=[law.Criterion.model_validate(age | judged)]
    )


async def barred(_desk: Desk, world: Any) -> None:
    law = world.builders
    other = {"attribute": "min", "value": 21, "rule": law.rule, "basis": [law.basis]}
    judged = {"rule": law.rule, "basis": [law.basis], "needs_fact": "worker.facts.kin"}
    bar = law.Bar.model_validate({"prohibits": "departure", "reason": "war", "status": "unknown"} | judged)
    age = {"criterion": "age", "effect": {"criterion": "age", "min": 23}, "status": "not_met"}
    criterion = law.Criterion.model_validate(age | judged | {"disputed": [other]})
    await world.law(law.passport(), law.medical(), bars=[bar], criteria=[criterion])


def passport_seen(desk: Desk) -> Awaitable[Response]:
    return desk.result("agency", "passport", expires_on="2031-05-01")


def found_fit(desk: Desk) -> Awaitable[Response]:
    return desk.result("clinic", "medical_examination", performed_on="2026-11-22", expires_on="2027-04-30")


def gone(desk: Desk) -> Awaitable[Response]:
    path = f"/v1/preparations/{desk.state['preparation']}/departure"
    return desk.send("POST", path, "agency", {"departed_on": "2026-11-22"})


def found_short(desk: Desk) -> Awaitable[Response]:
    return desk.result("clinic", "medical_examination", performed_on="2026-11-22")


async def suspended(desk: Desk) -> Response:
    async with desk.new_world() as world:
        world.sequence = 100
        await world.member("clinic", "medical_examination", status="suspended")
    return await desk.read()


STATES: dict[str, list[Callable[..., Any]]] = {
    "opened": [undetermined],
    "planned": [planned],
    "followed": [followed],
    "forgotten": [forgotten],
    "planned and unassigned": [planned],
    "barred": [barred],
    "expiring": [planned, passport_seen, found_short],
    "cleared": [lawful, passport_seen, found_fit],
    "fallen": [lawful, passport_seen, found_fit, suspended],
    "departed": [lawful, passport_seen, found_fit, gone],
}


@pytest.fixture
def desk(
    client: AsyncClient, token: Callable[..., dict[str, str]], ids: dict[str, UUID], new_world: Callable[[], Any]
) -> Desk:
    return Desk(client, token, ids, new_world)


@pytest.fixture
def new_world(database: Database, world_of: Callable[..., Any], law: Any) -> Callable[[], Any]:
    """A world whose events are committed."""

    @asynccontextmanager
    async def opened() -> Any:
        async with database.transaction() as session:
            world = world_of(session)
            world.builders = law
            yield world

    return opened
