"""The order in which things can be done, given what comes before each."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter


def in_order(after: Mapping[str, set[str]]) -> list[str]:
    """Every code behind its prerequisites, the same way each time; ``ValueError`` for a circle, naming it."""
    sorter = TopologicalSorter({code: sorted(after[code]) for code in sorted(after)})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise ValueError(f"prerequisites go round in a circle: {' → '.join(error.args[1])}") from error
