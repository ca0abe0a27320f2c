"""What a service does on another's event: *projections* keep local copies, *policies* cause actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_contracts.event import Event, Topic

State = TypeVar("State", bound=Event)


class NotYet(Exception):
    """Raised by a policy whose local copy has not come: the key waits, and the record is tried again."""


@dataclass(frozen=True, slots=True)
class Received(Generic[State]):
    """An event as a reaction gets it: the subject's state after it, never what has happened, and when."""

    state: State
    sequence: int
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Projection(Generic[State]):
    """Keeps a copy of a topic. ``keep`` gets the newest event of each key in a batch, in one transaction.

    It must write only what is newer (``where copy.sequence < incoming.sequence``), so that any replay is harmless.

    ``fills`` is the one table that it writes: so it can be made anew from the topic, by the same ``keep``. Its
    primary key is the record's key, and ``sequence`` its version. ``forget`` deletes from it whatever must not come
    back (what was erased since ``keep`` looked).
    """

    topic: Topic
    state: type[State]
    keep: Callable[[AsyncSession, list[Received[Any]]], Awaitable[None]]
    fills: type[Any] | None = None
    forget: Callable[[AsyncSession], Awaitable[None]] | None = None

    @property
    def name(self) -> str:
        return self.keep.__name__

    @property
    def table(self) -> Table | None:
        return self.fills.__table__ if self.fills else None


@dataclass(frozen=True, slots=True)
class Policy(Generic[State]):
    """Acts on a topic, once per event: ``react`` runs in a transaction guarded by ``seen(name, topic, key)``.

    It reconciles from the event's state, never from its type. ``name`` is stored: never change it. Where it keeps a
    copy in the transaction in which it acts, ``keeps`` says how: so that the copy can be made anew without acting.
    """

    name: str
    topic: Topic
    state: type[State]
    react: Callable[[AsyncSession, Received[Any], datetime], Awaitable[None]]
    keeps: Projection[State] | None = None
