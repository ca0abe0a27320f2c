"""``imdi ops`` says what is wrong in one line; what it does on a running platform is told in ``tests/e2e``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imdi_local.operate import app


def test_without_a_platform_it_says_so(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["list", "--home", str(tmp_path)])
    assert (ended.exit_code, ended.stderr) == (1, f"imdi: nothing runs on {tmp_path}\n")


def test_a_service_that_does_not_answer_is_named(tmp_path: Path) -> None:
    told = {
        "services": {"registry": {"url": "http://127.0.0.1:1"}},
        "clients": {"steward": {"client_id": "steward", "client_secret": "s"}},
    }
    (tmp_path / "run.json").write_text(json.dumps(told))
    ended = CliRunner().invoke(app, ["show-flow", "--home", str(tmp_path)])
    assert (ended.exit_code, ended.stderr) == (1, "imdi: registry does not answer (ConnectError)\n")


@pytest.mark.parametrize(
    "deed", [["retry", "matching", "1"], ["discard", "matching", "1"], ["rebuild", "matching", "x"]]
)
def test_no_decision_without_a_reason(deed: list[str], tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, [*deed, "--home", str(tmp_path)])
    assert ended.exit_code == 2
    assert "--reason" in ended.stderr
