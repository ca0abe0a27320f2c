"""Tests of one group run on one worker, so that ``make test`` starts one platform for all that share it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

GROUPED = """
import pytest

pytestmark = pytest.mark.xdist_group("shared")


@pytest.mark.parametrize("number", range(3))
def test_it(number): ...
"""


def test_a_group_over_several_files_stays_on_one_worker(tmp_path: Path) -> None:
    for name in ("test_one.py", "test_other.py"):
        (tmp_path / name).write_text(GROUPED)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadgroup", "-p", "no:imdi", str(tmp_path)]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60).stdout
    workers = re.findall(r"\[(gw\d)\] .* PASSED", told)
    assert len(workers) == 6, told
    assert len(set(workers)) == 1, told
