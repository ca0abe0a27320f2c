"""What legislation foresees of a preparation is what worker-prep plans for it, on the same law and the same results."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from imdi_legislation.domain.feasibility import Done, outlook
from imdi_legislation.domain.items import Item
from imdi_planning.calendars import working_days
from imdi_worker_prep.domain.items import Law, Result, clearance
from imdi_worker_prep.domain.plans import Days, plan
from imdi_worker_prep.domain.states import NOTHING, Work, item_statuses

TODAY = date(2028, 2, 15)
CODES = ("passport", "police", "medical", "visa", "registration")
BEFORE = st.dates(TODAY - timedelta(days=200), TODAY)
MILESTONES = st.sets(st.sampled_from(["application", "visa", "departure", "arrival"])).map(frozenset)
RESULTS = st.lists(
    st.builds(
        Result,
        st.sampled_from(["cleared", "cleared", "cleared", "failed", "deferred"]),
        BEFORE,
        st.integers(1, 99),
        st.none() | BEFORE,
        st.none() | st.dates(TODAY - timedelta(days=30), TODAY + timedelta(days=200)),
    ),
    max_size=3,
    unique_by=lambda result: result.number,
).map(tuple)
WORK = st.dictionaries(st.sampled_from(CODES), st.builds(Work, RESULTS, st.booleans()))
DEPARTURES = st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=90))


@st.composite
def asked(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What the law asks of each of some items; prerequisites come before what follows them."""
    found: list[dict[str, Any]] = []
    for code in draw(st.lists(st.sampled_from(CODES), unique=True)):
        earlier = [item["code"] for item in found if item["code"] != "visa"]
        working = draw(st.none() | st.integers(0, 12))
        found.append({
            "code": code,
            "status": draw(st.sampled_from(["required", "required", "required", "unknown", "not_applicable"])),
            "after": tuple(draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else ()),
            "lead_days": draw(st.integers(0, 25)) if working is None or draw(st.booleans()) else None,
            "lead_working_days": working,
            "validity": draw(st.sampled_from([None, "P10D", "P60D", "P1M", "P1Y"])),
            "counted_from": draw(st.sampled_from(["performed_on", "issued_on"])),
            "holds_at": draw(MILESTONES),
            "beyond": draw(st.sampled_from([None, None, "P1M"])),
        })  # fmt: skip
    return found


def in_law(said: dict[str, Any]) -> Item:
    unasked: dict[str, Any] = {
        "category": "documents",
        "title": "x",
        "performed_by": "worker",
        "needs_fact": None,
        "payer": None,
    }
    stated: dict[str, Any] = {"documents": (), "basis": (), "confidence": "primary", "governed_by": {}, "disputed": ()}
    return Item(**unasked, **stated, **said | {"holds_at": tuple(sorted(said["holds_at"]))})


def in_plan(said: dict[str, Any]) -> Law:
    return Law(category="documents", applies=said["status"], **{k: v for k, v in said.items() if k != "status"})


def done(work: dict[str, Work]) -> dict[str, Done]:
    """As a preparation's events tell it: the newest clearance of an item."""
    held = {code: clearance(one.results) for code, one in work.items()}
    return {code: Done(one.performed_on, one.issued_on, one.expires_on) for code, one in held.items() if one}


@settings(max_examples=600)
@given(asked(), WORK, DEPARTURES, st.sampled_from(["PH", "SA", "NP"]))
def test_feasible_is_what_worker_prep_says(
    said: list[dict[str, Any]], work: dict[str, Work], departure: date, origin: str
) -> None:
    laws, calendar = [in_plan(one) for one in said], working_days(origin)
    planned = plan(laws, work, item_statuses(laws, work, departure, TODAY), Days(TODAY, departure), calendar)
    foreseen = outlook([in_law(one) for one in said], done(work), TODAY, departure, calendar)
    assert foreseen.feasible is planned.feasible
    assert foreseen.ready_on >= TODAY
    if not laws or all(clearance(work.get(law.code, NOTHING).results) is None and not law.counts for law in laws):
        assert foreseen.ready_on == TODAY


@given(asked(), WORK, DEPARTURES, st.integers(1, 30))
def test_a_longer_lead_never_makes_ready_sooner(
    said: list[dict[str, Any]], work: dict[str, Work], departure: date, more: int
) -> None:
    def ready(items: list[dict[str, Any]]) -> date:
        return outlook([in_law(one) for one in items], done(work), TODAY, departure, working_days("PH")).ready_on

    longer = [one | {"lead_days": one["lead_days"] + more} if one["lead_days"] is not None else one for one in said]
    assert ready(longer) >= ready(said)
