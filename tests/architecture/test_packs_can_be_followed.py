"""The law that the project ships can be kept: a worker who begins in time is planned through all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from imdi_planning.calendar_days import Lead
from imdi_planning.durations import duration
from imdi_planning.schedule import Case, Item, Lapse, Plan, schedule

PACKS = Path(__file__).parents[2] / "services" / "legislation" / "packs"
TODAY = date(2026, 11, 23)


def required(name: str, corridor: tuple[str, str]) -> list[Item]:
    """The items of a pack for one corridor; of one asked twice the longest lead and every prerequisite."""
    found: dict[str, Item] = {}
    for rule in yaml.safe_load((PACKS / name).read_text(encoding="utf-8"))["rules"]:
        if rule["kind"] == "requirement" and _binds(rule["scope"], corridor):
            item = _item(rule["effect"])
            before = found.get(item.code, item)
            longest = max(item, before, key=lambda one: one.lead.days)
            found[item.code] = replace(longest, after=tuple({*item.after, *before.after}))
    return list(found.values())


def _binds(scope: dict[str, list[str]], corridor: tuple[str, str]) -> bool:
    groups = {"SA": "GCC"}
    origin, destination = corridor
    return bool({"*", origin} & set(scope["origins"])) and bool(
        {"*", destination, groups.get(destination)} & set(scope["destinations"])
    )


def _item(effect: dict[str, Any]) -> Item:
    validity, beyond = (duration(effect[name]) if effect.get(name) else None for name in ("validity", "beyond"))
    return Item(
        code=effect["code"],
        after=tuple(effect["after"]),
        lead=Lead(effect["lead_days"]),
        holds_at=frozenset(effect["holds_at"]),
        validity=validity,
        beyond=beyond,
    )


def plan(items: Iterable[Item], days: int) -> Plan:
    return schedule(Case(tuple(items), today=TODAY, departure_on=TODAY + timedelta(days)))


CORRIDORS = [("ph-sa-domestic.yaml", ("PH", "SA")), ("np-my.yaml", ("NP", "MY"))]


@pytest.mark.parametrize(("name", "corridor"), CORRIDORS)
@pytest.mark.parametrize("days", [30, 45, 60, 120])
def test_a_departure_a_month_away_or_more_is_feasible(name: str, corridor: tuple[str, str], days: int) -> None:
    assert plan(required(name, corridor), days).feasible


@pytest.mark.parametrize(("name", "corridor"), CORRIDORS)
def test_a_departure_next_week_is_not(name: str, corridor: tuple[str, str]) -> None:
    assert not plan(required(name, corridor), 7).feasible


def test_the_gulf_medical_waits_until_it_still_holds_at_departure() -> None:
    made = plan(required("ph-sa-domestic.yaml", ("PH", "SA")), 60)
    assert made.slots["medical_examination"].earliest_on == TODAY + timedelta(days=30)
    assert made.slots["medical_examination"].latest_on < made.milestones["visa"]


def test_a_gulf_medical_made_too_early_is_warned_of() -> None:
    items = required("ph-sa-domestic.yaml", ("PH", "SA"))
    early = [
        replace(item, performed_on=TODAY, valid_until=TODAY + timedelta(days=30))
        if item.code == "medical_examination"
        else item
        for item in items
    ]
    assert Lapse("medical_examination", "departure", 15) in plan(early, 45).lapses
    assert plan(early, 30).lapses == ()


def test_the_exit_permit_is_the_last_of_all() -> None:
    for name, corridor in CORRIDORS:
        slots = plan(required(name, corridor), 60).slots
        assert max(slots, key=lambda code: slots[code].earliest_on) == "exit_permit"
