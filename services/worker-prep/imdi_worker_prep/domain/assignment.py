"""Who performs an item: the case's own parties, else a lot among the members that can."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

BY_OWNER = "employer"
BY_CONTROLLER: frozenset[str] = frozenset({"worker", "controller"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A service that a member offers: an item's code, in a country, for destinations (``*`` is any)."""

    service: str
    country: str
    destinations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Provider:
    """A member as the lot sees it."""

    id: UUID
    kind: str
    accredited: bool
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """An item to be assigned. ``place`` is the country in which it is performed."""

    code: str
    performed_by: str
    place: str
    destination: str


def is_drawn(performed_by: str) -> bool:
    """Whether the performer is found by lot."""
    return performed_by != BY_OWNER and performed_by not in BY_CONTROLLER


def party(performed_by: str, *, owner_id: UUID, controller_id: UUID | None) -> UUID | None:
    """The party of the case that performs it itself."""
    return owner_id if performed_by == BY_OWNER else controller_id


def can(provider: Provider, task: Task) -> bool:
    """Whether a member may perform the item: accredited, of the kind, offering it there and for the destination."""
    return (
        provider.accredited
        and provider.kind == task.performed_by
        and any(
            offer.service == task.code and offer.country == task.place and offer.destinations & {"*", task.destination}
            for offer in provider.offers
        )
    )


def able(providers: Iterable[Provider], task: Task) -> list[UUID]:
    """The candidates of the lot, in the order in which it is drawn from."""
    return sorted({provider.id for provider in providers if can(provider, task)})


def draw(seed: str, candidates: Sequence[UUID]) -> UUID:
    """The one that the seed picks: anybody who holds the record can draw it again.

    The seed has 128 random bits and the hash 256, so no candidate is favoured measurably.
    """
    digest = hashlib.sha256(seed.encode() + b"".join(candidate.bytes for candidate in candidates)).digest()
    return candidates[int.from_bytes(digest) % len(candidates)]
