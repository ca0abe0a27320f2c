"""``imdi law`` on files, what it says of differences, and without a platform."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from imdi_local.law import _lines, app

WRONG = "name: x\nrules:\n  - code: a\n    kind: bar\n"


@pytest.mark.parametrize("deed", ["diff", "load"])
def test_without_a_platform_it_says_so(deed: str, tmp_path: Path) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text("name: x\nrules: []\n")
    ended = CliRunner().invoke(app, [deed, str(pack), "--home", str(tmp_path)])
    assert (ended.exit_code, ended.stderr) == (1, f"imdi: nothing runs on {tmp_path}\n")


def test_a_platform_that_does_not_answer_is_named(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["diff", "np-my", "--url", "http://127.0.0.1:1"])
    assert (ended.exit_code, ended.stderr) == (
        1,
        "imdi: legislation does not answer at http://127.0.0.1:1 (ConnectError)\n",
    )


def test_what_is_wrong_with_a_pack_is_told_with_its_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "pack.yaml"
    pack.write_text(WRONG)
    ended = CliRunner().invoke(app, ["check", str(pack)])
    assert ended.exit_code == 1
    assert "pack.yaml:3: a: scope: This field is required." in capfd.readouterr().out


def test_a_pack_that_is_wrong_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(WRONG)
    (tmp_path / "run.json").write_text(json.dumps({}))
    ended = CliRunner().invoke(app, ["load", str(tmp_path / "pack.yaml"), "--home", str(tmp_path)])
    assert ended.exit_code == 1


def test_differences_are_told_line_by_line() -> None:
    change = {"attribute": "effect.validity", "before": "P90D", "after": "P60D"}
    told = {
        "pack": "gulf",
        "new": ["sa-new"],
        "changed": [{"code": "sa-medical", "version": 2, "changes": [change]}],
        "unchanged": ["sa-visa"],
        "only_active": ["sa-old"],
    }
    assert _lines(told) == [
        "gulf: 1 new, 1 changed, 1 unchanged",
        "+ sa-new",
        "~ sa-medical (version 2)",
        '    effect.validity: "P90D" → "P60D"',
        "- sa-old is active and not in the pack",
    ]
