"""How much one process takes on at once: past that, callers are told to come again, and what it does stays fast."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Load:
    """The requests that a process is working on, of so many at ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.taken = 0

    @property
    def full(self) -> bool:
        """Whether one more would be too many."""
        return self.taken >= self._most

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """A request is being worked on."""
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    async def rest(self, seconds: float) -> None:
        """Wait within a request, as one who follows a feed does, without taking the place of another."""
        self.taken -= 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self.taken += 1
