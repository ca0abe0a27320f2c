"""Who reads what the law answered."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from imdi_common.actor import Actor
from imdi_legislation.storage.determinations import KeptAnswer


def is_party(actor: Actor, members: Iterable[UUID | None]) -> bool:
    """Whether the caller acts for one of these members; a client that acts for none is no party."""
    return actor.tenant_id is not None and actor.tenant_id in members


def may_read(actor: Actor, kept: KeptAnswer) -> bool:
    """A preparation's parties read its answers, a vacancy's owner and the steward its assessments."""
    if kept.determination.kind == "vacancy":
        return actor.is_steward or is_party(actor, [kept.owner])
    return is_party(actor, kept.parties)


def may_read_facts(actor: Actor, kept: KeptAnswer) -> bool:
    """A person's facts are for the worker's controller alone; a vacancy's are nobody's secret among its readers."""
    return kept.determination.kind == "vacancy" or is_party(actor, [kept.controller])
