"""How soon a platform is well again: a partner's command is answered, and its event seen in another service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.storm import bodies, stories
from tests.storm.wire import Client
from tests.storm.world import World

PROBED = {"registry": "consent", "worker-prep": "facts"}
"""Which probe goes through a service; all else is probed by a vacancy: matching, legislation and back."""
EVERY_WAY = ["matching", *PROBED]


@dataclass(frozen=True)
class Recovery:
    """Seconds from the end of a fault; none where it was not seen in time."""

    answer_s: float | None
    visible_s: float | None


def worst(recoveries: Sequence[Recovery]) -> Recovery:
    """Of several ways the slowest; none where one of them was not seen."""
    answers, visibles = [one.answer_s for one in recoveries], [one.visible_s for one in recoveries]
    return Recovery(_latest(answers), _latest(visibles))


def _latest(moments: Sequence[float | None]) -> float | None:
    known = [moment for moment in moments if moment is not None]
    return max(known) if len(known) == len(moments) else None


class Probes:
    """Their own worker and preparation, so that no story is disturbed."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._chance = Random(f"probes/{seed}")
        self._worker_id = ""
        self._given = True
        self._preparation: dict[str, Any] = {}
        self._tally = 0
        self._left: list[asyncio.Task[None]] = []

    async def prepare(self) -> None:
        world, chance, agency = self._world, self._chance, self._world.agencies[0]
        self._worker_id = await stories.registered(world, chance, agency, "matching")
        await stories.claimed(world, agency, self._worker_id, 1, None)
        placement_id = await stories.placed(world, chance, agency, world.employers[0])
        self._preparation = await stories.opened(agency, placement_id)
        # A placement that stays ready: whoever acts on an old event of its preparation shows by it.
        ready = await stories.placed(world, chance, agency, world.employers[0])
        await stories.made_ready(world, chance, agency, ready)

    async def run(self, target: str, since: float, patience_s: float) -> Recovery:
        """Probe the way through ``target`` until its effect is seen, at most ``patience_s``."""
        name = PROBED.get(target.partition(" ")[0], "vacancy")
        answered: list[float] = []
        probing = asyncio.create_task(getattr(self, f"_{name}")(answered))
        done, _ = await asyncio.wait({probing}, timeout=patience_s)
        seen = time.monotonic() - since
        if not done:
            # The command goes on: it may yet be answered, and the checker will want to know.
            probing.add_done_callback(lambda task: task.cancelled() or task.exception())
            self._left.append(probing)
            return Recovery(answered[0] - since if answered else None, None)
        probing.result()
        return Recovery(answered[0] - since, seen)

    async def _consent(self, answered: list[float]) -> None:
        agency, self._given = self._world.agencies[0], not self._given
        said = {"purpose": "matching", "given": self._given}
        path = f"/v1/workers/{self._worker_id}/consents"
        await agency.post("worker.consent", "registry", path, said, subject=self._worker_id, **said)
        answered.append(time.monotonic())
        expected = "live" if self._given else "withdrawn"
        await agency.until("matching", f"/v1/profiles/{self._worker_id}", lambda found: found["status"] == expected)

    async def _vacancy(self, answered: list[float]) -> None:
        owner: Client = self._world.employers[0]
        title = f"Storm {bodies.token(self._chance)}"
        terms = bodies.vacancy(self._world.today, title, bodies.LAWFUL_WAGE)
        made = await owner.post("vacancy.submit", "matching", "/v1/vacancies", terms, title=title, lawful=True)
        answered.append(time.monotonic())
        await owner.until("matching", f"/v1/vacancies/{made['id']}", lambda found: found["status"] == "posted")

    async def _facts(self, answered: list[float]) -> None:
        agency = self._world.agencies[0]
        self._tally += 1
        facts = {"worker.facts.tally": self._tally}
        before = self._preparation["requirements_id"]
        answer = await stories.answer(agency, self._preparation, facts)
        answered.append(time.monotonic())
        path = f"/v1/preparations/{answer['id']}"
        self._preparation = await agency.until("worker-prep", path, lambda found: found["requirements_id"] != before)
