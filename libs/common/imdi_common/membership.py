"""A place in a consumer group: one process at a time has the name of an instance, whoever comes next waits for it.

A member's name is static, so that a process that comes back has its partitions at once, without a rebalance. Two
processes under one name, as in a restart that overlaps, would throw each other out of the group for ever.
"""

from __future__ import annotations

import asyncio

from imdi_common.consumer import Consumer
from imdi_common.election import DRIVER_ERRORS, elected, holding
from imdi_common.telemetry import logger

BACKOFF_S = 0.5


class Member:
    """A consumer that works while its process holds the lock of its name; ``name`` is role and instance."""

    def __init__(self, consumer: Consumer, database_url: str, name: str) -> None:
        self._consumer = consumer
        self._database_url = database_url
        self._name = name
        self._left = False
        self.working = False
        """Whether it has the name; else it may be called off at any time."""

    async def run(self) -> None:
        """Consume until told to leave; whatever takes the lock away, wait for it again."""
        while not self._left:
            try:
                async with elected(self._database_url, self._name) as connection:
                    self.working = True
                    await holding(connection, self._consumer.run())
            except (OSError, TimeoutError, *DRIVER_ERRORS) as error:
                logger().warning("member_waits", member=self._name, error=type(error).__name__)
                await asyncio.sleep(BACKOFF_S)
            finally:
                self.working = False

    def leave(self) -> None:
        """Finish the batch in hand, commit, and end; the next process may begin."""
        self._left = True
        self._consumer.leave()
