from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdi_worker_prep.domain.assignment import Offer, Provider, Task, able, draw, is_drawn, party

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
TASK = Task("medical_examination", "medical_provider", place="PH", destination="SA")
OFFER = Offer("medical_examination", "PH", frozenset({"SA", "MY"}))


@pytest.mark.parametrize(
    ("provider", "can"),
    [
        (Provider(ONE, "medical_provider", True, (OFFER,)), True),
        (Provider(ONE, "medical_provider", True, (Offer(OFFER.service, "PH", frozenset({"*"})),)), True),
        (Provider(ONE, "medical_provider", False, (OFFER,)), False),
        (Provider(ONE, "training_provider", True, (OFFER,)), False),
        (Provider(ONE, "medical_provider", True, (Offer(OFFER.service, "NP", frozenset({"SA"})),)), False),
        (Provider(ONE, "medical_provider", True, (Offer(OFFER.service, "PH", frozenset({"MY"})),)), False),
        (Provider(ONE, "medical_provider", True, (Offer("orientation", "PH", frozenset({"SA"})),)), False),
        (Provider(ONE, "medical_provider", True, ()), False),
    ],
)
def test_who_can(provider: Provider, can: bool) -> None:
    assert able([provider], TASK) == ([ONE] if can else [])


@pytest.mark.parametrize(("performed_by", "who"), [("employer", ONE), ("worker", TWO), ("controller", TWO)])
def test_the_parties_of_the_case_are_not_drawn(performed_by: str, who: UUID) -> None:
    assert not is_drawn(performed_by)
    assert party(performed_by, owner_id=ONE, controller_id=TWO) == who


def test_all_other_kinds_are_drawn() -> None:
    assert is_drawn("medical_provider")
    assert party("worker", owner_id=ONE, controller_id=None) is None


@given(st.text(max_size=20), st.sets(st.uuids(), min_size=1, max_size=8))
def test_a_record_draws_the_same_again(seed: str, candidates: set[UUID]) -> None:
    ordered = sorted(candidates)
    assert draw(seed, ordered) in candidates
    assert draw(seed, ordered) == draw(seed, ordered)


def test_the_lot_is_fair() -> None:
    drawn = Counter(draw(f"seed {number}", [ONE, TWO, THREE]) for number in range(3000))
    assert all(900 < count < 1100 for count in drawn.values())
