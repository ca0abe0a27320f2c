from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from imdi_local.demo import people
from imdi_local.demo.journey import _in_order
from imdi_local.demo.story import Story

TODAY = date(2026, 11, 23)


def test_results_are_recorded_behind_their_prerequisites() -> None:
    items: list[dict[str, Any]] = [
        {"code": "exit_permit", "after": ["visa", "insurance"]},
        {"code": "visa", "after": ["passport", "not on this list"]},
        {"code": "insurance", "after": []},
        {"code": "passport", "after": []},
    ]
    codes = [item["code"] for item in _in_order(items)]
    assert sorted(codes) == sorted(item["code"] for item in items)
    assert codes.index("passport") < codes.index("visa") < codes.index("exit_permit")
    assert codes.index("insurance") < codes.index("exit_permit")


@pytest.mark.parametrize("kind", people.SERVICES)
def test_every_performer_of_the_demonstration_is_a_member_of_it(kind: str) -> None:
    assert kind in {member[1] for member in people.MEMBERS.values()}


def test_nobody_of_the_demonstration_could_be_taken_for_real() -> None:
    assert "Demo" in people.worker(TODAY)["family_name"]
    for name, kind, country in people.MEMBERS.values():
        application = people.member(name, kind, country, TODAY)
        assert name.startswith("Demo ")
        assert application["contact_email"].endswith("@example.org")
        assert all(licence["number"].startswith("DEMO-") for licence in application["licences"])


def test_a_breach_is_told_with_what_was_found_what_is_required_and_where_it_stands() -> None:
    console = Console(record=True, width=60, file=io.StringIO())
    required = {"min": {"amount": "1500.00", "currency": "SAR"}, "max": None}
    basis = [{"instrument": "id", "title": "An agreement of two countries with a long title", "provision": "art. 4"}]
    Story(console).breaches([{"term": "monthly_wage", "found": None, "required": required, "basis": basis}])
    told = console.export_text()
    assert "monthly_wage: found unsaid, required min 1500.00 SAR" in told
    assert "§ An agreement of two countries with a long title, art. 4" in told
