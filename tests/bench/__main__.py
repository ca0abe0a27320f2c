"""``make bench``: one JSON line per ratio; exits 1 where a stable run does not hold its *must*."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from tests.bench.event_path import Bench, commit_visible, outbox_tax

from imdi_local.testing.servers import Servers, test_servers

EVENTS = 200


async def measure(servers: Servers, events: int) -> bool:
    bench = Bench(servers)
    await bench.prepare()
    ratios = await commit_visible(bench, events)
    for ratio in ratios:
        print(ratio.line(events=events, rounds=3, per_second=20), flush=True)
    tax = await outbox_tax(bench)
    print(tax.line(writers=32, rounds=3), flush=True)
    return all(ratio.holds for ratio in [*ratios, tax])


def main() -> None:
    parser = argparse.ArgumentParser(description="Benchmarks of the event path, as ratios to floors of the same run.")
    parser.add_argument("--events", type=int, default=EVENTS, help="per round of commit_visible")
    asked = parser.parse_args()
    with test_servers(f"bench-{os.getpid()}") as servers:
        held = asyncio.run(measure(servers, asked.events))
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
