"""What every IMDI event is: a type, a topic, a subject, and the aggregate's state after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

PARTITIONS = 12
DAY = 24 * 60 * 60 * 1000
"""In milliseconds."""
Kept = Literal["for_ever", "compacted"]
KEEPING: dict[Kept, dict[str, str | int]] = {
    "for_ever": {"cleanup.policy": "delete", "retention.ms": -1, "retention.bytes": -1},
    "compacted": {
        "cleanup.policy": "compact",
        "min.compaction.lag.ms": 7 * DAY,
        "max.compaction.lag.ms": 30 * DAY,
        "segment.ms": DAY,
    },
}
"""How Kafka is told to keep a topic's records."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic: its name, what its records are keyed by, how long they are kept, who may read it."""

    name: str
    key: str
    kept: Kept = "for_ever"
    readers: Literal["services", "public"] = "services"

    @property
    def service(self) -> str:
        """The service that owns the topic: ``imdi.worker-prep.preparations`` → ``worker-prep``."""
        return self.name.split(".")[1]


class Data(BaseModel):
    """A part of an event. Readers ignore what they do not know, so that additions harm nobody."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Data):
    """A fact that a service announces; its fields are the event's ``data``.

    A module's state model (``VacancyState`` …) declares ``topic`` and ``subject_field``; each event is a subclass
    of it with its own ``happened``, so the newest event of a subject always holds its whole shareable state.
    """

    topic: ClassVar[Topic]
    subject_field: ClassVar[str]
    happened: ClassVar[str]
    """``<thing>.<happened>``, as in ``vacancy.posted``."""

    @classmethod
    def type(cls) -> str:
        """CloudEvents ``type``."""
        return f"org.imdi.{cls.happened}.v1"

    @property
    def subject(self) -> str:
        """CloudEvents ``subject``: the aggregate's id, and the record's key."""
        return str(getattr(self, self.subject_field))

    @property
    def data(self) -> dict[str, Any]:
        """The JSON value of the record."""
        return self.model_dump(mode="json")
