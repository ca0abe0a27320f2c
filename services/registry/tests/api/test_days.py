"""A day is written as a day, in every request that has one."""

from __future__ import annotations

from typing import Any

import pytest

NO_DAYS = ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00", "1798761600", "0", 0, 1798761600, "20270101", "2027-1-1")


@pytest.mark.parametrize("day", NO_DAYS)
async def test_what_only_resembles_a_day_is_refused_by_its_field(
    desk: Any, applying: Any, registering: Any, day: object
) -> None:
    himal_id = await desk.join("Himal")
    worker_id = await desk.register("Himal")
    licence = applying()["licences"][0]
    passport = {"number": "PA7654321", "issuing_country": "NP", "expires_on": day}
    asked = [
        ("POST", "/v1/members", None, applying() | {"licences": [licence | {"valid_from": day}]}, "valid_from"),
        ("POST", "/v1/members", None, applying() | {"licences": [licence | {"valid_until": day}]}, "valid_until"),
        ("POST", f"/v1/members/{himal_id}/licences", "steward", licence | {"valid_until": day}, "valid_until"),
        ("POST", "/v1/workers", "Himal", registering(birth_date=day), "birth_date"),
        ("POST", "/v1/workers", "Himal", registering(passport=passport), "expires_on"),
        ("PATCH", f"/v1/workers/{worker_id}", "Himal", {"birth_date": day}, "birth_date"),
        ("PATCH", f"/v1/workers/{worker_id}", "Himal", {"passport": passport}, "expires_on"),
    ]
    for method, path, who, body, field in asked:
        answer = await desk.send(method, path, who, body, headers={"If-Match": "*"})
        assert answer.status_code == 422, (path, field, answer.text)
        assert [error["field"].rsplit(".", 1)[-1] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("day", ["1899-12-31", "2200-01-01", "9999-12-31"])
async def test_nobody_is_born_in_another_century_and_no_passport_lasts_to_one(
    desk: Any, registering: Any, day: str
) -> None:
    await desk.join("Himal")
    passport = {"number": "PA7654321", "issuing_country": "NP", "expires_on": day}
    for changed in ({"birth_date": day}, {"passport": passport}):
        assert (await desk.post("/v1/workers", "Himal", registering(**changed))).status_code == 422
