"""The rules that bind cases alike, and what they conclude of all cases of which they say the same.

A condition is asked once for each distinct set of the few facts that it reads, an item composed once for each set of
answers on its own rules; what all conditions say, and how each criterion stands, decides the conclusion.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imdi_legislation.domain import judging
from imdi_legislation.domain.conditions import Answer, Condition
from imdi_legislation.domain.determination import Conclusion, references
from imdi_legislation.domain.effects import Criterion, Requirement
from imdi_legislation.domain.facts import Facts, FactValue
from imdi_legislation.domain.items import Item, determine_items
from imdi_legislation.domain.judging import Ruling
from imdi_legislation.domain.plain import canonical, plain
from imdi_legislation.domain.rules import Rule

_MOST = 4096
"""Answers of a condition, items and conclusions, kept at hand; all are forgotten beyond."""


class _Question:
    """One condition, asked once for each distinct set of the facts that it reads."""

    def __init__(self, condition: Condition) -> None:
        self._condition = condition
        self._same: dict[Answer, Answer] = {}
        self._known: dict[tuple[FactValue | None, ...], Answer] = {}

    def ask(self, facts: Facts) -> Answer:
        """Equal answers are one object."""
        read = tuple([facts.get(name) for name in self._condition.facts])
        answer = self._known.get(read)
        if answer is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            answer = self._condition.ask(facts)
            answer = self._known[read] = self._same.setdefault(answer, answer)
        return answer


class _Composed:
    """The rules on one item, in the order of codes; each item is composed, and told, once for each set of answers."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._known: dict[tuple[int, ...], tuple[Item, Any, str]] = {}

    def item(self, rulings: Sequence[Ruling]) -> tuple[Item, Any, str]:
        """The item, as JSON, and as the text that a fingerprint takes."""
        mine = [rulings[number] for number in self.numbers]
        key = tuple([id(ruling.answer) for ruling in mine])
        found = self._known.get(key)
        if found is None:
            [item] = determine_items(mine)
            told = plain(item)
            found = self._known[key] = item, told, canonical(told)
        return found


_APPLIES = Answer(True)


class Bound:
    """One list of rules, for cases of one kind."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = list(rules)
        self._ordered = sorted(rules, key=lambda rule: rule.code)
        questions: dict[tuple[str, tuple[str, ...]], _Question] = {}
        self._asked = [_question(rule.condition, questions) for rule in self._ordered]
        self._questions = list(questions.values())
        self._criteria = list(dict.fromkeys(rule.effect for rule in rules if isinstance(rule.effect, Criterion)))
        items: dict[str, _Composed] = {}
        for number, rule in enumerate(self._ordered):
            if isinstance(rule.effect, Requirement):
                items.setdefault(rule.effect.code, _Composed()).numbers.append(number)
        self._items = [items[code] for code in sorted(items)]
        self._references = references([Ruling(rule, _APPLIES) for rule in rules])
        self._told = plain(self._references)
        self._concluded: dict[tuple[int | bool | None, ...], Conclusion] = {}

    def conclude(self, facts: Facts) -> Conclusion:
        """As ``determination.conclude``, reached once for all cases of which the rules say the same."""
        said: list[int | bool | None] = [id(question.ask(facts)) for question in self._questions]
        said.extend([_stands(criterion, facts) for criterion in self._criteria])
        key = tuple(said)
        found = self._concluded.get(key)
        if found is None:
            if len(self._concluded) >= _MOST:
                self._concluded.clear()
            found = self._concluded[key] = self._compose(facts)
        return found

    def rulings(self, facts: Facts) -> list[Ruling]:
        """What each rule says, in the order of codes."""
        answers = [question.ask(facts) if question else _APPLIES for question in self._asked]
        return [Ruling(rule, answer) for rule, answer in zip(self._ordered, answers, strict=True)]

    def _compose(self, facts: Facts) -> Conclusion:
        rulings = self.rulings(facts)
        composed = [each.item(rulings) for each in self._items]
        found = Conclusion(
            bars=judging.bars(rulings),
            criteria=judging.criteria(rulings, facts),
            terms=judging.terms(rulings),
            fees=judging.fees(rulings),
            protections=judging.protections(rulings),
            items=[item for item, _, _ in composed],
            rules=self._references,
            failed=references([ruling for ruling in rulings if ruling.answer.failed]),
        )
        found.take_told([told for _, told, _ in composed], self._told, [text for _, _, text in composed])
        return found


def facts_read(rule: Rule) -> list[str]:
    """The facts on which what a rule says of a case can hang."""
    read = list(rule.condition.facts) if rule.condition else []
    if isinstance(rule.effect, Criterion):
        read.append(rule.effect.fact)
    return read


def _question(condition: Condition | None, known: dict[tuple[str, tuple[str, ...]], _Question]) -> _Question | None:
    """One for all rules of the same condition."""
    if condition is None:
        return None
    return known.setdefault((condition.text, condition.facts), _Question(condition))


def _stands(criterion: Criterion, facts: Facts) -> bool | None:
    value = facts.get(criterion.fact)
    return None if value is None else criterion.met_by(value)
