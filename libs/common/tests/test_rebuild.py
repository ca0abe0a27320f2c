"""A copy is made anew during load: readers see the old one or the new one, and nothing that was erased comes back."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from httpx import AsyncClient
from sqlalchemy import BigInteger, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from imdi_common.clock import Clock
from imdi_common.consumer import Consumer
from imdi_common.database import Database, upsert_newer
from imdi_common.policing import Policing
from imdi_common.projecting import Projector
from imdi_common.reactions import Policy, Projection, Received
from imdi_common.rebuilds import Rebuilds, copies_of
from imdi_common.service import Service
from imdi_common.settings import ServiceSettings
from imdi_contracts.event import Topic
from imdi_local.testing.databases import TestDatabase

Token = Callable[..., dict[str, str]]
CHANCE = random.Random(20261125)
KEYS = [f"thing-{number:04}" for number in range(600)]
WRONG, MISSING, ALIENS = KEYS[:100], KEYS[100:200], [f"alien-{number}" for number in range(50)]


class Base(DeclarativeBase):
    pass


class Known(Base):
    __tablename__ = "known"
    id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)


class Acted(Base):
    """What a policy keeps as it acts."""

    __tablename__ = "acted"
    id: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    sequence: Mapped[int] = mapped_column(BigInteger)


class Deed(Base):
    __tablename__ = "deed"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    label: Mapped[str]


class Gone(Base):
    __tablename__ = "gone"
    id: Mapped[str] = mapped_column(primary_key=True)


@pytest_asyncio.fixture(scope="module", autouse=True)
async def tables(sample_database: TestDatabase) -> AsyncIterator[None]:
    owner = create_async_engine(sample_database.owner_url)
    async with owner.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    async with owner.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    await owner.dispose()


def rows(received: list[Received[Any]]) -> list[dict[str, Any]]:
    return [{"id": one.key, "label": one.state.label, "sequence": one.sequence} for one in received]


async def keep_known(session: AsyncSession, received: list[Received[Any]]) -> None:
    await session.execute(upsert_newer(Known, rows(received)))


async def keep_acted(session: AsyncSession, received: list[Received[Any]]) -> None:
    await session.execute(upsert_newer(Acted, rows(received)))


async def forget(session: AsyncSession) -> None:
    await session.execute(text("delete from known where id in (select id from gone)"))


async def act(session: AsyncSession, received: Received[Any], _: datetime) -> None:
    if received.state.label == "refused":
        raise RuntimeError
    await keep_acted(session, [received])
    await session.execute(text("insert into deed (label) values (:label)"), {"label": received.key})


@pytest.fixture
def service(topic: Topic, things_on: Any) -> Service:
    return Service(
        name="sample",
        title="Sample",
        package="imdi_common",
        settings=ServiceSettings,
        projections=[Projection(topic, things_on, keep_known, Known, forget)],
        policies=[Policy("act", topic, things_on, act, Projection(topic, things_on, keep_acted, Acted))],
    )


class Load:
    """Sends records of things, each newer than the one before of its key."""

    def __init__(self, topic: Topic, feed: Any, producer: AIOKafkaProducer) -> None:
        self.topic, self.feed, self.producer = topic, feed, producer
        self.sequences: dict[str, int] = {}
        self.labels: dict[str, str] = {}

    async def send(self, key: str, label: str, **changed: Any) -> None:
        self.sequences[key] = self.sequences.get(key, 0) + 1
        self.labels[key] = label
        record = self.feed.record(key, self.sequences[key], label, **changed)
        await self.producer.send(self.topic.name, record.value, record.key, headers=record.headers)

    async def send_all(self, keys: list[str], label: str) -> None:
        for key in keys:
            await self.send(key, label)
        await self.producer.flush()

    def expected(self) -> list[tuple[str, str, int]]:
        return sorted((key, self.labels[key], sequence) for key, sequence in self.sequences.items())


@pytest_asyncio.fixture
async def load(topic: Topic, feed: Any, kafka_bootstrap: str) -> AsyncIterator[Load]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await producer.start()
    yield Load(topic, feed, producer)
    await producer.stop()


@asynccontextmanager
async def running(*work: Any) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def reactions(service: Service, database: Database, kafka: str) -> list[Any]:
    topic = service.projections[0].topic.name
    projector = Projector(service.projections, database, Clock())
    policing = Policing(service.policies, database, Clock())
    return [
        Consumer(f"p-{topic}", [topic], kafka, "0", projector.handle, projector.retry_waiting, whole_topics=True).run(),
        Consumer(f"q-{topic}", [topic], kafka, "0", policing.handle, policing.retry_waiting).run(),
    ]


def rebuilds(service: Service, database: Database, url: str, kafka: str) -> Any:
    return Rebuilds(copies_of(service.projections, service.policies), database, url, kafka, Clock()).run()


async def table(database: Database, name: str) -> list[tuple[Any, ...]]:
    async with database.transaction() as session:
        return [
            tuple(row) for row in await session.execute(text(f"select id, label, sequence from {name} order by id"))
        ]


async def value(database: Database, statement: str) -> Any:
    async with database.transaction() as session:
        return await session.scalar(text(statement))


async def rebuilt(client: AsyncClient, token: Callable[..., dict[str, str]], name: str, eventually: Any) -> Any:
    """Ask for it over HTTP and wait for its end."""
    headers = token("ops") | {"Idempotency-Key": f"{name}-{CHANCE.random()}"}
    asked = await client.post(f"/ops/copies/{name}/rebuild", json={"reason": "it looks wrong"}, headers=headers)
    assert (asked.status_code, asked.json()["status"]) == (202, "asked")

    async def ended() -> Any:
        items = (await client.get("/ops/copies", headers=token("ops"))).json()["items"]
        [one] = [item for item in items if item["name"] == name]
        return one if one["status"] in {"done", "failed"} else None

    return await eventually(ended, 60)


async def corrupt(database: Database, name: str) -> None:
    async with database.transaction() as session:
        await session.execute(text(f"update {name} set label = 'corrupt' where id = any(:wrong)"), {"wrong": WRONG})
        await session.execute(text(f"delete from {name} where id = any(:missing)"), {"missing": MISSING})
        statement = f"insert into {name} select id, 'corrupt', 7 from unnest(cast(:aliens as text[])) as id"
        await session.execute(text(statement), {"aliens": ALIENS})


@pytest.mark.parametrize("name", ["known", "acted"])
async def test_a_corrupt_copy_is_made_anew_during_load_and_readers_see_old_or_new(
    name: str,
    service: Service,
    load: Load,
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    client: AsyncClient,
    token: Token,
    eventually: Callable[..., Any],
) -> None:
    await load.send_all(KEYS, "first")
    seen: set[tuple[int, int]] = set()
    stop = asyncio.Event()

    async def applied() -> bool:
        return await table(database, name) == load.expected()

    async def go_on() -> None:
        while not stop.is_set():
            await load.send_all(CHANCE.sample(KEYS[200:], 20), f"later-{CHANCE.random()}")
            await asyncio.sleep(0.01)  # a load, not a flood

    async def read() -> None:
        statement = text(
            f"select count(*) filter (where label = 'corrupt'), count(*) filter (where id = any(:missing)) from {name}"
        )
        while not stop.is_set():
            async with database.transaction() as session:
                seen.add(tuple((await session.execute(statement, {"missing": MISSING})).one()))

    work = rebuilds(service, database, test_database.url, kafka_bootstrap)
    async with running(*reactions(service, database, kafka_bootstrap), work):
        await eventually(applied, 60)
        await corrupt(database, name)
        others = [asyncio.create_task(go_on()), asyncio.create_task(read())]
        told = await rebuilt(client, token, name, eventually)
        stop.set()
        await asyncio.gather(*others)
        await eventually(applied, 60)
    assert (told["status"], told["error_class"], told["unreadable"]) == ("done", None, 0)
    assert told["changed"] >= len(WRONG) + len(MISSING) + len(ALIENS)
    assert told["records"] >= len(KEYS)
    assert seen == {(len(WRONG) + len(ALIENS), 0), (0, len(MISSING))}
    assert await value(database, "select count(*) from held_record") == 0
    assert await value(database, "select count(*) from decision where deed = 'rebuild' and reason <> ''") == 1


async def test_what_a_policy_keeps_is_never_newer_than_what_it_acted_on_and_nothing_is_done_again(
    service: Service,
    load: Load,
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    client: AsyncClient,
    token: Token,
    eventually: Callable[..., Any],
) -> None:
    await load.send_all(["a", "b"], "good")
    await load.send_all(["a"], "refused")

    async def parked() -> bool:
        deeds = await value(database, "select count(*) from deed")
        return bool(deeds == 2 and await value(database, "select count(*) from held_record") == 1)

    async with running(*reactions(service, database, kafka_bootstrap)):
        await eventually(parked)
    async with database.transaction() as session:
        await session.execute(text("delete from acted where id = 'b'"))
    async with running(rebuilds(service, database, test_database.url, kafka_bootstrap)):
        told = await rebuilt(client, token, "acted", eventually)
    assert (told["status"], told["changed"]) == ("done", 1)
    assert await table(database, "acted") == [("a", "good", 1), ("b", "good", 1)]
    assert await value(database, "select count(*) from deed") == 2


async def test_the_erased_stay_erased_and_a_row_whose_records_cannot_be_read_stays(
    service: Service,
    load: Load,
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    client: AsyncClient,
    token: Token,
    eventually: Callable[..., Any],
) -> None:
    await load.send_all(["erased", "plain"], "x")
    await load.send("spoilt", "never", value=b"\xff")
    await load.producer.flush()
    async with database.transaction() as session:
        await session.execute(text("insert into gone values ('erased')"))
        await session.execute(text("insert into known values ('spoilt', 'from before', 1), ('alien', 'x', 1)"))
        await session.execute(text("insert into known values ('plain', 'newer than the topic', 9)"))
    async with running(rebuilds(service, database, test_database.url, kafka_bootstrap)):
        told = await rebuilt(client, token, "known", eventually)
    assert (told["status"], told["unreadable"], told["changed"]) == ("done", 1, 1)
    assert await table(database, "known") == [("plain", "newer than the topic", 9), ("spoilt", "from before", 1)]


async def test_an_empty_topic_takes_nothing_away(
    service: Service,
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    client: AsyncClient,
    token: Token,
    eventually: Callable[..., Any],
) -> None:
    async with database.transaction() as session:
        await session.execute(text("insert into known values ('a', 'x', 1)"))
    async with running(rebuilds(service, database, test_database.url, kafka_bootstrap)):
        told = await rebuilt(client, token, "known", eventually)
    assert (told["status"], told["error_class"]) == ("failed", "TopicIsEmpty")
    assert await table(database, "known") == [("a", "x", 1)]


async def test_a_rebuild_that_is_cut_off_is_begun_again(
    topic: Topic,
    things_on: Any,
    service: Service,
    load: Load,
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    client: AsyncClient,
    token: Token,
    eventually: Callable[..., Any],
) -> None:
    begun = 0

    async def keep_cut_off(session: AsyncSession, received: list[Received[Any]]) -> None:
        nonlocal begun
        begun += 1
        if begun == 2:
            async with database.transaction() as other:
                named = text("select pg_terminate_backend(pid) from pg_stat_activity where application_name = :name")
                await other.execute(named, {"name": "imdi-rebuild-known"})
        await keep_known(session, received)

    await load.send_all(KEYS, "x")
    copies = copies_of([Projection(topic, things_on, keep_cut_off, Known)], [])
    work = Rebuilds(copies, database, test_database.url, kafka_bootstrap, Clock()).run()
    async with running(work):
        told = await rebuilt(client, token, "known", eventually)
    assert (told["status"], told["changed"], told["records"]) == ("done", len(KEYS), len(KEYS))
    assert await table(database, "known") == load.expected()


async def test_of_two_processes_one_rebuilds_and_what_is_under_way_is_not_asked_again(
    service: Service,
    load: Load,
    database: Database,
    test_database: TestDatabase,
    kafka_bootstrap: str,
    client: AsyncClient,
    token: Token,
    eventually: Callable[..., Any],
) -> None:
    await load.send_all(KEYS[:10], "x")
    headers = token("ops")
    body = {"reason": "once"}
    first = await client.post("/ops/copies/known/rebuild", json=body, headers=headers | {"Idempotency-Key": "1"})
    again = await client.post("/ops/copies/known/rebuild", json=body, headers=headers | {"Idempotency-Key": "2"})
    absent = await client.post("/ops/copies/unknown/rebuild", json=body, headers=headers | {"Idempotency-Key": "3"})
    foreign = await client.post(
        "/ops/copies/known/rebuild", json=body, headers=token("steward") | {"Idempotency-Key": "4"}
    )
    assert [one.status_code for one in (first, again, absent, foreign)] == [202, 409, 404, 403]

    async def done() -> bool:
        return bool(await value(database, "select status = 'done' from rebuild"))

    both = [rebuilds(service, database, test_database.url, kafka_bootstrap) for _ in range(2)]
    async with running(*both):
        await eventually(done)
    assert await table(database, "known") == load.expected()
