"""The other service, as a process: ``python -m tests.storm.pair.reader DATABASE_URL KAFKA TOPIC GROUP``.

Keeps a copy of each thing, and has a policy that acts once per event.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from tests.storm.pair.things import effect, known_thing, state_on

from imdi_common.clock import Clock
from imdi_common.consumer import Consumer
from imdi_common.database import Database, upsert_newer
from imdi_common.policing import Policing
from imdi_common.projecting import Projector
from imdi_common.reactions import Policy, Projection, Received


async def keep_things(session: AsyncSession, received: list[Received[Any]]) -> None:
    rows = [{"id": one.key, "sequence": one.sequence, "label": one.state.label} for one in received]
    await session.execute(upsert_newer(known_thing, rows))


async def act(session: AsyncSession, received: Received[Any], _: datetime) -> None:
    await session.execute(insert(effect).values(thing=received.key, sequence=received.sequence))


async def main(url: str, kafka: str, topic: str, group: str) -> None:
    database, clock, state = Database(url, name="pair-reader"), Clock(), state_on(topic)
    projector = Projector([Projection(state.topic, state, keep_things)], database, clock)
    policing = Policing([Policy("pair.act", state.topic, state, act)], database, clock)
    async with asyncio.TaskGroup() as work:
        work.create_task(
            Consumer(f"{group}.projections", [topic], kafka, "0", projector.handle, whole_topics=True).run()
        )
        work.create_task(
            Consumer(f"{group}.policies", [topic], kafka, "0", policing.handle, policing.retry_waiting).run()
        )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
