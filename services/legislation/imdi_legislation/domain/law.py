"""The law as activated: every version of every rule, asked for a corridor, a day and a case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from imdi_legislation.domain.effects import Criterion
from imdi_legislation.domain.facts import FactType
from imdi_legislation.domain.rules import Rule, binding

_MOST_DAYS = 4096
"""Corridors and days kept at hand; the whole is forgotten beyond, and with each new epoch of the law."""

_Corridor = tuple[str, str, str]


class Law:
    """All activated versions, under one ``epoch``; ``types`` are those fixed for ``worker.facts.<name>``."""

    def __init__(self, epoch: int, rules: Iterable[Rule], types: Mapping[str, FactType]) -> None:
        self.epoch = epoch
        self.types: dict[str, FactType] = dict(types)
        self._by_code: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            self._by_code[rule.code].append(rule)
        self._kept: dict[tuple[_Corridor, date], list[list[Rule]]] = {}
        self.languages = sorted({language for rule in self.rules() for language in _languages(rule)})

    def rules(self) -> list[Rule]:
        return [rule for versions in self._by_code.values() for rule in versions]

    def binding(self, origin: str, destination: str, occupation: str, on: date, opened: date) -> list[Rule]:
        """The rules that bind a case of that corridor and occupation, judged on a day and opened on another."""
        bound = []
        for versions in self._corridor((origin, destination, occupation), on):
            rule = binding(versions, on, opened)
            if rule is not None and rule.scope.covers(origin, destination, occupation, on):
                bound.append(rule)
        return bound

    def _corridor(self, corridor: _Corridor, on: date) -> list[list[Rule]]:
        """The codes of which any version covers the corridor on that day, each with all its versions."""
        kept = self._kept.get((corridor, on))
        if kept is None:
            if len(self._kept) >= _MOST_DAYS:
                self._kept.clear()
            kept = [
                versions
                for versions in self._by_code.values()
                if any(version.scope.covers(*corridor, on) for version in versions)
            ]
            self._kept[corridor, on] = kept
        return kept


def _languages(rule: Rule) -> list[str]:
    read = list(rule.condition.facts) if rule.condition else []
    if isinstance(rule.effect, Criterion):
        read.append(rule.effect.fact)
    return [name.removeprefix("worker.language.") for name in read if name.startswith("worker.language.")]
