"""Every operation, as everybody: a second copy of the table by hand, so that one wrong edit cannot pass."""

from __future__ import annotations

from typing import Any

import pytest

RESULT = {"outcome": "cleared", "performed_on": "2026-11-22", "reference": "REF"}
EXPECTED = {
    #                     agency employer clinic rescue steward
    "read": ("planned", 200, 200, 200, 404, 404),
    "facts": ("planned", 200, 403, 403, 404, 404),
    "move": ("planned", 200, 403, 403, 404, 404),
    "depart": ("cleared", 200, 403, 403, 404, 404),
    "arrive": ("departed", 200, 200, 403, 404, 404),
    "book medical": ("planned", 200, 403, 403, 404, 404),
    "book passport": ("planned", 200, 403, 404, 404, 404),
    "result of medical": ("planned", 403, 403, 200, 404, 404),
    "result of passport": ("planned", 200, 403, 404, 404, 404),
    "result of nothing": ("planned", 404, 404, 404, 404, 404),
}
WHO = ("agency", "employer", "clinic", "rescue", "steward")
REQUESTS: dict[str, tuple[str, str, Any]] = {
    "read": ("GET", "", None),
    "facts": ("PUT", "/facts", {"worker.facts.a": True}),
    "move": ("PUT", "/departure-date", {"departure_on": "2027-03-01"}),
    "depart": ("POST", "/departure", {"departed_on": "2026-11-23"}),
    "arrive": ("POST", "/arrival", {"arrived_on": "2026-11-23"}),
    "book medical": ("POST", "/items/medical_examination/bookings", {"on": "2026-12-01"}),
    "book passport": ("POST", "/items/passport/bookings", {"on": "2026-12-01"}),
    "result of medical": ("POST", "/items/medical_examination/results", RESULT),
    "result of passport": ("POST", "/items/passport/results", RESULT),
    "result of nothing": ("POST", "/items/nothing/results", RESULT),
}


@pytest.mark.parametrize("deed", EXPECTED)
async def test_who_may(desk: Any, deed: str) -> None:
    given, *statuses = EXPECTED[deed]
    state = await desk.begin(given)
    method, way, body = REQUESTS[deed]
    path = f"/v1/preparations/{state['preparation']}{way}"
    headers = {"If-Match": "*"} if method == "PUT" else {}
    answers = {}
    # Those who may come last, so that what they change refuses nobody before them.
    for who, status in sorted(zip(WHO, statuses, strict=True), key=lambda pair: -pair[1]):
        answers[who] = (await desk.send(method, path, who, body, headers=headers)).status_code
        if status == 200 and deed == "arrive":
            state = await desk.begin(given)
            path = f"/v1/preparations/{state['preparation']}{way}"
    assert answers == dict(zip(WHO, statuses, strict=True))


@pytest.mark.parametrize("deed", EXPECTED)
async def test_nobody_without_a_token(desk: Any, deed: str) -> None:
    state = await desk.begin("planned")
    method, way, body = REQUESTS[deed]
    answer = await desk.send(method, f"/v1/preparations/{state['preparation']}{way}", None, body)
    assert answer.status_code == 401
