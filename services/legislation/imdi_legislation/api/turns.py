"""Turns at what is dear: so many at once, a few who wait, and who comes then is told to come again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from imdi_common.problems import unavailable


class Turns:
    """In one process ``at_once`` have their turn; ``most`` are there, with those who wait for one."""

    def __init__(self, at_once: int, most: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._most = most
        self.there = 0

    @asynccontextmanager
    async def one(self, refusal: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it; 503 saying ``refusal`` where too many are there."""
        if self.there >= self._most:
            raise unavailable(refusal)
        self.there += 1
        try:
            async with self._places:
                yield
        finally:
            self.there -= 1
