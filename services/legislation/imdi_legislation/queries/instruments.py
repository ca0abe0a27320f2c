"""Instruments, read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import not_found
from imdi_legislation.storage.tables import Instrument

SHOWN = (
    "id", "code", "title", "type", "level", "parties", "adopted_on", "in_force_on", "status", "official_url",
    "topics", "confidence", "verified_on", "note",
)  # fmt: skip


async def show_instrument(session: AsyncSession, instrument_id: UUID) -> dict[str, Any]:
    """One instrument; ``not-found`` where there is none."""
    instrument = await session.get(Instrument, instrument_id)
    if instrument is None:
        raise not_found()
    return _shown(instrument)


async def list_instruments(
    session: AsyncSession, wanted: dict[str, str], limit: int, after: str | None
) -> list[dict[str, Any]]:
    """Instruments in the order of their codes, after one code. ``wanted``: level, status, party, topic, code."""
    found = select(Instrument).order_by(Instrument.code).limit(limit)
    for name, value in wanted.items():
        if name in ("party", "topic"):
            column = Instrument.parties if name == "party" else Instrument.topics
            found = found.where(column.contains([value]))
        else:
            found = found.where(getattr(Instrument, name) == value)
    if after is not None:
        found = found.where(Instrument.code > after)
    return [_shown(instrument) for instrument in await session.scalars(found)]


def _shown(instrument: Instrument) -> dict[str, Any]:
    return {name: getattr(instrument, name) for name in SHOWN}
