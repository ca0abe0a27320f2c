"""What may travel: every field of every event stands on one of these lists, each read and allowed by hand.

Names, passports, contacts and findings stand on none. The four legal facts of a worker travel on one topic.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from imdi_contracts import catalogue, examples, registry, schemas
from imdi_contracts.compatibility import shape
from imdi_contracts.event import Event

IDS = """
    id instrument owner_id controller_id member_id worker_id vacancy_id placement_id preparation_id assessment_id
    requirements_id assigned_to replaces input_hash
"""
CODES = """
    kind owner_kind employer_kind status conflict first_departure category criterion prohibits code component currency
    period amount isco isced level language service term attribute counted_from holds_at performed_by payer transition
    confidence consents item fact op ticket_paid_by occupation occupations origins destinations destination after
    essential optional lawful feasible profession outcome topic
"""
DATES = """
    licensed_until start_on closes_on submitted_on departure_on departed_on arrived_on opened_on judged_on assessed_on
    earliest_on latest_on due_on performed_on issued_on expires_on valid_until effective_from effective_until decided_on
"""
NUMBERS = """
    revision vacancy_revision version law_epoch positions agreed years months hours_per_week hours_per_day
    rest_days_per_week annual_leave_days lead_days lead_working_days validity beyond hours duration
"""
TERMS_AND_LAW = """
    title provision when value found equals retains_documents accommodation food documents needs_fact reason
    measure remedy deadline
"""
ALLOWED = frozenset(f"{IDS} {CODES} {DATES} {NUMBERS} {TERMS_AND_LAW}".split())
LEGAL_FACTS = frozenset({"birth_date", "sex", "nationality", "country"})
"""Pseudonymous, on imdi.registry.workers alone."""
BY_PATH = {
    "contact": {"protections[].contact": "the office that the law names, never a person"},
    "country": {
        "member": "the member's own",
        "services[].country": "where a member serves",
        "destination.country": "of the work",
    },
    "name": {"employer.name": "of a firm, never of a household"},
    "place": {
        "services[].place": "of a member's service",
        "destination.place": "of the work, never of a household",
    },
}
"""Fields allowed at these places only: field → where → why. ``member`` is the member event itself."""
FREE = {
    "facts.*": "answers by the names of facts that rules ask for",
    "fact_types.*": "the types of those answers, by the same names",
    "effect.*": "a rule's effect, which is law and nobody's",
    "required.*": "what a regulated term must be",
    "governed_by.*": "references to rules",
}
"""Objects whose keys are data."""

EVENTS = sorted(schemas.types().items())


def leaves(event: type[Event]) -> Iterator[str]:
    """The paths of the fields that hold a value, lists as ``[]``."""
    paths = list(shape(schemas.schema(event)))
    for path in paths:
        if not any(other.startswith((f"{path}.", f"{path}[")) for other in paths):
            yield path.removesuffix("[]")


def field(path: str) -> str:
    return path.rpartition(".")[2].removesuffix("[]")


def allowed(event: type[Event], path: str) -> bool:
    name = field(path)
    if name in LEGAL_FACTS and event.topic == registry.WORKERS:
        return True
    if name in BY_PATH:
        here = {"member"} & {event.happened.partition(".")[0]} if path == name else {path}
        return bool(here & set(BY_PATH[name]))
    return name in ALLOWED or any(f".{free}" in f".{path}.*" for free in FREE)


@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_every_field_is_allowed(name: str, event: type[Event]) -> None:
    assert [path for path in leaves(event) if not allowed(event, path)] == []


def test_no_field_is_allowed_that_nobody_sends() -> None:
    sent = {field(path) for event in catalogue.events() for path in leaves(event)}
    assert ALLOWED - sent == set()
    assert LEGAL_FACTS | set(BY_PATH) <= sent


@pytest.mark.parametrize(
    "path",
    [
        "given_names",
        "family_name",
        "name",
        "items[].name",
        "passport.number",
        "passport",
        "phone",
        "email",
        "address",
        "evidence",
        "finding",
        "diagnosis",
        "items[].result",
        "birth_place",
        "mrz",
    ],
)
def test_a_personal_field_would_be_caught(path: str) -> None:
    assert not any(allowed(event, path) for _, event in EVENTS)


@pytest.mark.parametrize("words", ["She is expecting a child", "Maria", "", "_"])
def test_no_event_gives_a_reason_in_anybodys_own_words(words: str) -> None:
    with_reason = [event for _, event in EVENTS if "reason" in event.model_fields]
    assert with_reason
    for event in with_reason:
        said: dict[str, Any] = examples.full(event)
        reads = Draft202012Validator(schemas.schema(event))
        reads.validate(said | {"reason": "agreed_elsewhere"})
        with pytest.raises(ValidationError):
            reads.validate(said | {"reason": words})


@pytest.mark.parametrize("name", sorted(LEGAL_FACTS))
def test_legal_facts_travel_with_the_worker_alone(name: str) -> None:
    carriers = {event.topic for event in catalogue.events() for path in leaves(event) if path == name}
    assert carriers - {registry.MEMBERS} == {registry.WORKERS}
    nested = {path for event in catalogue.events() for path in leaves(event) if field(path) == name and path != name}
    assert nested <= set(BY_PATH.get(name, {}))
