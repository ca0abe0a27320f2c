"""The preview over HTTP on the demonstrator's law: the shape of its answers, and what a question leaves open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from httpx import Response
from services.legislation.tests.api.conftest import Send

from imdi_legislation.api.determinations import Preview

URL = "/v1/determinations/preview"
LAWFUL: dict[str, Any] = {
    "wage": {"amount": "1500.00", "currency": "SAR"},
    "contract": {"rest_days_per_week": 1, "retains_documents": False},
    "worker_pays": [],
}


@pytest.fixture
def ask(packs_as_law: None, send: Send) -> Any:
    """``await ask(facts, **other)`` → the answer, on the law of the packs."""

    async def go(facts: Any = None, **other: Any) -> Response:
        body = {"origin": "PH", "destination": "SA", "occupation": "5322"} | other
        return await send("POST", URL, "anybody", body if facts is None else body | {"facts": facts})

    return go


async def test_an_offer_at_every_bound_is_lawful_and_a_halala_below_is_not(ask: Any) -> None:
    assert (await ask({"vacancy": LAWFUL}, on="2027-03-01")).json()["breaches"] == []
    for wrong, term in (
        ({"wage": {"amount": "1499.99", "currency": "SAR"}}, "monthly_wage"),
        ({"contract": {"rest_days_per_week": 0, "retains_documents": False}}, "rest_days_per_week"),
        ({"contract": {"rest_days_per_week": 1}}, "retains_documents"),
        (
            {"worker_pays": [{"component": "visa_fee", "amount": {"amount": "0.01", "currency": "USD"}}]},
            "fee:air_ticket",
        ),
    ):
        [breach] = (await ask({"vacancy": LAWFUL | wrong}, on="2027-03-01")).json()["breaches"]
        assert breach["term"] == term
        assert breach["origins"] == ["PH"]
        assert all(basis["title"] for basis in breach["basis"])
        assert set(breach["rule"]) == {"id", "code", "version"}


async def test_without_an_offer_nothing_is_a_breach_and_with_an_empty_one_every_term_is(ask: Any) -> None:
    assert (await ask({})).json()["breaches"] == []
    breaches = (await ask({"vacancy": {}})).json()["breaches"]
    assert {(breach["term"], breach["found"]) for breach in breaches} == {
        ("monthly_wage", None),
        ("rest_days_per_week", None),
        ("retains_documents", None),
    }


async def test_without_a_day_it_is_today(ask: Any) -> None:
    said = (await ask(on=date(2026, 11, 25).isoformat())).json()
    assert (await ask()).json() == said
    assert (await ask(on="1990-01-01")).json()["rules"] == []


async def test_an_unknown_fact_is_named_until_it_is_said(ask: Any) -> None:
    where = {"origin": "NP", "destination": "MY", "occupation": "9111"}

    async def stands(**worker: Any) -> tuple[str, str | None]:
        answer = (await ask({"worker": worker}, **where)).json()
        [found] = [c for c in answer["criteria"] if c["rule"]["code"] == "np-domestic-age"]
        return found["status"], found["needs_fact"]

    assert await stands() == ("unknown", "worker.sex")
    assert await stands(sex="female") == ("unknown", "worker.age")
    assert await stands(sex="female", age=23) == ("not_met", None)
    assert await stands(sex="female", age=24) == ("met", None)
    assert await stands(sex="male") == ("not_applicable", None)


@pytest.mark.parametrize("where", [{}, {"origin": "NP", "destination": "MY", "occupation": "9111"}])
async def test_an_answer_has_the_shape_that_is_published(ask: Any, where: dict[str, str]) -> None:
    said: list[dict[str, Any]] = [{}, {"vacancy": {}}, {"worker": {"age": 19}, "vacancy": LAWFUL}]
    for facts in said:
        told = (await ask(facts, **where)).json()
        assert Preview.model_validate(told).model_dump(mode="json") == told


async def test_the_same_question_has_the_same_answer(ask: Any) -> None:
    facts = {"worker": {"age": 30}, "vacancy": LAWFUL}
    answers = [(await ask(facts, on="2027-03-01")).text for _ in range(3)]
    assert len(set(answers)) == 1


async def test_the_disputed_medical_is_told_with_its_instruments(ask: Any) -> None:
    items = {item["code"]: item for item in (await ask()).json()["items"]}
    medical = items["medical_examination"]
    assert [source["value"] for source in medical["disputed"]] == ["P30D", "P60D", "P90D", "P3M"]
    assert {basis["title"] for source in medical["disputed"] for basis in source["basis"]} == {
        "Medical fitness examination for entry into the Gulf states, under the Gulf Health Council (Wafid)"
    }
    assert [code for code, item in items.items() if item["confidence"] == "disputed"] == ["medical_examination"]


async def test_a_disputed_age_and_fee_are_told_with_what_the_other_sources_say(ask: Any) -> None:
    [age] = (await ask()).json()["criteria"]
    assert [(source["attribute"], source["value"]) for source in age["disputed"]] == [("min", 24), ("min", 23)]
    assert all(source["basis"][0]["title"] for source in age["disputed"])
    fees = (await ask(origin="NP", destination="MY", occupation="9111")).json()["fees"]
    caps = {fee["component"]: [source["value"]["amount"] for source in fee["disputed"]] for fee in fees}
    assert caps["insurance"] == ["4900", "5500"]
    assert caps["service_fee"] == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"worker": {"age": -1}}, "facts.worker.age"),
        ({"worker": {"age": 151}}, "facts.worker.age"),
        ({"worker": {"sex": "F"}}, "facts.worker.sex"),
        ({"worker": {"nationality": "PHL"}}, "facts.worker.nationality"),
        ({"worker": {"isced": 9}}, "facts.worker.isced"),
        ({"worker": {"experience_years": 1.5}}, "facts.worker.experience_years"),
        ({"vacancy": {"wage": {"amount": "-1", "currency": "SAR"}}}, "facts.vacancy.wage.amount"),
        ({"vacancy": {"wage": {"amount": "many", "currency": "SAR"}}}, "facts.vacancy.wage.amount"),
        ({"vacancy": {"contract": {"months": -1}}}, "facts.vacancy.contract.months"),
        ({"vacancy": {"contract": {"pension": True}}}, "facts.vacancy.contract.pension"),
        ({"vacancy": {"contract": {"ticket_paid_by": "nobody"}}}, "facts.vacancy.contract.ticket_paid_by"),
        ({"vacancy": {"worker_pays": [{"component": "x"}]}}, "facts.vacancy.worker_pays.0.amount"),
        ({"placement": {"departure_on": "2027-02-30"}}, "facts.placement.departure_on"),
        ({"placement": {"first_departure": 1}}, "facts.placement.first_departure"),
        ({"company": {}}, "facts.company"),
    ],
)
async def test_each_fact_wrongly_said_is_named(send: Send, facts: Any, field: str) -> None:
    body = {"origin": "PH", "destination": "SA", "occupation": "5322", "facts": facts}
    answer = await send("POST", URL, "anybody", body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
