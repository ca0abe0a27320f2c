"""Matching's table of contents."""

from __future__ import annotations

from imdi_common.service import Service
from imdi_matching.api import feed, placements, profiles, shortlists, vacancies
from imdi_matching.queries.members import standing
from imdi_matching.reactions.due import DUE
from imdi_matching.reactions.policies import POLICIES
from imdi_matching.reactions.projections import PROJECTIONS
from imdi_matching.settings import Settings

SERVICE = Service(
    name="matching",
    title="IMDI matching: profiles, vacancies, shortlists, placements",
    settings=Settings,
    package="imdi_matching",
    # The feed's fixed addresses come before those of single vacancies.
    routers=[feed.router, shortlists.router, vacancies.router, profiles.router, placements.router],
    projections=PROJECTIONS,
    policies=POLICIES,
    due=DUE,
    standing=standing,
)
