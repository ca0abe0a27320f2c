"""Seeded hands, each telling one story after another until it is told to stop."""

from __future__ import annotations

import asyncio
from random import Random

from tests.storm.stories import STEADY, STORIES
from tests.storm.verdicts import Verdict
from tests.storm.wire import Over, Refused
from tests.storm.world import World

HANDS = 16
STEADY_EVERY = 4
"""One hand in so many tells only stories that wait for nobody."""
STEADY_PAUSE_S = 0.3
"""Between those: without it they would say much more while the broker is away than the platform is asked for at other
times, and so much that to work it off takes longer than the broker was away."""
ENOUGH_PAUSE_S = 3.0
"""Between those once as many commands are acknowledged as were asked for: what matters then is how all comes back."""


def refused(story: str, refusal: Refused) -> Verdict:
    """No story asks for what its earlier, acknowledged steps do not allow: one of them was not in effect."""
    return Verdict("lost", story, f"refused with {refusal} after what was acknowledged")


class Driver:
    """The load; ``verdicts`` are the stories that the platform ended with a refusal."""

    def __init__(self, world: World, seed: int, hands: int = HANDS, *, enough: int = 0) -> None:
        self._world = world
        self._seed = seed
        self._enough = enough
        self._hands = hands
        self._last = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.verdicts: list[Verdict] = []
        self.ended_in_doubt = 0
        self.late = 0
        """Stories that had not come to their end in time; told by ``finish``."""

    def begin(self) -> None:
        self._tasks = [asyncio.create_task(self._tell(number)) for number in range(self._hands)]

    async def finish(self, patience_s: float) -> None:
        """Let the stories under way come to their end; what is not known after ``patience_s`` stays unknown."""
        self._last.set()
        self._world.ending = True
        _, late = await asyncio.wait(self._tasks, timeout=patience_s)
        self._world.wire.over.set()
        await asyncio.gather(*self._tasks)
        self.late = len(late)

    @property
    def _pause_s(self) -> float:
        enough = 0 < self._enough <= self._world.wire.history.acknowledged
        return ENOUGH_PAUSE_S if enough else STEADY_PAUSE_S

    async def _tell(self, number: int) -> None:
        chance = Random(f"{self._seed}/{number}")
        stories = STORIES if number % STEADY_EVERY else STEADY
        while not self._last.is_set():
            [story] = chance.choices(list(stories), list(stories.values()))
            if stories is STEADY:
                await asyncio.sleep(chance.uniform(0, 2 * self._pause_s))
            try:
                await story(self._world, Random(chance.getrandbits(64)))
            except Refused as refusal:
                if refusal.doubted:
                    self.ended_in_doubt += 1
                else:
                    self.verdicts.append(refused(story.__name__, refusal))
            except Over:
                return
