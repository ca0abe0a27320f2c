"""Something done again and again until something else is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Result = TypeVar("Result")


async def meanwhile(work: Awaitable[Result], every_s: float, do: Callable[[], Awaitable[object]]) -> Result:
    """Await ``work``, and ``do`` after each ``every_s`` seconds of it; where that fails, the work is called off."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=every_s))[0]:
            await do()
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
