"""The law as activated: every version of every rule, asked for a corridor, a day and a case."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from imdi_legislation.domain.bound import Bound, facts_read
from imdi_legislation.domain.countries import EVERYWHERE, GROUPS, turning_days
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.rules import Rule, binding

_MOST = 4096
"""Kinds of cases, and occupations, kept at hand; all are forgotten beyond, and with each new state of the law."""

_Kind = tuple[str, str, tuple[str, ...], int, int]
"""Origin, destination, prefixes that match the occupation; how many days on which law turns came before the day
judged, how many beginnings of sparing versions before the day opened. The same rules bind all cases of one kind."""


class Law:
    """All activated versions, under one ``epoch``; ``types`` are those fixed for ``worker.facts.<name>``."""

    def __init__(self, epoch: int, rules: Iterable[Rule], types: Mapping[str, FactType]) -> None:
        self.epoch = epoch
        self.types: dict[str, FactType] = dict(types)
        self._by_code: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            self._by_code[rule.code].append(rule)
        known = self.rules()
        self.languages = sorted({language for rule in known for language in _languages(rule)})
        self._prefixes = sorted({prefix for rule in known for prefix in rule.scope.occupations} - {EVERYWHERE})
        self._turns = sorted({day for rule in known for day in _turns(rule)})
        self._sparing = sorted({rule.begins for rule in known if rule.opened_after})
        self._matching: dict[str, tuple[str, ...]] = {}
        self._bound: dict[_Kind, Bound] = {}

    def rules(self) -> list[Rule]:
        return [rule for versions in self._by_code.values() for rule in versions]

    def binding(self, origin: str, destination: str, occupation: str, on: date, opened: date) -> list[Rule]:
        """The rules that bind a case of that corridor and occupation, judged on a day and opened on another."""
        return self.bound(origin, destination, occupation, on, opened).rules

    def bound(self, origin: str, destination: str, occupation: str, on: date, opened: date) -> Bound:
        """The same, with what was concluded by them already: found once for all cases of a kind."""
        turned, spared = bisect_right(self._turns, on), bisect_right(self._sparing, opened)
        kind = origin, destination, self._match(occupation), turned, spared
        found = self._bound.get(kind)
        if found is None:
            if len(self._bound) >= _MOST:
                self._bound.clear()
            found = self._bound[kind] = Bound(self._binding(origin, destination, occupation, on, opened))
        return found

    def _binding(self, origin: str, destination: str, occupation: str, on: date, opened: date) -> list[Rule]:
        bound = (binding(versions, on, opened) for versions in self._by_code.values())
        return [rule for rule in bound if rule is not None and rule.scope.covers(origin, destination, occupation, on)]

    def _match(self, occupation: str) -> tuple[str, ...]:
        found = self._matching.get(occupation)
        if found is None:
            if len(self._matching) >= _MOST:
                self._matching.clear()
            found = tuple(prefix for prefix in self._prefixes if occupation.startswith(prefix))
            self._matching[occupation] = found
        return found


def _turns(rule: Rule) -> set[date]:
    """The days from which a version binds, binds no more, or binds others: the groups of its scope have changed."""
    groups = GROUPS.intersection((*rule.scope.origins, *rule.scope.destinations))
    days = {rule.begins}.union(*map(turning_days, groups))
    return days if rule.ends is None or rule.ends == date.max else days | {rule.ends + timedelta(days=1)}


def _languages(rule: Rule) -> list[str]:
    read = facts_read(rule)
    return [name.removeprefix("worker.language.") for name in read if name.startswith("worker.language.")]
