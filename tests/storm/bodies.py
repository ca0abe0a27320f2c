"""What the storm's partners say: synthetic, drawn from the seed, with a canary in everything that is personal."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

ORIGIN, DESTINATION = "NP", "MT"
OCCUPATION = "5322"
MARK = "Kanari"
"""Begins every name: nothing else in the platform holds this word."""
PASSPORT_MARK = "KNRX"
NUMBER = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
"""A thousand million numbers: of a million, two of 1,800 workers had the same one, and were refused as registered."""
PHONE_MARK = "+97798410"
LETTERS = "ghjklmnpqrstvwxz"
LAWFUL_WAGE, UNLAWFUL_WAGE = "900.00", "300.00"


def token(chance: Random) -> str:
    return "".join(chance.choice(LETTERS) for _ in range(10))


def member(name: str, kind: str, country: str, today: date, items: tuple[str, ...] = ()) -> dict[str, Any]:
    """An application; ``items`` are what it performs, for whoever leaves from its country."""
    licence = {
        "type": "recruitment",
        "number": f"STORM-{name}",
        "issuer": "Licensing desk of the storm",
        "valid_from": str(today - timedelta(days=365)),
        "valid_until": str(today + timedelta(days=730)),
    }
    offered = [{"service": item, "country": country, "place": "Town", "destinations": ["*"]} for item in items]
    return {
        "name": name,
        "kind": kind,
        "country": country,
        "contact_email": f"{token(Random(name))}@example.org",
        "licences": [licence],
        "services": offered,
    }


def worker(chance: Random, today: date, *purposes: str) -> dict[str, Any]:
    unique = token(chance)
    return {
        "given_names": f"{MARK}na{unique}",
        "family_name": f"{MARK}fa{unique}",
        "birth_date": str(today - timedelta(days=365 * 30 + chance.randrange(3000))),
        "sex": chance.choice(["female", "male"]),
        "nationality": ORIGIN,
        "country": ORIGIN,
        "passport": {
            "number": PASSPORT_MARK + "".join(chance.choices(NUMBER, k=6)),
            "issuing_country": ORIGIN,
            "expires_on": str(today + timedelta(days=1500)),
        },
        "phone": f"{PHONE_MARK}{chance.randrange(10**5):05}",
        "email": f"{MARK.lower()}-{unique}@example.org",
        "consents": [{"purpose": purpose} for purpose in purposes],
    }


def profile(today: date, years: int) -> dict[str, Any]:
    """``years`` tells one claim from the next."""
    return {
        "occupations": [{"isco": OCCUPATION, "years": years}],
        "languages": [{"language": "en", "level": "B1"}],
        "qualifications": [{"title": "Caregiver", "isced": 3, "country": ORIGIN, "year": 2021}],
        "available_from": str(today),
        "destinations": [DESTINATION],
    }


def vacancy(today: date, title: str, wage: str, *, household: str | None = None) -> dict[str, Any]:
    """``title`` is its own; a ``household``'s name is personal."""
    employer = {"name": household, "kind": "household"} if household else {"name": "Storm Works", "kind": "company"}
    return {
        "title": title,
        "occupation": OCCUPATION,
        "employer": employer,
        "destination": {"country": DESTINATION, "place": "Valletta"},
        "origins": [ORIGIN],
        "positions": 1,
        "wage": {"amount": wage, "currency": "EUR", "period": "month"},
        "contract": {"months": 24, "hours_per_week": 40, "rest_days_per_week": 1, "accommodation": True},
        "worker_pays": [],
        "start_on": str(today + timedelta(days=60)),
        "closes_on": str(today + timedelta(days=50)),
    }


def rules(instrument: str, today: date) -> list[dict[str, Any]]:
    """A small law for all who go to one country: a least wage, and three things to do."""

    def rule(code: str, kind: str, effect: dict[str, Any], when: str | None = None) -> dict[str, Any]:
        return {
            "code": code,
            "kind": kind,
            "scope": {"origins": ["*"], "destinations": [DESTINATION], "occupations": ["*"]},
            **({"when": when} if when else {}),
            "effect": effect,
            "basis": [{"instrument": instrument, "provision": "art. 1"}],
            "effective": {"from": str(today - timedelta(days=300))},
            "confidence": "primary",
        }

    def item(code: str, category: str, performed_by: str) -> dict[str, Any]:
        return {
            "code": code,
            "category": category,
            "title": code.replace("_", " ").capitalize(),
            "performed_by": performed_by,
            "after": [],
            "lead_days": 1,
            "validity": "P365D",
            "counted_from": "performed_on",
            "holds_at": ["departure"],
            "payer": "employer",
        }

    return [
        rule("storm-wage", "contract_term", {"term": "monthly_wage", "min": {"amount": "500.00", "currency": "EUR"}}),
        rule("storm-medical", "requirement", item("medical_examination", "medical", "medical_provider")),
        rule("storm-passport", "requirement", item("passport", "documents", "controller")),
        rule(
            "storm-orientation",
            "requirement",
            item("orientation", "orientation", "controller"),
            when="worker.facts.newcomer == true",
        ),
    ]
