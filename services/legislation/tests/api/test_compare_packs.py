"""A pack compared with the law that a platform tells over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from httpx import AsyncClient
from services.legislation.tests.conftest import NOW

from imdi_common.database import Database
from imdi_legislation.actions.compare_packs import compare_pack
from imdi_legislation.actions.load_packs import load_pack, read_packs
from imdi_legislation.domain.effects import Requirement
from imdi_legislation.settings import Settings

PACKS = {pack.name: pack for pack in read_packs(Settings.model_fields["packs"].default)}


async def every(client: AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = (await client.get(f"{path}?limit=200")).json()
    assert answer["next"] is None
    items: list[dict[str, Any]] = answer["items"]
    return items


async def test_a_loaded_pack_is_unchanged_and_each_change_of_it_is_told(
    client: AsyncClient, database: Database
) -> None:
    pack = PACKS["np-my"]
    codes = [rule.code for rule in pack.rules]
    assert compare_pack(pack, [], {})["new"] == codes
    async with database.transaction() as session:
        for name in ("instruments", "np-my"):
            await load_pack(session, PACKS[name], NOW)
    rules = await every(client, "/v1/rules")
    known = {instrument["id"]: instrument["code"] for instrument in await every(client, "/v1/instruments")}
    told = compare_pack(pack, rules, known)
    assert (told["new"], told["changed"], told["unchanged"], told["only_active"]) == ([], [], codes, [])

    first, dropped, *_ = (rule for rule in pack.rules if isinstance(rule.effect, Requirement))
    assert isinstance(first.effect, Requirement)
    changed = replace(first, effect=replace(first.effect, lead_days=99), begins=date(2027, 1, 1))
    others = [rule for rule in pack.rules if rule.code not in (first.code, dropped.code)]
    told = compare_pack(replace(pack, rules=[changed, *others]), rules, known)
    [change] = told["changed"]
    assert change["code"] == first.code
    assert {each["attribute"]: each["after"] for each in change["changes"]} == {
        "effect.lead_days": 99,
        "effective.from": "2027-01-01",
    }
    assert told["only_active"] == [dropped.code]
    abroad = compare_pack(replace(pack, rules=[], corridor={"origin": "PH", "destination": "SA"}), rules, known)
    assert abroad["only_active"] == []
    everywhere = compare_pack(replace(pack, rules=[], corridor={}), rules, known)
    assert sorted(everywhere["only_active"]) == sorted(codes)
