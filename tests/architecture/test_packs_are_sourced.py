"""The law that the project ships: every rule says where it stands, where it was read, and how sure that is."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from imdi_contracts import isco
from imdi_contracts.codes import Category, Confidence, Milestone, Performer
from imdi_contracts.legislation import RuleKind

PACKS = Path(__file__).parents[2] / "services" / "legislation" / "packs"
TYPES = {
    "act", "regulation", "decree", "circular", "code", "convention", "protocol", "treaty", "directive", "agreement",
    "memorandum", "recognition_agreement", "compact", "guidelines", "list",
}  # fmt: skip
STATUSES = {
    "draft", "adopted", "in_force", "partly_in_force", "not_in_force", "repealed", "expired", "denounced",
}  # fmt: skip
TOPICS = {
    "recruitment", "fees", "contract", "wages", "domestic_work", "health", "recognition", "social_protection",
    "admission", "free_movement", "protection", "institution", "data",
}  # fmt: skip
EFFECTS: dict[str, tuple[set[str], set[str]]] = {
    "bar": ({"prohibits", "reason"}, {"longest"}),
    "criterion": ({"criterion"}, {"min", "max", "language", "level", "years", "isced", "profession"}),
    "requirement": (
        {
            "code", "category", "title", "performed_by", "after", "lead_days", "validity", "counted_from", "holds_at",
            "payer", "documents",
        },
        {"beyond"},
    ),
    "contract_term": ({"term"}, {"min", "max", "equals"}),
    "fee": ({"component", "payer", "cap", "includes", "excludes"}, set()),
    "protection": ({"measure"}, {"contact", "remedy", "deadline"}),
}  # fmt: skip
"""What each effect must and may hold."""


def read(name: str) -> Any:
    return yaml.safe_load((PACKS / name).read_text(encoding="utf-8"))


INSTRUMENTS: list[dict[str, Any]] = read("instruments.yaml")
CORRIDORS = {path.name: read(path.name) for path in sorted(PACKS.glob("*.yaml")) if path.name != "instruments.yaml"}
EVERY_INSTRUMENT = INSTRUMENTS + [entry for pack in CORRIDORS.values() for entry in pack["instruments"]]
RULES = [pytest.param(rule, id=rule["code"]) for pack in CORRIDORS.values() for rule in pack["rules"]]
RECOGNITION = [
    pytest.param(entry, id=f"{name}-{section}-{number}")
    for name, pack in CORRIDORS.items()
    for section in ("professions", "routes", "issuers")
    for number, entry in enumerate(pack.get(section, []))
]
"""Professions, routes and issuers."""
CODES = [entry["code"] for entry in EVERY_INSTRUMENT]


def is_day(text: str) -> bool:
    return date.fromisoformat(text).isoformat() == text


def is_address(text: object) -> bool:
    return isinstance(text, str) and text.startswith(("https://", "http://")) and "." in text


def test_the_corridors_are_there() -> None:
    corridors = {name: tuple(pack["corridor"].values()) for name, pack in CORRIDORS.items()}
    wanted = {
        "bd-sa.yaml": ("BD", "SA"),
        "id-my-domestic.yaml": ("ID", "MY"),
        "np-my.yaml": ("NP", "MY"),
        "np-qa.yaml": ("NP", "QA"),
        "ph-de-nurse.yaml": ("PH", "DE"),
        "ph-sa-domestic.yaml": ("PH", "SA"),
        "who-safeguards.yaml": ("*", "*"),
    }
    assert {name: corridors.get(name) for name in wanted} == wanted
    assert all(set(pack["corridor"]) == {"origin", "destination"} for pack in CORRIDORS.values())


def test_each_row_of_the_table_is_mapped_once() -> None:
    with (PACKS / "instruments.csv").open(encoding="utf-8", newline="") as table:
        rows = {int(row["nr"]): row for row in csv.DictReader(table)}
    assert [entry["nr"] for entry in INSTRUMENTS] == list(rows) == list(range(1, 48))
    unsure = [row for row in INSTRUMENTS if rows[row["nr"]]["confidence"] != "sourced"]
    assert unsure
    assert [row["code"] for row in unsure if row["confidence"] == "primary"] == []


def test_no_instrument_and_no_rule_is_named_twice() -> None:
    rules = [rule["code"] for pack in CORRIDORS.values() for rule in pack["rules"]]
    assert len(CODES) == len(set(CODES))
    assert len(rules) == len(set(rules))


@pytest.mark.parametrize("entry", EVERY_INSTRUMENT, ids=CODES)
def test_instruments_speak_the_interface(entry: dict[str, Any]) -> None:
    assert entry["title"]
    assert entry["type"] in TYPES
    assert entry["level"] in {"national", "bilateral", "regional", "international"}
    assert entry["status"] in STATUSES
    assert entry["topics"]
    assert set(entry["topics"]) <= TOPICS
    assert entry["confidence"] in get_args(Confidence)
    assert all(isinstance(party, str) and len(party) == 2 for party in entry["parties"])
    assert len(entry["parties"]) == {"national": 1, "bilateral": 2}.get(entry["level"], len(entry["parties"]))
    assert is_day(entry["verified_on"])
    for day in ("adopted_on", "in_force_on"):
        assert entry.get(day) is None or is_day(entry[day])
    assert entry.get("official_url") is None or is_address(entry["official_url"])


@pytest.mark.parametrize(
    ("nr", "told"),
    [
        (7, "not binding"),
        (8, "voluntary"),
        (9, "annexed"),
        (10, "not binding"),
        (15, "repealed by eu-2021-1883"),
        (21, "conflict"),
        (28, "stalled"),
        (30, "renewed automatically"),
        (33, "amended by ph-ra-10022"),
        (35, "chain"),
        (38, "delegated by in-emigration-1983"),
        (45, "conflict"),
        (47, "delegated by ae-fdl-9-2022"),
    ],
)
def test_the_hard_cases_are_told(nr: int, told: str) -> None:
    assert told in INSTRUMENTS[nr - 1]["note"].lower()


@pytest.mark.parametrize("rule", RULES)
def test_rules_say_where_they_stand(rule: dict[str, Any]) -> None:
    assert rule["basis"]
    assert [basis["instrument"] for basis in rule["basis"] if basis["instrument"] not in CODES] == []
    assert is_address(rule["source"])
    assert rule["confidence"] in get_args(Confidence)
    assert is_day(rule["verified_on"])
    assert rule["verified_by"]
    assert date.fromisoformat(rule["effective"]["from"]) <= date.fromisoformat(rule["verified_on"])
    assert rule["transition"] in {"all_open", "opened_after"}


@pytest.mark.parametrize("entry", RECOGNITION)
def test_what_is_said_of_recognition_says_where_it_stands(entry: dict[str, Any]) -> None:
    assert entry["basis"]
    assert [basis["instrument"] for basis in entry["basis"] if basis["instrument"] not in CODES] == []
    assert is_address(entry["source"])
    assert entry["confidence"] in get_args(Confidence)
    assert is_day(entry["verified_on"])
    assert entry["verified_by"]


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_rests_on_what_is_repealed(rule: dict[str, Any]) -> None:
    status = {entry["code"]: entry["status"] for entry in EVERY_INSTRUMENT}
    assert {status[basis["instrument"]] for basis in rule["basis"]}.isdisjoint({"draft", "repealed", "expired"})


@pytest.mark.parametrize("rule", RULES)
def test_a_dispute_shows_its_other_sources(rule: dict[str, Any]) -> None:
    assert (rule["confidence"] == "disputed") == bool(rule.get("disputed"))
    for other in rule.get("disputed", []):
        assert other["attribute"] in rule["effect"]
        assert other["value"] != rule["effect"][other["attribute"]]
        assert all(basis["instrument"] in CODES for basis in other["basis"])
        assert is_address(other["source"])
        assert other["note"]


@pytest.mark.parametrize("rule", RULES)
def test_rules_speak_the_interface(rule: dict[str, Any]) -> None:
    assert rule["kind"] in get_args(RuleKind)
    must, may = EFFECTS[rule["kind"]]
    assert must <= set(rule["effect"]) <= must | may
    assert set(rule["scope"]) == {"origins", "destinations", "occupations"}
    assert all(code == "*" or isco.title(code) for code in rule["scope"]["occupations"])


@pytest.mark.parametrize("rule", [param for param in RULES if param.values[0]["kind"] == "requirement"])  # type: ignore[index]
def test_items_speak_the_interface(rule: dict[str, Any]) -> None:
    item = rule["effect"]
    assert item["category"] in get_args(Category)
    assert item["performed_by"] in {name for part in get_args(Performer) for name in get_args(part)}
    assert item["holds_at"]
    assert set(item["holds_at"]) <= set(get_args(Milestone))
    assert item["code"] not in item["after"]


def test_a_domestic_worker_of_the_philippines_is_asked_for_the_whole_journey() -> None:
    items = {
        rule["effect"]["code"] for rule in CORRIDORS["ph-sa-domestic.yaml"]["rules"] if rule["kind"] == "requirement"
    }
    assert items == {
        "passport", "police_clearance", "employment_contract", "skill_test", "orientation", "medical_examination",
        "welfare_fund", "insurance", "visa", "exit_permit",
    }  # fmt: skip


def test_nepal_sends_nobody_to_three_countries() -> None:
    bars = [rule for rule in CORRIDORS["np-my.yaml"]["rules"] if rule["kind"] == "bar"]
    assert {rule["effect"]["prohibits"] for rule in bars} == {"recruitment", "departure"}
    assert all(rule["scope"]["destinations"] == ["AF", "IQ", "LY"] for rule in bars)
