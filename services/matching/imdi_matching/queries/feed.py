"""The public feed of vacancies, read from the outbox as far as it is published."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.feed import changes, published_position
from imdi_common.paging import decode_cursor, encode_cursor
from imdi_contracts.matching import PUBLISHED_VACANCIES, VacancyAmended, VacancyPosted
from imdi_matching.domain.vacancies import HOUSEHOLD
from imdi_matching.queries.vacancies import terms_shown
from imdi_matching.storage.tables import Vacancy

SHOWN = (VacancyPosted.type(), VacancyAmended.type())
"""After any other event of the feed the vacancy is no longer public."""
NOT_SHOWN = ("breaches", "reason", "vacancy_id")
SNAPSHOT = "/v1/vacancies/snapshot"


async def vacancy_changes(session: AsyncSession, after: str | None, limit: int) -> dict[str, Any]:
    """The changes of the public list after a cursor (``imdi_common.feed.changes``)."""
    return await changes(session, PUBLISHED_VACANCIES, after, limit, _told, restart=SNAPSHOT)


def _told(kind: str, state: dict[str, Any]) -> dict[str, Any]:
    vacancy_id = state["vacancy_id"]
    body = {name: value for name, value in state.items() if name not in NOT_SHOWN} | {"id": vacancy_id}
    return {"vacancy_id": vacancy_id, "status": state["status"], "vacancy": body if kind in SHOWN else None}


async def snapshot(session: AsyncSession, cursor: str | None, limit: int) -> dict[str, Any]:
    """A page of the public list, and the cursor of ``changes`` from which to go on once all pages are read.

    The list may be newer than that cursor, never older: a change told twice says the same again.
    """
    if cursor:
        position, last = decode_cursor(cursor, int, UUID)
    else:
        position, last = await published_position(session), None
    found = select(Vacancy).where(Vacancy.listed).order_by(Vacancy.id).limit(limit + 1)
    rows = list(await session.scalars(found.where(Vacancy.id > last) if last else found))
    page = rows[:limit]
    return {
        "items": [_listed(vacancy) for vacancy in page],
        "next": encode_cursor(position, page[-1].id) if len(rows) > limit else None,
        "changes_after": encode_cursor(position),
    }


def _listed(vacancy: Vacancy) -> dict[str, Any]:
    plain = ("id", "owner_id", "owner_kind", "status", "revision", "agreed", "submitted_on")
    named = vacancy.employer_kind != HOUSEHOLD
    body = {column: getattr(vacancy, column) for column in plain} | terms_shown(vacancy, named=named)
    return {"vacancy_id": vacancy.id, "sequence": vacancy.event_number, "vacancy": body}
