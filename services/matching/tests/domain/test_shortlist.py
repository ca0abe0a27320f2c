from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_matching.domain.candidates import Candidate, age_on, is_eligible, screening_facts, spoken
from imdi_matching.domain.law import Version
from imdi_matching.domain.occupations import Experience
from imdi_matching.domain.scoring import WEIGHTS, score
from imdi_matching.domain.shortlist import Match, Opening, consider, shortlist
from imdi_matching.domain.vacancies import Money, Terms

TERMS = Terms(
    title="Domestic caregiver",
    occupation="5322",
    employer_name=None,
    employer_kind="household",
    country="SA",
    place=None,
    origins=frozenset({"PH", "NP"}),
    positions=2,
    wage=Money(Decimal(1600), "SAR"),
    contract=frozenset(),
    worker_pays=frozenset(),
    languages=frozenset({("en", "B1")}),
    essential_skills=frozenset({"care", "cook"}),
    optional_skills=frozenset({"drive"}),
    start_on=date(2027, 3, 1),
    closes_on=date(2027, 1, 31),
)
OPENING = Opening("v1", TERMS, "recruitment_agency", date(2026, 11, 23))
MARIA = Candidate(
    worker_id="w1",
    birth_date=date(1996, 4, 2),
    sex="female",
    nationality="PH",
    country="PH",
    occupations=(Experience("5322", 3),),
    skills=frozenset({"care"}),
    languages={"en": "B1"},
    isced=3,
    available_from=date(2027, 1, 15),
    destinations=frozenset({"SA"}),
    wage_floor=None,
    facts={"ecr_passport": True},
)


def test_a_language_counts_once_at_its_highest_level_whatever_region_its_tag_names() -> None:
    held = spoken([("en-GB", "B2"), ("en", "A1"), ("fil", "C1"), ("en-US", "B1")])
    assert held == {"en": "B2", "fil": "C1"}
    asked = replace(TERMS, languages=frozenset({("en-AU", "B2")}))
    [language] = [one for one in score(replace(MARIA, languages=held), asked)[1] if one.criterion == "language"]
    assert language.outcome == "met"


def age_rule(low: int, origins: tuple[str, ...] = ("*",)) -> tuple[Version, ...]:
    return (
        Version(
            id=f"age-{low}",
            code="age",
            version=1,
            kind="criterion",
            origins=origins,
            destinations=("SA",),
            occupations=("53",),
            screen=None,
            effect={"criterion": "age", "min": low},
            basis=({"instrument": "i", "title": "Order", "provision": None},),
            effective_from=date(2020, 1, 1),
            effective_until=None,
            opened_after=False,
            replaces=None,
        ),
    )


@pytest.mark.parametrize(
    ("born", "on", "expected"),
    [
        (date(2000, 3, 1), date(2027, 2, 28), 26),
        (date(2000, 3, 1), date(2027, 3, 1), 27),
        (date(2000, 2, 29), date(2027, 2, 28), 26),
        (date(2000, 2, 29), date(2027, 3, 1), 27),
        (date(2000, 2, 29), date(2028, 2, 29), 28),
        (date(2027, 1, 1), date(2027, 1, 1), 0),
    ],
)
def test_age_is_in_completed_years_on_the_day_judged(born: date, on: date, expected: int) -> None:
    assert age_on(born, on) == expected


def test_the_facts_are_those_of_the_day_the_work_begins() -> None:
    facts = screening_facts(replace(MARIA, birth_date=None), TERMS, "employer")
    assert facts == {
        "worker.sex": "female",
        "worker.nationality": "PH",
        "worker.country": "PH",
        "worker.experience_years": 3,
        "worker.isced": 3,
        "worker.language.en": 3,
        "worker.facts.ecr_passport": True,
        "vacancy.occupation": "5322",
        "vacancy.destination": "SA",
        "vacancy.currency": "SAR",
        "vacancy.employer_kind": "household",
        "vacancy.owner_kind": "employer",
    }
    assert screening_facts(MARIA, TERMS, "employer")["worker.age"] == 30


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"country": "IN"}, False),
        ({"country": None}, False),
        ({"occupations": (Experience("5321", 1),)}, True),
        ({"occupations": (Experience("5312", 9),)}, False),
        ({"occupations": ()}, False),
        ({"available_from": date(2027, 3, 1)}, True),
        ({"available_from": date(2027, 3, 2)}, False),
        ({"destinations": frozenset({"MY"})}, True),
    ],
)
def test_who_is_left_out(changes: dict[str, Any], expected: bool) -> None:
    assert is_eligible(replace(MARIA, **changes), TERMS) is expected
    assert (consider(replace(MARIA, **changes), OPENING, ()) is not None) is expected


@pytest.mark.parametrize(
    ("criterion", "changes", "outcome"),
    [
        ("occupation", {}, "met"),
        ("occupation", {"occupations": (Experience("5321", 5),)}, "trainable"),
        ("skills_essential", {}, "trainable"),
        ("skills_essential", {"skills": frozenset({"care", "cook"})}, "met"),
        ("skills_optional", {"skills": frozenset({"drive"})}, "met"),
        ("skills_optional", {}, "trainable"),
        ("language", {}, "met"),
        ("language", {"languages": {"en": "A2"}}, "trainable"),
        ("language", {"languages": {}}, "trainable"),
        ("experience", {}, "met"),
        ("experience", {"occupations": (Experience("5321", 5),)}, "not_met"),
        ("destination", {}, "met"),
        ("destination", {"destinations": frozenset({"MY"})}, "not_met"),
        ("wage", {"wage_floor": Money(Decimal(1600), "SAR")}, "met"),
        ("wage", {"wage_floor": Money(Decimal(1601), "SAR")}, "not_met"),
        ("availability", {}, "met"),
    ],
)
def test_each_scored_criterion_is_explained(criterion: str, changes: dict[str, Any], outcome: str) -> None:
    _, findings = score(replace(MARIA, **changes), TERMS)
    found = {finding.criterion: finding for finding in findings}[criterion]
    assert (found.outcome, found.weight) == (outcome, WEIGHTS[criterion])


def test_what_nobody_asks_is_not_scored() -> None:
    modest = replace(TERMS, languages=frozenset(), essential_skills=frozenset(), optional_skills=frozenset())
    _, findings = score(replace(MARIA, destinations=frozenset()), modest)
    assert {finding.criterion for finding in findings} == {"occupation", "experience", "availability"}
    euros = replace(MARIA, wage_floor=Money(Decimal(1), "EUR"))
    assert "wage" not in {finding.criterion for finding in score(euros, TERMS)[1]}


candidates = st.builds(
    Candidate,
    worker_id=st.uuids().map(str),
    birth_date=st.none() | st.dates(date(1950, 1, 1), date(2010, 1, 1)),
    sex=st.sampled_from(["female", "male", "unspecified", None]),
    nationality=st.sampled_from(["PH", "NP", None]),
    country=st.sampled_from(["PH", "NP", "IN"]),
    occupations=st.lists(st.builds(Experience, st.sampled_from(["5322", "5321", "9111"]), st.integers(0, 40))).map(
        tuple
    ),
    skills=st.frozensets(st.sampled_from(["care", "cook", "drive"])),
    languages=st.dictionaries(st.sampled_from(["en", "ar"]), st.sampled_from(["A1", "B1", "C2"])),
    isced=st.none() | st.integers(0, 8),
    available_from=st.dates(date(2026, 12, 1), date(2027, 6, 1)),
    destinations=st.frozensets(st.sampled_from(["SA", "MY"])),
    wage_floor=st.none() | st.builds(Money, st.decimals(0, 5000, places=2), st.sampled_from(["SAR", "PHP"])),
    facts=st.just({}),
)


@given(candidates)
def test_a_score_is_between_0_and_1_and_its_weights_are_the_published_ones(candidate: Candidate) -> None:
    reached, findings = score(candidate, TERMS)
    assert 0 <= reached <= 1
    assert all(finding.weight == WEIGHTS[finding.criterion] for finding in findings)


@given(candidates, st.sampled_from(["female", "male", None]), st.dates(date(1950, 1, 1), date(2010, 1, 1)))
def test_sex_age_and_nationality_never_score(candidate: Candidate, sex: str | None, born: date) -> None:
    other = replace(candidate, sex=sex, birth_date=born, nationality="XX")
    assert score(candidate, TERMS) == score(other, TERMS)


@given(candidates, st.sampled_from(["care", "cook", "drive"]))
def test_one_more_skill_never_lowers_a_score(candidate: Candidate, skill: str) -> None:
    better = replace(candidate, skills=candidate.skills | {skill})
    assert score(better, TERMS)[0] >= score(candidate, TERMS)[0]


@given(st.lists(candidates, max_size=20), st.integers(18, 40))
def test_everyone_is_listed_barred_or_left_out(workers: list[Candidate], low: int) -> None:
    listed = shortlist(workers, OPENING, [age_rule(low)])
    eligible = [worker for worker in workers if is_eligible(worker, TERMS)]
    assert len(listed.matches) + listed.barred == len(eligible)
    assert listed.reasons == ({"age": listed.barred} if listed.barred else {})
    scores = [match.score for match in listed.matches]
    assert scores == sorted(scores, reverse=True)
    young = {w.worker_id for w in eligible if w.birth_date and age_on(w.birth_date, TERMS.start_on) < low}
    assert not young & {match.worker_id for match in listed.matches}


def test_a_worker_barred_twice_is_counted_once_and_for_each_reason() -> None:
    ban = replace(age_rule(0)[0], kind="bar", effect={"prohibits": "recruitment", "reason": "ban"})
    listed = shortlist([MARIA], OPENING, [age_rule(40), (ban,)])
    assert (listed.matches, listed.barred, dict(listed.reasons)) == ((), 1, {"age": 1, "ban": 1})


def test_each_origin_has_its_own_law() -> None:
    nepali = replace(MARIA, worker_id="w2", country="NP")
    listed = shortlist([MARIA, nepali], OPENING, [age_rule(40, ("NP",))])
    assert [match.worker_id for match in listed.matches] == ["w1"]
    assert listed.barred == 1


def test_law_of_another_day_does_not_bind() -> None:
    past = replace(age_rule(40)[0], effective_until=TERMS.start_on - timedelta(days=1))
    coming = replace(age_rule(40)[0], effective_from=TERMS.start_on + timedelta(days=1))
    assert len(shortlist([MARIA], OPENING, [(past,), (coming,)]).matches) == 1


def test_legal_criteria_come_first_and_are_never_scored() -> None:
    match = consider(MARIA, OPENING, age_rule(24))
    assert isinstance(match, Match)
    assert (match.criteria[0].criterion, match.criteria[0].outcome, match.criteria[0].weight) == ("age", "met", None)
    assert match.score == score(MARIA, TERMS)[0]


def test_equals_are_in_the_order_of_their_ids() -> None:
    twins = [replace(MARIA, worker_id=name) for name in ("b", "c", "a")]
    assert [match.worker_id for match in shortlist(twins, OPENING, []).matches] == ["a", "b", "c"]
