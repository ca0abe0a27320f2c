from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from imdi_worker_prep.domain.departures import Binding, Lack, binding, lacking
from imdi_worker_prep.domain.items import Law, Result
from imdi_worker_prep.domain.states import Work

DAY = date(2026, 12, 10)
AT_DEPARTURE = Law("medical", "medical", validity="P60D")


def cleared(on: date = DAY) -> Work:
    return Work((Result("cleared", on, 1),))


def rule(code: str) -> dict[str, Any]:
    return {"id": "0193-rule", "code": code, "version": 1}


@pytest.mark.parametrize(
    ("law", "work", "day", "lack"),
    [
        (AT_DEPARTURE, Work(), DAY, Lack("medical", "no_result")),
        (AT_DEPARTURE, Work((Result("deferred", DAY, 1),)), DAY, Lack("medical", "not_cleared")),
        (AT_DEPARTURE, cleared(), date(2027, 2, 8), None),
        (AT_DEPARTURE, cleared(), date(2027, 2, 9), Lack("medical", "not_valid", date(2027, 2, 8))),
        (AT_DEPARTURE, cleared(), date(2026, 12, 9), Lack("medical", "no_result")),
        (Law("m", "medical", applies="not_applicable"), Work(), DAY, None),
        (Law("m", "medical", holds_at=frozenset({"arrival"})), Work(), DAY, None),
        (Law("m", "medical", applies="unknown", needs_fact="f"), cleared(), DAY, Lack("m", "unknown", None, "f")),
        (Law("m", "medical", needs_fact="f"), cleared(), DAY, Lack("m", "unknown", None, "f")),
        (Law("m", "medical", applies="unknown", needs_fact="f"), Work(), DAY, Lack("m", "no_result", None, "f")),
    ],
)
def test_what_an_item_lacks(law: Law, work: Work, day: date, lack: Lack | None) -> None:
    assert lacking([law], {law.code: work}, day) == ([lack] if lack else [])


def test_a_refusal_after_the_day_of_departure_came_too_late_to_matter() -> None:
    work = Work((Result("cleared", DAY, 1), Result("failed", date(2026, 12, 12), 2)))
    assert lacking([AT_DEPARTURE], {"medical": work}, date(2026, 12, 11)) == []
    assert lacking([AT_DEPARTURE], {"medical": work}, date(2026, 12, 12)) == [Lack("medical", "not_cleared")]


def test_bars_unmet_criteria_and_unknowns_bind() -> None:
    left = [
        Binding("under 30", "barred", rule("in-women-30")),
        Binding("age", "not_met", rule("sa-age")),
        Binding("age", "unknown", rule("ph-age"), "worker.age"),
    ]
    free = [
        Binding("language", "met", rule("r1")),
        Binding("war", "not_applicable", rule("r2")),
        Binding("no new permits", "barred", rule("r3"), binds=False),
    ]
    assert binding([*free, *left]) == left
