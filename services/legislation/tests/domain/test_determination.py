from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imdi_legislation.domain.breaches import Offer
from imdi_legislation.domain.determination import assess, departure_bars, determine
from imdi_legislation.domain.facts import Facts
from imdi_legislation.domain.judging import Judged
from imdi_legislation.domain.money import Money
from imdi_legislation.domain.plain import fingerprint, plain
from imdi_legislation.domain.rules import Rule

MakeRule = Callable[..., Rule]
CARE: Facts = {"worker.age": 22, "worker.sex": "female", "worker.language.en": 2, "worker.country": "PH"}


def told(judged: list[Judged]) -> list[tuple[str, str | None]]:
    return [(found.status, found.needs_fact) for found in judged]


def test_bars_criteria_terms_and_fees_each_say_how_they_stand(rule: MakeRule) -> None:
    age = {"criterion": "age", "min": 21, "max": 45}
    rules = [
        rule("b1", {"prohibits": "departure", "reason": "War"}, "bar"),
        rule("b2", {"prohibits": "recruitment", "reason": "Too young"}, "bar", when="worker.age < 20"),
        rule("b3", {"prohibits": "departure", "reason": "x"}, "bar", when="worker.facts.ecr == true"),
        rule("c1", age, "criterion"),
        rule("c2", age | {"min": 23}, "criterion"),
        rule("c3", age, "criterion", when="worker.sex == 'male'"),
        rule("c4", age, "criterion", when="worker.facts.ecr == true"),
        rule("c5", {"criterion": "qualification", "isced": 3}, "criterion"),
        rule("c6", {"criterion": "language", "language": "en", "level": "A2"}, "criterion"),
        rule("c7", {"criterion": "recognition", "profession": "nurse"}, "criterion"),
        rule("f1", {"component": "ticket", "payer": "worker", "cap": {"amount": "0"}}, "fee"),
        rule("t1", {"term": "food", "equals": True}, "contract_term", when="vacancy.occupation == '5322'"),
        rule("p1", {"measure": "Hotline"}, "protection"),
    ]
    found = determine(rules, CARE)
    assert told(found.bars) == [("barred", None), ("not_applicable", None), ("unknown", "worker.facts.ecr")]
    assert told(found.criteria) == [
        ("met", None),
        ("not_met", None),
        ("not_applicable", None),
        ("unknown", "worker.facts.ecr"),
        ("unknown", "worker.isced"),
        ("met", None),
        ("unknown", "worker.facts.recognised_nurse"),
    ]
    assert told(found.fees) == [("required", None)]
    assert told(found.terms) == [("unknown", "vacancy.occupation")]
    assert found.items == []
    assert len(found.rules) == len(rules)
    assert [bar.rule.code for bar in departure_bars(found)] == ["b1", "b3"]


def test_an_evaluation_error_is_unknown_and_told(rule: MakeRule) -> None:
    broken = rule("broken", when="worker.age / 0 == 1")
    found = determine([broken, rule("fine")], CARE)
    assert found.failed == [broken.reference]
    assert (found.items[0].status, found.items[0].needs_fact) == ("required", None)


def test_a_vacancy_is_judged_for_each_origin(rule: MakeRule) -> None:
    floor = rule("floor", {"term": "monthly_wage", "min": {"amount": "1500", "currency": "SAR"}}, "contract_term")
    manila = rule("manila", {"term": "food", "equals": True}, "contract_term", when="worker.country == 'PH'")
    offer = Offer(Money(Decimal(1000), "SAR"))
    found = assess({"PH": [floor, manila], "NP": [floor, manila]}, {}, offer)
    assert [(b.term, b.origins) for b in found.breaches] == [("food", ("PH",)), ("monthly_wage", ("NP", "PH"))]
    assert [rule.code for rule in found.rules] == ["floor", "manila"]
    again = assess({"NP": [manila, floor], "PH": [floor, manila]}, {}, offer)
    assert again == found


def test_the_hash_covers_facts_and_rule_versions(rule: MakeRule) -> None:
    one, two = rule("a", id="1"), rule("a", id="2")
    base = determine([one], CARE).input_hash
    assert determine([one], dict(reversed(CARE.items()))).input_hash == base
    assert determine([two], CARE).input_hash != base
    assert determine([one], CARE | {"worker.age": 23}).input_hash != base
    assert len({determine([one], CARE, salt).input_hash for salt in (None, "a", "b")}) == 3
    assert len(base) == 64


def test_json_of_values() -> None:
    assert plain({"a": (Decimal("1.50"), date(2027, 1, 1)), "b": Money(Decimal(1), "SAR")}) == {
        "a": ["1.50", "2027-01-01"],
        "b": {"amount": "1", "currency": "SAR"},
    }
    assert fingerprint({"b": 1, "a": "é"}) == fingerprint({"a": "é", "b": 1})


KINDS: list[tuple[str, dict[str, Any]]] = [
    ("bar", {"prohibits": "departure", "reason": "x"}),
    ("criterion", {"criterion": "age", "min": 21}),
    ("contract_term", {"term": "food", "equals": True}),
    ("requirement", {"code": "passport", "category": "documents", "title": "P", "performed_by": "worker"}),
]
DRAWN = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from([None, "worker.age < 25", "worker.isced > 3"])), max_size=6
)


@given(DRAWN, st.data())
def test_no_outcome_depends_on_the_order_of_rules(rule: MakeRule, drawn: Any, data: st.DataObject) -> None:
    rules = [rule(f"r{n}", effect, kind, id=f"r{n}", when=when) for n, ((kind, effect), when) in enumerate(drawn)]
    assert determine(data.draw(st.permutations(rules)), CARE) == determine(rules, CARE)


@given(DRAWN, st.sampled_from(KINDS))
def test_one_more_rule_of_a_new_code_never_loosens(rule: MakeRule, drawn: Any, more: Any) -> None:
    rules = [rule(f"r{n}", effect, kind, id=f"r{n}", when=when) for n, ((kind, effect), when) in enumerate(drawn)]
    before, after = determine(rules, CARE), determine([*rules, rule("z", more[1], more[0])], CARE)
    for name in ("bars", "criteria", "terms"):
        assert [judged for judged in getattr(after, name) if judged.rule.code != "z"] == getattr(before, name)
    rank = {"not_applicable": 0, "unknown": 1, "required": 2}
    statuses = {item.code: rank[item.status] for item in after.items}
    assert all(statuses[item.code] >= rank[item.status] for item in before.items)
