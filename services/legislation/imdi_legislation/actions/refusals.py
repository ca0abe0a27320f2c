"""The domain's refusals as problems."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from imdi_common.clock import latest_today
from imdi_common.problems import Problem, invalid
from imdi_legislation.domain.conditions import Refused
from imdi_legislation.domain.drafts import refusal
from imdi_legislation.domain.fields import Invalid


def refused(error: Invalid | Refused) -> Problem:
    """422 naming each field and the rule that it breaks; ``position`` is the place in a condition."""
    found = (refusal(error) if isinstance(error, Refused) else error).errors
    errors = [{"field": error.field, "rule": error.rule, "detail": error.detail} for error in found]
    places = [error.place for error in found if error.place]
    position: dict[str, Any] = {"position": {"line": places[0][0], "column": places[0][1]}} if places else {}
    return Problem("invalid-request", 422, "The request breaks these rules.", errors=errors, **position)


def demand_verified(verified_on: date | None, now: datetime) -> None:
    """422 where the day lies in the future everywhere on earth."""
    if verified_on and verified_on > latest_today(now):
        raise invalid("verified_on", "not_in_future", "Nobody has verified it tomorrow.")
