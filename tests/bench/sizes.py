"""How much is measured: enough for figures, or just enough to see that all of it works."""

from __future__ import annotations

from dataclasses import dataclass

LABEL = "x" * 600
"""Makes an event about as large as a vacancy's."""


@dataclass(frozen=True)
class Sizes:
    """Of one run. Every benchmark takes ``rounds`` rounds, floor and product in turn."""

    rounds: int
    events: int
    """Of a round of ``commit_visible``, at 20 a second."""
    loaded: int
    """Of a round of ``commit_visible_load``, at 1,000 a second."""
    backlog: int
    """Events that a relay finds, and records that a consumer finds."""
    seconds: float
    """Of a round of ``outbox_tax`` and ``http_create``."""
    cases: int
    """Open preparations of ``law_change``."""
    looped: int
    """Of those, how many the plain loop takes."""
    asked: int
    """Questions of a round of ``preview``."""


FULL = Sizes(rounds=3, events=200, loaded=4_000, backlog=30_000, seconds=4.0, cases=100_000, looped=5_000, asked=1_000)
SMALL = Sizes(rounds=1, events=5, loaded=200, backlog=1_200, seconds=0.3, cases=2_000, looped=200, asked=50)
