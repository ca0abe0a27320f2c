"""When instruments are in force by the statements that stood before a moment; and the same kept on the instrument."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.domain.days import span, the_one_day
from imdi_legislation.domain.in_force import Period, Repeal, events, in_force, status_of
from imdi_legislation.domain.parties import parties_of
from imdi_legislation.domain.statements import Statement, known
from imdi_legislation.storage.library import repeals_of, statements_on
from imdi_legislation.storage.tables import Instrument


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of one instrument: the statements that stood, and its period."""

    said: list[Statement]
    period: Period


async def what_was_known(
    session: AsyncSession, instruments: Collection[UUID], before: datetime | None = None
) -> dict[UUID, Known]:
    """What was known of instruments before a moment, or is known now."""
    repeals = known(await repeals_of(session, instruments), before)
    repealing = {UUID(each.instrument) for each in repeals}
    statements = await statements_on(session, {*instruments, *repealing})
    said = {instrument: known(all_said, before) for instrument, all_said in statements.items()}
    made = {str(each): min(events(said[each], "adopted", "signed"), default=None) for each in repealing}

    def repeals_on(instrument: UUID) -> list[Repeal]:
        found = [each for each in repeals if each.kind == "relation" and each.object == str(instrument)]
        return [
            Repeal(
                span(each.body["date"]) if each.body.get("date") else None,
                first.first if (first := made[each.instrument]) else None,
            )
            for each in found
        ]

    return {each: Known(said[each], in_force(said[each], repeals_on(each))) for each in instruments}


async def keep_what_is_known(session: AsyncSession, instruments: Collection[UUID]) -> None:
    """Bring the instruments' own columns to what their statements now say; lists are narrowed by them."""
    await session.flush()
    for instrument_id, now_known in (await what_was_known(session, instruments)).items():
        instrument = await session.get_one(Instrument, instrument_id)
        for name, value in as_entered(now_known).items():
            setattr(instrument, name, value)
        for name in ("begins", "surely", "ends", "over"):
            setattr(instrument, name, getattr(now_known.period, name))
    await session.flush()


def as_entered(what: Known) -> dict[str, object]:
    """Status, days and parties in the form in which an instrument is entered; a day where all sources agree on one."""
    return {
        "status": status_of(what.said),
        "adopted_on": the_one_day(events(what.said, "adopted")),
        "in_force_on": the_one_day(events(what.said, "in_force")),
        "parties": parties_of(what.said),
    }
