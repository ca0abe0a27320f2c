"""``/v1/country-groups``: the groups in which a rule's scope may speak, and who belongs on a day."""

from __future__ import annotations

from datetime import date

from fastapi import Response

from imdi_common.door import OWN, PUBLIC, Caller, door_router
from imdi_common.shapes import Shape
from imdi_legislation.api.days import Day
from imdi_legislation.domain.countries import GROUPS, SOURCES, members, membership

router = door_router(prefix="/v1/country-groups", tags=["rules"])


class Membership(Shape):
    """``since`` is the first day; ``until`` the last one, null where there is none."""

    country: str
    since: date
    until: date | None


class CountryGroup(Shape):
    code: str
    title: str
    source: str
    """Where the dates come from."""
    members: list[str]
    """On the day asked for."""
    history: list[Membership]


class CountryGroups(Shape):
    on: date
    items: list[CountryGroup]


@router.get("", response_model=CountryGroups, summary="List groups of countries", openapi_extra=PUBLIC | OWN)
async def list_country_groups(door: Caller, on: Day | None = None) -> Response:
    day = on or door.now.date()
    return door.answer(CountryGroups(on=day, items=[_shown(code, day) for code in sorted(GROUPS)]))


def _shown(code: str, day: date) -> CountryGroup:
    title, source = SOURCES[code]
    history = [Membership(country=country, since=since, until=until) for country, since, until in membership(code)]
    return CountryGroup(code=code, title=title, source=source, members=sorted(members(code, day)), history=history)
