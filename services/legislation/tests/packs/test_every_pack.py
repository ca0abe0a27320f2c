"""What holds of every rule that the project ships."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from services.legislation.tests.packs.conftest import CORRIDORS, MANILA_RIYADH, ON, Ask, Corridor

from imdi_legislation.actions.load_packs import Pack
from imdi_legislation.domain.conflicts import find_conflict
from imdi_legislation.domain.effects import Requirement
from imdi_legislation.domain.items import Item
from imdi_legislation.domain.law import Law
from imdi_planning.calendar_days import Lead
from imdi_planning.durations import duration
from imdi_planning.schedule import Case, Plan, schedule
from imdi_planning.schedule import Item as Planned

EACH = pytest.mark.parametrize("corridor", CORRIDORS.values(), ids=CORRIDORS)


def test_every_rule_stands_on_an_instrument_that_is_there(packs: list[Pack]) -> None:
    entered = {instrument.code for pack in packs for instrument in pack.instruments}
    for pack in packs:
        assert {code for rule in pack.rules for code in rule.instruments()} <= entered


def test_every_rule_says_who_verified_it_when_and_from_where(packs: list[Pack]) -> None:
    for rule in (rule for pack in packs for rule in pack.rules):
        assert (bool(rule.verified_by), bool(rule.verified_on), bool(rule.source)) == (True, True, True), rule.code


def test_a_rule_is_disputed_exactly_where_sources_are_recorded_as_disagreeing(packs: list[Pack]) -> None:
    for rule in (rule for pack in packs for rule in pack.rules):
        assert (rule.confidence == "disputed") is bool(rule.disputed), rule.code


def test_no_two_rules_conflict(law: Law) -> None:
    rules = law.rules()
    assert len({rule.code for rule in rules}) == len(rules) > 40
    assert [conflict for rule in rules if (conflict := find_conflict(rule, rules))] == []


@EACH
def test_each_prerequisite_on_a_corridor_is_an_item_there(ask: Ask, corridor: Corridor) -> None:
    items = ask(corridor).items
    assert {code for item in items.values() for code in item.after} <= set(items)
    assert "exit_permit" not in {code for item in items.values() for code in item.after}


def plan(items: dict[str, Item], days: int) -> Plan:
    return schedule(Case(tuple(map(_planned, items.values())), today=ON, departure_on=ON + timedelta(days)))


def _planned(item: Item) -> Planned:
    return Planned(
        code=item.code,
        after=item.after,
        lead=Lead(item.lead_days or 0),
        validity=duration(item.validity) if item.validity else None,
        holds_at=frozenset(item.holds_at),
        beyond=duration(item.beyond) if item.beyond else None,
    )


@EACH
def test_a_worker_who_begins_in_time_is_planned_through_all_of_it(ask: Ask, corridor: Corridor) -> None:
    items = ask(corridor).items
    made = plan(items, 60)
    assert made.feasible
    assert not plan(items, 7).feasible
    days = {code: slot.earliest_on for code, slot in made.slots.items()}
    assert set(days) == set(items)
    assert max(days, key=lambda code: days[code]) == "exit_permit"
    assert [(code, before) for code, item in items.items() for before in item.after if days[before] > days[code]] == []


@EACH
def test_the_lawful_offer_is_lawful(ask: Ask, corridor: Corridor) -> None:
    told = ask(corridor, age=30, sex="female")
    assert told.broken == []
    assert {status for status, _ in told.criteria.values()} == {"met"}
    assert told.requirements.failed == []


@EACH
def test_an_answer_is_the_same_each_time_and_its_hash_follows_the_facts(ask: Ask, corridor: Corridor) -> None:
    one, again, other = (ask(corridor, age=age) for age in (30, 30, 31))
    assert one == again
    assert one.requirements.input_hash != other.requirements.input_hash
    assert replace(one.requirements, input_hash="") == replace(other.requirements, input_hash="")


@EACH
def test_before_all_law_nothing_binds(ask: Ask, corridor: Corridor) -> None:
    told = ask(corridor, on=date(1990, 1, 1), wage=None, contract=dict.fromkeys(corridor.contract))
    assert (told.requirements.rules, told.broken, told.items) == ([], [], {})


def test_no_corridor_reaches_into_another(ask: Ask) -> None:
    assert all(code.startswith("ph-") for code in ask(replace(MANILA_RIYADH, destination="CA")).criteria)
    stranger = ask(replace(MANILA_RIYADH, origin="BD", destination="CA"), wage=None)
    assert (stranger.requirements.rules, stranger.broken) == ([], [])


def test_every_requirement_is_performed_after_what_it_says(law: Law) -> None:
    for rule in law.rules():
        if isinstance(rule.effect, Requirement):
            assert rule.effect.code not in rule.effect.after
            assert rule.effect.lead_days is not None
            assert rule.effect.documents, rule.code
