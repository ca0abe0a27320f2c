"""Days of the law over HTTP: it is older than the days of other services, and may be said to end with the calendar."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

from imdi_common.shapes import written_day

Day = Annotated[date, BeforeValidator(written_day)]
"""``YYYY-MM-DD``."""
