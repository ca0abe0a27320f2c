"""Screening conditions: those that matching holds as columns, read from the checked expression into a plain tree.

A tree is ``{"fact", "op", "value"}``, ``{"all": […]}``, ``{"any": […]}`` or ``{"negated": …}``, as in the contract.
"""

from __future__ import annotations

from typing import Any

from imdi_legislation.domain import facts as known
from imdi_legislation.domain.conditions import Condition, refuse_at
from imdi_legislation.domain.syntax import Node

Screen = dict[str, Any]

_COMPARISONS = {"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">="}
_JOINS = {"_&&_": "all", "_||_": "any"}


def screen(condition: Condition) -> Screen:
    """The tree of a screening condition.

    ``Refused``, with the position, for anything but screening facts compared with literals (``fact op literal``,
    ``fact in [literals]``) and joined by ``&&``, ``||``, ``!``.
    """
    return _read(condition, condition.tree)


def _read(condition: Condition, node: Node) -> Screen:
    if node.kind == "call" and node.text in _JOINS:
        join = _JOINS[node.text]
        return {join: [branch for part in node.parts for branch in _flat(join, _read(condition, part))]}
    if node.kind == "call" and node.text == "!_":
        return {"negated": _read(condition, node.parts[0])}
    if node.kind == "call" and node.text in _COMPARISONS:
        fact, literal = node.parts
        return {"fact": _fact(condition, fact), "op": _COMPARISONS[node.text], "value": _literal(condition, literal)}
    if node.kind == "call" and node.text == "@in":
        fact, literals = node.parts
        if literals.kind != "list":
            raise refuse_at(condition.text, literals, "a screening condition looks a fact up in a list of literals")
        return {
            "fact": _fact(condition, fact),
            "op": "in",
            "value": [_literal(condition, part) for part in literals.parts],
        }
    raise refuse_at(
        condition.text, node, "a screening condition compares screening facts with literals, joined by &&, || and !"
    )


def _flat(join: str, tree: Screen) -> list[Screen]:
    inner: list[Screen] = tree.get(join, [tree])
    return inner


def _fact(condition: Condition, node: Node) -> str:
    name = node.dotted()
    if name is None or not known.is_fact(name):
        raise refuse_at(condition.text, node, "the left of a screening comparison is a fact")
    if not known.is_screening(name):
        raise refuse_at(condition.text, node, f"{name} is no screening fact")
    return name


def _literal(condition: Condition, node: Node) -> known.FactValue:
    if node.kind == "constant" and isinstance(node.value, (bool, int, str)):
        return node.value
    raise refuse_at(condition.text, node, "the right of a screening comparison is a literal")
