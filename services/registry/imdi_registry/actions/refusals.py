"""Refusing a deed: bad statements, and callers who may not."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from imdi_common.problems import Problem, forbidden
from imdi_registry.domain.faults import Fault
from imdi_registry.domain.who_may import Deed, may


def bad_input(faults: list[Fault]) -> Problem:
    """422 that names every field and rule."""
    errors = [{"field": fault.field, "rule": fault.rule, "detail": fault.detail} for fault in faults]
    return Problem("invalid-request", 422, "The request breaks these rules.", errors=errors)


def demand(deed: Deed, relations: AbstractSet[str]) -> None:
    """403 unless one of the caller's relations to the object allows the deed."""
    if not may(deed, relations):
        raise forbidden("This is not the caller's to do.")
