"""How near two occupations are, by the groups of ISCO-08."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SAME_UNIT_GROUP = 1.0
SAME_MINOR_GROUP = 0.5


@dataclass(frozen=True, slots=True)
class Experience:
    """Whole years worked in one ISCO-08 unit group (four digits)."""

    isco: str
    years: int


def minor_group(isco: str) -> str:
    """The ISCO-08 minor group (three digits) of a unit group (four)."""
    return isco[:3]


def proximity(held: str, wanted: str) -> float:
    """1 in the same unit group, 0.5 in the same minor group, else 0."""
    if held == wanted:
        return SAME_UNIT_GROUP
    return SAME_MINOR_GROUP if minor_group(held) == minor_group(wanted) else 0.0


def nearest(held: Iterable[Experience], wanted: str) -> float:
    """The proximity of the nearest occupation held; 0 where none is in the minor group."""
    return max((proximity(experience.isco, wanted) for experience in held), default=0.0)


def years_in(held: Iterable[Experience], unit_group: str) -> int:
    """Years in exactly this unit group; 0 without any: the fact ``worker.experience_years``."""
    return max((experience.years for experience in held if experience.isco == unit_group), default=0)
