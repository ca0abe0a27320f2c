"""A placement with all that a deed on it touches, locked in the one order: worker, vacancy, placements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import Problem, conflict, forbidden, not_found
from imdi_matching.domain.placements import LOST_TO, STEPS, Conflict, Deed
from imdi_matching.domain.vacancies import ALLOWED_IN
from imdi_matching.domain.who_may import WHO_MAY, Party, parties
from imdi_matching.storage import placements, vacancies
from imdi_matching.storage.copies import Worker, lock_worker
from imdi_matching.storage.tables import Placement, Vacancy

Touching = Callable[[Placement, Vacancy], ColumnElement[bool]]
"""Which other placements a deed touches."""
TOLD: dict[Conflict, str] = {
    "worker-already-agreed": "The worker is agreed on another placement.",
    "no-position-left": "Every position of this vacancy is agreed.",
}


@dataclass(frozen=True)
class Case:
    """Everything locked; ``touched`` holds the placement itself too."""

    placement: Placement
    vacancy: Vacancy
    worker: Worker | None
    touched: list[Placement]
    roles: frozenset[Party]


async def open_case(
    session: AsyncSession, placement_id: UUID, deed: Deed, actor: Actor, touching: Touching | None = None
) -> Case:
    """Lock a placement for a deed of the caller's.

    404 where the caller is no party to it, 403 where the deed is another party's, 409 where its state forbids it.
    """
    placement = await session.get(Placement, placement_id)
    if placement is None or not roles_in(placement, actor):
        raise not_found()
    worker = await lock_worker(session, placement.worker_id)
    vacancy = await vacancies.lock(session, placement.vacancy_id)
    assert vacancy is not None  # noqa: S101 - a foreign key holds it
    itself = Placement.id == placement_id
    touched = await placements.lock_all(session, itself | touching(placement, vacancy) if touching else itself)
    roles = roles_in(placement, actor)
    if not roles & WHO_MAY[deed]:
        raise forbidden(f"Only the {' or the '.join(sorted(WHO_MAY[deed]))} may {deed}.")
    _demand_state(placement, deed)
    return Case(placement, vacancy, worker, touched, roles)


def roles_in(placement: Placement, actor: Actor) -> frozenset[Party]:
    """What the caller is to a placement."""
    return parties(actor.tenant_id, owner_id=placement.owner_id, controller_id=placement.controller_id)


def _demand_state(placement: Placement, deed: Deed) -> None:
    if placement.status in STEPS[deed].since:
        return
    lost = LOST_TO.get(placement.reason or "") if placement.status == "withdrawn" else None
    if lost:
        raise lost_to(lost)
    raise conflict("wrong-state", f"This cannot be done while the placement is {placement.status}.")


def lost_to(slug: Conflict) -> Problem:
    """What the loser of a race is told."""
    return conflict(slug, TOLD[slug])


def demand_open(vacancy: Vacancy) -> None:
    """409 unless positions of the vacancy can be filled now."""
    if vacancy.status == "filled":
        raise lost_to("no-position-left")
    if vacancy.status not in ALLOWED_IN["fill_a_position"]:
        raise conflict("wrong-state", f"This cannot be done while the vacancy is {vacancy.status}.")
