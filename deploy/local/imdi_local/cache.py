"""Where things are kept that can be had again: of this user alone."""

from __future__ import annotations

import os
from pathlib import Path


def cache() -> Path:
    """``$XDG_CACHE_HOME/imdi``, else ``~/.cache/imdi``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "imdi"
