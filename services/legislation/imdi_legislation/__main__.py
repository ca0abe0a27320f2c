"""``python -m imdi_legislation serve``; and what is done on files alone, without a database."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from imdi_common.process import main
from imdi_legislation.actions.check_packs import check_packs, packs_at
from imdi_legislation.actions.compare_packs import compare_pack
from imdi_legislation.actions.load_packs import PackRefused, pack_files
from imdi_legislation.actions.load_procedures import read_procedures
from imdi_legislation.app import SERVICE
from imdi_legislation.settings import Settings

_PACKS = Path(os.environ.get("IMDI_LEGISLATION_PACKS", Settings.model_fields["packs"].default))


def _check(named: list[str]) -> int:
    """``check-packs [PACK…]``: all that is wrong with them, else what they hold; without names those of the folder."""
    files = packs_at(named, _PACKS) if named else pack_files(_PACKS)
    packs, errors = check_packs(files, _PACKS)
    if not named:
        errors += _procedures_errors()
    told = errors or [f"{pack.name}: in order, {len(pack.rules)} rules" for pack in packs]
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 1 if errors else 0


def _procedures_errors() -> list[str]:
    try:
        read_procedures(_PACKS)
    except PackRefused as refused:
        return refused.errors
    return []


def _compare(named: list[str]) -> int:
    """``compare-packs PACK…``: reads ``{"rules", "instruments"}`` of a platform, writes the differences, as JSON."""
    there = json.load(sys.stdin)
    packs, errors = check_packs(packs_at(named, _PACKS), _PACKS)
    if errors:
        sys.stdout.write("".join(f"{line}\n" for line in errors))
        return 1
    codes = {instrument["id"]: instrument["code"] for instrument in there["instruments"]}
    sys.stdout.write(json.dumps([compare_pack(pack, there["rules"], codes) for pack in packs]))
    return 0


_ON_FILES: dict[str, Callable[[list[str]], int]] = {"check-packs": _check, "compare-packs": _compare}

if __name__ == "__main__":
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in _ON_FILES:
        sys.exit(_ON_FILES[command](sys.argv[2:]))
    main(SERVICE)
