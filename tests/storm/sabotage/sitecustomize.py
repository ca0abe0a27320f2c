"""Python runs this at the start of every process that has this folder on its PYTHONPATH: only tests put it there.

``IMDI_SABOTAGE`` names the promise to break. Nothing that is shipped knows of it.
"""

import os

if name := os.environ.get("IMDI_SABOTAGE"):
    import switches  # type: ignore[import-not-found]  # it lies beside, on the same path

    switches.SWITCHES[name]()
