from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from imdi_common.actor import Tenant
from imdi_common.reactions import NotYet, Received
from imdi_contracts.registry import MemberState, WorkerState
from imdi_worker_prep.queries.members import standing
from imdi_worker_prep.reactions.due import DUE
from imdi_worker_prep.reactions.policies import POLICIES
from imdi_worker_prep.reactions.projections import PROJECTIONS, keep_members, keep_workers
from imdi_worker_prep.storage.copies import MemberCopy, WorkerCopy


def received(state: Any, sequence: int) -> Received[Any]:
    return Received(state, sequence, None, state.subject)  # type: ignore[arg-type]


def member(status: str = "accredited", ident: str = "") -> MemberState:
    return MemberState.model_validate(
        {
            "member_id": ident or str(uuid4()),
            "kind": "medical_provider",
            "country": "PH",
            "status": status,
            "licensed_until": None,
            "services": [
                {"service": "medical_examination", "country": "PH", "place": "Manila", "destinations": ["SA"]}
            ],
        }
    )


def worker(ident: str, consents: list[str]) -> WorkerState:
    return WorkerState.model_validate(
        {
            "worker_id": ident,
            "status": "registered",
            "controller_id": str(uuid4()),
            "birth_date": "1996-04-02",
            "sex": "female",
            "nationality": "PH",
            "country": "PH",
            "consents": consents,
        }
    )


async def test_copies_take_only_what_is_newer(session: Any) -> None:
    one = str(uuid4())
    for status, sequence in (("accredited", 2), ("suspended", 1)):
        await keep_members(session, [received(member(status, one), sequence)])
    copy = await session.get(MemberCopy, UUID(one))
    assert (copy.status, copy.sequence) == ("accredited", 2)
    assert copy.provider.offers[0].destinations == {"SA"}
    await keep_workers(session, [received(worker(one, ["preparation"]), 2), received(worker(str(uuid4()), []), 1)])
    await keep_workers(session, [received(worker(one, []), 1)])
    assert [row.consents for row in await session.scalars(select(WorkerCopy).order_by(WorkerCopy.sequence))] == [
        [],
        ["preparation"],
    ]


async def test_a_copy_holds_no_legal_facts(session: Any) -> None:
    assert {column.name for column in WorkerCopy.__table__.columns} == {
        "id",
        "status",
        "controller_id",
        "country",
        "consents",
        "sequence",
    }


async def test_nothing_of_an_erased_worker_is_copied_again(world: Any, session: Any) -> None:
    await world.worker("preparation")
    await world.worker(status="erasure_requested")
    await keep_workers(session, [received(worker(str(world.worker_id), []), 99)])
    assert await session.get(WorkerCopy, world.worker_id) is None


async def test_a_placement_waits_for_its_worker(world: Any) -> None:
    with pytest.raises(NotYet):
        await world.placement()


@pytest.mark.parametrize("status", ["proposed", "accepted", "selected", "offered", "withdrawn", "completed"])
async def test_only_a_binding_placement_is_prepared(world: Any, told: Any, status: str) -> None:
    await world.worker("preparation")
    await world.placement(status)
    assert await told() == []


@pytest.mark.parametrize("status", ["agreed", "ready", "deployed"])
async def test_a_binding_one_is_whatever_came_first(world: Any, told: Any, status: str) -> None:
    await world.worker("preparation")
    await world.placement(status)
    await world.placement("withdrawn")
    await world.placement("withdrawn")
    assert await told() == ["preparation.opened", "preparation.closed"]


@pytest.mark.parametrize(
    ("token", "copy", "status"),
    [(3, 2, "accredited"), (2, 2, "suspended"), (1, 2, "suspended"), (1, None, "accredited")],
)
async def test_the_newer_of_token_and_copy_decides(session: Any, token: int, copy: int | None, status: str) -> None:
    ident = uuid4()
    if copy:
        await keep_members(session, [received(member("suspended", str(ident)), copy)])
    tenant = Tenant(ident, "medical_provider", "PH", "accredited", date(2027, 1, 1), token)
    assert (await standing(session, tenant)).status == status


async def test_a_due_row_of_a_closed_or_unknown_case_does_nothing(world: Any, session: Any, told: Any) -> None:
    preparation_id = await world.opened()
    await world.placement("withdrawn")
    for subject in (preparation_id, uuid4()):
        await DUE["expiry"](session, str(subject), world.now)
    assert await told() == ["preparation.opened", "preparation.closed"]


def test_reactions_have_names_that_stay() -> None:
    assert [policy.name for policy in POLICIES] == [
        "prepare_placements",
        "plan_preparations",
        "follow_workers",
        "follow_members",
    ]
    assert [projection.name for projection in PROJECTIONS] == ["keep_members", "keep_workers"]
