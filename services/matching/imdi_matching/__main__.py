"""``python -m imdi_matching serve | api | relay | projections | policies | clock | migrate``."""

from __future__ import annotations

from imdi_common.process import main
from imdi_matching.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
