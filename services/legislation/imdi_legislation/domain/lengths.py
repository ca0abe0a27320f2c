"""Which of several durations governs on the calendar: ``P2M`` is 59 to 62 days, shorter or longer than ``P60D``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    return _governing(texts, read, never_longer, min, [one.shortest for one in read])


def longest_of(texts: Sequence[str]) -> tuple[int, str]:
    """The same where the longest binds: where none is never shorter than any, as many days as one spans at the most."""
    read = [duration(text) for text in texts]
    return _governing(texts, read, lambda one, other: never_longer(other, one), max, [one.longest for one in read])


def _governing(
    texts: Sequence[str],
    read: Sequence[Duration],
    goes_before: Callable[[Duration, Duration], bool],
    furthest: Callable[[Sequence[int]], int],
    spans: Sequence[int],
) -> tuple[int, str]:
    """The first that goes before all; where none does, the furthest of the spans, in days.

    What is longer than a text of days can say stays as written.
    """
    for place, one in enumerate(read):
        if all(goes_before(one, other) for other in read):
            return place, texts[place]
    days = furthest(spans)
    place = spans.index(days)
    return place, f"P{days}D" if days <= _MOST_DAYS else texts[place]
