"""Law asked by kinds of cases is law asked case by case; a conclusion reached once is that of every case like it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.bound import Bound
from imdi_legislation.domain.conditions import Answer, Condition
from imdi_legislation.domain.countries import members
from imdi_legislation.domain.determination import conclude
from imdi_legislation.domain.law import Law
from imdi_legislation.domain.plain import fingerprint
from imdi_legislation.domain.rules import Rule, binding

MakeRule = Callable[..., Rule]
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
EDGES = st.sampled_from(
    [date(2025, 10, 25), date(2025, 10, 26), date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)],
)
PLACES = st.sampled_from(["*", "PH", "TL", "ASEAN", "PH NP"])
PREFIXES = st.sampled_from(["*", "5", "53", "5322", "9 53"])
AGES = {"criterion": "age", "min": 21}


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    """Open-ended, of one day alone, or longer."""
    begins = draw(DAYS | EDGES)
    ends = draw(st.sampled_from([None, begins, date.max]) | DAYS.filter(lambda day: day >= begins))
    return begins, ends


@given(
    st.lists(st.tuples(spans(), PLACES, PREFIXES, st.booleans(), st.sampled_from("abc")), max_size=5),
    st.lists(st.tuples(st.sampled_from(["PH", "TL", "NP"]), DAYS | EDGES, DAYS | EDGES), min_size=1, max_size=6),
    st.sampled_from(["5322", "5312", "9111", "2221"]),
)
def test_what_binds_a_case_is_found_by_its_kind(rule: MakeRule, drawn: Any, asked: Any, occupation: str) -> None:
    rules = [
        rule(
            code,
            id=f"v{n}",
            begins=span[0],
            ends=span[1],
            origins=places,
            occupations=prefixes,
            opened_after=spares,
            replaces=f"v{n - 1}",
        )
        for n, (span, places, prefixes, spares, code) in enumerate(drawn)
    ]
    law, by_code = Law(1, rules, {}), {code: [one for one in rules if one.code == code] for code in "abc"}
    for origin, on, opened in [*asked, *asked]:
        bound = (binding(versions, on, opened) for versions in by_code.values() if versions)
        expected = {one.id for one in bound if one and one.scope.covers(origin, "SA", occupation, on)}
        assert {one.id for one in law.binding(origin, "SA", occupation, on, opened)} == expected


CONDITIONS = [None, "worker.age < 25", "worker.isced > 3 || worker.sex == 'female'", "worker.facts.kin"]
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "worker.age": st.integers(18, 30),
        "worker.isced": st.integers(2, 5),
        "worker.sex": st.sampled_from(["female", "male"]),
        "worker.facts.kin": st.booleans(),
        "placement.departure_on": st.dates().map(str),
    },
)


@given(st.lists(st.tuples(st.sampled_from(CONDITIONS), st.booleans()), max_size=5), st.lists(FACTS, max_size=8))
def test_a_conclusion_reached_before_is_the_one_reached_anew(rule: MakeRule, drawn: Any, cases: Any) -> None:
    rules = [
        rule(f"r{n}", AGES if criterion else None, "criterion" if criterion else "requirement", when=when)
        for n, (when, criterion) in enumerate(drawn)
    ]
    bound = Bound(rules)
    for facts in [*cases, *cases]:
        found, anew = bound.conclude(facts), conclude(rules, facts)
        assert (found, found.told, found.fingerprint) == (anew, anew.told, anew.fingerprint)
        named = ("items", "bars", "criteria", "protections")
        assert found.fingerprint == fingerprint({name: anew.told[name] for name in named})


def test_cases_that_differ_in_what_no_rule_reads_are_concluded_once(
    rule: MakeRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counted(condition: Condition, facts: Any) -> Answer:
        asked.append(facts["worker.age"])
        return ask(condition, facts)

    ask = Condition.ask
    monkeypatch.setattr(Condition, "ask", counted)
    bound = Bound([rule("a", when="worker.age < 25"), rule("b", when="worker.age < 25")])
    found = [bound.conclude({"worker.age": age, "vacancy.monthly_wage": n}) for n, age in enumerate([20, 20, 21, 30])]
    assert asked == [20, 21, 30]
    assert found[0] is found[1] is found[2]
    assert found[3] is not found[0]


def test_a_group_counts_from_the_day_a_country_joined(rule: MakeRule) -> None:
    law = Law(1, [rule("asean", origins="ASEAN", begins=date(1970, 1, 1))], {})
    joined = date(2025, 10, 26)
    assert "TL" in members("ASEAN", joined)
    assert not law.binding("TL", "SA", "5322", date(2025, 10, 25), joined)
    assert law.binding("TL", "SA", "5322", joined, joined)
    assert not law.binding("TL", "SA", "5322", date(2025, 10, 25), joined)
