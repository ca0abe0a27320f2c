"""``python -m imdi_legislation serve``."""

from __future__ import annotations

from imdi_common.process import main
from imdi_legislation.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
