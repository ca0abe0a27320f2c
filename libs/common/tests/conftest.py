"""A sample service, made of nothing but the mechanics: things that have a label and announce it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from fastapi import Response
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common import mechanics
from imdi_common.database import Announcing, Database
from imdi_common.door import OWN, Caller, door_router
from imdi_common.envelope import Envelope, to_record
from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_common.problems import not_found
from imdi_common.reactions import Received
from imdi_common.service import Service
from imdi_common.settings import ServiceSettings
from imdi_common.shapes import Text, Versioned
from imdi_contracts.event import Event, Topic
from imdi_local.testing.databases import SEEDS, TestDatabase, TestDatabases
from imdi_local.testing.plugin import MORNING


class Base(DeclarativeBase):
    pass


class Thing(Base, Announcing):
    __tablename__ = "thing"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    label: Mapped[str]


class ThingState(Event):
    topic: ClassVar = Topic("imdi.sample.things", key="thing")
    subject_field: ClassVar = "thing_id"
    happened: ClassVar = "thing.changed"

    thing_id: str
    label: str


class ThingShape(Versioned):
    id: UUID
    label: str


class NewThing(Versioned):
    label: Text


async def make_thing(session: AsyncSession, label: str) -> UUID:
    thing = Thing(id=uuid7(), label=label)
    session.add(thing)
    await announce(session, thing, ThingState(thing_id=str(thing.id), label=label))
    return thing.id


async def show_thing(session: AsyncSession, thing_id: UUID | str) -> ThingShape:
    thing = await session.get(Thing, UUID(str(thing_id)), populate_existing=True)
    if thing is None:
        raise not_found()
    return ThingShape(id=thing.id, label=thing.label, etag=thing.version)


router = door_router(prefix="/v1/things", tags=["things"])


@router.post("", response_model=ThingShape, status_code=201)
async def post_thing(body: NewThing, door: Caller) -> Response:
    return await door.once(lambda session: make_thing(session, body.label), show_thing, status=201)


@router.post("/touch", response_model=ThingShape)
async def touch_things(door: Caller) -> Response:
    return await door.once(lambda session: make_thing(session, "touched"), show_thing)


@router.get("/{thing_id}", response_model=ThingShape, openapi_extra=OWN)
async def get_thing(thing_id: UUID, door: Caller) -> Response:
    async with door.reading() as session:
        return door.answer(await show_thing(session, thing_id))


@router.put("/{thing_id}", response_model=ThingShape)
async def put_thing(thing_id: UUID, body: NewThing, door: Caller) -> Response:
    async def change(session: AsyncSession) -> UUID:
        thing = await session.get(Thing, thing_id, with_for_update=True)
        door.demand_match(thing.version if thing else None)
        if thing is None:
            raise not_found()
        thing.label, thing.version = body.label, thing.version + 1
        await announce(session, thing, ThingState(thing_id=str(thing.id), label=thing.label))
        return thing.id

    return await door.change(change, show_thing)


@pytest.fixture(scope="session")
def service() -> Service:
    return Service(
        name="sample",
        title="Sample",
        package="imdi_common",
        settings=ServiceSettings,
        routers=[router],
    )


@pytest_asyncio.fixture(scope="session")
async def sample_database(databases: TestDatabases) -> AsyncIterator[TestDatabase]:
    name = f"sample_{databases.worker}"
    url, owner_url = await asyncio.to_thread(databases.servers.postgres.create_database, name)
    owner = create_async_engine(owner_url)
    async with owner.begin() as connection:
        await connection.run_sync(mechanics.metadata.create_all)
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(insert(mechanics.publication).values(last=0))
    await owner.dispose()
    made = TestDatabase(url, owner_url, Database(url, pool_size=20, name=name))
    await made.keep(SEEDS)
    yield made
    await made.database.close()


@pytest_asyncio.fixture
async def test_database(sample_database: TestDatabase) -> TestDatabase:
    return sample_database


@pytest_asyncio.fixture
async def topic(kafka_bootstrap: str) -> AsyncIterator[Topic]:
    """A new Kafka topic with three partitions."""
    made = Topic(f"imdi.sample.things-{uuid4().hex[:8]}", key="thing")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(made.name, 3, 1)])
    yield made
    await admin.delete_topics([made.name])
    await admin.close()


@pytest.fixture
def things_on(topic: Topic) -> type[ThingState]:
    """The sample event on this test's own topic."""
    return type("ThingOnTopic", (ThingState,), {"topic": topic, "__annotations__": {"topic": ClassVar[Topic]}})


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """``await eventually(condition)``: until it holds; fails after 20 seconds."""

    async def wait(condition: Callable[[], Any], deadline_s: float = 20.0) -> Any:
        async with asyncio.timeout(deadline_s):
            while not (value := await condition()):  # noqa: ASYNC110 - a condition in a database has no event
                await asyncio.sleep(0.02)
        return value

    return wait


async def count(database: Database, statement: str, **values: Any) -> int:
    async with database.transaction() as session:
        return int((await session.execute(text(statement), values)).scalar_one())


class Things:
    """What tests do with things."""

    Thing = Thing
    State = ThingState

    async def make(
        self, session: AsyncSession, label: str, *, also: str | None = None, state: type[ThingState] = ThingState
    ) -> UUID:
        thing = Thing(id=uuid7(), label=label)
        session.add(thing)
        event = state(thing_id=str(thing.id), label=label)
        await announce(session, thing, event, also=(Topic(also, key="thing"), event) if also else None)
        return thing.id

    async def relabel(
        self, session: AsyncSession, thing_id: UUID, label: str, state: type[ThingState] = ThingState
    ) -> None:
        thing = await session.get(Thing, thing_id, with_for_update=True, populate_existing=True)
        assert thing
        thing.label = label
        await announce(session, thing, state(thing_id=str(thing.id), label=label))


@pytest.fixture
def things() -> Things:
    return Things()


class Feed:
    """Records with rising offsets."""

    def __init__(self) -> None:
        self.offset = 0

    def record(self, key: str, sequence: int, label: str = "x", /, **changed: Any) -> Any:
        self.offset += 1
        data = json.dumps({"thing_id": key, "label": label}).encode()
        envelope = Envelope(uuid7(), "org.imdi.thing.changed.v1", "/imdi/sample", key, MORNING, sequence, None, data)
        headers, value = to_record(envelope)
        whole = {
            "topic": ThingState.topic.name,
            "partition": 0,
            "offset": self.offset,
            "key": key.encode(),
            "headers": headers,
        }
        return SimpleNamespace(**(whole | {"value": value} | changed))


class Deeds:
    """A policy that notes what it was asked to do, and can be told to fail."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int]] = []
        self.fails: dict[str, Exception] = {}

    async def react(self, session: AsyncSession, received: Received[Any], _: datetime) -> None:
        if received.state.label in self.fails:
            raise self.fails[received.state.label]
        await session.execute(text("insert into thing (id, label) values (:id, :label)"), self._row(received))
        self.done.append((received.key, received.sequence))

    def _row(self, received: Received[Any]) -> dict[str, Any]:
        return {"id": uuid7(), "label": f"{received.key}:{received.sequence}"}


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def deeds() -> Deeds:
    return Deeds()
