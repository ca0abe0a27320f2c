from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from imdi_legislation.actions.load_packs import PackRefused, load_pack, read_pack, read_packs
from imdi_legislation.settings import Settings
from imdi_legislation.storage.recognition import Profession
from imdi_legislation.storage.tables import Instrument, LawState, RuleVersion

PACKS: Path = Settings.model_fields["packs"].default
RULE: dict[str, Any] = {
    "code": "xx-rule",
    "kind": "bar",
    "scope": {"origins": ["NP"], "destinations": ["LY"], "occupations": ["*"]},
    "effect": {"prohibits": "recruitment", "reason": "Closed"},
    "basis": [{"instrument": "XX-ACT"}],
    "effective": {"from": "2026-01-01"},
    "confidence": "secondary",
}
ACT: dict[str, Any] = {
    "code": "XX-ACT", "title": "Act", "type": "act", "level": "national", "parties": ["NP"],
    "status": "in_force", "topics": [], "confidence": "secondary",
}  # fmt: skip


def write(folder: Path, **content: Any) -> Path:
    file = folder / "pack.yaml"
    file.write_text(yaml.safe_dump({"name": "Pack", "instruments": [ACT], "rules": [RULE]} | content))
    return file


async def test_the_packs_of_the_project_are_law_and_are_loaded_once(session: Any, day: Any) -> None:
    packs, later = read_packs(PACKS), day(30)
    assert packs[0].name == "instruments"
    assert len(packs[0].instruments) == 47
    assert [await load_pack(session, pack, later) > 0 for pack in packs] == [True] * len(packs)
    epoch = await session.scalar(select(LawState.epoch))
    assert [await load_pack(session, pack, later) for pack in packs] == [0] * len(packs)
    assert await session.scalar(select(LawState.epoch)) == epoch
    statuses = set(await session.scalars(select(RuleVersion.status)))
    assert statuses == {"active"}
    by = {(row.proposed_by, row.activated_by) for row in await session.scalars(select(RuleVersion))}
    assert by == {(f"pack:{pack.name}", f"pack:{pack.name}:reviewed") for pack in packs[1:]}


async def test_a_changed_rule_becomes_its_next_version_and_the_edition_before_takes_nothing_back(
    session: Any, parliament: Any, tmp_path: Path
) -> None:
    await load_pack(session, read_pack(write(tmp_path)), parliament.now)
    changed = RULE | {"effect": {"prohibits": "departure", "reason": "War"}, "effective": {"from": "2026-06-01"}}
    assert await load_pack(session, read_pack(write(tmp_path, rules=[changed])), parliament.now) == 1
    assert await load_pack(session, read_pack(write(tmp_path)), parliament.now) == 0
    found = select(RuleVersion).order_by(RuleVersion.number).execution_options(populate_existing=True)
    versions = list(await session.scalars(found))
    assert [(version.number, str(version.effective_until)) for version in versions] == [(1, "2026-05-31"), (2, "None")]
    assert await session.scalar(select(func.count()).select_from(Instrument)) == 1


async def test_all_that_is_wrong_with_a_pack_is_told_with_its_place(tmp_path: Path) -> None:
    wrong = [
        RULE | {"when": "worker.age >="},
        RULE | {"code": "b", "when": "vacancy.monthly_wage > 3"},
        RULE | {"code": "c", "effect": {"prohibits": "joy", "reason": "x"}},
        RULE | {"code": "c"},
    ]
    with pytest.raises(PackRefused) as refused:
        read_pack(write(tmp_path, rules=wrong, instruments=[ACT | {"level": "village"}]))
    lines = (tmp_path / "pack.yaml").read_text().splitlines()
    told = [error.split(": ")[:3] for error in refused.value.errors]
    assert [error[1:] for error in told] == [
        ["XX-ACT", "level"],
        ["xx-rule", "when"],
        ["b", "when"],
        ["c", "effect.prohibits"],
        ["c", "code"],
    ]
    for (place, _, field), word in zip(told, ("village", "worker.age >=", "monthly_wage", "joy", "c"), strict=True):
        name, line = place.split(":")
        assert (name, word in lines[int(line) - 1]) == ("pack.yaml", True), field
    (tmp_path / "pack.yaml").write_text("just a text")
    with pytest.raises(PackRefused):
        read_pack(tmp_path / "pack.yaml")


async def test_a_pack_names_only_instruments_that_are_there(session: Any, parliament: Any, tmp_path: Path) -> None:
    with pytest.raises(PackRefused, match="XX-ACT"):
        await load_pack(session, read_pack(write(tmp_path, instruments=[])), parliament.now)


async def test_each_mapped_instrument_is_a_row_of_what_was_found(tmp_path: Path) -> None:
    for name in ("instruments.csv", "instruments.yaml"):
        shutil.copy(PACKS / name, tmp_path / name)
    entries = yaml.safe_load((tmp_path / "instruments.yaml").read_text())
    (tmp_path / "instruments.yaml").write_text(yaml.safe_dump([entries[0] | {"nr": 999}]))
    with pytest.raises(PackRefused, match="no row of"):
        read_packs(tmp_path)


PROFESSION: dict[str, Any] = {
    "code": "nurse", "country": "NP", "title": "Nurse", "occupations": ["2221"], "regulated": True,
    "basis": [{"instrument": "XX-ACT"}], "effective": {"from": "2024-01-01"}, "confidence": "secondary",
}  # fmt: skip


async def test_a_pack_holds_the_law_of_recognition_too(session: Any, parliament: Any, tmp_path: Path) -> None:
    both = [PROFESSION, PROFESSION | {"regulated": False, "effective": {"from": "2026-01-01"}}]
    for entered in (4, 0):
        assert await load_pack(session, read_pack(write(tmp_path, professions=both)), parliament.now) == entered
    found = list(await session.scalars(select(Profession).order_by(Profession.effective_from)))
    assert [(one.regulated, str(one.effective_until)) for one in found] == [(True, "2025-12-31"), (False, "None")]


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({"professions": [PROFESSION | {"regulated": "yes"}]}, "pack.yaml: professions.0: regulated: True or false."),
        ({"routes": [{"country": "XX"}]}, "pack.yaml: routes.0: country: An ISO 3166-1 alpha-2 code."),
        ({"issuers": [PROFESSION]}, "pack.yaml: issuers.0: regulated: There is no such field here."),
    ],
)
def test_what_is_wrong_with_it_is_told_with_its_place(content: dict[str, Any], wrong: str, tmp_path: Path) -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(write(tmp_path, **content))
    assert wrong in refused.value.errors


async def test_an_entry_stands_on_an_instrument_that_is_there(session: Any, parliament: Any, tmp_path: Path) -> None:
    stray = PROFESSION | {"basis": [{"instrument": "NO-ACT"}]}
    with pytest.raises(PackRefused, match="NO-ACT: there is no such instrument"):
        await load_pack(session, read_pack(write(tmp_path, professions=[stray])), parliament.now)
