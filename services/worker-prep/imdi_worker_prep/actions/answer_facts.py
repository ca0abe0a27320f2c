"""Answers facts that only the worker, or who speaks for the worker, can know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import Problem
from imdi_worker_prep.actions.access import Match, demand_open, taken_up
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.facts import MOST, FactValue, fault, other_type, shown_name


async def answer_facts(
    session: AsyncSession,
    preparation_id: UUID,
    answers: Mapping[str, FactValue],
    actor: Actor,
    match: Match,
    now: datetime,
) -> UUID:
    """Add or change answers. A changed one raises the revision, so that the law judges anew."""
    dossier = await taken_up(session, preparation_id, actor, "answer_facts", match)
    held = dossier.preparation
    _check(held.facts, answers)
    demand_open(dossier)
    facts = {**held.facts, **answers}
    if facts != held.facts:
        held.facts = facts
        held.revision += 1
        happened = await reckon(session, dossier, now)
        await tell(session, dossier, [Happened("preparation.facts-changed"), *happened.all])
    return preparation_id


def _check(known: Mapping[str, FactValue], answers: Mapping[str, object]) -> None:
    faults = [
        {"field": shown_name(name), "rule": found[0], "detail": found[1]} for name, found in _faults(known, answers)
    ]
    if len({*known, *answers}) > MOST:
        faults.append({"field": "body", "rule": "length", "detail": f"a preparation has at most {MOST} answers"})
    if faults:
        raise Problem("invalid-request", 422, "Some answers cannot be taken.", errors=faults)


def _faults(known: Mapping[str, FactValue], answers: Mapping[str, object]) -> list[tuple[str, tuple[str, str]]]:
    found = []
    for name, value in answers.items():
        wrong = fault(name, value)
        if wrong is None and isinstance(value, FactValue) and other_type(known, name, value):
            wrong = ("type", "is of another type than the answer before")
        if wrong:
            found.append((name, wrong))
    return found
