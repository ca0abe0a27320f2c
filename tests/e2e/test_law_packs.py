"""A pack of law is entered in the platform that runs, and compared with it, by ``imdi law``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(400)]
PACK: dict[str, Any] = {
    "name": "A help line",
    "corridor": {"origin": "AQ", "destination": "BV"},
    "instruments": [
        {
            "code": "AQ-HELP",
            "title": "Act on help lines",
            "type": "act",
            "level": "national",
            "parties": ["AQ"],
            "status": "in_force",
            "topics": ["protection"],
            "confidence": "secondary",
            "verified_on": "2026-01-01",
        }
    ],
    "rules": [
        {
            "code": "aq-help-line",
            "kind": "protection",
            "scope": {"origins": ["AQ"], "destinations": ["BV"], "occupations": ["*"]},
            "effect": {"measure": "A help line", "contact": "+672 1"},
            "basis": [{"instrument": "AQ-HELP", "provision": "art. 1"}],
            "effective": {"from": "2020-01-01"},
            "confidence": "secondary",
            "verified_on": "2026-01-01",
            "verified_by": "a clerk",
            "source": "https://law.example/help",
        }
    ],
}


def law(deed: str, pack: Path, run: Any) -> str:
    command = [sys.executable, "-m", "imdi_local", "law", deed, str(pack), "--home", str(run.home)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_pack_is_entered_once_and_compared(run: Any, tmp_path: Path) -> None:
    pack = tmp_path / "help.yaml"
    pack.write_text(yaml.safe_dump(PACK))
    assert law("diff", pack, run) == "help: 1 new, 0 changed, 0 unchanged\n+ aq-help-line\n"
    assert law("load", pack, run).endswith("help: entered 2\n")
    assert law("load", pack, run).endswith("help: entered 0\n")
    assert law("diff", pack, run) == "help: 0 new, 0 changed, 1 unchanged\n"

    changed = PACK["rules"][0] | {"effect": {"measure": "A help line", "contact": "+672 2"}}
    pack.write_text(yaml.safe_dump(PACK | {"rules": [changed | {"effective": {"from": "2026-01-01"}}]}))
    told = law("diff", pack, run)
    assert "~ aq-help-line (version 1)\n" in told
    assert '    effect.contact: "+672 1" → "+672 2"\n' in told
    assert law("load", pack, run).endswith("help: entered 1\n")
