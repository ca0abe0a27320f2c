"""Answers facts that only the worker, or who speaks for the worker, can know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.clock import today_in
from imdi_common.problems import Problem
from imdi_worker_prep.actions.access import Match, demand_open, taken_up
from imdi_worker_prep.actions.announcing import tell
from imdi_worker_prep.actions.reckoning import reckon
from imdi_worker_prep.domain.announcements import Happened
from imdi_worker_prep.domain.facts import (
    DEPARTURE_ON,
    MOST,
    FactValue,
    day_of,
    fault,
    not_of_type,
    other_type,
    shown_name,
)
from imdi_worker_prep.storage.tables import Preparation


async def answer_facts(
    session: AsyncSession,
    preparation_id: UUID,
    answers: Mapping[str, FactValue],
    actor: Actor,
    match: Match,
    now: datetime,
) -> UUID:
    """Add or change answers. A changed one raises the revision, so that the law judges anew.

    ``placement.departure_on`` is not kept among them: it moves the day of departure, as ``change_departure_date`` does.
    """
    dossier = await taken_up(session, preparation_id, actor, "answer_facts", match)
    held = dossier.preparation
    _check(held, answers, today_in(held.origin, now))
    demand_open(dossier)
    facts = held.facts | {name: value for name, value in answers.items() if name != DEPARTURE_ON}
    departure_on = day_of(answers.get(DEPARTURE_ON)) or held.departure_on
    if (facts, departure_on) != (held.facts, held.departure_on):
        held.facts, held.departure_on = facts, departure_on
        held.revision += 1
        happened = await reckon(session, dossier, now)
        await tell(session, dossier, [Happened("preparation.facts-changed"), *happened.all])
    return preparation_id


def _check(held: Preparation, answers: Mapping[str, object], today: date) -> None:
    faults = [
        {"field": shown_name(name), "rule": found[0], "detail": found[1]}
        for name, found in _faults(held, answers, today)
    ]
    if len({*held.facts, *answers} - {DEPARTURE_ON}) > MOST:
        faults.append({"field": "body", "rule": "length", "detail": f"a preparation has at most {MOST} answers"})
    if faults:
        raise Problem("invalid-request", 422, "Some answers cannot be taken.", errors=faults)


def _faults(held: Preparation, answers: Mapping[str, object], today: date) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, value in answers.items():
        wrong = fault(name, value) or _type_fault(held, name, value) or _past_fault(name, value, today)
        if wrong:
            yield name, wrong


def _past_fault(name: str, value: object, today: date) -> tuple[str, str] | None:
    day = day_of(value) if name == DEPARTURE_ON else None
    return ("not_past", "must not lie in the past") if day and day < today else None


def _type_fault(held: Preparation, name: str, value: object) -> tuple[str, str] | None:
    """The type that the law has fixed decides; until it has, an answer stays of the type it was first given in."""
    if not isinstance(value, FactValue):
        return None
    if name in held.fact_types:
        kind = held.fact_types[name]
        return ("type", f"must be of type {kind}") if not_of_type(value, kind) else None
    return ("type", "is of another type than the answer before") if other_type(held.facts, name, value) else None
