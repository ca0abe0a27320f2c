"""The public feed of vacancies, read from the outbox as far as it is published."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.mechanics import outbox, publication
from imdi_common.paging import decode_cursor, encode_cursor
from imdi_contracts.matching import PUBLISHED_VACANCIES, VacancyAmended, VacancyPosted
from imdi_matching.domain.vacancies import HOUSEHOLD
from imdi_matching.queries.vacancies import terms_shown
from imdi_matching.storage.tables import Vacancy

SHOWN = (VacancyPosted.type(), VacancyAmended.type())
"""After any other event of the feed the vacancy is no longer public."""
NOT_SHOWN = ("breaches", "reason", "vacancy_id")


async def published_position(session: AsyncSession) -> int:
    """How far this service's events are published; 0 before the first. Readers in one database go by it."""
    return await session.scalar(select(func.max(publication.c.last))) or 0


async def changes(session: AsyncSession, after: str | None, limit: int) -> dict[str, Any]:
    """The changes after a cursor (none: from the beginning); ``next`` is the last cursor, repeated without news."""
    last = decode_cursor(after, int)[0] if after else 0
    found = (
        select(outbox)
        .where(outbox.c.topic == PUBLISHED_VACANCIES.name, outbox.c.published_position > last)
        .where(outbox.c.published_at.is_not(None))
        .order_by(outbox.c.published_position)
        .limit(limit)
    )
    items = [_change(row) for row in (await session.execute(found)).mappings()]
    return {"items": items, "next": items[-1]["cursor"] if items else after}


def _change(row: Any) -> dict[str, Any]:
    state = json.loads(row["body"])
    body = {name: value for name, value in state.items() if name not in NOT_SHOWN} | {"id": state["vacancy_id"]}
    return {
        "cursor": encode_cursor(row["published_position"]),
        "event_id": row["event_id"],
        "type": row["type"],
        "vacancy_id": state["vacancy_id"],
        "sequence": row["sequence"],
        "at": row["recorded_at"],
        "status": state["status"],
        "vacancy": body if row["type"] in SHOWN else None,
    }


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
