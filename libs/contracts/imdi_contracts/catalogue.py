"""Every topic and every event, found in the producers' modules."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from imdi_contracts import legislation, matching, registry, worker_prep
from imdi_contracts.event import Event, Topic

PRODUCERS: dict[str, ModuleType] = {
    "registry": registry,
    "matching": matching,
    "legislation": legislation,
    "worker-prep": worker_prep,
}


def topics() -> list[Topic]:
    """All topics, in the producers' order."""
    return [value for module in PRODUCERS.values() for value in vars(module).values() if isinstance(value, Topic)]


def events(service: str | None = None) -> Iterator[type[Event]]:
    """All events of one producer, or of all: the classes that say what happened."""
    for name, module in PRODUCERS.items():
        if service in (None, name):
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, Event) and hasattr(value, "happened"):
                    yield value
