"""The feed of preparations: to each member what it may know, once, in the order of its publication."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from imdi_common.actor import Actor, Tenant
from imdi_worker_prep.actions.record_result import Finding, record_result
from imdi_worker_prep.domain.items import Outcome
from imdi_worker_prep.queries.changes import preparation_changes
from imdi_worker_prep.storage.sealing import MasterKey

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def actor(member_id: UUID | None) -> Actor:
    tenant = Tenant(member_id, "medical_provider", "PH", "accredited", None, 1) if member_id else None
    return Actor("client", frozenset({"partner"}), tenant)


async def read(world: Any, who: UUID | None, after: str | None = None, limit: int = 200) -> dict[str, Any]:
    return await preparation_changes(world.session, actor(who), NOW, after, limit)


async def told(world: Any, who: UUID | None) -> list[tuple[str, str | None, str]]:
    """What is told from the beginning: of each event its type, its item and the status after it."""
    page = await read(world, who)
    return [(one["type"].split(".", 2)[2][:-3], one["item"], one["status"]) for one in page["items"]]


async def record(world: Any, master: MasterKey, code: str, who: UUID, outcome: Outcome) -> None:
    finding = Finding(outcome, date(2026, 11, 20), "REF-1")
    case = (await world.dossier()).preparation.id
    await record_result(world.session, case, code, finding, actor(who), lambda _version: None, NOW, master)


@pytest.fixture
async def course(world: Any, law: Any, ids: Any, master: MasterKey) -> list[tuple[str, str | None, str]]:
    """A case on which a clinic and the controller have worked; all that was announced."""
    await world.opened("clinic")
    await world.law(law.medical(), law.passport())
    await record(world, master, "passport", ids["agency"], "cleared")
    await record(world, master, "medical_examination", ids["clinic"], "deferred")
    await world.publish()
    return [
        ("preparation.opened", None, "opened"),
        ("preparation.planned", None, "planned"),
        ("worker.cleared-documents", "passport", "in_progress"),
        ("worker.deferred-medical", "medical_examination", "in_progress"),
    ]


async def test_the_parties_follow_the_whole_case(world: Any, ids: Any, course: Any) -> None:
    assert await told(world, ids["agency"]) == await told(world, ids["employer"]) == course


async def test_a_partner_is_told_nothing_of_others_items(world: Any, ids: Any, course: Any) -> None:
    assert await told(world, ids["clinic"]) == [one for one in course if one[1] != "passport"]
    last = (await read(world, ids["clinic"]))["items"][-1]["preparation"]
    assert [item["code"] for item in last["items"]] == ["medical_examination"]
    assert (last["bars"], last["facts"]) == ([], None)


async def test_strangers_and_the_steward_are_told_nothing(world: Any, ids: Any, course: Any) -> None:
    for who in (ids["rescue"], None):
        assert await read(world, who) == {"items": [], "next": None}


async def test_without_the_workers_consent_partners_are_told_nothing(world: Any, ids: Any, course: Any) -> None:
    await world.worker("matching")
    assert await told(world, ids["clinic"]) == []
    assert await told(world, ids["agency"]) == course


async def test_a_former_controller_is_told_no_more_and_the_new_one_all(world: Any, ids: Any, course: Any) -> None:
    await world.worker("preparation", controller="rescue")
    await world.publish()
    assert await told(world, ids["agency"]) == []
    assert await told(world, ids["rescue"]) == [*course, ("preparation.planned", None, "in_progress")]


async def test_each_change_comes_once_with_the_case_as_it_stands(world: Any, ids: Any, course: Any) -> None:
    found, after = [], None
    for _ in course:
        page = await read(world, ids["agency"], after, limit=1)
        found += page["items"]
        after = page["next"]
    assert [one["sequence"] for one in found] == [1, 2, 3, 4]
    assert {one["preparation"]["status"] for one in found} == {"in_progress"}
    assert await read(world, ids["agency"], after) == {"items": [], "next": after}


async def test_what_is_not_published_yet_is_not_told(world: Any, law: Any, ids: Any, course: Any) -> None:
    await world.law(law.passport())
    assert await told(world, ids["agency"]) == course


async def test_of_an_erased_worker_only_the_end_is_told(world: Any, law: Any, ids: Any, course: Any) -> None:
    await world.law(law.medical(), law.passport())  # on its way when the worker is erased
    await world.worker(status="erasure_requested")
    await world.publish()
    assert await told(world, ids["agency"]) == [("preparation.closed", None, "closed")]
    (end,) = (await read(world, ids["agency"]))["items"]
    assert (end["preparation"]["reason"], end["preparation"]["items"]) == ("erased", [])
    assert await told(world, ids["clinic"]) == []
