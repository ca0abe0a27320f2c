"""An offer against the vacancy's posted terms."""

from __future__ import annotations

from imdi_matching.domain.vacancies import Money


def falls_below(offered: Money, posted: Money) -> bool:
    """Whether a monthly wage falls below the posted one. Another currency cannot be compared, so it does."""
    return offered.currency != posted.currency or offered.amount < posted.amount
