"""``make bench``: one JSON line per ratio, and at the end, on standard error, the *musts* that a stable run missed."""

from __future__ import annotations

import argparse
import os
import sys

import uvloop
from tests.bench.run import BENCHMARKS, measure
from tests.bench.sizes import FULL, SMALL

from imdi_common.process import seldom_collect
from imdi_local.testing.servers import test_servers


def main() -> None:
    parser = argparse.ArgumentParser(description="Benchmarks of the platform's path, as ratios to floors of one run.")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="this one; may be given again")
    parser.add_argument("--small", action="store_true", help="as little as shows that it works; its times say nothing")
    asked = parser.parse_args()
    missed = []
    seldom_collect()  # as every process of the platform does
    with test_servers(f"bench-{os.getpid()}") as servers:
        for name in asked.only or BENCHMARKS:
            for ratio, sizes in uvloop.run(measure(name, servers, SMALL if asked.small else FULL)):
                print(ratio.line(**sizes), flush=True)
                missed += [] if ratio.holds else [ratio.benchmark]
    if missed and not asked.small:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)


if __name__ == "__main__":
    main()
