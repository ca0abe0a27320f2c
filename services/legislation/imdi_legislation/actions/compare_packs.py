"""Compare a pack with the law of a platform, as its public HTTP API tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from imdi_legislation.actions.load_packs import Pack
from imdi_legislation.domain.countries import EVERYWHERE
from imdi_legislation.domain.differences import differences
from imdi_legislation.domain.drafts import RuleDraft
from imdi_legislation.domain.plain import plain, plain_effect
from imdi_legislation.domain.scope import Scope


def compare_pack(pack: Pack, rules: Iterable[Mapping[str, Any]], codes: Mapping[str, str]) -> dict[str, Any]:
    """What loading the pack would change: codes that are new, changed attribute by attribute, unchanged.

    ``only_active`` are those that bind on its corridor (everywhere, without one) and are not in it. ``rules`` are
    those of ``GET /v1/rules``, ``codes`` the instruments' by id. The newest activated version counts.
    """
    newest: dict[str, Mapping[str, Any]] = {}
    for rule in rules:
        if rule["status"] in ("active", "retired") and rule["version"] >= newest.get(rule["code"], rule)["version"]:
            newest[rule["code"]] = rule
    told: dict[str, Any] = {"pack": pack.name, "new": [], "changed": [], "unchanged": [], "only_active": []}
    for draft in pack.rules:
        there = newest.get(draft.code)
        changes = differences(_as_written(there, codes), _as_shown(draft)) if there else []
        if there is None:
            told["new"].append(draft.code)
        elif changes:
            told["changed"].append({"code": draft.code, "version": there["version"], "changes": plain(changes)})
        else:
            told["unchanged"].append(draft.code)
    written = {draft.code for draft in pack.rules}
    active = [rule for code, rule in sorted(newest.items()) if rule["status"] == "active" and code not in written]
    told["only_active"] = [rule["code"] for rule in active if _on_corridor(rule, pack)]
    return told


def _on_corridor(rule: Mapping[str, Any], pack: Pack) -> bool:
    origin, destination = (pack.corridor.get(end, EVERYWHERE) for end in ("origin", "destination"))
    wanted = Scope((origin,), (destination,), (EVERYWHERE,))
    return wanted.meets(Scope(**{end: tuple(places) for end, places in rule["scope"].items()})) is not None


def _as_shown(draft: RuleDraft) -> dict[str, Any]:
    told: dict[str, Any] = plain(draft)
    return told | {"effect": plain_effect(draft.effect), "effective": {"from": told["begins"], "until": told["ends"]}}


def _as_written(rule: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    """With instruments by code, as packs name them."""

    def bases(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"instrument": codes.get(each["instrument"], ""), "provision": each["provision"]} for each in shown]

    disputed = [dispute | {"basis": bases(dispute["basis"])} for dispute in rule["disputed"]]
    return {**rule, "basis": bases(rule["basis"]), "disputed": disputed}
