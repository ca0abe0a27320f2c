"""Whether a member is shown what is another's: both are told that there is nothing."""

from __future__ import annotations

from tests.storm.verdicts import Evidence, Verdict
from tests.storm.wire import Refused
from tests.storm.world import World

SAMPLE = 5


async def shown_to_strangers(world: World, evidence: Evidence) -> list[Verdict]:
    """Ask as the other agency for workers, profiles, preparations and placements that are not its own."""
    verdicts = []
    for agency, other in (world.agencies, reversed(world.agencies)):
        own = [one for one, worker in evidence.workers.items() if worker["controller_id"] == agency.member_id]
        theirs = set(own[:SAMPLE])
        asked = [("registry", f"/v1/workers/{one}") for one in theirs]
        asked += [("matching", f"/v1/profiles/{one}") for one in theirs]
        cases = [one for one, case in evidence.preparations.items() if case["worker_id"] in own][:SAMPLE]
        asked += [("worker-prep", f"/v1/preparations/{one}") for one in cases]
        placed = [one for one, case in evidence.placements.items() if case["worker_id"] in own][:SAMPLE]
        asked += [("matching", f"/v1/placements/{one}") for one in placed]
        for service, path in asked:
            try:
                await other.get(service, path)
            except Refused as refusal:
                if refusal.status == 404:
                    continue
            verdicts.append(Verdict("leaked", path, f"{service} shows it to a stranger"))
    return verdicts
