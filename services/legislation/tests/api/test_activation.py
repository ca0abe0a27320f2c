"""Activated is what was read; and when it was activated and retired stays known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from services.legislation.tests.api.conftest import INSTRUMENT_ID, PROCEDURE_ID, RULE_ID, Send, Stage
from services.legislation.tests.conftest import MEDICAL, rule_body
from sqlalchemy import select

from imdi_legislation.storage.procedures import ProcedureVersion
from imdi_legislation.storage.tables import RuleVersion

RULE, PROCEDURE = f"/v1/rules/{RULE_ID}", f"/v1/procedures/{PROCEDURE_ID}"


async def test_a_proposal_that_became_another_is_not_activated_unread(stage: Stage, send: Send) -> None:
    """One proposes, another reads it; then the first withdraws it and proposes something else under the same id."""
    await stage.proposed()
    path = stage.real(RULE)
    read = (await send("GET", path, "anybody")).headers["etag"]
    await send("POST", f"{path}/withdrawal", "government")
    draft = (await send("GET", path, "anybody")).headers["etag"]
    basis = {"basis": [{"instrument": stage.ids[INSTRUMENT_ID], "provision": "art. 3"}]}
    other = rule_body(effect=MEDICAL | {"payer": "worker"}) | basis
    assert (await send("PUT", path, "government", other, **{"If-Match": draft})).status_code == 200
    await send("POST", f"{path}/proposal", "government")

    refused = await send("POST", f"{path}/activation", "government-2", {}, **{"If-Match": read})
    assert (refused.status_code, refused.json()["type"]) == (412, "urn:imdi:problem:precondition-failed")
    now = await send("GET", path, "anybody")
    assert (now.json()["status"], now.json()["activated_at"]) == ("proposed", None)
    done = await send("POST", f"{path}/activation", "government-2", {}, **{"If-Match": now.headers["etag"]})
    assert (done.status_code, done.json()["effect"]["payer"]) == (200, "worker")


async def test_a_procedure_is_activated_as_it_was_read(stage: Stage, send: Send) -> None:
    await stage.procedure()
    path = stage.real(PROCEDURE)
    made = (await send("GET", path, "anybody")).headers["etag"]
    refused = await send("POST", f"{path}/activation", "government", {}, **{"If-Match": '"1"'})
    assert refused.status_code == 412
    done = await send("POST", f"{path}/activation", "government", {}, **{"If-Match": made})
    assert (done.status_code, done.json()["status"]) == (200, "active")
    assert done.headers["etag"] != made


@pytest.mark.parametrize(
    ("given", "path", "role", "client_id", "table"),
    [
        ("proposed", RULE, "government-2", "two", RuleVersion),
        ("procedure", PROCEDURE, "government", "one", ProcedureVersion),
    ],
)
async def test_when_and_by_whom_is_noted(
    stage: Stage, send: Send, clock: Any, given: str, path: str, role: str, client_id: str, table: Any
) -> None:
    await getattr(stage, given)()
    path, begun = stage.real(path), clock.now()
    shown = (await send("POST", f"{path}/activation", role, {})).json()
    assert (shown["activated_at"], shown["retired_at"]) == (told(begun), None)
    ended = begun + timedelta(hours=1)
    clock.set(ended)
    shown = (await send("POST", f"{path}/retirement", role, {"on": "2027-01-01"})).json()
    assert (shown["activated_at"], shown["retired_at"]) == (told(begun), told(ended))
    listed = (await send("GET", f"{path.rpartition('/')[0]}?status=retired", "anybody")).json()["items"]
    assert [one["retired_at"] for one in listed] == [told(ended)]
    async with stage.database.transaction() as session:
        version = (await session.scalars(select(table).where(table.status == "retired"))).one()
    assert (version.activated_by, version.activated_at) == (client_id, begun)
    assert (version.retired_by, version.retired_at) == (client_id, ended)


def told(moment: Any) -> str:
    return str(moment.isoformat()).replace("+00:00", "Z")
