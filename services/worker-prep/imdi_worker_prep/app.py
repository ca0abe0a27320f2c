"""worker-prep's table of contents: preparations, and the clearances that let a worker depart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from imdi_common.service import Runtime, Service
from imdi_worker_prep.api import changes, items, preparations, results
from imdi_worker_prep.queries.members import standing
from imdi_worker_prep.reactions.due import DUE
from imdi_worker_prep.reactions.policies import POLICIES
from imdi_worker_prep.reactions.projections import PROJECTIONS
from imdi_worker_prep.settings import Settings
from imdi_worker_prep.storage.sealing import MasterKey


@asynccontextmanager
async def _open(runtime: Runtime) -> AsyncIterator[MasterKey]:
    yield MasterKey(cast(Settings, runtime.settings).master_secret)


SERVICE = Service(
    name="worker-prep",
    title="IMDI worker preparation",
    package="imdi_worker_prep",
    settings=Settings,
    routers=[changes.router, preparations.router, items.router, results.router],
    projections=PROJECTIONS,
    policies=POLICIES,
    due=DUE,
    standing=standing,
    open=_open,
)
