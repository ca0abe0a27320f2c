"""Propose a worker for a vacancy: by its owner, or by the worker's controller, which counts as acceptance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.ids import uuid7
from imdi_common.problems import conflict, not_found
from imdi_matching.actions.announce_placement import bring
from imdi_matching.actions.open_case import demand_open, lost_to
from imdi_matching.actions.submit_vacancy import recruiter
from imdi_matching.domain.placements import BINDING
from imdi_matching.domain.who_may import Party, parties
from imdi_matching.storage import placements, vacancies
from imdi_matching.storage.copies import Worker, lock_worker
from imdi_matching.storage.tables import Placement, Profile, Vacancy


async def propose(session: AsyncSession, vacancy_id: UUID, worker_id: UUID, actor: Actor, now: datetime) -> UUID:
    """A new placement. To who is neither owner nor controller, and of workers not to be had, there is nothing: 404."""
    worker = await lock_worker(session, worker_id)
    vacancy = await vacancies.lock(session, vacancy_id)
    if vacancy is None or worker is None:
        raise not_found()
    roles = parties(actor.tenant_id, owner_id=vacancy.owner_id, controller_id=worker.controller_id)
    if "owner" in roles:
        recruiter(actor, now)
    elif not roles or vacancy.status not in ("posted", "filled"):
        raise not_found()
    await _demand_candidate(session, worker, vacancy, roles)
    demand_open(vacancy)
    live = await placements.lock_all(session, placements.live_of(worker.id))
    if any(placement.status in BINDING for placement in live):
        raise lost_to("worker-already-agreed")
    if any(placement.vacancy_id == vacancy.id for placement in live):
        raise conflict("already-proposed", "The worker is proposed for this vacancy already.")
    placement = await _new(session, vacancy, worker)
    await bring(session, placement, "accepted" if "controller" in roles else "proposed")
    return placement.id


async def _demand_candidate(session: AsyncSession, worker: Worker, vacancy: Vacancy, roles: frozenset[Party]) -> None:
    """Whether the worker can be had: a live profile, consent to be matched, an origin that the vacancy was judged for.

    The owner is told of no other worker; the controller is told what is missing.
    """
    profile = await session.get(Profile, worker.id, populate_existing=True)
    missing = {
        "profile-missing": profile is None or profile.status != "live",
        "consent-missing": "matching" not in worker.consents,
        "origin-not-open": worker.country not in vacancy.origins,
    }
    for slug, lacking in missing.items():
        if lacking and "controller" in roles:
            raise conflict(slug, f"The worker cannot be proposed: {slug.replace('-', ' ')}.")
        if lacking:
            raise not_found()


async def _new(session: AsyncSession, vacancy: Vacancy, worker: Worker) -> Placement:
    placement = Placement(
        id=uuid7(),
        vacancy_id=vacancy.id,
        worker_id=worker.id,
        owner_id=vacancy.owner_id,
        controller_id=worker.controller_id,
        status="proposed",
        first_departure=not await placements.has_departed(session, worker.id),
        departed=False,
        conflict=False,
        version=0,
    )
    session.add(placement)
    return placement
