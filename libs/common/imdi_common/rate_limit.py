"""How often one address may use what is public: a route that needs no token pays for its own popularity."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from fastapi import Request

from imdi_common.problems import Problem

WINDOW_S = 60


class RateLimit:
    """Counts requests by address in each minute of this process."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._window = 0
        self._counts: Counter[str] = Counter()

    def demand(self, request: Request, now: datetime) -> None:
        """Count one; 429 with ``Retry-After`` where the minute's share of its address is used up."""
        window, second = divmod(int(now.timestamp()), WINDOW_S)
        if window != self._window:
            self._window, self._counts = window, Counter()
        address = request.client.host if request.client else ""
        self._counts[address] += 1
        if self._counts[address] > self._most:
            detail = f"At most {self._most} of these requests a minute from one address."
            raise Problem("too-many-requests", 429, detail, headers={"Retry-After": str(WINDOW_S - second)})
