"""Rules that cannot stand together: two that describe one item differently, or prerequisites that run in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from imdi_legislation.domain.effects import Requirement
from imdi_legislation.domain.rules import Rule
from imdi_legislation.domain.scope import Scope

VISA = "visa"
_BEFORE_VISA = {"application", VISA}


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands against activating a rule, and the codes of the rules involved."""

    what: str
    rules: tuple[str, ...]


def find_conflict(new: Rule, others: Iterable[Rule]) -> Conflict | None:
    """The first reason why ``new`` cannot be law beside the other rules that bind in overlapping scope and time.

    Where it spares cases, those that it replaces bind them on through its days, and are looked at there as well.
    """
    by_code = sorted(others, key=lambda rule: rule.code)
    sparing = {rule.replaces: rule for rule in by_code if rule.opened_after and rule.replaces}
    foreign = [rule for rule in by_code if isinstance(rule.effect, Requirement) and rule.code != new.code]
    for bound in _bound_in_its_days(new, {rule.id: rule for rule in by_code}):
        if isinstance(bound.effect, Requirement):
            beside = [rule for rule in foreign if _overlap(bound, rule, sparing)]
            found = _differing(bound, bound.effect, beside) or _cycle(bound, bound.effect, beside)
            if found:
                return found
    return None


def _bound_in_its_days(new: Rule, by_id: Mapping[str, Rule]) -> Iterator[Rule]:
    """The new version, and those before it that cases it spares stay with: of these its own days, as if not ended."""
    bound: Rule | None = new
    while bound:
        yield replace(bound, begins=new.begins, ends=new.ends)
        bound = by_id.get(bound.replaces or "") if bound.opened_after else None


def _overlap(new: Rule, other: Rule, sparing: Mapping[str, Rule]) -> bool:
    last = _last_day(other, sparing)
    at_once = other.begins <= last and new.begins <= last and (new.ends is None or other.begins <= new.ends)
    return at_once and new.scope.meets(other.scope) is not None


def _last_day(rule: Rule, sparing: Mapping[str, Rule]) -> date:
    """The last day on which it binds anybody: the cases that its heir spares stay with it."""
    last, heir = rule.ends or date.max, sparing.get(rule.id)
    return max(last, _last_day(heir, sparing)) if heir else last


def _differing(new: Rule, item: Requirement, beside: list[Rule]) -> Conflict | None:
    for rule in beside:
        other = rule.effect
        if isinstance(other, Requirement) and other.code == item.code:
            for attribute in ("category", "performed_by"):
                if getattr(other, attribute) != getattr(item, attribute):
                    return Conflict(f"differing {attribute} of item {item.code}", (new.code, rule.code))
    return None


def _cycle(new: Rule, item: Requirement, beside: list[Rule]) -> Conflict | None:
    """Follow prerequisites from the new rule, within the scope that all rules on the way share, back to its item."""
    edges = [edge for rule in [new, *beside] for edge in _edges(rule)]

    def back_to(
        start: str, at: str, scope: Scope, way: tuple[Rule, ...], seen: frozenset[str]
    ) -> tuple[Rule, ...] | None:
        for item_code, prerequisite, rule in edges:
            shared = scope.meets(rule.scope) if item_code == at else None
            if shared is None:
                continue
            if prerequisite == start:
                return (*way, rule)
            if prerequisite not in seen and (
                found := back_to(start, prerequisite, shared, (*way, rule), seen | {prerequisite})
            ):
                return found
        return None

    for start, prerequisite, _ in _edges(new):
        found = back_to(start, prerequisite, new.scope, (new,), frozenset({prerequisite}))
        if found:
            codes = tuple(dict.fromkeys(rule.code for rule in found))
            return Conflict(f"prerequisites of item {item.code} run in a circle", codes)
    return None


def _edges(rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    """Item and prerequisite; what must hold at the visa or its application comes before the visa."""
    if isinstance(rule.effect, Requirement):
        item = rule.effect
        for prerequisite in item.after:
            yield item.code, prerequisite, rule
        if item.code != VISA and _BEFORE_VISA & set(item.holds_at):
            yield VISA, item.code, rule
