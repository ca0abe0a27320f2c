"""The rules that bind cases alike, and what they conclude of each distinct set of the facts that they read."""

from __future__ import annotations

from collections.abc import Sequence

from imdi_legislation.domain.determination import Conclusion, conclude
from imdi_legislation.domain.effects import Criterion
from imdi_legislation.domain.facts import Facts, FactValue
from imdi_legislation.domain.rules import Rule

_MOST = 4096
"""Conclusions kept at hand; all are forgotten beyond."""


class Bound:
    """One list of rules. ``reads`` are all facts on which their conclusion can hang, in the order of names."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = list(rules)
        self.reads = tuple(sorted({name for rule in rules for name in facts_read(rule)}))
        self._concluded: dict[tuple[FactValue | None, ...], Conclusion] = {}

    def conclude(self, facts: Facts) -> Conclusion:
        """As ``determination.conclude``, reached once for all cases whose facts the rules read alike."""
        read = tuple(map(facts.get, self.reads))
        found = self._concluded.get(read)
        if found is None:
            if len(self._concluded) >= _MOST:
                self._concluded.clear()
            found = self._concluded[read] = conclude(self.rules, facts)
        return found


def facts_read(rule: Rule) -> list[str]:
    """The facts on which what a rule says of a case can hang."""
    read = list(rule.condition.facts) if rule.condition else []
    if isinstance(rule.effect, Criterion):
        read.append(rule.effect.fact)
    return read
