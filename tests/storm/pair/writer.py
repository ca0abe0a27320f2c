"""The owner of the things, as a process: ``python -m tests.storm.pair.writer DATABASE_URL KAFKA TOPIC``.

Changes things, no faster than a policy follows, and prints ``thing sequence`` once a change is acknowledged. After
SIGTERM it only sends what is recorded.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from functools import partial
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from tests.storm.pair.things import Thing, state_on

from imdi_common.database import Database
from imdi_common.ids import uuid7
from imdi_common.outbox import announce
from imdi_common.relay import Relay

WRITERS = 4
EVENTS_A_COMMAND = 2
PAUSE_S = 0.05


async def main(url: str, kafka: str, topic: str) -> None:
    relay = Relay("pair", url, kafka)
    database = Database(url, pool_size=WRITERS + 1, name="pair-writer", wake=relay.wake)
    state, known = state_on(topic), list[UUID]()

    async def change(thing_id: UUID, session: AsyncSession) -> tuple[UUID, int]:
        """Make a thing or change it, with an event for each of a few steps; the last one's sequence."""
        thing = await session.get(Thing, thing_id, with_for_update=True, populate_existing=True)
        if thing is None:
            thing = Thing(id=thing_id, label="")
            session.add(thing)
        for _ in range(EVENTS_A_COMMAND):
            thing.label = str(uuid7())
            sequence = await announce(session, thing, state(thing_id=str(thing.id), label=thing.label))
        return thing.id, sequence

    enough = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, enough.set)

    async def work() -> None:
        while not enough.is_set():
            thing_id = random.choice(known) if known and random.random() < 0.5 else uuid7()
            try:
                changed, sequence = await database.run(partial(change, thing_id))
            except DBAPIError:  # it is not acknowledged, then
                continue
            known.append(changed)
            print(changed, sequence, flush=True)
            await asyncio.sleep(PAUSE_S)

    async with asyncio.TaskGroup() as group:
        group.create_task(relay.run())
        for _ in range(WRITERS):
            group.create_task(work())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
