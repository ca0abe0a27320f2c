"""Rules that cannot stand together: two that describe one item differently, or prerequisites that run in a circle."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from imdi_legislation.domain.effects import Requirement
from imdi_legislation.domain.rules import Rule
from imdi_legislation.domain.scope import SIDES, Scope, Side, met_with_first

VISA = "visa"
_BEFORE_VISA = {"application", VISA}
_Edge = tuple[str, str, Rule]
"""An item, what comes before it, and the rule that says so."""


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
    """Follow prerequisites from the new rule back to its item, among rules that can bind one case all together."""
    edges = [edge for rule in [new, *beside] for edge in _edges(rule)]
    for start, prerequisite, _ in _edges(new):
        found = _way(new, edges, prerequisite, start)
        if found is not None:
            codes = tuple(dict.fromkeys(rule.code for rule in (new, *found)))
            return Conflict(f"prerequisites of item {item.code} run in a circle", codes)
    return None


def _way(
    new: Rule, edges: list[_Edge], begin: str, end: str, sides: tuple[Side, ...] = SIDES
) -> tuple[Rule, ...] | None:
    """The rules on a way from one item to another that share a case with ``new``; one of the shortest, where they do.

    One side of their scopes after the other: what lies between is looked at once for each largest set of rules that
    meet there, so the work grows with the kinds of cases and not with the ways.
    """
    ways = _ways(edges, begin)
    way = ways.get(end)
    if way is None or not sides or _meet(new, way):
        return way
    back = _ways([(prerequisite, item, rule) for item, prerequisite, rule in edges], end)
    between = [edge for edge in edges if edge[0] in ways and edge[1] in back]
    rules = list({rule.id: rule for rule in (new, *(rule for _, _, rule in between))}.values())
    for places in met_with_first(sides[0], [rule.scope for rule in rules]):
        together = {rules[place].id for place in places}
        found = _way(new, [edge for edge in between if edge[2].id in together], begin, end, sides[1:])
        if found is not None:
            return found
    return None


def _meet(new: Rule, way: tuple[Rule, ...]) -> bool:
    shared: Scope | None = new.scope
    for rule in way:
        shared = shared and shared.meets(rule.scope)
    return shared is not None


def _ways(edges: list[_Edge], begin: str) -> dict[str, tuple[Rule, ...]]:
    """All items that are reached from one, each with the rules on the shortest way there."""
    onwards: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
    for item, prerequisite, rule in edges:
        onwards[item].append((prerequisite, rule))
    ways: dict[str, tuple[Rule, ...]] = {begin: ()}
    ahead = deque([begin])
    while ahead:
        item = ahead.popleft()
        for prerequisite, rule in onwards[item]:
            if prerequisite not in ways:
                ways[prerequisite] = (*ways[item], rule)
                ahead.append(prerequisite)
    return ways


def _edges(rule: Rule) -> Iterator[_Edge]:
    """Item and prerequisite; what must hold at the visa or its application comes before the visa."""
    if isinstance(rule.effect, Requirement):
        item = rule.effect
        for prerequisite in item.after:
            yield item.code, prerequisite, rule
        if item.code != VISA and _BEFORE_VISA & set(item.holds_at):
            yield VISA, item.code, rule
