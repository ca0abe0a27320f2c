"""Health personnel from the countries of the WHO safeguards list: who may recruit there, and what is asked first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from services.legislation.tests.packs.conftest import Ask, Corridor

from imdi_legislation.domain.law import Law

ACCRA_LONDON = Corridor("GH", "GB", "2221", "3000 GBP", {})
RECRUITMENT, AGREEMENT = "who-safeguards-recruitment", "who-safeguards-agreement"


def test_fifty_five_countries_are_listed(law: Law) -> None:
    scopes = [rule.scope for rule in law.rules() if rule.code in (RECRUITMENT, AGREEMENT)]
    assert len(scopes) == 2
    assert all(len(set(scope.origins)) == 55 for scope in scopes)


@pytest.mark.parametrize("owner", ["recruitment_agency", "employer", "civil_society", "international_organization"])
def test_nobody_but_a_government_recruits_there(ask: Ask, owner: str) -> None:
    told = ask(ACCRA_LONDON, owner=owner)
    assert told.broken == [(RECRUITMENT, "recruitment")]
    assert told.bars == {RECRUITMENT: "barred", AGREEMENT: "not_applicable"}
    assert [basis.instrument for basis in told.breach(RECRUITMENT).basis] == [
        "WHO-SAFEGUARDS-2023",
        "WHO-CODE-2010",
        "UK-CODE-HEALTH-RECRUITMENT",
    ]


@pytest.mark.parametrize(
    ("agreed", "status"), [({}, "unknown"), ({"facts.under_government_agreement": False}, "barred"),
                           ({"facts.under_government_agreement": True}, "not_applicable")]
)  # fmt: skip
def test_a_government_recruits_under_an_agreement(ask: Ask, agreed: dict[str, bool], status: str) -> None:
    told = ask(ACCRA_LONDON, owner="government", **agreed)
    assert told.broken == []
    assert told.bars == {RECRUITMENT: "not_applicable", AGREEMENT: status}
    [bar] = [bar for bar in told.requirements.bars if bar.rule.code == AGREEMENT]
    assert bar.needs_fact == ("worker.facts.under_government_agreement" if status == "unknown" else None)


def test_an_agreement_does_not_open_private_recruitment(ask: Ask) -> None:
    told = ask(ACCRA_LONDON, owner="employer", **{"facts.under_government_agreement": True})
    assert told.broken == [(RECRUITMENT, "recruitment")]


@pytest.mark.parametrize(
    ("occupation", "health"),
    [
        ("2211", True), ("2212", True), ("2221", True), ("2222", True), ("2240", True), ("2261", True), ("2262", True),
        ("3211", True), ("3221", True), ("3222", True), ("3253", True),
        ("2230", False), ("2250", False), ("3230", False), ("3240", False), ("5321", False), ("5322", False),
        ("9111", False), ("8160", False),
    ],
)  # fmt: skip
def test_which_occupations_are_health_personnel(ask: Ask, occupation: str, health: bool) -> None:
    assert bool(ask(ACCRA_LONDON, occupation=occupation).broken) is health


@pytest.mark.parametrize(
    ("origin", "listed"),
    [
        ("AF", True), ("BD", True), ("GH", True), ("HT", True), ("LA", True), ("NG", True), ("NP", True), ("PK", True),
        ("ZW", True), ("IN", False), ("KE", False), ("PH", False), ("LK", False), ("ID", False), ("GB", False),
    ],
)  # fmt: skip
def test_which_origins_are_listed(ask: Ask, origin: str, listed: bool) -> None:
    told = ask(replace(ACCRA_LONDON, origin=origin))
    assert ((RECRUITMENT, "recruitment") in told.broken) is listed


@pytest.mark.parametrize(("on", "barred"), [(date(2023, 3, 22), False), (date(2023, 3, 23), True)])
def test_the_bars_bind_from_their_day(ask: Ask, on: date, barred: bool) -> None:
    assert bool(ask(ACCRA_LONDON, on=on).broken) is barred
