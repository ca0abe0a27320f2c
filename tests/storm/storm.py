"""One storm from its beginning to its verdicts."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from tests.storm import leaks, readers
from tests.storm.checker import judge
from tests.storm.disks import Disks
from tests.storm.drive import HANDS, Driver, refused
from tests.storm.history import History, commands
from tests.storm.links import Link
from tests.storm.nemesis import Nemesis, silent
from tests.storm.plan import Fault, faults
from tests.storm.platform import SERVICES, Platform
from tests.storm.probes import Probes
from tests.storm.report import Outcome
from tests.storm.rest import HELD, at_rest
from tests.storm.strangers import shown_to_strangers
from tests.storm.verdicts import Verdict
from tests.storm.wire import Refused, Wire
from tests.storm.world import World, furnish

SABOTAGED_MINUTES = 1.5
DROPPED_EVERY = 200
"""Of a short storm's events; of a long one's, one in 10⁴ is enough."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What kind of storm. ``acknowledged``: the load goes on until so many are, or the minutes are over."""

    seed: int
    kills: int = 200
    minutes: float = 40.0
    acknowledged: int = 0
    away_s: float = 600.0
    apart: bool = True
    disks: bool = True
    sabotage: str | None = None
    hands: int = HANDS
    patience_s: float = 120.0
    """For each recovery, for the last stories, and for all to come to rest."""
    plan: tuple[Fault, ...] | None = None
    """In place of one drawn from the seed."""


async def storm(asked: Asked, folder: Path) -> Outcome:
    """Run it on a home in ``folder``, where history and logs remain."""
    home = folder / "home"
    more = {"IMDI_SABOTAGE_EVERY": str(DROPPED_EVERY)} if asked.sabotage else {}
    platform = Platform.on(home, apart=asked.apart, sabotage=asked.sabotage, more=more)
    disks = Disks(home)
    async with _standing(platform, disks, with_disks=asked.disks) as links:
        history = History(folder / "history.jsonl")
        wire = Wire(platform.urls, history, Random(f"keys/{asked.seed}"))
        try:
            return await _blow(asked, platform, disks, links, wire, folder)
        finally:
            history.close()
            await wire.http.aclose()


@asynccontextmanager
async def _standing(platform: Platform, disks: Disks, *, with_disks: bool) -> AsyncIterator[dict[str, Link]]:
    """The platform, ready, behind its links, on its small disks."""
    links = {
        "postgres": Link(platform.links[0], platform.base + 10),
        "kafka": Link(platform.links[1], platform.base + 22),
    }
    try:
        for link in links.values():
            await link.up()
        if with_disks and not disks.why_not:
            await asyncio.to_thread(platform.start, "--once")
            await asyncio.to_thread(disks.put_under, "postgres", "kafka")
        await asyncio.to_thread(platform.start)
        yield links
    finally:
        await asyncio.to_thread(platform.stop)
        for link in links.values():
            link.down()
        disks.release()


async def _blow(
    asked: Asked, platform: Platform, disks: Disks, links: dict[str, Link], wire: Wire, folder: Path
) -> Outcome:
    try:
        world = await furnish(wire, platform.told["clients"], datetime.now(UTC).date())
        probes = Probes(world, asked.seed)
        await probes.prepare()
    except Refused as refusal:
        return Outcome([], [], [refused("before the storm", refusal)])
    driver, nemesis = (
        Driver(world, asked.seed, asked.hands, enough=asked.acknowledged),
        Nemesis(platform, links, disks, probes, wire.history, asked.patience_s),
    )
    until = time.monotonic() + asked.minutes * 60
    plan = list(asked.plan) if asked.plan is not None else _planned(asked, platform, disks)
    driver.begin()
    await nemesis.run(plan, until)
    await _until_acknowledged(wire.history, asked.acknowledged, until)
    await driver.finish(asked.patience_s)
    verdicts = (
        await _look(world, wire, platform, folder, asked.patience_s)
        + silent(nemesis.done)
        + nemesis.verdicts
        + driver.verdicts
    )
    made = commands((folder / "history.jsonl").read_text().splitlines())
    outcome = Outcome(made, nemesis.done, verdicts)
    outcome.notes = _notes(driver, wire, disks, nemesis, asked)
    return outcome


async def _until_acknowledged(history: History, wanted: int, until: float) -> None:
    while time.monotonic() < until and history.acknowledged < wanted:  # noqa: ASYNC110 - a count rises, no event tells it
        await asyncio.sleep(1)


def _planned(asked: Asked, platform: Platform, disks: Disks) -> list[Fault]:
    targets = sorted(platform.pids())
    return faults(asked.seed, asked.kills, asked.minutes * 60, targets, away_s=asked.away_s, disks=disks.there)


async def _look(world: World, wire: Wire, platform: Platform, folder: Path, patience_s: float) -> list[Verdict]:
    """Judge when all has come to rest; what is only late is looked at again."""
    wire.over = asyncio.Event()
    for last in (False, False, True):
        flows = await at_rest(world.steward, platform.bootstrap, patience_s)
        wire.history.flush()
        made = commands((folder / "history.jsonl").read_text().splitlines())
        evidence, raw = await readers.read(world, made, platform.bootstrap)
        verdicts = judge(evidence)
        for name, flow in flows.items():
            held = {status: count for status, count in flow["held"].items() if count and status in HELD}
            verdicts += [Verdict("held", name, f"{held}")] if held else []
            verdicts += [Verdict("lost", name, "unpublished events")] if flow["unpublished"] else []
        if last or not verdicts:
            break
    verdicts += await shown_to_strangers(world, evidence)
    verdicts += leaks.found_in("topic", raw) + leaks.in_logs(platform.home / "logs")
    return verdicts + leaks.found_in("error", (text.encode() for text in wire.errors))


def _notes(driver: Driver, wire: Wire, disks: Disks, nemesis: Nemesis, asked: Asked) -> list[str]:
    notes = [f"UNEXPECTED {where} × {times}" for where, times in sorted(wire.unexpected.items())]
    if driver.ended_in_doubt:
        notes.append(f"{driver.ended_in_doubt} stories ended with a refusal after a doubt")
    if driver.late:
        notes.append(f"{driver.late} stories had not come to their end after {asked.patience_s:.0f} s")
    if asked.disks and disks.why_not:
        notes.append(f"SKIPPED disk-full: {disks.why_not}")
    late = [one.fault for one in nemesis.done if one.recovery.visible_s is None]
    return notes + [f"NOT RECOVERED in time: {fault}" for fault in late]


def fresh_folder(parent: Path | None = None) -> Path:
    """A folder that the database's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="imdi-storm-", dir=parent))
    folder.chmod(0o755)
    return folder


def forget(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def sabotaged(asked: Asked, name: str) -> Asked:
    """A short storm in which the switch ``name`` must be seen: kills of what it may be in, one after the other."""
    chance = Random(f"sabotage/{asked.seed}")
    victims = [f"{service} serve" for service in SERVICES] * 3
    chance.shuffle(victims)
    again = Fault("redelivery", "kafka", quiet=1)
    kills = [Fault("kill", victim, quiet=chance.uniform(1, 3)) for victim in victims]
    plan = (*kills[:2], again, *kills[2:5], again, *kills[5:])
    short = replace(asked, minutes=SABOTAGED_MINUTES, away_s=0, disks=False, apart=False)
    return replace(short, sabotage=name, plan=plan, kills=len(kills), acknowledged=0, patience_s=25)
