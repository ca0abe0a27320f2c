"""What happens in registry when a date passes."""

from __future__ import annotations

from collections.abc import Mapping

from imdi_common.due import DueAction
from imdi_registry.actions.review_licences import DUE, review_licences

DUE_ACTIONS: Mapping[str, DueAction] = {DUE: review_licences}
