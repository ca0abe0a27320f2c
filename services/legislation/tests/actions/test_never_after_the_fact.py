"""The acts that change the law, one after another, on a real database: none changes what bound before its first day."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

from imdi_legislation.actions.retire_rule import retire_rule
from imdi_legislation.storage.law import read_law

DAY = timedelta(days=1)
DAYS = [date(2028, 2, 26) + n * DAY for n in range(7)]
"""With 29 February, on which one version begins, one lasts for that day alone, and one is retired."""
LEAP = date(2028, 2, 29)
CARE = {"origins": ["PH"], "destinations": ["SA"], "occupations": ["53"]}


async def answers(session: Any, before: date) -> dict[tuple[date, date], list[tuple[str, int]]]:
    """By the day judged and the day opened, the versions that bind."""
    law = await read_law(session)
    cases = itertools.product([day for day in DAYS if day < before], DAYS)
    return {
        (on, opened): [(rule.code, rule.version) for rule in law.binding("PH", "SA", "5322", on, opened)]
        for on, opened in cases
    }


async def test_later_law_changes_no_answer_for_an_earlier_day(session: Any, parliament: Any) -> None:
    await parliament.enact("a", scope=CARE, effective={"from": "2028-02-26"})
    newest: Any = None
    acts: list[tuple[date, dict[str, Any]]] = [
        (date(2028, 2, 27), {"transition": "opened_after"}),
        (LEAP, {"scope": CARE | {"destinations": ["SA", "GCC"]}}),
        (LEAP, {"transition": "opened_after", "effective": {"from": "2028-02-29", "until": "2028-02-29"}}),
        (date(2028, 3, 1), {}),
        (date(2028, 3, 2), {"scope": CARE | {"origins": ["NP"]}}),
    ]
    for begins, said in acts:
        known = await answers(session, begins)
        newest = await parliament.enact("a", begins=begins, **said)
        assert await answers(session, begins) == known
    known = await answers(session, LEAP)
    other = await parliament.enact("b", scope=CARE, begins=LEAP)
    assert await answers(session, LEAP) == known
    for rule_id, on in ((other, date(2028, 3, 2)), (newest, date(2028, 3, 3))):
        known = await answers(session, on)
        await retire_rule(session, rule_id, on, parliament.one, parliament.now)
        assert await answers(session, on) == known
    now = await answers(session, date(2028, 3, 4))
    assert now[LEAP, LEAP] == [("a", 4), ("b", 1)]
    assert now[LEAP, DAYS[0]] == [("a", 3), ("b", 1)]
    assert now[date(2028, 3, 1), DAYS[0]] == [("a", 5), ("b", 1)]
    assert now[date(2028, 3, 2), DAYS[0]] == []
