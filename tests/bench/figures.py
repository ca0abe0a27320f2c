"""Ratios and how they are printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

UNSTABLE = 0.25
"""A floor that spreads by so much of its median says nothing."""


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share) - 1)]


@dataclass(frozen=True)
class Ratio:
    """One benchmark: our figure and the floor's, one pair per round."""

    benchmark: str
    must: float
    goal: float
    ours: Sequence[float]
    floor: Sequence[float]
    unit: str
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return median(ours / floor for ours, floor in zip(self.ours, self.floor, strict=True))

    @property
    def stable(self) -> bool:
        return (max(self.floor) - min(self.floor)) / median(self.floor) < UNSTABLE

    @property
    def holds(self) -> bool:
        """Whether the *must* is held; an unstable run holds nothing against it."""
        return not self.stable or (self.ratio >= self.must if self.more_is_better else self.ratio <= self.must)

    def line(self, **sizes: int) -> str:
        """The line that is printed."""
        figures = {
            "benchmark": self.benchmark,
            "ratio": round(self.ratio, 3),
            "must": self.must,
            "goal": self.goal,
            "ours": round(median(self.ours), 4),
            "floor": round(median(self.floor), 4),
            "unit": self.unit,
            "stable": self.stable,
        }
        return json.dumps(figures | sizes)
