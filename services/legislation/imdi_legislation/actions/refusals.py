"""The domain's refusals as problems."""

from __future__ import annotations

from typing import Any

from imdi_common.problems import Problem
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.drafts import refusal
from imdi_legislation.domain.fields import Invalid


def refused(error: Invalid | Refused) -> Problem:
    """422 naming each field and the rule that it breaks; ``position`` is the place in a condition."""
    invalid = refusal(error) if isinstance(error, Refused) else error
    errors = [{"field": error.field, "rule": error.rule, "detail": error.detail} for error in invalid.errors]
    places = [error.place for error in invalid.errors if error.place]
    position: dict[str, Any] = {"position": {"line": places[0][0], "column": places[0][1]}} if places else {}
    return Problem("invalid-request", 422, "The request breaks these rules.", errors=errors, **position)
