"""What Prometheus is told of this service alone."""

from __future__ import annotations

from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_legislation.storage.subjects import count_set_aside

unanswered = Gauge(
    "imdi_law_unanswered_cases", "Vacancies and preparations that could not be answered after a change of the law."
)


async def measure(session: AsyncSession) -> None:
    unanswered.set(await count_set_aside(session))
