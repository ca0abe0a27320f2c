"""Made examples of each event: ``minimal`` says as little as the schema allows, ``full`` fills every field.

They are the same at every run, and speak of nobody: ids are spelt out, texts are samples.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from imdi_contracts.event import Event
from imdi_contracts.schemas import Schema, schema

SAMPLES: dict[str, Any] = {
    "Basis.provision": "art. 4",
    "Basis.title": "Agreement between the Philippines and Saudi Arabia on domestic worker recruitment",
    "Compensation.kind": "adaptation_period",
    "DeterminedBar.reason": "No labour permit is issued for this country",
    "Breach.found": "1200.00",
    "Breach.reason": "No permit is issued for this country",
    "DeterminedCriterion.effect": {"criterion": "age", "min": 24},
    "DeterminedItem.category": "medical",
    "DeterminedItem.performed_by": "medical_provider",
    "DeterminedItem.title": "Medical fitness examination",
    "DeterminedProtection.contact": "Migrant Workers Office",
    "DeterminedProtection.deadline": "P90D",
    "DeterminedProtection.measure": "Assistance at any hour",
    "DeterminedProtection.remedy": "Both states settle violations of the contract",
    "DisputedSource.attribute": "validity",
    "DisputedSource.value": "P60D",
    "Employer.kind": "company",
    "Employer.name": "Al Noor Care",
    "ItemState.category": "medical",
    "ItemState.status": "cleared",
    "Place.country": "SA",
    "Recognition.destination": "DE",
    "RuleReference.code": "ph-sa-wage",
    "RuleVersion.effect": {"criterion": "age", "min": 24},
    "ScreenCompare.op": ">=",
    "ScreenCompare.value": 18,
    "after": "passport",
    "agreed": 1,
    "amount": "1600.00",
    "annual_leave_days": 30,
    "beyond": "P6M",
    "birth_date": "1996-04-02",
    "closes_on": "2027-01-31",
    "code": "medical_examination",
    "component": "service_fee",
    "country": "PH",
    "currency": "SAR",
    "destination": "SA",
    "destinations": "SA",
    "documents": "fitness report",
    "duration": "P6M",
    "effective_from": "2024-02-13",
    "employer_kind": "company",
    "essential": "http://data.europa.eu/esco/skill/00000000-0000-7000-8000-000000000001",
    "fact": "worker.age",
    "facts": {"worker.facts.ecr_passport": True},
    "holds_at": "departure",
    "hours": 200,
    "hours_per_day": 8,
    "hours_per_week": 48,
    "input_hash": "sha256:4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358",
    "isco": "5322",
    "item": "medical_examination",
    "kind": "recruitment_agency",
    "language": "en",
    "law_epoch": 7,
    "lead_days": 3,
    "months": 24,
    "nationality": "PH",
    "needs_fact": "worker.facts.ecr_passport",
    "occupation": "5322",
    "occupations": "5322",
    "optional": "http://data.europa.eu/esco/skill/00000000-0000-7000-8000-000000000002",
    "origins": "PH",
    "outcome": "partial",
    "owner_kind": "recruitment_agency",
    "payer": "employer",
    "place": "Riyadh",
    "positions": 2,
    "profession": "nurse",
    "reason": "erased",
    "rest_days_per_week": 1,
    "retains_documents": False,
    "revision": 1,
    "rule.code": "ph-domestic-age",
    "rule.kind": "criterion",
    "service": "medical_examination",
    "term": "monthly_wage",
    "title": "Domestic caregiver",
    "topic": "outpatient_care",
    "validity": "P30D",
    "version": 1,
    "when": "worker.age >= 18",
}
"""By the field's name, or by the part of the event and the name, where the schema alone would give something odd."""
STATUSES = {
    "member.licences-changed": "accredited",
    "member.reinstated": "accredited",
    "vacancy.amended": "posted",
    "profile.changed": "live",
    "preparation.facts-changed": "planned",
    "worker.cleared-to-depart": "cleared",
    "worker.departed": "departed",
    "worker.arrived": "arrived",
    "clearance.revoked": "revoked",
}
"""The state after an event whose name is not that of a state."""
_ID = 0x0193A8C0_0000_7000_8000_000000000000


def minimal(event: type[Event]) -> dict[str, Any]:
    """The least that is valid: required fields only, null and empty where allowed."""
    return _example(event, full=False)


def full(event: type[Event]) -> dict[str, Any]:
    """Every field, and one entry in every list."""
    return _example(event, full=True)


def _example(event: type[Event], *, full: bool) -> dict[str, Any]:
    made = schema(event)
    maker = _Maker(made.get("$defs", {}), full=full)
    data: dict[str, Any] = maker.value(made, "", event.happened.partition(".")[0])
    status = made["properties"].get("status")
    if status is not None:
        data["status"] = _status(event.happened, status["enum"])
    return data


def _status(happened: str, states: list[str]) -> str:
    """The state after the event, where its name tells; else one that is under way, or the first of the schema."""
    said = happened.rpartition(".")[2].replace("-", "_")
    return next(one for one in (STATUSES.get(happened), said, "in_progress", *states) if one in states)


class _Maker:
    """Makes values of a schema; ids count up from one."""

    def __init__(self, definitions: dict[str, Schema], *, full: bool) -> None:
        self.definitions, self.full = definitions, full
        self.ids: dict[str, str] = {}

    def value(self, part: Schema, name: str, within: str = "") -> Any:
        """A value of the schema for a field of a part of the event."""
        if "$ref" in part:
            definition = part["$ref"].rpartition("/")[2]
            return self.value(self.definitions[definition], name, definition)
        if "anyOf" in part:
            return self._one_of(part["anyOf"], name, within)
        sample = SAMPLES.get(f"{within}.{name}", SAMPLES.get(name))
        if "enum" in part or "const" in part:
            choices = part.get("enum", [part.get("const")])
            return sample if sample in choices else choices[0]
        if part.get("type") == "array":
            return [self.value(part["items"], name, within)] if self.full else []
        if part.get("type") == "object":
            return self._object(part, sample, within)
        return self._scalar(part, name) if sample is None else sample

    def _one_of(self, parts: list[Schema], name: str, within: str) -> Any:
        if not self.full and {"type": "null"} in parts:
            return None
        return self.value(next(part for part in parts if part != {"type": "null"}), name, within)

    def _object(self, part: Schema, sample: Any, within: str) -> dict[str, Any]:
        if "properties" not in part:
            return dict(sample) if self.full and isinstance(sample, dict) else {}
        wanted = part["properties"] if self.full else part.get("required", [])
        return {field: self.value(part["properties"][field], field, within) for field in wanted}

    def _scalar(self, part: Schema, name: str) -> Any:
        if part.get("format") == "date":
            return "2027-03-01"
        if part.get("type") != "string":
            return {"integer": 3, "boolean": True}.get(part.get("type", ""), "sample")
        if name == "id" or name.endswith("_id") or name in ("instrument", "replaces", "assigned_to"):
            return self.ids.setdefault(name, str(UUID(int=_ID + len(self.ids) + 1)))
        return "sample"
