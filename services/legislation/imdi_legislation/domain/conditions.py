"""A rule's ``when``: one CEL expression over typed facts, which holds, does not, or is unknown.

The only module that knows the CEL library. Its runtime errors are *returned* as values of type ERROR; of those only
"no value with that name" means an absent fact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from imdi_legislation.domain import facts as known
from imdi_legislation.domain.facts import Facts, FactType
from imdi_legislation.domain.syntax import Node, read_tree

_TYPES: dict[FactType, cel.Type] = {"bool": cel.Type.BOOL, "int": cel.Type.INT, "string": cel.Type.STRING}
_ABSENT = 'UNKNOWN: No value with name "'
_ERROR = re.compile(r"<input>:(\d+):(\d+): (.*)")
_TOO_DEEP = "Exceeded max recursion depth"
"""Told at no place, or at one that no text has."""
_MOST_ANSWERS = 5
"""As many ``worker.facts.…`` may stand in one text, whose types are inferred by trial."""
_MOST_TRIALS = 40
"""Texts that compare each answer with a literal need 16; without an end a text could take seconds."""


class Refused(Exception):
    """A condition that cannot be law: what is wrong with it, and where (line and column, from 1)."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(f"{reason} (line {line}, column {column})")
        self.reason, self.line, self.column = reason, line, column


@dataclass(frozen=True, slots=True)
class Answer:
    """What a condition says of some facts: ``holds`` is None where it is unknown.

    ``needs_fact`` is the first absent fact in the text; ``failed`` marks an evaluation error, to be alarmed.
    """

    holds: bool | None
    needs_fact: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked expression, the facts it reads in the order of the text, and the types of its answers."""

    text: str
    facts: tuple[str, ...]
    answer_types: Mapping[str, FactType]
    tree: Node
    expression: Any

    def ask(self, facts: Facts) -> Answer:
        """True, false, or unknown where the outcome hangs on a fact that is absent."""
        data = {name: facts[name] for name in self.facts if name in facts}
        try:
            value = self.expression.eval(data=data).value()
        except RuntimeError:  # the budget of iterations
            return Answer(None, failed=True)
        if isinstance(value, bool):
            return Answer(value)
        if isinstance(value, str) and value.startswith(_ABSENT):
            return Answer(None, next(name for name in self.facts if name not in data))
        return Answer(None, failed=True)


@lru_cache(maxsize=4096)
def _compiled(text: str, answers: tuple[tuple[str, FactType], ...]) -> Condition:
    parsed = parse_condition(text)
    mentioned = _mentioned(parsed)
    types = {name: known.type_of(name) for name in mentioned if not known.is_answer(name)} | dict(answers)
    variables = {name: _TYPES[kind] for name, kind in types.items()}
    expression = _compile(text, variables)
    if expression.return_type() != cel.Type.BOOL:
        raise Refused("the condition must be true or false")
    tree = read_tree(expression.serialize())
    named = sorted((n for n in tree.walk() if n.kind == "name"), key=lambda node: node.offset)
    order = tuple(dict.fromkeys(name for n in named if (name := n.text.removeprefix(".")) in types))
    return Condition(text, order, {n: types[n] for n in order if known.is_answer(n)}, tree, expression)


def compile_condition(text: str, fixed: Mapping[str, FactType] | None = None) -> Condition:
    """Check a text; ``fixed`` are the types that earlier activations gave to ``worker.facts.<name>``.

    Raises ``Refused`` for a syntax or type error, an undeclared fact, ``has`` and ``dyn``, and an answer that no
    type, or more than one, would fit.
    """
    parsed = parse_condition(text)
    answers = [name for name in _mentioned(parsed) if known.is_answer(name)]
    if len(answers) > _MOST_ANSWERS:
        raise Refused(f"more than {_MOST_ANSWERS} answered facts in one condition")
    choices = {name: [fixed[name]] if fixed and name in fixed else list(_TYPES) for name in answers}
    trial = _Trial(text, parsed, choices)
    refusal = trial.search({name: kinds[0] for name, kinds in choices.items() if len(kinds) == 1})
    if len(trial.fitting) == 1:
        return trial.fitting[0]
    if refusal and not trial.fitting:
        raise refusal
    raise Refused(f"the type of {answers[0]} is open: compare it with a literal", *_place(text, parsed.offset))


@dataclass(slots=True)
class _Trial:
    """The search for the types of a text's answers: depth first, giving up what fits with no types of the rest."""

    text: str
    parsed: Node
    choices: Mapping[str, Sequence[FactType]]
    fitting: list[Condition] = field(default_factory=list)
    trials: int = 0

    def search(self, chosen: Mapping[str, FactType]) -> Refused | None:
        """Keep what fits, two at most; why the last did not, where one did not."""
        if len(self.fitting) > 1:
            return None
        self.trials += 1
        if self.trials > _MOST_TRIALS:
            reason = "the types of its answered facts cannot be told: compare each with a literal"
            raise Refused(reason, *_place(self.text, self.parsed.offset))
        open_ones = [name for name in self.choices if name not in chosen]
        try:
            if not open_ones:
                self.fitting.append(_compiled(self.text, tuple((name, chosen[name]) for name in self.choices)))
                return None
            types = {name: _TYPES[known.type_of(name)] for name in _mentioned(self.parsed) if not known.is_answer(name)}
            answers = {name: _TYPES[chosen[name]] if name in chosen else cel.Type.DYN for name in self.choices}
            _compile(self.text, types | answers)
        except Refused as reason:
            return reason
        refusals = [self.search({**chosen, open_ones[0]: kind}) for kind in self.choices[open_ones[0]]]
        return next((refusal for refusal in reversed(refusals) if refusal), None)


def try_out(condition: Condition) -> None:
    """Evaluate with likely facts, with none and with each one absent; ``Refused`` where the evaluation itself fails."""
    likely = {name: known.sample(name, _type(condition, name)) for name in condition.facts}
    ages = [likely | {name: 40 for name in likely if _type(condition, name) == "int"}]
    for sample in [{}, likely, *ages, *({k: v for k, v in likely.items() if k != name} for name in likely)]:
        if condition.ask(sample).failed:
            raise Refused("the condition cannot be evaluated with likely facts")


def refuse_at(text: str, node: Node, reason: str) -> Refused:
    """A refusal at a node of the text's tree."""
    return Refused(reason, *_place(text, node.offset))


def _type(condition: Condition, name: str) -> FactType:
    return condition.answer_types.get(name) or known.type_of(name)


def parse_condition(text: str) -> Node:
    """The tree as written, its types unchecked; ``Refused`` for what cannot be read, ``has`` and ``dyn``."""
    expression = _compile(text, {}, disable_check=True)
    tree = read_tree(expression.serialize())
    for node in tree.walk():
        if node.presence or (node.kind == "call" and node.text == "dyn"):
            word = "has" if node.presence else "dyn"
            raise Refused(f"{word} is not allowed: an absent fact is unknown", *_place(text, node.offset))
    return tree


def _compile(text: str, variables: dict[str, cel.Type], *, disable_check: bool = False) -> Any:
    try:
        return cel.NewEnv(variables=variables).compile(text, disable_check=disable_check)
    except RuntimeError as error:
        found = _ERROR.search(str(error))
        if found is None or found[3].startswith(_TOO_DEEP):
            raise Refused("the condition cannot be read: it is nested too deeply") from None
        raise Refused(_reason(found[3]), int(found[1]), int(found[2])) from None


def _reason(message: str) -> str:
    """The library's message without the text that it quotes: errors never echo input."""
    if message.startswith("undeclared reference"):
        return "there is no such fact or function"
    operation = re.match(r"found no matching overload for '[^']*' applied to '([^']*)'", message)
    return f"this operation does not take {operation[1]}" if operation else "syntax error"


def _mentioned(tree: Node) -> list[str]:
    """The names of facts in a parsed tree, where each is still a chain of selections."""
    names = (node.dotted() for node in tree.walk() if node.kind == "select")
    return list(dict.fromkeys(name for name in names if name is not None and known.is_fact(name)))


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
