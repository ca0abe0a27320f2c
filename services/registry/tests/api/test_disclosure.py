from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from imdi_common.database import Database
from imdi_registry.storage.copies import PlacementCopy, PreparationCopy
from imdi_registry.storage.tables import Disclosure

NAMES = {"given_names", "family_name"}
PERSONAL = NAMES | {
    "birth_date",
    "age_band",
    "adult",
    "sex",
    "nationality",
    "country",
    "passport",
    "phone",
    "email",
    "notices",
}


def shown(body: dict[str, Any]) -> set[str]:
    return {name for name in PERSONAL if body.get(name) is not None}


async def place(database: Database, worker_id: str, owner_id: str, status: str) -> None:
    async with database.transaction() as session:
        session.add(
            PlacementCopy(id=uuid4(), worker_id=UUID(worker_id), owner_id=UUID(owner_id), status=status, sequence=1)
        )


async def prepare(database: Database, worker_id: str, performer_id: str) -> None:
    async with database.transaction() as session:
        performers = [UUID(performer_id)]
        session.add(
            PreparationCopy(id=uuid4(), worker_id=UUID(worker_id), status="planned", performers=performers, sequence=1)
        )


async def test_a_stranger_meets_the_404_of_an_absent_worker(desk: Any) -> None:
    await desk.join("Himal")
    await desk.join("Rival", "employer", "SA")
    await desk.join("Delhi", "government", "IN")
    worker_id = await desk.register("Himal")
    for who in ("Rival", "Delhi"):
        foreign = await desk.get(f"/v1/workers/{worker_id}", who)
        absent = await desk.get(f"/v1/workers/{uuid4()}", who)
        assert foreign.status_code == absent.status_code == 404
        assert foreign.json() == absent.json()
        for path, body in [
            ("consents", {"purpose": "matching", "given": False}),
            ("erasure", {"reason": "x"}),
            (
                "controller",
                {"member_id": worker_id, "evidence": {"kind": "in_person", "reference": "1"}},
            ),
        ]:
            assert (await desk.post(f"/v1/workers/{worker_id}/{path}", who, body)).status_code == 404
        for path in ("disclosures", "erasure"):
            assert (await desk.get(f"/v1/workers/{worker_id}/{path}", who)).status_code == 404
        assert (await desk.send("PATCH", f"/v1/workers/{worker_id}", who, {})).status_code == 404


@pytest.mark.parametrize(
    ("kind", "country", "status", "expected"),
    [
        ("employer", "SA", "proposed", {"country"}),
        ("employer", "SA", "selected", {"country"}),
        ("employer", "SA", "offered", NAMES | {"birth_date", "country"}),
        (
            "employer",
            "SA",
            "agreed",
            NAMES | {"birth_date", "country", "nationality", "passport", "phone", "email"},
        ),
        ("recruitment_agency", "SA", "accepted", {"country"}),
        ("recruitment_agency", "SA", "offered", NAMES | {"country"}),
        ("recruitment_agency", "SA", "deployed", NAMES | {"country"}),
    ],
)
async def test_a_vacancys_owner_sees_more_as_the_placement_goes_on(
    desk: Any, database: Database, kind: str, country: str, status: str, expected: set[str]
) -> None:
    await desk.join("Himal")
    owner_id = await desk.join("Owner", kind, country)
    worker_id = await desk.register("Himal")
    await place(database, worker_id, owner_id, status)
    body = (await desk.get(f"/v1/workers/{worker_id}", "Owner")).json()
    assert shown(body) == expected
    assert body["controller_id"] is None
    assert body["consents"] is None
    for path, asked in [("consents", {"purpose": "matching", "given": False}), ("erasure", {"reason": "x"})]:
        assert (await desk.post(f"/v1/workers/{worker_id}/{path}", "Owner", asked)).status_code == 403
    async with database.transaction() as session:
        await session.execute(update(PlacementCopy).values(status="withdrawn"))
    assert (await desk.get(f"/v1/workers/{worker_id}", "Owner")).status_code == 404


async def test_an_assigned_clinic_sees_whom_it_examines_until_the_end(desk: Any, database: Database) -> None:
    await desk.join("Himal")
    clinic_id = await desk.join("Clinic", "medical_provider")
    worker_id = await desk.register("Himal")
    assert (await desk.get(f"/v1/workers/{worker_id}", "Clinic")).status_code == 404
    await prepare(database, worker_id, clinic_id)
    body = (await desk.get(f"/v1/workers/{worker_id}", "Clinic")).json()
    assert shown(body) == NAMES | {"birth_date", "sex", "passport", "phone", "email"}
    assert body["passport"]["number"] == "••••••567"
    async with database.transaction() as session:
        await session.execute(update(PreparationCopy).values(status="closed"))
    assert (await desk.get(f"/v1/workers/{worker_id}", "Clinic")).status_code == 404


async def test_a_withdrawn_consent_closes_what_it_opened(desk: Any, database: Database) -> None:
    await desk.join("Himal")
    owner_id = await desk.join("Owner", "employer", "SA")
    worker_id = await desk.register("Himal")
    await place(database, worker_id, owner_id, "offered")
    path = f"/v1/workers/{worker_id}/consents"
    await desk.post(path, "Himal", {"purpose": "matching", "given": False})
    assert shown((await desk.get(f"/v1/workers/{worker_id}", "Owner")).json()) == set()
    await desk.post(path, "Himal", {"purpose": "matching", "given": True})
    assert shown((await desk.get(f"/v1/workers/{worker_id}", "Owner")).json()) >= NAMES


async def test_stewards_and_the_government_of_origin_see_that_a_worker_exists(desk: Any) -> None:
    await desk.join("Himal")
    await desk.join("Kathmandu", "government", "NP")
    worker_id = await desk.register("Himal")
    assert shown((await desk.get(f"/v1/workers/{worker_id}", "steward")).json()) == set()
    assert shown((await desk.get(f"/v1/workers/{worker_id}", "Kathmandu")).json()) == {"country"}


async def test_every_reading_is_recorded_and_the_controller_can_read_the_record(desk: Any, database: Database) -> None:
    await desk.join("Himal")
    owner_id = await desk.join("Owner", "employer", "SA")
    worker_id = await desk.register("Himal")
    await place(database, worker_id, owner_id, "offered")
    await desk.get(f"/v1/workers/{worker_id}", "Owner")
    await desk.get("/v1/workers", "Himal")
    await desk.get(f"/v1/workers/{worker_id}", "steward")
    listed, owner, registration = (await desk.get(f"/v1/workers/{worker_id}/disclosures", "Himal")).json()["items"]
    assert owner["member_id"] == owner_id
    assert owner["roles"] == ["employer"]
    assert owner["fields"] == ["birth_date", "country", "family_name", "given_names"]
    assert listed["fields"] == ["family_name", "given_names"]
    assert len(registration["fields"]) == 11
    assert (await desk.get(f"/v1/workers/{worker_id}/disclosures", "Owner")).status_code == 403
    async with database.transaction() as session:
        rows = list(await session.scalars(select(Disclosure)))
    assert not any("Maya" in str(vars(row)) for row in rows)


async def test_a_refused_reading_is_not_recorded(desk: Any, database: Database) -> None:
    await desk.join("Himal")
    await desk.join("Rival")
    worker_id = await desk.register("Himal")
    await desk.get(f"/v1/workers/{worker_id}", "Rival")
    async with database.transaction() as session:
        assert len(list(await session.scalars(select(Disclosure)))) == 1
