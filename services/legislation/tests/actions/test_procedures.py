from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from services.legislation.tests.api.procedure_body import procedure_body
from services.legislation.tests.conftest import INSTRUMENT, NOW, ONE, STEWARD, member
from sqlalchemy import select

from imdi_common.problems import Problem
from imdi_legislation.actions.activate_procedure import activate_procedure, retire_procedure
from imdi_legislation.actions.draft_procedure import draft_procedure
from imdi_legislation.actions.enter_instrument import enter_instrument
from imdi_legislation.actions.load_packs import PackRefused, load_pack, read_packs
from imdi_legislation.actions.load_procedures import load_procedures, read_procedures
from imdi_legislation.settings import Settings
from imdi_legislation.storage.procedures import ProcedureVersion

PACKS: Path = Settings.model_fields["packs"].default
PERIODS = list[tuple[int, str, str, str | None]]


class Office:
    """Drafts and activates versions of one procedure."""

    def __init__(self, session: Any, instrument: str) -> None:
        self.session, self.instrument = session, instrument

    async def draft(self, actor: Any = ONE, **other: Any) -> Any:
        return await draft_procedure(self.session, procedure_body(self.instrument, **other), actor, NOW)

    async def enact(self, begins: date | None = None, **other: Any) -> Any:
        return await activate_procedure(self.session, await self.draft(**other), begins, ONE, NOW)

    async def periods(self) -> PERIODS:
        found = select(ProcedureVersion).order_by(ProcedureVersion.number).execution_options(populate_existing=True)
        return [
            (v.number, v.status, str(v.effective_from), v.effective_until and str(v.effective_until))
            for v in await self.session.scalars(found)
        ]


@pytest.fixture
async def office(session: Any) -> Office:
    return Office(session, str(await enter_instrument(session, INSTRUMENT, ONE, NOW)))


async def test_a_new_version_ends_the_one_before_it_on_the_day_before(office: Office) -> None:
    await office.enact()
    await office.enact(date(2027, 1, 1))
    assert await office.periods() == [
        (1, "active", "2026-01-01", "2026-12-31"),
        (2, "active", "2027-01-01", None),
    ]


@pytest.mark.parametrize(
    ("begins", "until", "fits"),
    [
        (date(2025, 1, 1), None, False),
        (date(2025, 1, 1), "2025-12-31", True),
        (date(2025, 1, 1), "2026-01-01", False),
        (date(2026, 1, 1), None, False),
        (date(2026, 1, 2), None, True),
    ],
)
async def test_versions_never_overlap(office: Office, begins: date, until: str | None, fits: bool) -> None:
    await office.enact()
    later = await office.draft(effective={"from": "2025-01-01", "until": until} if until else {"from": "2025-01-01"})
    if fits:
        await activate_procedure(office.session, later, begins, ONE, NOW)
        return
    with pytest.raises(Problem, match="versions-overlap"):
        await activate_procedure(office.session, later, begins, ONE, NOW)
    assert (await office.periods())[0] == (1, "active", "2026-01-01", None)


async def test_a_retired_procedure_ends_and_may_have_an_heir(office: Office) -> None:
    first = await office.enact()
    await retire_procedure(office.session, first, date(2026, 7, 1), ONE, NOW)
    await office.enact(date(2026, 8, 1))
    assert await office.periods() == [
        (1, "retired", "2026-01-01", "2026-06-30"),
        (2, "active", "2026-08-01", None),
    ]


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (member(country="PH"), True),
        (member(country="SA"), True),
        (member(country="NP"), False),
        (member(kind="employer"), False),
        (STEWARD, False),
    ],
)
async def test_the_governments_at_either_end_write(office: Office, actor: Any, may: bool) -> None:
    if may:
        await office.draft(actor)
        return
    with pytest.raises(Problem, match="forbidden"):
        await office.draft(actor)
    assert await office.periods() == []


async def test_nobody_takes_over_anothers_procedure(office: Office) -> None:
    first = await office.enact()
    nepal = member(country="NP")
    with pytest.raises(Problem, match="forbidden"):
        await office.draft(nepal, corridor={"origin": "NP", "destination": "MY"})
    with pytest.raises(Problem, match="forbidden"):
        await retire_procedure(office.session, first, date(2027, 1, 1), nepal, NOW)


@pytest.mark.parametrize("instrument", ["", "PH-SA-2013", "01936000-0000-7000-8000-00000000dead"])
async def test_a_basis_is_an_instrument_that_is_there(office: Office, instrument: str) -> None:
    with pytest.raises(Problem, match="invalid-request"):
        await draft_procedure(office.session, procedure_body(instrument), ONE, NOW)


async def test_nobody_has_verified_it_tomorrow(office: Office) -> None:
    with pytest.raises(Problem, match="invalid-request"):
        await office.draft(verified_on="2026-11-25")


async def test_the_projects_procedures_are_loaded_once_after_its_packs(session: Any) -> None:
    later = NOW + timedelta(days=30)  # each of them was verified by then
    for pack in read_packs(PACKS):
        await load_pack(session, pack, later)
    files = read_procedures(PACKS)
    assert [await load_procedures(session, file, later) for file in files] == [len(file.procedures) for file in files]
    assert [await load_procedures(session, file, later) for file in files] == [0] * len(files)
    assert {version.status for version in await session.scalars(select(ProcedureVersion))} == {"active"}


async def test_a_changed_file_becomes_the_next_version_and_the_file_before_takes_nothing_back(
    session: Any, office: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "procedures"
    folder.mkdir()
    for begins, title, entered in (("2026-01-01", "One", 1), ("2026-06-01", "Two", 1), ("2026-01-01", "One", 0)):
        body = procedure_body("SA-PH-2013", title=title, effective={"from": begins})
        (folder / "a.yaml").write_text(yaml.safe_dump([body]))
        [file] = read_procedures(tmp_path)
        assert await load_procedures(session, file, NOW) == entered
    assert await office.periods() == [
        (1, "active", "2026-01-01", "2026-05-31"),
        (2, "active", "2026-06-01", None),
    ]


async def test_all_that_is_wrong_with_a_file_is_told_with_its_place(session: Any, tmp_path: Path) -> None:
    folder = tmp_path / "procedures"
    folder.mkdir()
    (folder / "a.yaml").write_text(yaml.safe_dump([procedure_body("X") | {"title": None}]))
    (folder / "b.yaml").write_text("just a text")
    with pytest.raises(PackRefused) as refused:
        read_procedures(tmp_path)
    assert refused.value.errors == [
        "procedures/a.yaml: ph-sa-domestic: title: This field is required.",
        "procedures/b.yaml: a list of procedures",
    ]
    (folder / "b.yaml").unlink()
    (folder / "a.yaml").write_text(yaml.safe_dump([procedure_body("X")]))
    with pytest.raises(PackRefused, match="X: there is no such instrument"):
        await load_procedures(session, read_procedures(tmp_path)[0], NOW)
    assert read_procedures(folder) == []
