"""Every record of every topic comes again, shuffled and doubled, to groups that have lost their offsets.

No copy differs afterwards, no event was announced, no deed done twice. And an operator makes every copy anew.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from imdi_contracts import catalogue
from imdi_local.demo.journey import Journey

pytestmark = pytest.mark.xdist_group("platform")
CHANCE = random.Random(20261125)
SERVICES = ("registry", "matching", "legislation", "worker-prep")
GROUPS = [f"imdi.{service}.{role}" for service in SERVICES for role in ("projections", "policies")]
ON_THE_WAY = {"held_record", "known_keys", "schema_version", "rebuild", "decision", "idempotency"}
"""Tables that note the way of records, requests and keys, and not what came of them."""


async def until(condition: Callable[[], Awaitable[Any]], patience_s: float = 90.0) -> None:
    async with asyncio.timeout(patience_s):
        while not await condition():  # noqa: ASYNC110 - what happens in other processes has no event here
            await asyncio.sleep(0.2)


async def dump(run: Any) -> dict[str, str]:
    """A hash of the rows of each table of each service, in an order of their own."""
    secrets = json.loads((run.home / "secrets.json").read_text())["databases"]
    found: dict[str, str] = {}
    for service in SERVICES:
        name = f"imdi_{service.replace('-', '_')}"
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=run.told["postgres"]["port"],
            database=name,
            user=f"{name}_app",
            password=secrets[service]["app"],
        )
        for (table,) in await connection.fetch("select tablename from pg_tables where schemaname = 'public'"):
            if table not in ON_THE_WAY:
                rows = f'select md5(t::text) as row from "{table}" as t'
                hashed = await connection.fetchval(f"select md5(string_agg(row, '' order by row)) from ({rows}) as r")
                found[f"{service}.{table}"] = hashed or "empty"
        await connection.close()
    return found


def topics_of(group: str) -> set[str]:
    _, service, role = group.split(".")
    found = import_module(f"imdi_{service.replace('-', '_')}.app").SERVICE
    return {reaction.topic.name for reaction in (found.policies if role == "policies" else found.projections)}


async def idle(kafka: str) -> bool:
    """Whether every group has committed all that its topics hold."""
    names = [topic.name for topic in catalogue.topics()]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=kafka)
    await consumer.start()
    ends = {partition: end for partition, end in (await consumer.end_offsets(consumer.assignment())).items() if end}
    await consumer.stop()
    for group in GROUPS:
        topics, committed = topics_of(group), await offsets(kafka, group)
        if any(committed.get(partition, 0) < end for partition, end in ends.items() if partition.topic in topics):
            return False
    return True


async def offsets(kafka: str, group: str) -> dict[TopicPartition, int]:
    """What the group has committed."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    told = await admin.list_consumer_group_offsets(group)
    await admin.close()
    return {partition: kept.offset for partition, kept in told.items()}


async def lose_offsets(kafka: str, group: str) -> bool:
    """Set a group back to the beginning of all it has read; false while it still has members."""
    committed = await offsets(kafka, group)
    if not committed:  # its topics are empty as yet
        return True
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(list(committed))
        await consumer.commit(dict.fromkeys(committed, 0))
    except KafkaError:
        return False
    finally:
        await consumer.stop()
    return True


async def send_all_again(kafka: str) -> int:
    """Each record of each topic twice more, in any order; returns how many were sent."""
    names = [topic.name for topic in catalogue.topics()]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=kafka, auto_offset_reset="earliest", group_id=None)
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await consumer.start()
    await producer.start()
    ends = await consumer.end_offsets(consumer.assignment())
    await consumer.seek_to_beginning()
    found: list[Any] = []
    while any([await consumer.position(partition) < end for partition, end in ends.items()]):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            found += records
    again = found * 2
    CHANCE.shuffle(again)
    for one in again:
        await producer.send(one.topic, one.value, one.key, headers=list(one.headers))
    await producer.flush()
    await producer.stop()
    await consumer.stop()
    return len(again)


def ops(run: Any, *words: str) -> str:
    command = [sys.executable, "-m", "imdi_local", "ops", *words, "--home", str(run.home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(400)
async def test_all_that_ever_came_may_come_again(new_journey: Callable[[], Journey], run: Any) -> None:
    async for _ in new_journey().steps():
        pass
    kafka = run.told["kafka"]["bootstrap"]
    await until(lambda: idle(kafka))
    before = await dump(run)
    old = {service: run.pid(service) for service in SERVICES}
    for pid in old.values():
        os.kill(pid, signal.SIGSTOP)
    assert await send_all_again(kafka) > 100
    for group in GROUPS:
        await until(lambda: lose_offsets(kafka, group))  # noqa: B023 - awaited here
    for service, pid in old.items():
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(run.until_restarted, service, pid)
    await until(lambda: idle(kafka))
    assert ops(run, "list") == "nothing\n"
    assert await dump(run) == before


@pytest.mark.timeout(300)
async def test_an_operator_makes_every_copy_anew(new_journey: Callable[[], Journey], run: Any) -> None:
    async for _ in new_journey().steps():
        pass
    await until(lambda: idle(run.told["kafka"]["bootstrap"]))
    before = await dump(run)
    listed = [line.split()[:2] for line in ops(run, "copies").splitlines()[1:]]
    assert len(listed) == 14
    for service, copy in listed:
        assert " done " in ops(run, "rebuild", service, copy, "--reason", "a test")
    assert await dump(run) == before
    assert len(ops(run, "decisions").splitlines()) == 1 + len(listed)
    assert len(ops(run, "show-flow").splitlines()) == 1 + len(SERVICES)
