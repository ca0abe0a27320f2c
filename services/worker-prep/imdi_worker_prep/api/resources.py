"""What worker-prep's doors share: the key for evidence, days within reason, and what is compared with ``If-Match``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, cast

from pydantic import Field

from imdi_common.door import Door
from imdi_worker_prep.storage.sealing import MasterKey

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A calendar day; no document or journey lies outside these centuries."""


def master_of(door: Door) -> MasterKey:
    return cast(MasterKey, door.runtime.resources)
