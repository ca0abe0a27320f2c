"""Which of several durations governs on the calendar: ``P2M`` is 59 to 62 days, shorter or longer than ``P60D``."""

from __future__ import annotations

from collections.abc import Sequence

from imdi_planning.durations import Duration, duration

_MOST_DAYS = 99_999
"""As many as a text of days can say."""


def never_longer(one: Duration, other: Duration) -> bool:
    """Whether it spans no more days, whenever it begins, than the other whenever that begins; or is the same.

    Compared from one day alone, ``P4M`` would be within ``P4M1D`` and ``P123D`` and govern beside both, while without
    it the two would hold for 121 days: one more rule would loosen.
    """
    return one == other or one.longest <= other.shortest


def shortest_of(texts: Sequence[str]) -> tuple[int, str]:
    """Which of them governs where the shortest binds, by its place, and what then holds.

    It is the first that is never longer than any; where none is, as many days as the shortest spans at the least.
    """
    read = [duration(text) for text in texts]
    for place, one in enumerate(read):
        if all(never_longer(one, other) for other in read):
            return place, texts[place]
    place = min(range(len(read)), key=lambda place: read[place].shortest)
    return place, _in_days(read[place].shortest, texts[place])


def longest_of(texts: Sequence[str]) -> tuple[int, str]:
    """The same where the longest binds: where none is never shorter than any, as many days as one spans at the most."""
    read = [duration(text) for text in texts]
    for place, one in enumerate(read):
        if all(never_longer(other, one) for other in read):
            return place, texts[place]
    place = max(range(len(read)), key=lambda place: read[place].longest)
    return place, _in_days(read[place].longest, texts[place])


def _in_days(days: int, written: str) -> str:
    """So many days; what is longer than a text of days can say stays as written."""
    return f"P{days}D" if days <= _MOST_DAYS else written
