"""Each import rule of the root pyproject is kept, and is seen to break when it is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SABOTAGES = [
    ("independence", "services/matching/imdi_matching/actions/stray.py", "import imdi_registry.domain"),
    ("independence", "services/portal/imdi_portal/stray.py", "import imdi_matching.domain"),
    ("rooms", "services/matching/imdi_matching/queries/stray.py", "import imdi_matching.api"),
    ("rooms", "services/matching/imdi_matching/queries/stray.py", "import imdi_matching.actions"),
    ("rooms", "services/registry/imdi_registry/reactions/stray.py", "import imdi_registry.api"),
    ("rooms", "services/legislation/imdi_legislation/domain/stray.py", "import imdi_legislation.storage"),
    ("rooms", "services/worker-prep/imdi_worker_prep/storage/stray.py", "import imdi_worker_prep.queries"),
    ("rooms", "services/matching/imdi_matching/helpers/__init__.py", ""),
    ("rooms", "services/registry/imdi_registry/utils.py", ""),
    ("floors", "libs/common/imdi_common/stray.py", "import imdi_registry.domain"),
    ("floors", "libs/contracts/imdi_contracts/stray.py", "import imdi_common.clock"),
    ("floors", "services/matching/imdi_matching/api/stray.py", "import imdi_local"),
    ("domain", "services/matching/imdi_matching/domain/stray.py", "import sqlalchemy"),
    ("domain", "services/legislation/imdi_legislation/domain/stray.py", "from imdi_contracts.codes import Money"),
    ("domain", "libs/planning/imdi_planning/stray.py", "import pydantic"),
    ("doors", "services/worker-prep/imdi_worker_prep/actions/stray.py", "import fastapi"),
    ("doors", "services/registry/imdi_registry/storage/stray.py", "import aiokafka"),
    ("doors", "services/matching/imdi_matching/queries/stray.py", "from imdi_common import door"),
    ("mechanics", "libs/common/imdi_common/stray.py", "from imdi_contracts.matching import VacancyPosted"),
    ("neighbours", "services/matching/imdi_matching/api/stray.py", "import httpx"),
    ("portal", "services/portal/imdi_portal/stray.py", "import sqlalchemy"),
]
"""A contract of import-linter, a file to add, and the line in it that must break that contract."""


@pytest.fixture(scope="module")
def copy(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of every package, and of the configuration."""
    target = tmp_path_factory.mktemp("copy")
    for package in [*root.glob("libs/*/imdi_*"), *root.glob("services/*/imdi_*"), *root.glob("deploy/local/imdi_*")]:
        shutil.copytree(package, target / package.relative_to(root), ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", target)
    return target


def lint(copy: Path, *contracts: str) -> tuple[int, str]:
    """Exit code and words of import-linter over the copy, which goes before the installed packages."""
    parents = [str(path.parent) for path in copy.glob("*/*/imdi_*")]
    wanted = [part for contract in contracts for part in ("--contract", contract)]
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", *wanted],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(parents), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_rule_is_kept(copy: Path) -> None:
    code, said = lint(copy)
    assert code == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize(("contract", "file", "line"), SABOTAGES, ids=lambda value: str(value).replace("/", "."))
def test_each_rule_breaks_when_broken(copy: Path, contract: str, file: str, line: str) -> None:
    stray = copy / file
    alone = not stray.parent.exists()
    stray.parent.mkdir(exist_ok=True)
    stray.write_text(f"{line}\n", encoding="utf-8")
    try:
        code, said = lint(copy, contract)
    finally:
        shutil.rmtree(stray.parent) if alone else stray.unlink()
    assert code == 1, said
    assert "1 broken" in said
    assert "stray" in said or stray.stem in said or stray.parent.name in said


def test_every_rule_is_sabotaged(root: Path) -> None:
    config = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"] for contract in config["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _, _ in SABOTAGES}
