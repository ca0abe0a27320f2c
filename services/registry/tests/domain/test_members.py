from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_registry.domain.members import (
    Licence,
    LicenceStatus,
    Move,
    Status,
    after,
    licence_status,
    licensed_until,
    next_change,
)

TODAY = date(2026, 11, 23)
MOVES: list[tuple[Status, Move, Status]] = [
    ("applied", "accreditation", "accredited"),
    ("accredited", "suspension", "suspended"),
    ("suspended", "reinstatement", "accredited"),
    ("applied", "withdrawal", "withdrawn"),
    ("accredited", "withdrawal", "withdrawn"),
    ("suspended", "withdrawal", "withdrawn"),
]


def recruitment(start: str, end: str, kind: str = "recruitment") -> Licence:
    return Licence(kind, date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize("status", get_args(Status))
@pytest.mark.parametrize("move", get_args(Move))
def test_only_the_listed_moves_are_open(status: Status, move: Move) -> None:
    listed = {(source, name): target for source, name, target in MOVES}
    assert after(move, status) == listed.get((status, move))


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2025-12-31", "not_yet_valid"),
        ("2026-01-01", "valid"),
        ("2026-11-02", "valid"),
        ("2026-11-03", "expiring"),
        ("2027-01-01", "expiring"),
        ("2027-01-02", "expired"),
    ],
)
def test_a_licence_through_its_days(day: str, status: LicenceStatus) -> None:
    assert licence_status(recruitment("2026-01-01", "2027-01-01"), date.fromisoformat(day)) == status


@pytest.mark.parametrize(
    ("licences", "until"),
    [
        ([], None),
        ([("2026-01-01", "2027-01-01")], "2027-01-01"),
        ([("2026-01-01", "2026-11-23")], "2026-11-23"),
        ([("2026-01-01", "2026-11-22")], None),
        ([("2026-11-24", "2027-11-24")], None),
        ([("2026-01-01", "2027-01-01"), ("2027-01-02", "2028-01-01")], "2028-01-01"),
        ([("2027-01-02", "2028-01-01"), ("2026-01-01", "2027-01-01")], "2028-01-01"),
        ([("2026-01-01", "2027-01-01"), ("2027-01-03", "2028-01-01")], "2027-01-01"),
        ([("2026-01-01", "2029-01-01"), ("2026-06-01", "2027-01-01")], "2029-01-01"),
    ],
)
def test_cover_runs_on_without_a_gap(licences: list[tuple[str, str]], until: str | None) -> None:
    found = licensed_until("recruitment_agency", [recruitment(*each) for each in licences], TODAY)
    assert found == (date.fromisoformat(until) if until else None)


def test_a_licence_may_have_no_end() -> None:
    """Issuers write the last day there is where a licence does not end."""
    for_ever = [recruitment("2026-01-01", "9999-12-31"), recruitment("2027-01-01", "9999-12-31")]
    assert licensed_until("recruitment_agency", for_ever, TODAY) == date.max
    assert next_change("recruitment_agency", for_ever, TODAY) == date(2027, 1, 1)
    assert next_change("recruitment_agency", for_ever, date(2027, 1, 1)) is None
    first_to_last = [Licence("recruitment", date.min, date.max)]
    assert licensed_until("recruitment_agency", first_to_last, TODAY) == date.max


def test_an_agency_needs_a_recruitment_licence_others_any() -> None:
    trade = recruitment("2026-01-01", "2027-01-01", "trade")
    assert licensed_until("recruitment_agency", [trade], TODAY) is None
    assert licensed_until("medical_provider", [trade], TODAY) == date(2027, 1, 1)


def test_the_next_change_is_a_beginning_or_the_day_after_an_end() -> None:
    licences = [recruitment("2026-01-01", "2027-01-01"), recruitment("2026-12-01", "2028-01-01")]
    assert next_change("employer", licences, TODAY) == date(2026, 12, 1)
    assert next_change("employer", licences, date(2026, 12, 1)) == date(2027, 1, 2)
    assert next_change("employer", licences, date(2028, 1, 2)) is None
    assert next_change("employer", [], TODAY) is None


spans = st.tuples(st.integers(-400, 400), st.integers(0, 400)).map(
    lambda pair: Licence("recruitment", TODAY + timedelta(pair[0]), TODAY + timedelta(pair[0] + pair[1]))
)


@given(st.lists(spans, max_size=6))
def test_every_day_to_the_end_is_covered_and_the_next_is_not(licences: list[Licence]) -> None:
    def covered(day: date) -> bool:
        return any(each.valid_from <= day <= each.valid_until for each in licences)

    until = licensed_until("recruitment_agency", licences, TODAY)
    if until is None:
        assert not covered(TODAY)
    else:
        assert all(covered(TODAY + timedelta(ahead)) for ahead in range((until - TODAY).days + 1))
        assert not covered(until + timedelta(days=1))


@given(st.lists(spans, max_size=6))
def test_nothing_changes_before_the_next_change(licences: list[Licence]) -> None:
    change = next_change("recruitment_agency", licences, TODAY)
    now = licensed_until("recruitment_agency", licences, TODAY)
    for ahead in range(1, ((change - TODAY).days if change else 30)):
        assert licensed_until("recruitment_agency", licences, TODAY + timedelta(ahead)) == now


@given(st.lists(spans, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_licences_were_entered_means_nothing(licences: list[Licence], chance: Random) -> None:
    shuffled = list(licences)
    chance.shuffle(shuffled)
    assert licensed_until("employer", shuffled, TODAY) == licensed_until("employer", licences, TODAY)
    assert next_change("employer", shuffled, TODAY) == next_change("employer", licences, TODAY)


@given(st.lists(spans, max_size=6), spans)
def test_one_more_licence_never_shortens_the_cover(licences: list[Licence], more: Licence) -> None:
    before = licensed_until("employer", licences, TODAY)
    after_it = licensed_until("employer", [*licences, more], TODAY)
    assert before is None or (after_it is not None and after_it >= before)


@given(st.lists(spans, max_size=6))
def test_a_member_is_covered_exactly_while_one_of_its_licences_stands(licences: list[Licence]) -> None:
    standing = {licence_status(each, TODAY) for each in licences} & {"valid", "expiring"}
    assert (licensed_until("employer", licences, TODAY) is not None) == bool(standing)


@given(spans)
def test_a_licence_goes_one_way_through_its_standings(licence: Licence) -> None:
    order: list[LicenceStatus] = ["not_yet_valid", "valid", "expiring", "expired"]
    first = licence.valid_from - timedelta(days=2)
    length = (licence.valid_until - first).days + 2
    seen = [order.index(licence_status(licence, first + timedelta(days=ahead))) for ahead in range(length + 1)]
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0, 3)
