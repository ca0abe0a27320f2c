"""Does the rebuilds that operators ask for: each copy in one process at a time, begun again where one was cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka.errors import KafkaError
from sqlalchemy import select, update

from imdi_common.clock import Clock
from imdi_common.database import Database, is_environment
from imdi_common.mechanics import rebuild
from imdi_common.reactions import Policy, Projection
from imdi_common.rebuild import Copy, Progress, Rebuilding, alone
from imdi_common.telemetry import logger

LOOK_S = 1.0
UNDER_WAY = ("asked", "running")


def copies_of(projections: Iterable[Projection[Any]], policies: Iterable[Policy[Any]]) -> dict[str, Copy]:
    """By their names the copies that can be made anew: projections' own, and those that policies keep as they act."""
    kept = [(projection, None) for projection in projections]
    acted = [(policy.keeps, policy.name) for policy in policies if policy.keeps]
    found = [Copy(how, how.table, name) for how, name in (*kept, *acted) if how.table is not None]
    return {copy.name: copy for copy in found}


class Rebuilds:
    """Looks each second for a copy that is to be made anew."""

    def __init__(
        self, copies: dict[str, Copy], database: Database, database_url: str, kafka_bootstrap: str, clock: Clock
    ) -> None:
        self._copies = copies
        self._database = database
        self._database_url = database_url
        self._kafka_bootstrap = kafka_bootstrap
        self._clock = clock

    async def run(self) -> None:
        """Serve for ever; a rebuild that the surroundings cut off is begun again."""
        while True:
            try:
                for name in await self._asked():
                    await self._rebuild(self._copies[name])
            except Exception as error:
                if not (is_environment(error) or isinstance(error, KafkaError)):
                    raise
                logger().warning("rebuild_pauses", error=type(error).__name__)
            await asyncio.sleep(LOOK_S)

    async def _asked(self) -> list[str]:
        found = select(rebuild.c.copy).where(rebuild.c.status.in_(UNDER_WAY), rebuild.c.copy.in_(self._copies))
        async with self._database.transaction() as session:
            return list(await session.scalars(found.order_by(rebuild.c.asked_at)))

    async def _rebuild(self, copy: Copy) -> None:
        async with alone(self._database_url, copy.name) as session:
            if session is None:
                return
            await self._note(copy, status="running", began_at=self._clock.now())
            rebuilding = Rebuilding(copy, session, lambda progress: self._tell(copy, progress))
            try:
                await rebuilding.run(self._kafka_bootstrap)
            except Exception as error:
                if is_environment(error) or isinstance(error, KafkaError):
                    raise
                logger().error("rebuild_failed", copy=copy.name, error=type(error).__name__)
                await self._end(copy, "failed", type(error).__name__)
            else:
                logger().info("rebuilt", copy=copy.name, changed=rebuilding.progress.changed)
                await self._end(copy, "done", None)

    async def _tell(self, copy: Copy, progress: Progress) -> None:
        await self._note(copy, records=progress.records, unreadable=progress.unreadable, changed=progress.changed)

    async def _end(self, copy: Copy, status: str, error: str | None) -> None:
        await self._note(copy, status=status, ended_at=self._clock.now(), error_class=error)

    async def _note(self, copy: Copy, **values: Any) -> None:
        async with self._database.transaction() as session:
            await session.execute(update(rebuild).where(rebuild.c.copy == copy.name).values(values))
