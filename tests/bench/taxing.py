"""``outbox_tax``: commands a second that announce an event, against the same commands that do not."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from tests.bench.figures import Ratio
from tests.bench.ground import WRITERS, Ground
from tests.bench.sample import make_thing
from tests.bench.sizes import LABEL, Sizes

from imdi_common.idempotency import Command, earlier, remember
from imdi_common.ids import uuid7


async def outbox_tax(ground: Ground, sizes: Sizes) -> list[tuple[Ratio, dict[str, int]]]:
    floor, ours = [], []
    for _ in range(sizes.rounds):
        floor.append(await _commands(ground, sizes.seconds, announced=False))
        ours.append(await _commands(ground, sizes.seconds, announced=True))
    ratio = Ratio("outbox_tax", 0.8, 0.95, ours, floor, "commands/s", more_is_better=True)
    return [(ratio, {"writers": WRITERS, "rounds": sizes.rounds})]


async def _commands(ground: Ground, seconds: float, *, announced: bool) -> float:
    """Commands a second of all writers at once."""
    end = time.monotonic() + seconds

    async def work() -> int:
        done = 0
        while time.monotonic() < end:
            await ground.writer.run(lambda session: _command(session, announced=announced))
            done += 1
        return done

    return sum(await asyncio.gather(*(work() for _ in range(WRITERS)))) / seconds


async def _command(session: AsyncSession, *, announced: bool) -> None:
    """What every command does: look for its key, change something, remember the key."""
    named = Command("bench", "make_thing", str(uuid7()), b"fingerprint")
    await earlier(session, named)
    thing_id = await make_thing(session, LABEL, announced=announced)
    await remember(session, named, 201, str(thing_id), datetime.now(UTC))
