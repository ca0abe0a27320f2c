"""The stages on which examples play, built over HTTP, and the parts that callers take."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from services.legislation.tests.api.procedure_body import procedure_body
from services.legislation.tests.api.recognition_bodies import DECISION, HELD, ISSUER, PROFESSION, ROUTE
from services.legislation.tests.conftest import INSTRUMENT, NOW, Cases, rule_body
from sqlalchemy import select, update

from imdi_common.database import Database
from imdi_common.service import Runtime
from imdi_legislation.actions.import_instruments import go_on_importing
from imdi_legislation.app import load_packs
from imdi_legislation.storage.tables import DeterminationFacts, Subject
from imdi_local.testing.databases import TestDatabase
from imdi_local.testing.plugin import FixedClock

INSTRUMENT_ID = "01936000-0000-7000-8000-000000000001"
RULE_ID = "01936000-0000-7000-8000-000000000002"
REQUIREMENTS_ID = "01936000-0000-7000-8000-000000000003"
DETERMINATION_ID = "01936000-0000-7000-8000-000000000091"
PROCEDURE_ID = "01936000-0000-7000-8000-000000000071"
OTHER_PROCEDURE_ID = "01936000-0000-7000-8000-000000000072"
PREPARATION_ID = "01936000-0000-7000-8000-000000000006"
STATEMENT_ID = "01936000-0000-7000-8000-000000000004"
IMPORT_ID = "01936000-0000-7000-8000-000000000005"
ENTRY_ID = "01936000-0000-7000-8000-000000000081"
WORKER_ID = "01936000-0000-7000-8000-000000000082"
DECISION_ID = "01936000-0000-7000-8000-000000000083"
"""What examples write for the ids that a stage really has."""
SAUDI = {"id": uuid4(), "kind": "government", "country": "SA"}
LAW: list[tuple[str, str, dict[str, Any]]] = [
    ("sa-wage", "contract_term", {"term": "monthly_wage", "min": {"amount": "1500.00", "currency": "SAR"}}),
    ("sa-fee", "fee", {"component": "service_fee", "payer": "worker", "cap": {"amount": "0"}, "includes": []}),
    ("sa-hotline", "protection", {"measure": "Assistance at any hour", "contact": "Migrant Workers Office"}),
]
Send = Callable[..., Awaitable[Response]]


@dataclass
class Stage:
    """A state of the service; ``ids`` maps the ids in the examples to those that are there."""

    send: Send
    database: Database
    ids: dict[str, str] = field(default_factory=dict)
    owner: UUID | None = None
    cases: Cases | None = None

    def real(self, example: Any) -> Any:
        text = json.dumps(example)
        for written, real in self.ids.items():
            text = text.replace(written, real)
        return json.loads(text)

    async def instrument(self) -> None:
        made = await self.send("POST", "/v1/instruments", "government", INSTRUMENT)
        self.ids[INSTRUMENT_ID] = made.json()["id"]

    async def library(self) -> None:
        """The instrument, with a version of its text, and with a first statement that a second one replaced."""
        await self.instrument()
        path = f"/v1/instruments/{self.ids[INSTRUMENT_ID]}"
        said = {"kind": "event", "event": "in_force", "date": "2013", "source": "a newspaper"}
        first = await self.send("POST", f"{path}/statements", "government", said)
        self.ids[STATEMENT_ID] = first.json()["id"]
        better = said | {"date": "2013-08-15", "replaces": self.ids[STATEMENT_ID]}
        await self.send("POST", f"{path}/statements", "government", better)
        text = {"number": "art. 3", "language": "en", "heading": "Wages", "text": "The employer pays the wage monthly."}
        version = {"effective_from": "2013-07-31", "provisions": [text], "source": "a newspaper"}
        await self.send("POST", f"{path}/versions", "government", version)

    async def importing(self) -> None:
        """An import of one row in order and one that is not, done."""
        rows = (
            "code,title,type,level,parties,status,confidence\nSA-1,Act,act,national,SA,in_force,secondary\nSA-2,,,,,,\n"
        )
        begun = await self.send("POST", "/v1/instruments/imports", "government", {"format": "csv", "content": rows})
        self.ids[IMPORT_ID] = begun.json()["id"]
        async with self.database.transaction() as session:
            await go_on_importing(session, self.ids[IMPORT_ID], NOW)

    async def draft(self) -> None:
        await self.instrument()
        basis = {"basis": [{"instrument": self.ids[INSTRUMENT_ID], "provision": "art. 3"}]}
        made = await self.send("POST", "/v1/rules", "government", rule_body() | basis)
        self.ids[RULE_ID] = made.json()["id"]

    async def proposed(self) -> None:
        await self.draft()
        await self.send("POST", f"/v1/rules/{self.ids[RULE_ID]}/proposal", "government")

    async def active(self) -> None:
        await self.proposed()
        await self.send("POST", f"/v1/rules/{self.ids[RULE_ID]}/activation", "government-2", {})

    async def procedure(self) -> None:
        await self.instrument()
        body = procedure_body(self.ids[INSTRUMENT_ID])
        for name, posted in ((PROCEDURE_ID, body), (OTHER_PROCEDURE_ID, body | {"steps": body["steps"][:2]})):
            made = await self.send("POST", "/v1/procedures", "government", posted)
            self.ids[name] = made.json()["id"]

    async def procedure_active(self) -> None:
        await self.procedure()
        await self.send("POST", f"/v1/procedures/{self.ids[PROCEDURE_ID]}/activation", "government", {})

    async def weighable(self) -> None:
        """A draft, and a preparation and a posted vacancy that it would touch."""
        await self.draft()
        async with self.database.transaction() as session:
            self.cases = Cases(session)
            await self.cases.open()
            await self.cases.vacancy(status="posted")
            self.ids[PREPARATION_ID] = self.cases.preparation_id

    async def determined(self) -> None:
        """A preparation of a worker for the vacancy owner's place, answered."""
        await self.active()
        async with self.database.transaction() as session:
            cases = Cases(session)
            await cases.open()
            found = select(Subject.determination_id).where(Subject.id == UUID(cases.preparation_id))
            self.ids[REQUIREMENTS_ID] = str(await session.scalar(found))
            self.owner, self.cases = UUID(cases.owner), cases
        self.ids[PREPARATION_ID] = cases.preparation_id

    async def controlled(self) -> None:
        """The same; ``owner`` is the worker's controller."""
        await self.determined()
        assert self.cases
        self.owner = UUID(self.cases.controller)

    async def erased(self) -> None:
        """The same, after the worker was erased."""
        await self.determined()
        assert self.cases
        gone: dict[str, Any] = {"birth_date": None, "sex": None, "nationality": None, "country": None, "consents": []}
        async with self.database.transaction() as session:
            await self.cases.on(session).worker(status="erasure_requested", **gone)

    async def assessed(self) -> None:
        """A vacancy whose fee is over its cap, assessed; ``owner`` is its owner."""
        await self.protected()
        async with self.database.transaction() as session:
            cases = Cases(session)
            await cases.vacancy(
                worker_pays=[{"component": "service_fee", "amount": {"amount": "9", "currency": "SAR"}}]
            )
            found = select(Subject.determination_id).where(Subject.id == UUID(cases.vacancy_id))
            self.ids[DETERMINATION_ID] = str(await session.scalar(found))
        self.owner, self.cases = UUID(cases.owner), cases

    async def assessed_before(self) -> None:
        """The same, from before offers were kept."""
        await self.assessed()
        async with self.database.transaction() as session:
            await session.execute(update(DeterminationFacts).values(offer=None))

    async def profession(self) -> None:
        await self._entry("professions", PROFESSION)

    async def route(self) -> None:
        await self._entry("recognition-routes", ROUTE)

    async def issuer(self) -> None:
        await self._entry("accepted-issuers", ISSUER)

    async def protected(self) -> None:
        """A wage floor, a fee cap and a right, as law."""
        await self.instrument()
        for code, kind, effect in LAW:
            basis = {"basis": [{"instrument": self.ids[INSTRUMENT_ID], "provision": "art. 3"}]}
            made = await self.send("POST", "/v1/rules", "government", rule_body(code, kind, effect) | basis)
            path = f"/v1/rules/{made.json()['id']}"
            await self.send("POST", f"{path}/proposal", "government")
            await self.send("POST", f"{path}/activation", "government-2", {})

    async def worker(self) -> None:
        """A worker whom legislation knows; ``owner`` is its controller."""
        async with self.database.transaction() as session:
            cases = Cases(session)
            await cases.worker()
        self.ids[WORKER_ID] = cases.worker_id
        self.owner, self.cases = UUID(cases.controller), cases

    async def decided(self) -> None:
        await self.worker()
        made = await self.decide()
        self.ids[DECISION_ID] = made.json()["id"]

    async def decide(self, **changes: Any) -> Response:
        body = DECISION | {"worker_id": self.ids[WORKER_ID]} | changes
        return await self.send("POST", "/v1/recognition-decisions", "government", body)

    async def _entry(self, path: str, own: dict[str, Any]) -> None:
        await self.instrument()
        basis = {"basis": [{"instrument": self.ids[INSTRUMENT_ID], "provision": "art. 3"}]}
        made = await self.send("POST", f"/v1/{path}", "government", own | HELD | basis)
        self.ids[ENTRY_ID] = made.json()["id"]


LOADED: set[str] = set()


@pytest.fixture
async def packs_as_law(runtime: Runtime, test_database: TestDatabase, clock: FixedClock) -> None:
    """The demonstrator's packs, loaded on a day after all of them were verified; it is today again then.

    Loaded once, then put back.
    """
    if test_database.url in LOADED:
        await test_database.put_back("packs")
        return
    today, clock.moment = clock.moment, clock.moment + timedelta(days=30)
    await load_packs(runtime)
    clock.moment = today
    await test_database.keep("packs")
    LOADED.add(test_database.url)


@pytest.fixture
def send(client: AsyncClient, token: Any) -> Send:
    """``await send(method, path, role, body, **headers)``; each POST has a fresh Idempotency-Key."""

    async def go(
        method: str, path: str, role: str, body: Any = None, owner: UUID | None = None, **other: str
    ) -> Response:
        partner = {"kind": "employer", "country": "SA"}
        roles: dict[str, Callable[[], dict[str, str]]] = {
            "anybody": dict,
            "government": lambda: token(member=SAUDI, client_id="one"),
            "government-2": lambda: token(member=SAUDI, client_id="two"),
            "government-np": lambda: token(member={"id": uuid4(), "kind": "government", "country": "NP"}),
            "steward": lambda: token("steward ops"),
            "employer": lambda: token(member={"id": uuid4(), **partner}),
            "owner": lambda: token(member={"id": owner or uuid4(), **partner}),
        }
        keyed = roles[role]() | {"Idempotency-Key": str(uuid4())} | other
        return await client.request(method, path, json=body, headers=keyed)

    return go


@pytest.fixture
def stage(send: Send, database: Database) -> Stage:
    return Stage(send, database)
