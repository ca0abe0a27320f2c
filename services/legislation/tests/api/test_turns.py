"""One draft is weighed at a time in a process; what weighing told, and to whom, is logged without a name of a case."""

from __future__ import annotations

import asyncio
from typing import Any

from services.legislation.tests.api.conftest import RULE_ID, Send, Stage
from structlog.testing import capture_logs

from imdi_common.service import Runtime
from imdi_legislation.api.impact import MOST, TURNS


async def until(true: Any) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - neither turns nor pools have an event
            await asyncio.sleep(0.01)


async def test_others_wait_without_a_connection_and_one_too_many_is_told_to_come_again(
    stage: Stage, send: Send, runtime: Runtime
) -> None:
    await stage.weighable()
    path = stage.real(f"/v1/rules/{RULE_ID}/impact")
    async with TURNS.one("no"):
        waiting = asyncio.gather(*(send("POST", path, "government") for _ in range(MOST - 1)))
        await until(lambda: TURNS.there == MOST)
        refused = await send("POST", path, "government")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
        assert (await send("POST", path, "employer")).status_code == 403
        await until(lambda: runtime.database.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
        assert not waiting.done()
    answers = await waiting
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert TURNS.there == 0


async def test_each_weighing_is_logged_by_counts(stage: Stage, send: Send) -> None:
    await stage.weighable()
    with capture_logs() as lines:
        answer = await send("POST", stage.real(f"/v1/rules/{RULE_ID}/impact"), "government")
    assert answer.status_code == 200
    [line] = [line for line in lines if line["event"] == "impact_weighed"]
    assert line == {
        "event": "impact_weighed", "log_level": "info", "rule": stage.ids[RULE_ID], "client_id": "one",
        "open_preparations": 1, "answered_again": 1, "told": 1, "breached": 0,
    }  # fmt: skip
