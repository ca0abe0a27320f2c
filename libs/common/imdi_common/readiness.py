"""Can the service do its work now: asked apart from the work itself, so that the answer comes also under overload."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import asyncpg

from imdi_common.auth import LEEWAY_S
from imdi_common.clock import Clock

PATIENCE_S = 2.0


@dataclass(frozen=True)
class Found:
    """Whether the database answers, and what else is not as it should be: ``kafka``, ``clock``."""

    database: bool
    degraded: list[str] = field(default_factory=list)


class Readiness:
    """Looks at database, broker and clock on connections of its own; all who ask at once share one look."""

    def __init__(self, database_url: str, kafka_bootstrap: str, clock: Clock) -> None:
        self._database_url = database_url.replace("+asyncpg", "")
        self._bootstrap = kafka_bootstrap
        self._clock = clock
        self._looking: asyncio.Task[Found] | None = None

    async def look(self) -> Found:
        """What is found now, within a little more than PATIENCE_S."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._looking)

    async def _look(self) -> Found:
        ahead, reachable = await asyncio.gather(self._seconds_ahead(), self._reachable())
        if ahead is None:
            return Found(database=False)
        # Farther apart, tokens that are good are refused; the database's clock is the one that all processes share.
        wrong = {"kafka": not reachable, "clock": abs(ahead) > LEEWAY_S}
        return Found(database=True, degraded=[name for name, is_wrong in wrong.items() if is_wrong])

    async def _seconds_ahead(self) -> float | None:
        """By how much our clock is ahead of the database's; none where the database does not answer."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                connection = await asyncpg.connect(self._database_url)
                try:
                    theirs = await connection.fetchval("select clock_timestamp()")
                finally:
                    connection.terminate()
        except Exception:  # noqa: BLE001 - whatever stands between us and the database, we are not ready
            return None
        return (self._clock.now() - theirs).total_seconds()  # type: ignore[no-any-return]  # asyncpg has no types

    async def _reachable(self) -> bool:
        host, _, port = self._bootstrap.split(",", maxsplit=1)[0].rpartition(":")
        try:
            async with asyncio.timeout(PATIENCE_S):
                _, writer = await asyncio.open_connection(host, int(port))
                writer.close()
        except (OSError, TimeoutError):
            return False
        return True
