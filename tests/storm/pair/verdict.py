"""What went wrong between a writer and a reader, decided from what each side shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Step = tuple[str, int]
"""A thing and one of its sequences."""


@dataclass(frozen=True)
class Seen:
    """What was acknowledged, what the owner holds, what the topic says in its order, what the reader made of it."""

    acknowledged: Iterable[Step]
    owned: Mapping[str, int]
    """Each thing's newest sequence at its owner."""
    announced: Sequence[tuple[str, int, str]]
    """Thing, sequence and event id of each record, in the topic's order."""
    copied: Mapping[str, int]
    acted: Sequence[Step]


def complaints(seen: Seen) -> set[str]:
    """The kinds of wrong among ``lost``, ``doubled``, ``inverted`` and ``invented``; none is well.

    The same event twice on the topic is no wrong: that is what "at least once" says.
    """
    owned = {(thing, number) for thing, last in seen.owned.items() for number in range(1, last + 1)}
    ids: dict[Step, set[str]] = {}
    inverted, highest = False, dict[str, int]()
    for thing, sequence, event_id in seen.announced:
        first = (thing, sequence) not in ids
        ids.setdefault((thing, sequence), set()).add(event_id)
        inverted = inverted or (first and sequence < highest.get(thing, 0))
        highest[thing] = max(sequence, highest.get(thing, 0))
    acted = Counter(seen.acted)
    lost = (set(seen.acknowledged) | owned) - (owned & ids.keys() & acted.keys())
    found = {
        "lost": lost or seen.copied != seen.owned,
        "doubled": any(len(events) > 1 for events in ids.values()) or any(times > 1 for times in acted.values()),
        "inverted": inverted,
        "invented": ids.keys() - owned,
    }
    return {kind for kind, is_so in found.items() if is_so}
