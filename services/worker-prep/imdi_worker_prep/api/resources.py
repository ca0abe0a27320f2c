"""What worker-prep's doors share: the key for evidence, days within reason, and what is compared with ``If-Match``."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field

from imdi_common.door import Door
from imdi_worker_prep.storage.sealing import MasterKey

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written(value: Any) -> Any:
    if not (isinstance(value, str) and _WRITTEN.fullmatch(value)):
        raise ValueError("a day is written as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_written), Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A calendar day, as it is written; no document or journey lies outside these centuries."""


def master_of(door: Door) -> MasterKey:
    return cast(MasterKey, door.runtime.resources)
