"""A pack is checked as a file: what is wrong is told with file, line, rule and field."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from imdi_legislation.actions.check_packs import check_packs, packs_at
from imdi_legislation.actions.load_packs import pack_files
from imdi_legislation.settings import Settings

PACKS: Path = Settings.model_fields["packs"].default
ACT: dict[str, Any] = {
    "code": "XX-ACT", "title": "Act", "type": "act", "level": "national", "parties": ["NP"],
    "status": "in_force", "topics": [], "confidence": "secondary",
}  # fmt: skip
RULE: dict[str, Any] = {
    "code": "xx-rule",
    "kind": "requirement",
    "scope": {"origins": ["NP"], "destinations": ["LY"], "occupations": ["*"]},
    "effect": {"code": "visa", "category": "permit", "title": "Visa", "performed_by": "government"},
    "basis": [{"instrument": "XX-ACT"}],
    "effective": {"from": "2026-01-01"},
    "confidence": "secondary",
    "verified_on": "2026-11-01",
    "verified_by": "a clerk",
    "source": "https://law.example/act",
}


def write(folder: Path, *rules: dict[str, Any], name: str = "pack", instruments: Any = (ACT,)) -> Path:
    file = folder / f"{name}.yaml"
    content = {"name": "Pack", "instruments": list(instruments), "rules": list(rules)}
    file.write_text(yaml.safe_dump(content, sort_keys=False))
    return file


def wrong(*files: Path) -> list[tuple[str, str, str]]:
    """Code, field and what is wrong; each line is that of the field, or of the rule that lacks it."""
    found = []
    for error in check_packs(files, PACKS)[1]:
        place, code, field, what = error.split(": ", 3)
        name, line = place.split(":")
        text = next(file for file in files if file.name == name).read_text().splitlines()
        assert 1 <= int(line) <= len(text)
        found.append((code, field, what))
    return found


def test_the_packs_of_the_project_are_in_order() -> None:
    packs, errors = check_packs(pack_files(PACKS), PACKS)
    assert errors == []
    assert {"np-my", "ph-sa-domestic"} <= {pack.name for pack in packs}


@pytest.mark.parametrize("file", pack_files(PACKS), ids=lambda file: file.stem)
def test_each_of_them_stands_alone(file: Path) -> None:
    assert check_packs([file], PACKS)[1] == []


def test_a_pack_in_order(tmp_path: Path) -> None:
    assert wrong(write(tmp_path, RULE)) == []


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in RULE.items() if name not in names}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (without("source"), [("xx-rule", "source", "says it of each rule")]),
        (without("verified_on", "verified_by"), [("xx-rule", "verified_on", ""), ("xx-rule", "verified_by", "")]),
        (RULE | {"confidence": "disputed"}, [("xx-rule", "disputed", "exactly where")]),
        (RULE | {"basis": [{"instrument": "NOWHERE"}]}, [("xx-rule", "basis", "no instrument NOWHERE")]),
        (RULE | {"when": "worker.agee > 3"}, [("xx-rule", "when", "line 1, column 7")]),
        (RULE | {"effect": RULE["effect"] | {"validity": "60"}}, [("xx-rule", "effect.validity", "ISO 8601")]),
        (without("confidence"), [("xx-rule", "confidence", "required")]),
        (RULE | {"colour": "red"}, [("xx-rule", "colour", "no such field")]),
    ],
)
def test_what_is_wrong_with_a_rule(tmp_path: Path, rule: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    found = wrong(write(tmp_path, rule))
    assert [each[:2] for each in found] == [each[:2] for each in expected]
    assert all(part in told for (_, _, told), (_, _, part) in zip(found, expected, strict=True))


def test_a_rule_on_repealed_law(tmp_path: Path) -> None:
    file = write(tmp_path, RULE, instruments=[ACT | {"status": "repealed"}])
    assert wrong(file) == [("xx-rule", "basis", "XX-ACT is repealed")]


def test_rules_that_cannot_stand_together(tmp_path: Path) -> None:
    other = RULE | {"code": "other", "effect": RULE["effect"] | {"category": "documents"}}
    found = wrong(write(tmp_path, RULE, name="one"), write(tmp_path, other, name="two"))
    assert [(code, field) for code, field, _ in found] == [("xx-rule", "effect"), ("other", "effect")]
    assert all("differing category of item visa" in what for _, _, what in found)
    permit = {"code": "permit", "category": "permit", "title": "Permit", "performed_by": "government"}
    circle = [
        RULE | {"effect": RULE["effect"] | {"after": ["permit"]}},
        RULE | {"code": "permit", "effect": permit | {"after": ["visa"]}},
    ]
    assert all("run in a circle" in what for _, _, what in wrong(write(tmp_path, *circle)))


def test_one_answer_read_as_two_types(tmp_path: Path) -> None:
    effect = {"measure": "A bank account"}
    rules = [
        RULE | {"code": code, "kind": "protection", "effect": effect, "when": when}
        for code, when in (("a", "worker.facts.ecr"), ("b", "worker.facts.ecr == 'yes'"))
    ]
    assert [(code, field) for code, field, _ in wrong(write(tmp_path, *rules))] == [("b", "when")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: [", "pack.yaml:1: is no YAML"),
        ("name: x\nrules:\n  - 3\n", "pack.yaml:3: is no object"),
        ("a text", "pack.yaml:1: a pack is an object"),
        ("name: x\nname: y\nrules: []\n", "pack.yaml:2: name: stands twice"),
    ],
)
def test_a_file_that_is_no_pack(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(text)
    assert check_packs([file], PACKS)[1][0].startswith(told)


def test_the_line_is_that_of_the_field(tmp_path: Path) -> None:
    file = write(tmp_path, RULE, RULE | {"code": "second", "when": "worker.agee > 3"})
    [error] = check_packs([file], PACKS)[1]
    line = int(error.split(": ")[0].split(":")[1])
    assert "worker.agee" in file.read_text().splitlines()[line - 1]


def test_packs_are_named_by_path_folder_or_name(tmp_path: Path) -> None:
    for name in ("np-my.yaml", "instruments.yaml"):
        shutil.copy(PACKS / name, tmp_path / name)
    assert packs_at(["np-my"], PACKS) == [PACKS / "np-my.yaml"]
    assert packs_at([str(tmp_path)], PACKS) == packs_at([str(tmp_path / "np-my.yaml")], PACKS)


@pytest.mark.parametrize(("when", "status"), [(None, 0), ("worker.agee > 3", 1)])
def test_the_command_needs_no_database_and_its_status_tells(tmp_path: Path, when: str | None, status: int) -> None:
    file = write(tmp_path, RULE | ({"when": when} if when else {}))
    command = [sys.executable, "-m", "imdi_legislation", "check-packs", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env={})
    assert ended.returncode == status, ended.stderr
    assert ("in order, 1 rules" in ended.stdout) is (status == 0)
    assert ("xx-rule: when: " in ended.stdout) is (status == 1)
