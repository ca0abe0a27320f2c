"""The domain's refusals as problems."""

from __future__ import annotations

from imdi_common.problems import Problem
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.drafts import refusal
from imdi_legislation.domain.fields import Invalid


def refused(error: Invalid | Refused) -> Problem:
    """422 naming each field and the rule that it breaks."""
    invalid = refusal(error) if isinstance(error, Refused) else error
    errors = [{"field": error.field, "rule": error.rule, "detail": error.detail} for error in invalid.errors]
    return Problem("invalid-request", 422, "The request breaks these rules.", errors=errors)
