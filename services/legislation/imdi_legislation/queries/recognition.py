"""Professions, routes and accepted issuers, read by anybody; decisions, by the worker's controller and who decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Actor
from imdi_common.problems import not_found
from imdi_legislation.domain.plain import plain
from imdi_legislation.storage.copies import Worker
from imdi_legislation.storage.recognition import (
    AcceptedIssuer,
    Entry,
    Profession,
    RecognitionDecision,
    RecognitionRoute,
    WorkerRecognitions,
)
from imdi_legislation.storage.rules import bases_of
from imdi_legislation.storage.tables import Instrument

TABLES: Mapping[str, type[Entry]] = {
    "professions": Profession,
    "routes": RecognitionRoute,
    "issuers": AcceptedIssuer,
}
_OWN: Mapping[type[Entry], tuple[str, ...]] = {
    Profession: ("code", "title", "occupations", "regulated"),
    RecognitionRoute: ("profession", "origins", "route", "authority", "time_limits", "fee"),
    AcceptedIssuer: ("certificate", "issuer", "issued_in", "authority"),
}
_SOURCED = ("id", "country", "confidence", "verified_on", "verified_by", "source", "note")
_PLACES = {RecognitionRoute: "origins", AcceptedIssuer: "issued_in"}
_DECISION = (
    "id", "worker_id", "profession", "destination", "qualification", "outcome", "differences", "compensation",
    "authority", "decided_on", "valid_until", "reference", "recorded_at",
)  # fmt: skip


async def show_entry(session: AsyncSession, section: str, entry_id: UUID) -> dict[str, Any]:
    entry = await session.get(TABLES[section], entry_id, populate_existing=True)
    if entry is None:
        raise not_found()
    return (await _shown(session, [entry]))[0]


async def list_entries(
    session: AsyncSession, section: str, wanted: Mapping[str, Any], on: date | None, limit: int, after: UUID | None
) -> list[dict[str, Any]]:
    """Entries in the order in which they were entered, after one id.

    ``wanted``: fields, and ``places``, any of which their scope names; ``on``: only those that hold on that day.
    """
    table = TABLES[section]
    found = select(table).order_by(table.id).limit(limit)
    for name, value in wanted.items():
        if name == "places":
            column = getattr(table, _PLACES[table])
            found = found.where(or_(*(column.contains([place]) for place in value)))
        else:
            found = found.where(getattr(table, name) == value)
    if on is not None:
        found = found.where(
            or_(table.effective_from.is_(None), table.effective_from <= on),
            or_(table.effective_until.is_(None), table.effective_until >= on),
        )
    if after is not None:
        found = found.where(table.id > after)
    return await _shown(session, list(await session.scalars(found)))


async def show_decision(session: AsyncSession, decision_id: UUID, actor: Actor) -> dict[str, Any]:
    """One decision; ``not-found`` to all but the worker's controller and the destination's government."""
    decision = await session.get(RecognitionDecision, decision_id)
    if decision is None or not _may_read(actor, decision, await _controller(session, decision.worker_id)):
        raise not_found()
    return _decision(decision, await _standing(session, decision.worker_id))


async def list_decisions(session: AsyncSession, worker_id: UUID, actor: Actor) -> list[dict[str, Any]]:
    """The decisions on a worker that the caller may read, the newest first; none where the worker is a stranger."""
    controller = await _controller(session, worker_id)
    table = RecognitionDecision
    found = select(table).where(table.worker_id == worker_id).order_by(table.decided_on.desc(), table.id.desc())
    standing = await _standing(session, worker_id)
    return [_decision(one, standing) for one in await session.scalars(found) if _may_read(actor, one, controller)]


def _may_read(actor: Actor, decision: RecognitionDecision, controller: UUID | None) -> bool:
    tenant = actor.tenant
    if tenant is None:
        return False
    return tenant.id == controller or (tenant.kind == "government" and tenant.country == decision.destination)


async def _controller(session: AsyncSession, worker_id: UUID) -> UUID | None:
    return await session.scalar(select(Worker.controller_id).where(Worker.id == worker_id))


async def _standing(session: AsyncSession, worker_id: UUID) -> set[str]:
    found = select(WorkerRecognitions.standing).where(WorkerRecognitions.worker_id == worker_id)
    return {decision["id"] for decision in await session.scalar(found) or ()}


def _decision(decision: RecognitionDecision, standing: set[str]) -> dict[str, Any]:
    shown = {name: getattr(decision, name) for name in _DECISION}
    return shown | {"standing": str(decision.id) in standing}


async def _shown(session: AsyncSession, entries: list[Any]) -> list[dict[str, Any]]:
    named = {UUID(basis["instrument"]) for entry in entries for basis in entry.basis}
    rows = await session.execute(select(Instrument.id, Instrument.title).where(Instrument.id.in_(named)))
    titles = {str(instrument_id): title for instrument_id, title in rows}
    return [
        {name: getattr(entry, name) for name in (*_SOURCED, *_OWN[type(entry)])}
        | {"basis": plain(bases_of(entry.basis, titles))}
        | {"effective": {"from": entry.effective_from, "until": entry.effective_until}}
        for entry in entries
    ]
