from __future__ import annotations

import pytest

from imdi_worker_prep.domain.announcements import Happened, Standing, of_items, of_preparation, of_result
from imdi_worker_prep.domain.items import Law, Outcome

MEDICAL = Law("medical", "medical")
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("was", "now", "expired", "what"),
    [
        (None, "required", NONE, None),
        ("required", "cleared", NONE, "worker.cleared-medical"),
        (None, "cleared", NONE, "worker.cleared-medical"),
        ("unknown", "cleared", NONE, "worker.cleared-medical"),
        ("expiring", "cleared", NONE, "worker.cleared-medical"),
        ("cleared", "cleared", NONE, None),
        ("cleared", "expiring", NONE, "clearance.expiring"),
        ("cleared", "required", frozenset({"medical"}), "clearance.expired"),
        ("expiring", "scheduled", frozenset({"medical"}), "clearance.expired"),
        ("cleared", "required", NONE, None),
        ("scheduled", "required", frozenset({"medical"}), None),
        ("required", "failed", NONE, None),
    ],
)
def test_what_happened_to_an_item(was: str | None, now: str, expired: frozenset[str], what: str | None) -> None:
    before = Standing("in_progress", {"medical": was} if was else {})
    found = of_items([MEDICAL], before, Standing("in_progress", {"medical": now}), expired)
    assert found == ([Happened(what, "medical")] if what else [])


@pytest.mark.parametrize(
    ("category", "what"),
    [
        ("documents", "worker.cleared-documents"),
        ("orientation", "worker.completed-orientation"),
        ("permit", "worker.cleared-permit"),
    ],
)
def test_each_category_has_its_own_event(category: str, what: str) -> None:
    law = Law("item", category)
    assert of_items([law], Standing("planned", {}), Standing("planned", {"item": "cleared"}), NONE) == [
        Happened(what, "item")
    ]


@pytest.mark.parametrize(
    ("was", "now", "what"),
    [
        ("in_progress", "cleared", "worker.cleared-to-depart"),
        ("revoked", "cleared", "worker.cleared-to-depart"),
        ("cleared", "revoked", "clearance.revoked"),
        ("cleared", "cleared", None),
        ("planned", "in_progress", None),
    ],
)
def test_what_happened_to_the_whole(was: str, now: str, what: str | None) -> None:
    assert of_preparation(Standing(was, {}), Standing(now, {})) == ([Happened(what)] if what else [])


@pytest.mark.parametrize(
    ("law", "outcome", "now", "what"),
    [
        (MEDICAL, "cleared", "cleared", "worker.cleared-medical"),
        (MEDICAL, "cleared", "expiring", "clearance.expiring"),
        (MEDICAL, "cleared", "required", "preparation.planned"),
        (MEDICAL, "failed", "failed", "worker.failed-item"),
        (MEDICAL, "deferred", "deferred", "worker.deferred-medical"),
        (Law("skill", "qualification"), "deferred", "deferred", "preparation.planned"),
        (MEDICAL, "conditionally_cleared", "conditionally_cleared", "preparation.planned"),
        (Law("m", "medical", applies="unknown"), "cleared", "unknown", "preparation.planned"),
        (MEDICAL, None, "cleared", "preparation.planned"),
    ],
)
def test_what_a_result_announces(law: Law, outcome: Outcome | None, now: str, what: str) -> None:
    assert of_result(law, outcome, now, []) == [Happened(what, law.code)]


def test_a_result_is_told_once() -> None:
    assert of_result(MEDICAL, "cleared", "cleared", [Happened("worker.cleared-medical", "medical")]) == []
