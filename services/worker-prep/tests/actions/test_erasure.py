"""Erasure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import Problem

DONE = date(2026, 12, 10)


async def test_erasure_leaves_ids_and_states(
    hands: Any, world: Any, law: Any, told: Any, announced: Any, ids: Any
) -> None:
    await world.law(law.medical())
    await hands.result("medical_examination", ids["clinic"], evidence={"finding": "CANARY"})
    await world.worker(status="erasure_requested")
    await world.worker(status="erased")
    dossier = await world.dossier()
    assert (dossier.preparation.status, dossier.preparation.reason) == ("closed", "erased")
    assert (dossier.items, dossier.results) == ([], [])
    for table in ("worker_key", "result", "item", "worker_copy", "due"):
        assert await world.session.scalar(text(f"select count(*) from {table}")) == 0
    assert (await told())[4:] == ["preparation.closed", "erasure.completed"]
    assert (await announced(world.session))[-1][:3] == (
        "imdi.worker-prep.erasures",
        "org.imdi.erasure.completed.v1",
        str(world.worker_id),
    )
    await world.placement("agreed")
    with pytest.raises(Problem) as closed:
        await hands.depart(ids["agency"], DONE)
    assert closed.value.slug == "wrong-state"


async def test_a_receipt_comes_also_where_nothing_was_held(world: Any, told: Any, session: AsyncSession) -> None:
    await world.worker(status="erasure_requested")
    assert await told() == ["erasure.completed"]


async def test_nothing_that_was_told_before_is_kept(hands: Any, world: Any, law: Any, told: Any, ids: Any) -> None:
    await world.law(law.medical())
    await hands.answer(ids["agency"], {"worker.facts.kin": "CANARY"})
    await world.publish()
    await world.worker(status="erasure_requested")
    assert await told() == ["preparation.closed", "erasure.completed"]


@pytest.mark.parametrize("sent_before", [True, False])
async def test_no_word_of_the_worker_stays_in_any_table(
    hands: Any, world: Any, law: Any, lying_in: Any, ids: Any, sent_before: bool
) -> None:
    """Answers lie readable until then; references and evidence never do."""
    await world.law(law.medical(), law.passport())
    await hands.answer(ids["agency"], {"worker.facts.kin": "CANARY"})
    await hands.result("medical_examination", ids["clinic"], evidence={"finding": "FOUNDLING"})
    assert set(await lying_in(world.session, "CANARY")) == {"preparation", "outbox"}
    assert await lying_in(world.session, "FOUNDLING") == await lying_in(world.session, "REF-1") == []
    if sent_before:
        await world.publish()
    await world.worker(status="erasure_requested")
    await world.publish()
    await world.worker(status="erased")
    assert await lying_in(world.session, "CANARY") == []
    last = await world.session.scalars(text("select type from outbox where topic = 'imdi.worker-prep.preparations'"))
    assert list(last) == ["org.imdi.preparation.closed.v1"]
