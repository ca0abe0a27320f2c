"""The states that examples begin in, and their ids: an example shows fixed ones, a state has its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from imdi_registry.domain.mrz import check_digit

IDS = {
    "himal": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c61",
    "rescue": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c62",
    "riyadh": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c63",
    "maya": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c71",
    "maya_again": "019396f1-2a00-7c1e-8a53-1d2f3a4b5c72",
    "client_id": "imdi-5f1d2c3b4a596877a1b2c3d4",
    "client_secret": "shown-once-43-characters-AbCdEfGhIjKlMnOpQ",
}
State = dict[str, str]


async def an_applicant(desk: Any) -> State:
    applied = (await desk.post("/v1/members", None, himal())).json()
    desk.members["himal"] = applied
    return {"himal": applied["id"]}


async def members(desk: Any) -> State:
    state = await an_applicant(desk)
    await desk.post(f"/v1/members/{state['himal']}/accreditation", "steward")
    return state | {
        "rescue": await desk.join("rescue", "civil_society"),
        "riyadh": await desk.join("riyadh", "employer", "SA"),
    }


async def a_suspended_member(desk: Any) -> State:
    state = await members(desk)
    reason = {"reason": "Fees were taken from workers."}
    await desk.post(f"/v1/members/{state['himal']}/suspension", "steward", reason)
    return state


async def a_client(desk: Any) -> State:
    state = await members(desk)
    made = (await desk.post(f"/v1/members/{state['himal']}/clients", "steward", {"name": "Back office"})).json()
    return state | {name: made[name] for name in ("client_id", "client_secret")}


async def a_worker(desk: Any) -> State:
    return await members(desk) | {"maya": (await desk.post("/v1/workers", "himal", maya())).json()["id"]}


async def an_erasure(desk: Any) -> State:
    state = await a_worker(desk)
    await desk.post(f"/v1/workers/{state['maya']}/erasure", "himal", {"reason": "The worker asked for it."})
    return state


async def a_duplicate(desk: Any) -> State:
    state = await a_worker(desk)
    return state | {"maya_again": (await desk.post("/v1/workers", "rescue", maya())).json()["id"]}


async def nobody(desk: Any) -> State:
    return {}


STATES: dict[str, Callable[[Any], Awaitable[State]]] = {
    "nobody": nobody,
    "an applicant": an_applicant,
    "members": members,
    "a suspended member": a_suspended_member,
    "a client": a_client,
    "a worker": a_worker,
    "an erasure": an_erasure,
    "a duplicate": a_duplicate,
}


def himal() -> dict[str, Any]:
    licence = {
        "type": "recruitment",
        "number": "NP-1234",
        "issuer": "Department of Foreign Employment",
        "valid_from": "2026-01-01",
        "valid_until": "2027-06-30",
    }
    orientation = {"service": "orientation", "country": "NP", "place": "Kathmandu", "destinations": ["MY", "SA"]}
    return {
        "name": "Himal Manpower",
        "kind": "recruitment_agency",
        "country": "NP",
        "contact_email": "ops@himal.example.org",
        "licences": [licence],
        "services": [orientation],
    }


def maya() -> dict[str, Any]:
    fields = [text + check_digit(text) for text in ("PA1234567", "960402", "310501")]
    composite = check_digit("".join(fields) + "<" * 15)
    return {
        "given_names": "Maya",
        "family_name": "Tamang",
        "birth_date": "1996-04-02",
        "sex": "female",
        "nationality": "NP",
        "country": "NP",
        "passport": {
            "number": "PA1234567",
            "issuing_country": "NP",
            "expires_on": "2031-05-01",
            "mrz": ["P<NPLTAMANG<<MAYA".ljust(44, "<"), f"{fields[0]}NPL{fields[1]}F{fields[2]}{'<' * 15}{composite}"],
        },
        "phone": "+9779800000000",
        "email": "maya@example.org",
        "consents": [{"purpose": "matching"}, {"purpose": "preparation"}],
    }


@pytest.fixture
def begin(desk: Any) -> Callable[[str], Awaitable[State]]:
    """``await begin("a worker")``: build the state, and tell the ids in it by the ids that examples show."""

    async def build(name: str) -> State:
        state = await STATES[name](desk)
        return {IDS[what]: real for what, real in state.items()}

    return build
