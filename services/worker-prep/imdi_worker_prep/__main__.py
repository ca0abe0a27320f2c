"""``python -m imdi_worker_prep serve | api | relay | projections | policies | clock | migrate``."""

from __future__ import annotations

from imdi_common.process import main
from imdi_worker_prep.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
