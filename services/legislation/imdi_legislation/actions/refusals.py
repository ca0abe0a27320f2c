"""The domain's refusals as problems."""

from __future__ import annotations

from imdi_common.problems import Problem
from imdi_legislation.domain.fields import Invalid


def refused(invalid: Invalid) -> Problem:
    """422 naming each field and the rule that it breaks."""
    errors = [{"field": error.field, "rule": error.rule, "detail": error.detail} for error in invalid.errors]
    return Problem("invalid-request", 422, "The request breaks these rules.", errors=errors)
