"""Reads what the checker judges: every owner's HTTP, and all topics from the run's start."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer
from tests.storm.history import Command
from tests.storm.verdicts import Evidence, Record
from tests.storm.wire import Client, Refused
from tests.storm.world import World

from imdi_contracts import catalogue

PAGE = 200
AT_ONCE = 8


async def read(world: World, commands: list[Command], bootstrap: str) -> tuple[Evidence, list[bytes]]:
    """All that can be seen from outside now, and the raw bytes of every record."""
    records, raw = await topics(bootstrap)
    agencies, employers = world.agencies, world.employers
    workers = await _listed(agencies, "registry", "/v1/workers?")
    preparations = await _listed(agencies, "worker-prep", "/v1/preparations?")
    claims = {str(command.subject) for command in commands if command.kind == "profile.claim" and command.possible}
    controllers = {worker_id: world.of(worker["controller_id"]) for worker_id, worker in workers.items()}
    asked = [(controllers[one], "matching", f"/v1/profiles/{one}") for one in claims & workers.keys()]
    requirements = [
        (controllers[one["worker_id"]], "legislation", f"/v1/requirements/{one['requirements_id']}")
        for one in preparations.values()
        if one["requirements_id"]
    ]
    evidence = Evidence(
        commands=commands,
        records=records,
        members=await _listed([world.steward], "registry", "/v1/members?"),
        workers=workers,
        profiles={one["worker_id"]: one for one in await _each(asked)},
        vacancies=await _listed(employers, "matching", "/v1/vacancies?owner=me&"),
        placements=await _listed(employers, "matching", "/v1/placements?"),
        preparations=preparations,
        requirements={one.get("requirements_id") or one["id"]: one for one in await _each(requirements)},
        changes=[one async for one in _changes(world.steward)],
        listed=frozenset([one["vacancy_id"] async for one in _pages(world.steward, "matching", SNAPSHOT)]),
    )
    return evidence, raw


SNAPSHOT = "/v1/vacancies/snapshot?"


async def _listed(clients: Iterable[Client], service: str, path: str) -> dict[str, dict[str, Any]]:
    found = {}
    for client in clients:
        async for document in _pages(client, service, path):
            found[document["id"]] = document
    return found


async def _pages(client: Client, service: str, path: str) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = await client.get(service, f"{path}limit={PAGE}{cursor}")
        for document in page["items"]:
            yield document
        if not page["next"]:
            return
        cursor = f"&cursor={page['next']}"


async def _changes(client: Client) -> AsyncIterator[dict[str, Any]]:
    after = ""
    while True:
        page = await client.get("matching", f"/v1/vacancies/changes?limit={PAGE}{after}")
        if not page["items"]:
            return
        for change in page["items"]:
            yield change
        after = f"&after={page['next']}"


async def _each(asked: Iterable[tuple[Client, str, str]]) -> list[dict[str, Any]]:
    """Those that are there."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(client: Client, service: str, path: str) -> dict[str, Any] | None:
        async with few:
            try:
                return await client.get(service, path)
            except Refused as refusal:
                if refusal.status != 404:
                    raise
                return None

    found = await asyncio.gather(*(one(*each) for each in asked))
    return [document for document in found if document is not None]


async def topics(bootstrap: str) -> tuple[list[Record], list[bytes]]:
    """Every record of every topic, in the order of its partition."""
    names = [topic.name for topic in catalogue.topics()]
    consumer = AIOKafkaConsumer(
        *names, bootstrap_servers=bootstrap, auto_offset_reset="earliest", group_id=None, max_poll_records=5000
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        await consumer.seek_to_beginning(*consumer.assignment())
        records: list[Record] = []
        raw: list[bytes] = []
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                records += [_record(one) for one in batch]
                raw += [b"%s %s %s" % (one.key or b"", repr(one.headers).encode(), one.value or b"") for one in batch]
        return records, raw
    finally:
        await consumer.stop()


def _record(one: Any) -> Record:
    headers = {name: value.decode() for name, value in one.headers}
    short = headers["ce_type"].removeprefix("org.imdi.").removesuffix(".v1")
    return Record(
        topic=one.topic,
        key=one.key.decode(),
        event_id=headers["ce_id"],
        type=short,
        sequence=int(headers["ce_sequence"]),
        data=json.loads(one.value),
    )
