"""What bound these countries on that day, as known on another: instrument by instrument, party by party."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.domain.in_force import status_of
from imdi_legislation.domain.parties import bound, parties_of
from imdi_legislation.queries.library import conflicts, end_of, standing
from imdi_legislation.storage.library import InstrumentStatement, hold_recordings
from imdi_legislation.storage.library_periods import Known, what_was_known
from imdi_legislation.storage.tables import Instrument

BATCH = 200
LASTING = ("id", "code", "title", "type", "level", "binding", "topics", "official_url")
"""What of an instrument is never changed once it is entered."""


async def law_in_force(
    session: AsyncSession, parties: Sequence[str], on: date, known_on: date | None, limit: int, after: str | None
) -> list[dict[str, Any]]:
    """Instruments by code, after one code, that bound any of the parties; at most ``limit``.

    Of several parties, a bilateral instrument counts where it is between two of them.
    """
    if known_on:
        await hold_recordings(session)
    found: list[dict[str, Any]] = []
    while len(found) < limit:
        instruments = await _candidates(session, parties, after)
        then = await what_was_known(session, [each.id for each in instruments], end_of(known_on))
        found += [row for each in instruments if (row := _bound(each, then[each.id], parties, on))]
        if len(instruments) < BATCH:
            break
        after = instruments[-1].code
    return found[:limit]


async def _candidates(session: AsyncSession, parties: Sequence[str], after: str | None) -> list[Instrument]:
    """Those of which any statement, whenever recorded, names one of the parties."""
    naming = select(InstrumentStatement.instrument_id).where(InstrumentStatement.parties.overlap(list(parties)))
    found = select(Instrument).where(Instrument.id.in_(naming)).order_by(Instrument.code).limit(BATCH)
    return list(await session.scalars(found.where(Instrument.code > after) if after is not None else found))


def _bound(instrument: Instrument, then: Known, parties: Sequence[str], on: date) -> dict[str, Any] | None:
    """The row of an instrument, or nothing where it bound none of the parties."""
    named = [party for party in parties if party in parties_of(then.said)]
    if instrument.level == "bilateral" and len(parties) > 1 and len(named) < 2:
        return None
    standings = [
        {"party": party} | standing(bound(party, then.said, then.period, instrument.level, instrument.type), on)
        for party in named
    ]
    binds = [each for each in standings if each["binds"] != "no"]
    if not binds:
        return None
    lasting = {name: getattr(instrument, name) for name in LASTING}
    return lasting | {"status": status_of(then.said), "party_standings": binds, "conflicts": conflicts(then)}
