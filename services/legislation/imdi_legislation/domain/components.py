"""What a worker pays for, as one name however it is written."""

from __future__ import annotations

import re


def component_of(name: str) -> str:
    """A component as it is compared, in law and in offers: ``Service-fee`` escapes no cap on ``service__fee``."""
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")
