"""How a list of rules is narrowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.domain.countries import EVERYWHERE, GROUPS, ever_members, members
from imdi_legislation.storage.rules import ACTIVATED
from imdi_legislation.storage.tables import Instrument, RuleVersion


async def instrument_id(session: AsyncSession, named: str) -> str:
    """The id of an instrument named by its id or code; a text that no rule stands on where there is none."""
    try:
        return str(UUID(named))
    except ValueError:
        return str(await session.scalar(select(Instrument.id).where(Instrument.code == named)) or "")


def narrowed(name: str, value: Any, on: date | None) -> ColumnElement[bool]:
    """One filter of the list; with ``on``, groups of countries are those of that day, else of any."""
    filters: dict[str, Callable[[], ColumnElement[bool]]] = {
        "origin": lambda: _place(RuleVersion.origins, value, on),
        "destination": lambda: _place(RuleVersion.destinations, value, on),
        "occupation": lambda: _any_of(RuleVersion.occupations, [value[:length] for length in range(1, len(value) + 1)]),
        "on": lambda: _binds_on(value),
        "ending_before": lambda: RuleVersion.effective_until < value,
        "instrument": lambda: type_coerce(RuleVersion.basis, JSONB).contains([{"instrument": value}]),
    }
    return filters[name]() if name in filters else type_coerce(getattr(RuleVersion, name), Text) == value


def _place(column: Any, country: str, on: date | None) -> ColumnElement[bool]:
    belonging = [group for group in sorted(GROUPS) if country in (members(group, on) if on else ever_members(group))]
    return _any_of(column, [country, *belonging])


def _any_of(column: Any, values: list[str]) -> ColumnElement[bool]:
    return or_(*(column.contains([value]) for value in [EVERYWHERE, *values]))


def _binds_on(day: date) -> ColumnElement[bool]:
    begins, ends = RuleVersion.effective_from, RuleVersion.effective_until
    return RuleVersion.status.in_(ACTIVATED) & (begins <= day) & (ends.is_(None) | (ends >= day))
