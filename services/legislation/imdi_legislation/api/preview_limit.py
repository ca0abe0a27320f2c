"""How often one address may preview: a public route pays for its own popularity."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from imdi_common.problems import Problem

WINDOW_S = 60


class PreviewLimit:
    """Counts previews by address in each minute of this process."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._window = 0
        self._counts: Counter[str] = Counter()

    def demand(self, address: str, now: datetime) -> None:
        """Count one; 429 with ``Retry-After`` where the minute's share is used up."""
        window, second = divmod(int(now.timestamp()), WINDOW_S)
        if window != self._window:
            self._window, self._counts = window, Counter()
        self._counts[address] += 1
        if self._counts[address] > self._most:
            detail = f"At most {self._most} previews a minute from one address."
            raise Problem("too-many-requests", 429, detail, headers={"Retry-After": str(WINDOW_S - second)})
