from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.matching.tests.conftest import ENTRY, NOW, Market, always
from services.matching.tests.conftest import standing as status_of
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.actor import Tenant
from imdi_common.reactions import NotYet, Received
from imdi_contracts.legislation import RuleState
from imdi_contracts.registry import MemberState, WorkerState
from imdi_matching.actions.put_profile import put_profile
from imdi_matching.queries.members import standing
from imdi_matching.reactions.policies import POLICIES, member_changed, worker_changed
from imdi_matching.reactions.projections import keep_members, keep_rules, keep_workers
from imdi_matching.storage.copies import Member, Worker, erased, screening_rules
from imdi_matching.storage.tables import Profile


def received(state: Any, sequence: int) -> Received[Any]:
    return Received(state, sequence, NOW, state.subject)


def worker(worker_id: UUID, controller_id: UUID | None, **changes: Any) -> WorkerState:
    values: dict[str, Any] = {
        "worker_id": str(worker_id),
        "status": "registered",
        "controller_id": str(controller_id),
        "birth_date": date(1996, 4, 2),
        "sex": "female",
        "nationality": "PH",
        "country": "PH",
        "consents": ["matching"],
    }
    return WorkerState(**(values | changes))


def gone(worker_id: UUID) -> WorkerState:
    nothing = dict.fromkeys(("controller_id", "birth_date", "sex", "nationality", "country"))
    return WorkerState(worker_id=str(worker_id), status="erasure_requested", consents=[], **nothing)


def member(member_id: UUID, status: str) -> MemberState:
    return MemberState(
        member_id=str(member_id),
        kind="employer",
        country="SA",
        status=status,  # type: ignore[arg-type]  # as the case has it
        licensed_until=None,
        services=[],
    )


async def learn(session: AsyncSession, state: WorkerState, sequence: int) -> None:
    """The copy comes, and the policy acts."""
    await keep_workers(session, [received(state, sequence)])
    await worker_changed(session, received(state, sequence), NOW)


async def test_copies_never_go_back(session: AsyncSession) -> None:
    member_id = uuid4()
    await keep_members(session, [received(member(member_id, "suspended"), 3)])
    await keep_members(session, [received(member(member_id, "accredited"), 2)])
    copy = await session.get(Member, member_id)
    assert copy
    assert (copy.status, copy.sequence) == ("suspended", 3)


@pytest.mark.parametrize(("sequence", "expected"), [(1, "suspended"), (2, "suspended"), (3, "accredited")])
async def test_the_newer_of_token_and_copy_decides(session: AsyncSession, sequence: int, expected: str) -> None:
    member_id = uuid4()
    await keep_members(session, [received(member(member_id, "suspended"), 2)])
    token = Tenant(member_id, "employer", "SA", "accredited", None, sequence)
    assert (await standing(session, token)).status == expected


async def test_a_registration_makes_the_waiting_claim_live(session: AsyncSession, market: Market) -> None:
    worker_id = uuid4()
    await put_profile(session, worker_id, ENTRY, market.agency, NOW, always)
    await learn(session, worker(worker_id, market.agency.tenant_id), 1)
    profile = await session.get(Profile, worker_id)
    assert profile
    assert (profile.status, profile.minor_groups, profile.available_from) == ("live", ["532"], date(2027, 1, 15))


async def test_a_policy_waits_for_its_copy(session: AsyncSession) -> None:
    with pytest.raises(NotYet):
        await worker_changed(session, received(worker(uuid4(), uuid4()), 1), NOW)
    with pytest.raises(NotYet):
        await member_changed(session, received(member(uuid4(), "suspended"), 1), NOW)


async def test_an_erased_worker_never_comes_back(session: AsyncSession, market: Market) -> None:
    worker_id = uuid4()
    await put_profile(session, worker_id, ENTRY, market.agency, NOW, always)
    await learn(session, worker(worker_id, market.agency.tenant_id), 1)
    await learn(session, gone(worker_id), 2)
    assert await erased(session, [worker_id]) == {worker_id}
    await learn(session, worker(worker_id, market.agency.tenant_id), 3)
    session.expire_all()
    assert await session.get(Worker, worker_id) is None
    assert await session.get(Profile, worker_id) is None


async def test_suspension_holds_the_owners_vacancies_until_it_is_reinstated(
    session: AsyncSession, market: Market
) -> None:
    vacancy = await market.posted()
    for sequence, (status, expected) in enumerate([("suspended", "paused"), ("accredited", "posted")], 1):
        event = received(member(vacancy.owner_id, status), sequence)
        await keep_members(session, [event])
        await member_changed(session, event, NOW)
        assert status_of(vacancy) == expected


async def test_rules_are_read_as_the_domain_wants_them(session: AsyncSession) -> None:
    version = {
        "id": "r1",
        "version": 1,
        "status": "active",
        "scope": {"origins": ["PH"], "destinations": ["*"], "occupations": ["53"]},
        "when": 'worker.sex == "female"',
        "screen": {"fact": "worker.sex", "op": "==", "value": "female"},
        "effect": {"criterion": "age", "min": 24},
        "basis": [{"instrument": "i", "title": "Order", "provision": "1"}],
        "effective_from": "2026-01-01",
        "effective_until": None,
        "transition": "opened_after",
        "confidence": "primary",
    }
    for code, kind in (("age", "criterion"), ("medical", "requirement")):
        state = RuleState.model_validate({"code": code, "kind": kind, "versions": [version], "law_epoch": 1})
        await keep_rules(session, [received(state, 1)])
    ((rule,),) = await screening_rules(session)
    assert (rule.code, rule.effective_from, rule.opened_after) == ("age", date(2026, 1, 1), True)


def test_policies_keep_their_names_for_ever() -> None:
    assert [policy.name for policy in POLICIES] == [
        "matching.worker",
        "matching.member",
        "matching.assessment",
        "matching.preparation",
    ]
