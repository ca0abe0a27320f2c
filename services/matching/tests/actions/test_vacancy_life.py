from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from imdi_common.problems import Problem
from imdi_matching.actions.amend_vacancy import amend_vacancy
from imdi_matching.actions.close_vacancy import close_vacancy, expire_vacancy
from imdi_matching.actions.pause_vacancy import hold_vacancies, pause_vacancy, release_vacancies, resume_vacancy
from imdi_matching.actions.submit_vacancy import submit_vacancy
from imdi_matching.storage.copies import Member
