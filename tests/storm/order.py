"""Whether each key's events are 1, 2, 3 … n, in that order, once exact duplicates are dropped."""

from __future__ import annotations

from collections.abc import Iterable

from tests.storm.verdicts import Record, Verdict

MAY_SKIP = frozenset({"imdi.matching.published-vacancies"})
"""Its numbers are the vacancy's own, of which it shows only some."""


def in_order(records: Iterable[Record]) -> list[Verdict]:
    """Judge every key of every topic by itself; ``records`` are in the order of their partitions."""
    found: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        found.setdefault((record.topic, record.key), []).append(record)
    return [verdict for (topic, key), events in found.items() for verdict in _of_key(topic, key, events)]


def _of_key(topic: str, key: str, events: Iterable[Record]) -> list[Verdict]:
    verdicts: list[Verdict] = []
    known: dict[int, str] = {}
    highest = 0
    for event in events:
        if known.get(event.sequence) == event.event_id:
            continue
        if event.sequence in known:
            verdicts.append(Verdict("doubled", key, f"{topic}: two events bear the number {event.sequence}"))
        elif event.sequence < highest:
            verdicts.append(Verdict("inverted", key, f"{topic}: {event.sequence} came after {highest}"))
        known[event.sequence] = event.event_id
        highest = max(highest, event.sequence)
    missing = set() if topic in MAY_SKIP else set(range(1, highest + 1)) - known.keys()
    return verdicts + [Verdict("lost", key, f"{topic}: {number} of {highest} is missing") for number in sorted(missing)]
