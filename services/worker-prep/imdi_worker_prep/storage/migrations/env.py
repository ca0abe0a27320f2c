"""worker-prep's history of revisions, run by ``imdi_common.migrations``."""

from __future__ import annotations

from imdi_common.migrations import run_env
from imdi_worker_prep.storage.copies import METADATA

run_env(METADATA)
