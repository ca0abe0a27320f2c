"""What a condition may cost: bounded from its text, before it is typed or ever evaluated.

Each node is a step, and so is each round of a macro for each node of its body; a regular expression takes as many
as it has characters once its counted repetitions are written out (RE2 is linear in both pattern and text), and what
stands for characters beyond ASCII ten more: RE2 reads bytes, and writes it out as all the ways to encode them.
"""

from __future__ import annotations

import math
import re

from imdi_legislation.domain.conditions import refuse_at
from imdi_legislation.domain.syntax import Node

MOST_STEPS = 500
"""A hundred times what the longest rule of the packs takes; one evaluation stays below a millisecond."""
_PART = re.compile(r"\\.|\(\?:?|\[:?\^|.", re.DOTALL)
_BEYOND_ASCII = re.compile(r"\.|\[:?\^|\\[DSWx]|\\?[^\x00-\x7f]")
_STEPS_BEYOND_ASCII = 10
_REFUSED = re.compile(r"\\[pP]|\(\?")
"""A class of Unicode is written out as hundreds of ranges, and a flag can make any letter several."""
_REPEATED = re.compile(r"\{([0-9]+)(?:,([0-9]*))?\}")


def demand_within_budget(text: str, tree: Node) -> None:
    """``Refused``, at the part that is too dear, for a text whose steps cannot be told or are more than the budget."""
    _steps(text, tree)


def _steps(text: str, node: Node) -> int:
    if node.kind == "comprehension":
        steps = _steps_of_rounds(text, node)
    elif node.kind == "call" and node.text == "matches":
        steps = 1 + sum(_steps(text, part) for part in node.parts) + _steps_of_pattern(text, node.parts[-1])
    else:
        steps = 1 + sum(_steps(text, part) for part in node.parts)
    if steps > MOST_STEPS:
        raise refuse_at(text, node, f"the condition is over budget: {steps} steps, and {MOST_STEPS} are allowed")
    return steps


def _steps_of_rounds(text: str, node: Node) -> int:
    over, begin, *each_round, result = node.parts
    if over.kind != "list":
        raise refuse_at(text, over, "an iteration goes over a list that is written out")
    rounds = len(over.parts) * sum(_steps(text, part) for part in each_round)
    return sum(_steps(text, part) for part in (over, begin, result)) + rounds


def _steps_of_pattern(text: str, pattern: Node) -> int:
    if not isinstance(pattern.value, str):
        raise refuse_at(text, pattern, "the pattern of matches is written out")
    parts = _PART.findall(pattern.value)
    if any(_REFUSED.fullmatch(part) for part in parts):
        raise refuse_at(text, pattern, r"a pattern has no \p, no \P, and (?:…) alone of what begins with (?")
    beyond = sum(1 for part in parts if _BEYOND_ASCII.fullmatch(part))
    counts = [int(most or least) for least, most in _REPEATED.findall(pattern.value)]
    return (len(pattern.value) + _STEPS_BEYOND_ASCII * beyond) * math.prod(max(count, 1) for count in counts)
