"""``python -m imdi_registry serve | api | relay | projections | policies | clock | migrate | bootstrap | …``."""

from __future__ import annotations

from imdi_common.process import main
from imdi_registry.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
