"""What happens when a date passes."""

from __future__ import annotations

from imdi_common.due import DueAction
from imdi_matching.actions.close_vacancy import expire_vacancy
from imdi_matching.actions.put_profile import UNCLAIMED, drop_unclaimed
from imdi_matching.actions.submit_vacancy import EXPIRY

DUE: dict[str, DueAction] = {EXPIRY: expire_vacancy, UNCLAIMED: drop_unclaimed}
